//! The ledger as owners read it and take it along, the budgets of boards, and what was flagged.

use serde_json::json;
use shared::{
    FlagId,
    api::{
        AuditAct, BudgetView, DismissFlag, LedgerLine, LedgerTotals, Millis, RecognitionKind, RecognitionView,
        SetBudget,
    },
    calendar::{civil, month_of},
    limits,
    rules::{Act, BoardAct, may},
};
use uuid::Uuid;

use super::{
    super::{
        Error,
        access::{self, Signed},
        fields::{self, Fields},
        now,
    },
    words,
};
use crate::store::{
    Db, Tx, audit, people,
    recognition::{
        flags,
        ledger::{self, Wish},
        read,
    },
};

/// How many entries of the file are read at once.
const BATCH: u32 = 500;

/// What is asked of the ledger, in words.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Only what is for, or by, the person of this handle.
    pub person: Option<String>,
    /// Only what is of the board of this word in its address.
    pub board: Option<String>,
    /// Only this kind.
    pub kind: Option<RecognitionKind>,
    /// Only what was flagged and nobody looked at.
    pub flagged: bool,
}

/// What is wished for; nothing where there is no such person or board, and so no entry.
async fn wish(tx: &mut Tx, asked: &Asked) -> Result<Option<Wish>, Error> {
    let mut wish = Wish { kind: asked.kind, flagged: asked.flagged, ..Wish::default() };
    if let Some(handle) = &asked.person {
        let Some(person) = people::person_by_handle(tx, handle).await? else { return Ok(None) };
        wish.person = Some(person.id);
    }
    if let Some(slug) = &asked.board {
        let Some(board) = read::board(tx, slug).await? else { return Ok(None) };
        wish.board = Some(board);
    }
    Ok(Some(wish))
}

/// At most `limit` entries, the last first, from before one on.
///
/// # Errors
/// When the person may not.
pub async fn page(db: &Db, signed: &Signed, asked: &Asked, before: Uuid, limit: u32) -> Result<Vec<LedgerLine>, Error> {
    may(Act::GovernRecognition, Some(signed.role()))?;
    let mut tx = db.read().await?;
    let Some(wish) = wish(&mut tx, asked).await? else { return Ok(Vec::new()) };
    Ok(ledger::page(&mut tx, &access::sight(Some(&signed.person)), wish, before, limit).await?)
}

/// The sums of all that is asked for.
///
/// # Errors
/// When the person may not.
pub async fn totals(db: &Db, signed: &Signed, asked: &Asked) -> Result<LedgerTotals, Error> {
    may(Act::GovernRecognition, Some(signed.role()))?;
    let mut tx = db.read().await?;
    let Some(wish) = wish(&mut tx, asked).await? else { return Ok(LedgerTotals::default()) };
    Ok(ledger::totals(&mut tx, &access::sight(Some(&signed.person)), wish).await?)
}

/// Notes that an owner takes the ledger along.
///
/// # Errors
/// When the person may not.
pub async fn begin_export(db: &Db, signed: &Signed) -> Result<(), Error> {
    may(Act::GovernRecognition, Some(signed.role()))?;
    let mut tx = db.write().await?;
    audit::add(&mut tx, signed.person.id, AuditAct::ExportLedger, "workspace:1", &json!({})).await?;
    Ok(tx.commit().await?)
}

/// The first line of the file: the mark by which spreadsheets know UTF-8, and the names of the columns.
pub const HEADER: &str = "\u{feff}\"id\",\"at\",\"kind\",\"person\",\"handle\",\"by\",\"by_handle\",\"board\",\"idea\",\"title\",\
    \"points\",\"badge\",\"perk\",\"words\",\"private\",\"revoked\",\"revokes\",\"flags\"\r\n";

/// The next lines of the file, from before an entry on, and the entry they end with; nothing after the last.
///
/// # Errors
/// When the person may not.
pub async fn lines(db: &Db, signed: &Signed, asked: &Asked, before: Uuid) -> Result<Option<(String, Uuid)>, Error> {
    let page = page(db, signed, asked, before, BATCH).await?;
    let Some(last) = page.last().map(|line| line.entry.id.0) else { return Ok(None) };
    Ok(Some((page.iter().map(row).collect(), last)))
}

fn row(line: &LedgerLine) -> String {
    let RecognitionView { id, kind, person, by, points, badge, perk, idea, board_title, words, private, revoked, at } =
        &line.entry;
    let yes = |so: bool| if so { "yes" } else { "" }.to_owned();
    let flags: Vec<&str> = line.flags.iter().map(|flag| flag.kind.as_str()).collect();
    let cells = [
        id.to_string(),
        moment(*at),
        kind.as_str().to_owned(),
        person.name.clone(),
        person.handle.clone(),
        by.name.clone(),
        by.handle.clone(),
        board_title.clone().unwrap_or_default(),
        idea.as_ref().map(|idea| idea.number.to_string()).unwrap_or_default(),
        idea.as_ref().map(|idea| idea.title.clone()).unwrap_or_default(),
        points.to_string(),
        badge.as_ref().map(|badge| badge.en.clone()).unwrap_or_default(),
        perk.as_ref().map(|perk| perk.en.clone()).unwrap_or_default(),
        words.clone(),
        yes(*private),
        yes(*revoked),
        line.revokes.map(|id| id.to_string()).unwrap_or_default(),
        flags.join(" "),
    ];
    let mut row = cells.iter().map(|text| cell(text)).collect::<Vec<_>>().join(",");
    row.push_str("\r\n");
    row
}

/// A cell as RFC 4180 writes it. What a spreadsheet would take for a formula begins with an apostrophe, except for numbers.
fn cell(text: &str) -> String {
    let formula = text.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<i64>().is_err();
    format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
}

/// A moment, as `2026-11-27 13:20:05`, in UTC.
fn moment(at: Millis) -> String {
    let (year, month, day) = civil(at);
    let seconds = at.div_euclid(1000).rem_euclid(24 * 60 * 60);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// What each board may give in a month, and gave in this.
///
/// # Errors
/// When the person may not.
pub async fn budgets(db: &Db, signed: &Signed) -> Result<Vec<BudgetView>, Error> {
    may(Act::GovernRecognition, Some(signed.role()))?;
    Ok(ledger::budgets(&mut db.read().await?, month_of(now())).await?)
}

/// Sets what a board may give in a month.
///
/// # Errors
/// When the person may not, the board is unseen, or it is too much.
pub async fn set_budget(db: &Db, signed: &Signed, slug: &str, wanted: SetBudget) -> Result<Vec<BudgetView>, Error> {
    may(Act::GovernRecognition, Some(signed.role()))?;
    let mut fields = Fields::default();
    fields.check("monthly", fields::number(wanted.monthly, 0, limits::BUDGET));
    fields.done()?;
    let mut tx = db.write().await?;
    let (board, _) = access::board(&mut tx, Some(&signed.person), slug, BoardAct::Recognise).await?;
    ledger::set_budget(&mut tx, board.id, wanted.monthly).await?;
    let detail = json!({ "monthly": wanted.monthly });
    audit::add(&mut tx, signed.person.id, AuditAct::SetBudget, &format!("board:{}", board.id), &detail).await?;
    let budgets = ledger::budgets(&mut tx, month_of(now())).await?;
    tx.commit().await?;
    Ok(budgets)
}

/// Notes that an owner looked at what was flagged. Who comes second changes nothing.
///
/// # Errors
/// When the person may not, there is no such flag, or nothing is said.
pub async fn dismiss(db: &Db, signed: &Signed, id: FlagId, request: &DismissFlag) -> Result<(), Error> {
    may(Act::GovernRecognition, Some(signed.role()))?;
    let mut fields = Fields::default();
    let words = fields.check("words", words(&request.words)).unwrap_or_default();
    fields.done()?;
    let mut tx = db.write().await?;
    let found = flags::dismiss(&mut tx, id, signed.person.id, &words, now()).await?;
    let (person, first) = found.ok_or(Error::NotFound("flag"))?;
    if first {
        let subject = format!("person:{person}");
        audit::add(&mut tx, signed.person.id, AuditAct::DismissFlag, &subject, &json!({ "flag": id })).await?;
    }
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_text_to_whoever_opens_it() {
        for (text, expected) in [
            ("Merci", "\"Merci\""),
            ("dit « oui », \"vraiment\"\nencore", "\"dit « oui », \"\"vraiment\"\"\nencore\""),
            ("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\""),
            ("+33", "\"+33\""),
            ("+cmd|' /C calc'!A0", "\"'+cmd|' /C calc'!A0\""),
            (" =1+1", "\"' =1+1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("-40", "\"-40\""),
            ("-2+3", "\"'-2+3\""),
            ("", "\"\""),
        ] {
            assert_eq!(cell(text), expected);
        }
        assert_eq!(moment(1_795_785_605_000), "2026-11-27 13:20:05");
    }
}

//! What mails say: each in a person's language, as plain text and as HTML from the same pieces.
//!
//! The HTML asks nothing of whoever shows it: no image, no script, nothing to fetch; its few styles are repeated where they
//! apply, and colours of the dark are offered to those who ask for them.

mod write;

use leptos_i18n::td_string;
use shared::{
    Locale as Language,
    accent::Accent,
    api::{Digest, NoticeKind, NoticeView, StageKind},
};

use self::write::Piece;
use crate::{
    i18n::Locale,
    ui::{card, date},
    visit::text_locale,
    words,
};

/// Whom a mail is for, and from where.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// The language it is in.
    pub language: Language,
    /// What the workspace is called.
    pub workspace: &'a str,
    /// The colour it chose.
    pub accent: Option<Accent>,
    /// The address people use, without a slash at the end.
    pub address: &'a str,
    /// What the person is called.
    pub name: &'a str,
}

/// A mail, written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its subject, on one line.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

impl Letter<'_> {
    fn locale(&self) -> Locale {
        text_locale(self.language)
    }

    fn link(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    fn hello(&self) -> Piece {
        Piece::Says(td_string!(self.locale(), mail.hello, name = self.name))
    }

    /// Why it comes, and how it stops.
    fn foot(&self, why: String, stop: &'static str, off: &str) -> [Piece; 3] {
        let choices = td_string!(self.locale(), mail.choices).to_owned();
        [
            Piece::Foot(why),
            Piece::FootLink(choices, self.link("/settings#mail")),
            Piece::FootLink(stop.to_owned(), off.to_owned()),
        ]
    }
}

/// The name of a stage in a language.
fn stage(language: Language, notice: &NoticeView) -> Option<String> {
    notice.stage.as_ref().map(|stage| match language {
        Language::En => stage.en.clone(),
        Language::Fr => stage.fr.clone(),
    })
}

/// Whether it moved to a stage that means it will not be done.
fn declines(notice: &NoticeView) -> bool {
    notice.stage.as_ref().is_some_and(|stage| stage.kind == StageKind::Declined)
}

/// Who did what, in a sentence that may go on with a title.
fn deed(language: Language, notice: &NoticeView) -> String {
    let what = words::happened(text_locale(language), notice);
    let stage = stage(language, notice).filter(|_| !declines(notice));
    let into = notice.into.as_ref().map(|into| into.title.clone());
    let rest: String = stage.into_iter().chain(into).map(|word| format!(" {word}")).collect();
    format!("{} {what}{rest}", words::name_in(text_locale(language), &notice.by))
        .trim_end_matches([':', ' ', '\u{a0}'])
        .to_owned()
}

/// Tells what was decided about an idea of the person's. `off`: where to want no more of these.
#[must_use]
pub fn decision(letter: &Letter<'_>, notice: &NoticeView, off: &str) -> Written {
    let locale = letter.locale();
    let title = notice.title.as_str();
    let subject = match (notice.kind, &notice.into) {
        (NoticeKind::Answer, _) => td_string!(locale, mail.subject_answered, title = title),
        (NoticeKind::Question, _) => td_string!(locale, mail.subject_asked, title = title),
        (NoticeKind::Merged, _) if notice.parted => td_string!(locale, mail.subject_parted, title = title),
        (NoticeKind::Merged, Some(into)) => {
            td_string!(locale, mail.subject_merged, title = title, into = into.title.as_str())
        }
        (NoticeKind::Merged, None) => td_string!(locale, mail.subject_merged_elsewhere, title = title),
        _ if declines(notice) => td_string!(locale, mail.subject_declined, title = title),
        _ => {
            let stage = stage(letter.language, notice).unwrap_or_default();
            td_string!(locale, mail.subject_moved, title = title, stage = stage.as_str())
        }
    };
    let link = letter.link(&card::notice_path(notice));
    let mut pieces = vec![
        letter.hello(),
        Piece::Heads(notice.title.clone(), link.clone()),
        Piece::Says(format!("{}.", deed(letter.language, notice))),
    ];
    if !notice.words.is_empty() {
        pieces.push(Piece::Quotes(notice.words.clone()));
    }
    pieces.push(Piece::Leads(td_string!(locale, mail.open).to_owned(), link));
    let why = td_string!(locale, mail.why_decision, name = letter.workspace);
    pieces.extend(letter.foot(why, td_string!(locale, mail.off_decision), off));
    write::write(letter, subject, &pieces)
}

/// What a digest holds.
#[derive(Clone, Copy, Debug)]
pub struct News<'a> {
    /// What happened, in the order it did; each time is that of the clock where the workspace is.
    pub notices: &'a [NoticeView],
    /// Whether there is more than stands here.
    pub more: More,
    /// How often the person wants one.
    pub every: Digest,
}

/// Whether there is more than what is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum More {
    /// That is all.
    Nothing,
    /// There is more where all of it stands.
    Elsewhere,
}

/// Tells what became of the ideas a person takes part in, idea by idea. `off`: where to want no more of these.
#[must_use]
pub fn digest(letter: &Letter<'_>, news: News<'_>, off: &str) -> Written {
    let locale = letter.locale();
    let name = letter.workspace;
    let subject = match news.notices.len() {
        1 => td_string!(locale, mail.subject_digest_one, name = name),
        count => td_string!(locale, mail.subject_digest_many, name = name, count = count),
    };
    let mut pieces = vec![letter.hello(), Piece::Says(td_string!(locale, mail.digest_lead).to_owned())];
    let mut told: Vec<u32> = Vec::new();
    for first in news.notices {
        if told.contains(&first.number) {
            continue;
        }
        told.push(first.number);
        pieces.push(Piece::Heads(first.title.clone(), letter.link(&card::path(first.number, &first.slug))));
        for notice in news.notices.iter().filter(|notice| notice.number == first.number) {
            let day = date::day_in(locale, notice.at);
            pieces.push(Piece::Lists {
                day,
                says: deed(letter.language, notice),
                quote: notice.words.clone(),
                path: letter.link(&card::notice_path(notice)),
            });
        }
    }
    if news.more == More::Elsewhere {
        pieces.push(Piece::Leads(td_string!(locale, mail.digest_more, name = name), letter.link("/inbox")));
    }
    let why = match news.every {
        Digest::Daily => td_string!(locale, mail.why_daily),
        Digest::Weekly | Digest::Never => td_string!(locale, mail.why_weekly),
    };
    pieces.extend(letter.foot(why.to_owned(), td_string!(locale, mail.off_digest), off));
    write::write(letter, subject, &pieces)
}

/// Asks whether an address is the person's. `confirm`: where to say so.
#[must_use]
pub fn address(letter: &Letter<'_>, confirm: &str) -> Written {
    let locale = letter.locale();
    let name = letter.workspace;
    let pieces = [
        letter.hello(),
        Piece::Says(td_string!(locale, mail.address_lead, name = name)),
        Piece::Leads(td_string!(locale, mail.address_open).to_owned(), confirm.to_owned()),
        Piece::Foot(td_string!(locale, mail.address_until).to_owned()),
    ];
    write::write(letter, td_string!(locale, mail.subject_address, name = name), &pieces)
}

/// Asks, where mail is sent to it, whether an address is the person's that they want to have in place of theirs.
#[must_use]
pub fn new_address(letter: &Letter<'_>, confirm: &str) -> Written {
    let locale = letter.locale();
    let name = letter.workspace;
    let pieces = [
        letter.hello(),
        Piece::Says(td_string!(locale, mail.new_address_lead, name = name)),
        Piece::Leads(td_string!(locale, mail.address_open).to_owned(), confirm.to_owned()),
        Piece::Foot(td_string!(locale, mail.address_until).to_owned()),
    ];
    write::write(letter, td_string!(locale, mail.subject_address, name = name), &pieces)
}

/// Tells an address that another took its place.
#[must_use]
pub fn moved(letter: &Letter<'_>, now: &str) -> Written {
    let locale = letter.locale();
    let name = letter.workspace;
    let pieces = [
        letter.hello(),
        Piece::Says(td_string!(locale, mail.address_moved, name = name, address = now)),
        Piece::Foot(td_string!(locale, mail.address_moved_foot).to_owned()),
    ];
    write::write(letter, td_string!(locale, mail.subject_new_address, name = name), &pieces)
}

#[cfg(test)]
mod tests {
    use shared::{
        HappeningId, PersonId, Role, StageId,
        api::{Colour, PersonView, StageView},
    };

    use super::*;

    const OFF: &str = "https://ideas.example/mail/off/abc";

    fn letter(language: Language) -> Letter<'static> {
        Letter { language, workspace: "Le Fournil", accent: None, address: "https://ideas.example", name: "Zoé" }
    }

    fn notice(kind: NoticeKind, title: &str, words: &str) -> NoticeView {
        let by = PersonView {
            id: PersonId::new(),
            handle: "ben".into(),
            name: "Ben <script>".into(),
            role: Role::Employee,
            unclaimed: false,
            left: false,
        };
        let stage = StageView {
            id: StageId::new(),
            fr: "Exploration".into(),
            en: "Exploring".into(),
            colour: Colour::Sky,
            kind: StageKind::Open,
        };
        NoticeView {
            id: HappeningId::new(),
            kind,
            number: 7,
            slug: "flan".into(),
            title: title.into(),
            board_title: "Pains".into(),
            own: true,
            by,
            stage: (kind == NoticeKind::Stage).then_some(stage),
            into: None,
            parted: false,
            carried: false,
            comment: None,
            outcome: None,
            entry: None,
            words: words.into(),
            at: 1_795_305_600_000,
            read: false,
        }
    }

    #[test]
    fn a_decision_is_told_in_both_forms_and_in_the_persons_language() {
        let told = notice(NoticeKind::Answer, "Flan & Cie", "Oui, lundi.");
        let french = decision(&letter(Language::Fr), &told, OFF);
        assert_eq!(french.subject, "Votre idée «\u{a0}Flan & Cie\u{a0}» a reçu une réponse");
        for form in [&french.text, &french.html] {
            assert!(form.contains("Oui, lundi.") && form.contains("https://ideas.example/i/7/flan"), "{form}");
            assert!(form.contains(OFF) && form.contains("https://ideas.example/settings#mail"), "{form}");
        }
        assert!(french.html.contains("lang=\"fr\"") && french.html.contains("Flan &amp; Cie"));
        let asked = decision(&letter(Language::Fr), &notice(NoticeKind::Question, "Flan", "À quelle heure ?"), OFF);
        assert_eq!(asked.subject, "Une question sur votre idée «\u{a0}Flan\u{a0}»");
        assert!(
            asked.text.contains("vous pose une question") && asked.text.contains("> À quelle heure ?"),
            "{}",
            asked.text
        );
        let english = decision(&letter(Language::En), &notice(NoticeKind::Stage, "Flan", ""), OFF);
        assert_eq!(english.subject, "Your idea “Flan” moves on: Exploring");
        assert!(english.text.contains("Ben <script> moved it to Exploring."), "{}", english.text);
    }

    #[test]
    fn nothing_that_people_wrote_becomes_markup_or_a_line_of_the_head() {
        let told = notice(NoticeKind::Answer, "A\r\nBcc: x@y.z\u{0}\"", "<img src=x onerror=alert(1)>\n\"'&");
        let written = decision(&letter(Language::En), &told, OFF);
        assert!(!written.subject.contains(['\r', '\n', '\0']), "{:?}", written.subject);
        assert!(!written.html.contains("<img") && !written.html.contains("<script"), "{}", written.html);
    }

    #[test]
    fn a_digest_goes_idea_by_idea() {
        let mut other = notice(NoticeKind::Update, "Cake", "On essaie.");
        other.number = 8;
        let notices =
            [notice(NoticeKind::Stage, "Flan", ""), other, notice(NoticeKind::Milestone, "Flan", "Premier four")];
        let news = News { notices: &notices, more: More::Elsewhere, every: Digest::Weekly };
        let written = digest(&letter(Language::Fr), news, OFF);
        assert!(written.subject.contains("3 nouvelles"), "{}", written.subject);
        let place = |words: &str| written.text.find(words).unwrap_or_else(|| panic!("{words}: {}", written.text));
        assert!(place("Flan") < place("Premier four") && place("Premier four") < place("Cake"));
        assert!(written.text.contains("22 novembre") && written.text.contains("https://ideas.example/inbox"));
    }
}

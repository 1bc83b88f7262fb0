//! `atelier import ideas FILE --board SLUG`: ideas from a file, without a browser. A server may run beside it.

use std::{io::IsTerminal as _, path::PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use server::{
    config::DurabilityArg,
    domain::{
        Error,
        import::{self, BATCH},
    },
    store::{Db, people},
};
use shared::{
    api::{ImportReport, PersonView, RowProblem, RowReason},
    limits,
    rules::Refusal,
};
use tokio_util::sync::CancellationToken;

/// What the command takes.
#[derive(Args)]
pub struct Ideas {
    /// A CSV file whose first line names its columns: title, and as far as there are any body, author, created_at, votes,
    /// comments, status and category.
    file: PathBuf,

    /// The board: the word in its address after `/b/`.
    #[arg(long, value_name = "SLUG")]
    board: String,

    /// Say what would come in, and change nothing.
    #[arg(long)]
    dry_run: bool,

    /// Who imports: the e-mail address or handle of a moderator or owner. The first owner unless somebody is named.
    #[arg(long, value_name = "WHO")]
    by: Option<String>,

    /// The database: `sqlite:PATH` or `postgres://…`.
    #[arg(long, env = "ATELIER_DATABASE_URL", default_value = "sqlite:data/atelier.db", hide_env_values = true)]
    database_url: String,

    /// What is in survives, on SQLite.
    #[arg(long, env = "ATELIER_DURABILITY", value_enum, default_value_t = DurabilityArg::Full)]
    durability: DurabilityArg,
}

/// Runs it.
pub async fn run(args: Ideas) -> Result<()> {
    let path = args.file.display();
    let size = tokio::fs::metadata(&args.file).await.with_context(|| format!("{path} cannot be read"))?.len();
    let most = limits::IMPORT / 1024 / 1024;
    ensure!(size <= limits::IMPORT as u64, "{path} has more than {most} MiB; divide it");
    let file = tokio::fs::read(&args.file).await.with_context(|| format!("{path} cannot be read"))?;
    let db = Db::open(&args.database_url, args.durability.into()).await.context("the workspace could not be opened")?;
    let outcome = bring(&db, &args, file.into()).await;
    db.close().await;
    outcome
}

async fn bring(db: &Db, args: &Ideas, file: bytes::Bytes) -> Result<()> {
    let by = who(db, args.by.as_deref()).await?;
    let told = |error: Error| said(error, args);
    import::may(db, Some(&by), &args.board).await.map_err(told)?;
    if args.dry_run {
        let report = import::survey(db, Some(&by), &args.board, file).await.map_err(told)?;
        tell(&report);
        println!("Nothing was changed: this was a dry run.");
        return Ok(());
    }
    let name = args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (_, report, job) = import::begin(db, Some(&by), &args.board, &name, file).await.map_err(told)?;
    tell(&report);
    let stop = CancellationToken::new();
    let asked = stop.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            asked.cancel();
        }
    });
    let mut progress = Progress { new: report.new, told: 0 };
    let ended = job.run(db, &stop, |made| progress.tell(made)).await;
    progress.end();
    match ended {
        Ok(made) => println!("{made} ideas came in."),
        Err(_) if stop.is_cancelled() => {
            bail!("stopped; {} ideas are in, and the same command again brings in the rest", progress.told)
        }
        Err(error) => {
            return Err(told(error).context("the import broke off; the same command again brings in the rest"));
        }
    }
    Ok(())
}

/// The person of an e-mail address or handle, or the first owner.
async fn who(db: &Db, named: Option<&str>) -> Result<PersonView> {
    let mut tx = db.read().await?;
    let Some(named) = named else {
        let owner = people::first_owner(&mut tx).await?;
        return owner.context("this workspace has no owner yet; open its link of set-up first");
    };
    let found = if named.trim_start_matches('@').contains('@') {
        people::account_by_email(&mut tx, &named.to_lowercase()).await?.map(|account| account.person)
    } else {
        people::person_by_handle(&mut tx, named.trim_start_matches('@')).await?
    };
    found.with_context(|| format!("nobody here has the e-mail address or handle `{named}`"))
}

/// Why nothing was done.
fn said(error: Error, args: &Ideas) -> anyhow::Error {
    match error {
        Error::Refused(Refusal::Unseen) => anyhow::anyhow!("there is no board `{}`", args.board),
        Error::Invalid(fields) => {
            let told = fields.into_values().map(|problem| problem.message).collect::<Vec<_>>().join("; ");
            anyhow::anyhow!("{} {told}", args.file.display())
        }
        error => error.into(),
    }
}

fn tell(report: &ImportReport) {
    let ImportReport { rows, new, known, repeated, bad, .. } = report;
    println!("{rows} rows: {new} new, {known} known already, {repeated} repeated in the file, {bad} bad");
    if report.windows_1252 {
        println!("It is no UTF-8, and was read as Windows-1252: look whether its accents are right.");
    }
    if !report.ignored.is_empty() {
        println!("Columns that are not read: {}", report.ignored.join(", "));
    }
    for status in &report.statuses {
        let stage = match &status.stage {
            Some(stage) => format!("stage {}", stage.en),
            None => "no stage of this name: into the first".to_owned(),
        };
        println!("Status `{}`, {} rows: {stage}", status.status, status.rows);
    }
    if report.unknown_authors > 0 {
        let some: Vec<_> = report.authors.iter().take(5).map(|author| author.name.as_str()).collect();
        println!(
            "{} authors are not here, and become names to be matched: {} …",
            report.unknown_authors,
            some.join(", ")
        );
    }
    if report.nameless > 0 {
        println!("{} rows name no author, and stand under who imports them", report.nameless);
    }
    if report.undated > 0 {
        println!("{} rows have no date, and are of today", report.undated);
    }
    if !report.new_tags.is_empty() {
        println!("New tags: {}", report.new_tags.join(", "));
    }
    if report.untagged > 0 {
        println!("{} rows get no tag: a board has {} at most", report.untagged, limits::TAGS);
    }
    report.problems.iter().for_each(|problem| println!("{}", line(problem)));
    println!("Rows come in {BATCH} at a time: all of them, or none.");
}

/// A problem in a line.
fn line(problem: &RowProblem) -> String {
    let (limit, found) = (problem.limit.unwrap_or_default(), problem.found.unwrap_or_default());
    let wrong = match problem.reason {
        RowReason::Required => "is needed".to_owned(),
        RowReason::TooLong => format!("has {found} characters, and may have {limit}"),
        RowReason::Characters => "holds characters that cannot stand there".to_owned(),
        RowReason::NotADate => "is no date such as 2015-12-25 or 2015-12-25T10:30:00Z".to_owned(),
        RowReason::InTheFuture => "is a date to come".to_owned(),
        RowReason::NotANumber => "is no whole number from 0 on".to_owned(),
        RowReason::AnEmail => "is an e-mail address, which everybody would see; put a name".to_owned(),
        RowReason::Fields if problem.found.is_none() => "has far more fields than the header".to_owned(),
        RowReason::Fields => format!("has {found} fields where the header names {limit}"),
        RowReason::Huge => "is longer than anything an idea can hold".to_owned(),
        RowReason::Unclosed => "has a quote that never ends: nothing after it was read".to_owned(),
    };
    let column = problem.column.map_or("the row", |column| column.as_str());
    format!("  line {}: {column} {wrong}", problem.line)
}

/// How far it is: a line that is written over on a terminal, a line for each batch elsewhere.
struct Progress {
    new: u32,
    told: u32,
}

impl Progress {
    fn tell(&mut self, made: u32) {
        self.told = made;
        let line = format!("{made} of {} ideas are in", self.new);
        if std::io::stderr().is_terminal() { eprint!("\r{line}") } else { eprintln!("{line}") }
    }

    fn end(&self) {
        if std::io::stderr().is_terminal() && self.told > 0 {
            eprintln!();
        }
    }
}

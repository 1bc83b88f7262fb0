//! The load client of `cargo xtask bench portal`: how quickly the pages and lists of a large workspace come, on each
//! database, and what Lighthouse says of them.

mod ask;
mod fan;

use std::{path::PathBuf, process::Command};

use anyhow::{Context as _, Result, ensure};
use server::store::{Db, Durability};
use tests::{
    crowd::{self, Crowd, Size},
    load::{Figure, memory, pinned, stand_aside},
    postgres,
    process::{self, Server},
};

use self::ask::{Asker, Case};

/// Half of all answers, and nearly all of them, within so many milliseconds.
const BUDGET: f64 = 50.0;
/// What a server may keep in memory at this size, in MB.
const MEMORY: f64 = 150.0;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    stand_aside();
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let measures = |word: &str| wanted.is_empty() || wanted.iter().any(|one| word.contains(one.as_str()));
    if measures("sqlite") || measures("lighthouse") {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite:{}", folder.path().join("atelier.db").display());
        on("SQLite", &url, measures("sqlite"), measures("lighthouse")).await?;
    }
    if measures("postgresql") {
        match postgres::fresh().await {
            Some(database) => on("PostgreSQL", &database.url, true, false).await?,
            None => eprintln!("  PostgreSQL is left out"),
        }
    }
    Ok(())
}

/// Fills a database and measures a server on it.
async fn on(name: &'static str, url: &str, pages: bool, lighthouse: bool) -> Result<()> {
    let size = Size::MEASURED;
    eprintln!("  making {} ideas, {} votes and {} comments on {name}", size.ideas, size.votes, size.comments);
    let db = Db::open(url, Durability::Process).await?;
    let crowd = crowd::fill(&db, size).await;
    db.close().await;
    let server = Server::start_at(process::free_address(), url, &mut pinned(process::binary())).await;
    let figure = |case: &str, metric: &str, value: f64, unit: &str, budget| Figure {
        suite: "portal",
        ..Figure::new(&format!("{case}, {name}"), metric, value, unit, budget)
    };
    if pages {
        figure("started", "memory", memory(server.id()) / 1e6, "MB", None).say()?;
        let address = format!("http://{}", server.address);
        let visitor = Asker::visitor(&address)?;
        let member = Asker::signed_in(&address, &crowd.email).await?;
        for case in cases(&crowd) {
            let who = if case.member { &member } else { &visitor };
            let measured = who.measure(&case).await?;
            figure(&case.name, "p50", measured.median, "ms", None).say()?;
            figure(&case.name, "p95", measured.nearly_all, "ms", Some(BUDGET)).say()?;
            let a_second = figure(&case.name, "requests a second", measured.a_second, "/s", None);
            Figure { better: "higher", ..a_second }.say()?;
            if case.page {
                figure(&case.name, "HTML, Brotli", measured.bytes / 1e3, "kB", None).say()?;
            }
        }
        let fan = fan::measure(&address, &crowd, &visitor).await?;
        let told = format!("an update to {} followers", crowd::FOLLOWERS);
        figure(&told, "published after", fan.published, "ms", Some(BUDGET)).say()?;
        figure(&told, "all told after", fan.told, "s", None).say()?;
        figure(&told, "other pages before, p95", fan.before, "ms", Some(BUDGET)).say()?;
        figure(&told, "other pages meanwhile, p95", fan.meanwhile, "ms", Some(BUDGET)).say()?;
        figure("all of it", "memory", memory(server.id()) / 1e6, "MB", Some(MEMORY)).say()?;
    }
    if lighthouse {
        score(&server, &crowd)?;
    }
    Ok(())
}

/// What is asked for, each time of another idea, title or page where there are many.
fn cases(crowd: &Crowd) -> Vec<Case> {
    let board = &crowd.board.slug;
    let mut cases = vec![Case::page("home", ["/"]), Case::page("home, signed in", ["/"]).by_member()];
    for sort in ["trending", "wanted", "discussed", "recent", "unanswered", "due"] {
        cases.push(Case::page(&format!("list, {sort}"), [format!("/b/{board}?sort={sort}")]));
    }
    let stages = crowd.board.stages.iter().map(|stage| format!("/b/{board}?stage={}", stage.id));
    cases.push(Case::page("list of a stage", stages));
    cases.push(Case::page("list, signed in", [format!("/b/{board}")]).by_member());
    cases.push(Case::page("list, what I voted for", [format!("/b/{board}?show-me=voted")]).by_member());
    cases.push(Case::page("pipeline", [format!("/b/{board}/pipeline")]));
    cases.push(Case::page("pipeline, most wanted", [format!("/b/{board}/pipeline?sort=wanted")]));
    cases.push(Case::page("pipeline, signed in", [format!("/b/{board}/pipeline")]).by_member());
    cases.push(Case::page("pipeline, what I voted for", [format!("/b/{board}/pipeline?show-me=voted")]).by_member());
    cases.push(Case::page("idea", &crowd.pages));
    cases.push(Case::page("roadmap", ["/roadmap", "/roadmap?phase=built"]));
    cases.push(Case::page("roadmap, signed in", ["/roadmap"]).by_member());
    cases.push(Case::page("news", ["/news", "/news?what=declined", &format!("/news?cursor={}", crowd.older_news)]));
    cases.push(Case::page("news, signed in", ["/news"]).by_member());
    cases.push(Case::api("board with its record", [format!("/api/v1/boards/{board}")]));
    cases.push(Case::page("timeline-200", [format!("{}?progress=all", crowd.told)]));
    cases.push(Case::page("timeline-200, signed in", [format!("{}?progress=all", crowd.told)]).by_member());
    let words = crowd.titles.iter().filter_map(|title| title.split(' ').rfind(|word| word.len() > 4));
    cases.push(Case::api("search, a word", words.map(|word| format!("/api/v1/search?q={}", ask::encoded(word)))));
    let two = crowd.titles.iter().map(|title| title.split(' ').take(2).collect::<Vec<_>>().join(" "));
    cases.push(Case::api("search, two words", two.map(|words| format!("/api/v1/search?q={}", ask::encoded(&words)))));
    let typed = crowd.titles.iter().map(|title| title.chars().take(30).collect::<String>());
    let similar = typed.map(|title| format!("/api/v1/ideas/similar?title={}&board={board}", ask::encoded(&title)));
    cases.push(Case::api("similar while typing", similar));
    cases.push(Case::page("idea, signed in", &crowd.pages).by_member());
    cases
}

/// Has Lighthouse look at the pages, when it is there.
fn score(server: &Server, crowd: &Crowd) -> Result<()> {
    let Some(folder) = std::env::var_os("ATELIER_LIGHTHOUSE").map(PathBuf::from) else {
        eprintln!("  Lighthouse is left out (ATELIER_LIGHTHOUSE is not set)");
        return Ok(());
    };
    let address = format!("http://localhost:{}", server.address.port());
    let pages = [
        format!("home={address}/"),
        format!("board={address}/b/{}", crowd.board.slug),
        format!("idea={address}{}", crowd.pages[crowd.pages.len() / 2]),
    ];
    let mut node = Command::new("node");
    node.arg("run.mjs").args(pages).current_dir(folder);
    ensure!(node.status().context("node does not start")?.success(), "Lighthouse ended badly");
    Ok(())
}

//! The ledger: how much is given in a second, and what becomes of fifty who want the last ten of something.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use server::{
    domain::{
        self, Error,
        access::{Credential, Signed},
        boards,
        recognition::{self, catalogue, ledger},
    },
    store::{Db, Durability, people},
};
use shared::{
    PersonId, Role, SessionId,
    api::{BoardView, NewBoard, PerkKind, PersonView, Recipient, Recognise, SetBudget, WrittenPerk},
    limits,
    rules::{Audience, EditingRule},
};
use tests::{
    load::{Figure, from_env, percentile},
    postgres,
};
use tokio::task::JoinSet;

/// Those who give at a time, and those who are given something.
const GIVERS: usize = 8;
const PEOPLE: usize = 200;
/// Those who want one at the same moment, and how many there are.
const WANTING: usize = 50;
const STOCK: u32 = 10;

/// Measures the ledger on SQLite, as durable as it comes, and on PostgreSQL where one is at hand.
///
/// # Errors
/// When it cannot be measured, or more or fewer than ten of ten are had.
pub async fn measure() -> Result<()> {
    let folder = tempfile::tempdir()?;
    on("SQLite", &format!("sqlite:{}", folder.path().join("atelier.db").display())).await?;
    match postgres::fresh().await {
        Some(database) => on("PostgreSQL", &database.url).await?,
        None => eprintln!("  PostgreSQL is left out"),
    }
    Ok(())
}

async fn on(name: &str, url: &str) -> Result<()> {
    let db = Db::open(url, Durability::Full).await?;
    let owner = person(&db, "owner", Role::Owner).await?;
    let new = NewBoard {
        title: "Pains".into(),
        purpose: String::new(),
        audience: Audience::Public,
        editing: EditingRule::Everyone,
    };
    let board = boards::create(&db, Some(&owner.person), &new).await?;
    ledger::set_budget(&db, &owner, &board.slug, SetBudget { monthly: limits::BUDGET }).await?;
    grants(name, &db, &board).await?;
    claims(name, &db, &board, &owner).await?;
    db.close().await;
    Ok(())
}

async fn person(db: &Db, handle: &str, role: Role) -> Result<Signed> {
    let person = PersonView {
        id: PersonId::new(),
        handle: handle.into(),
        name: handle.into(),
        role,
        unclaimed: false,
        left: false,
    };
    let account = people::Account {
        person: person.clone(),
        email: format!("{handle}@example.org"),
        password_hash: "none".into(),
        locale: None,
        created_at: domain::now(),
    };
    let mut tx = db.write().await?;
    people::add(&mut tx, &account).await?;
    tx.commit().await?;
    Ok(Signed { person, by: Credential::Session(SessionId::new()) })
}

/// Thanks and a point, for one person at a time, by several moderators at once.
async fn grants(name: &str, db: &Db, board: &BoardView) -> Result<()> {
    let lasting = Duration::from_secs(u64::from(from_env("ATELIER_BENCH_SECONDS", 10)));
    let mut people = Vec::new();
    for place in 0..PEOPLE {
        people.push(person(db, &format!("person-{place}"), Role::Customer).await?.person.id);
    }
    let people = Arc::new(people);
    let done = Arc::new(AtomicU64::new(0));
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for place in 0..GIVERS {
        let giver = person(db, &format!("giver-{place}"), Role::Moderator).await?;
        let (db, slug, people, done) = (db.clone(), board.slug.clone(), Arc::clone(&people), Arc::clone(&done));
        tasks.spawn(async move {
            let mut took = Vec::new();
            while began.elapsed() < lasting {
                let turn = done.fetch_add(1, Ordering::Relaxed);
                let whom = people[usize::try_from(turn)? % people.len()];
                let request = Recognise {
                    board: Some(slug.clone()),
                    words: "Merci pour la croûte.".into(),
                    thanks: true,
                    to: vec![Recipient { person: whom, points: 1 }],
                    ..Recognise::default()
                };
                let asked = Instant::now();
                recognition::give(&db, &giver, &request, Some(&format!("grant-{turn}"))).await?;
                took.push(asked.elapsed().as_secs_f64() * 1e3);
            }
            anyhow::Ok(took)
        });
    }
    let mut took = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        took.extend(ended??);
    }
    let seconds = began.elapsed().as_secs_f64();
    let case = format!("grants, {name}");
    let a_second = figure(&case, "grants a second", took.len() as f64 / seconds, "/s", None);
    Figure { better: "higher", ..a_second }.say()?;
    figure(&case, "p50", percentile(&mut took, 0.5), "ms", None).say()?;
    figure(&case, "p99", percentile(&mut took, 0.99), "ms", None).say()
}

/// Fifty who want the last ten at the same moment.
async fn claims(name: &str, db: &Db, board: &BoardView, owner: &Signed) -> Result<()> {
    let perk = WrittenPerk {
        kind: PerkKind::Coffee,
        fr: "Un café".into(),
        en: "A coffee".into(),
        about_fr: String::new(),
        about_en: String::new(),
        price: Some(30),
        stock: Some(STOCK),
        coded: false,
        retired: false,
    };
    let perk = catalogue::add_perk(db, owner, &perk).await?.id;
    let mut wanting = Vec::new();
    for place in 0..WANTING {
        wanting.push(person(db, &format!("wanting-{place}"), Role::Customer).await?);
    }
    let request = Recognise {
        board: Some(board.slug.clone()),
        words: "Merci".into(),
        to: wanting.iter().map(|who| Recipient { person: who.person.id, points: 30 }).collect(),
        ..Recognise::default()
    };
    recognition::give(db, owner, &request, None).await?;
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for who in wanting.clone() {
        let db = db.clone();
        tasks.spawn(async move { recognition::claim(&db, &who, perk, Some("claim")).await });
    }
    let (mut had, mut gone) = (0_u32, 0_u32);
    while let Some(ended) = tasks.join_next().await {
        match ended? {
            Ok(_) => had += 1,
            Err(Error::PerkGone) => gone += 1,
            Err(other) => return Err(other.into()),
        }
    }
    let took = began.elapsed().as_secs_f64() * 1e3;
    let mut kept = 0_u32;
    for who in &wanting {
        kept += u32::from(recognition::mine(db, who).await?.points == 30);
    }
    ensure!(
        (had, gone, kept) == (STOCK, 40, 40),
        "{had} had one of {STOCK}, {gone} came too late, {kept} kept their points"
    );
    let case = format!("claims, {name}");
    figure(&case, "of 50 for a stock of 10, had one", f64::from(had), "", Some(f64::from(STOCK))).say()?;
    figure(&case, "all 50 answered after", took, "ms", None).say()
}

fn figure(case: &str, metric: &str, value: f64, unit: &'static str, budget: Option<f64>) -> Figure {
    Figure { suite: "recognition", ..Figure::new(case, metric, value, unit, budget) }
}

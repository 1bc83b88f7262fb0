//! A workspace as large as a busy one, made in a minute: real ideas where they are at hand, proposed, voted for and talked
//! about by thousands, in a state that differs in nothing from one that people made.
//!
//! Ideas come in as an import brings them, and are then made such as were proposed here; votes and comments are written
//! many at a time, and counts and warmth worked out from them.

use std::fmt::Write as _;

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use server::{
    domain::{
        accounts::{self, NewAccount},
        boards, entries, import, markdown, now,
        password::Passwords,
        search,
    },
    store::{self, Db, heat, news, people, workspace},
};
use shared::{
    IdeaId, Role,
    api::{BoardView, Millis, NewBoard, PersonView, SignUpRule, WrittenUpdate},
    calendar::DAY,
    limits,
    rules::{Audience, EditingRule},
};
use sqlx::AssertSqlSafe;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{app::PASSWORD, real_ideas};

/// How large it is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Ideas, on one board.
    pub ideas: usize,
    /// Votes.
    pub votes: usize,
    /// Comments.
    pub comments: usize,
    /// Customers; a hundredth as many staff besides.
    pub people: usize,
}

impl Size {
    /// The size the pages are measured at.
    pub const MEASURED: Self = Self { ideas: 10_000, votes: 200_000, comments: 50_000, people: 2_000 };
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Crowd {
    /// The board.
    pub board: BoardView,
    /// The e-mail address of somebody who votes and talks; the password is [`PASSWORD`].
    pub email: String,
    /// Titles of ideas, to look for.
    pub titles: Vec<String>,
    /// The addresses of some ideas, from one end of the list to the other.
    pub pages: Vec<String>,
    /// The address of an idea of which [`TOLD`] things became.
    pub told: String,
    /// Where the news go on that are older than some hundred stories.
    pub older_news: String,
    /// The number of an idea that [`FOLLOWERS`] people follow.
    pub followed: u32,
    /// The e-mail address of the last of them to be told; the password is [`PASSWORD`].
    pub last_told: String,
    /// The e-mail address of who may publish; the password is [`PASSWORD`].
    pub owner: String,
}

/// How many people follow one idea.
pub const FOLLOWERS: usize = 10_000;

/// How many things became of one idea.
const TOLD: usize = 200;
/// How many addresses of ideas are given.
const PAGES: usize = 200;
/// Rows of one statement: SQLite binds 32,766 values at most.
const ROWS: usize = 1_000;

/// Runs an insert of many rows on either database. `$values` binds those of a row to the query it is given.
macro_rules! insert {
    ($db:expr, $into:literal, $columns:literal, $rows:expr, |$query:ident, $row:ident| $bound:expr) => {
        for rows in $rows.chunks(ROWS) {
            let sql = many($into, $columns, rows.len());
            match $db {
                Db::Sqlite { write, .. } => {
                    let mut $query = sqlx::query(AssertSqlSafe(sql));
                    for $row in rows {
                        $query = $bound;
                    }
                    $query.execute(write).await.expect($into);
                }
                Db::Postgres(pool) => {
                    let mut $query = sqlx::query(AssertSqlSafe(sql));
                    for $row in rows {
                        $query = $bound;
                    }
                    $query.execute(pool).await.expect($into);
                }
            }
        }
    };
}

fn many(into: &str, columns: usize, rows: usize) -> String {
    let mut sql = format!("INSERT INTO {into} VALUES ");
    for row in 0..rows {
        let _ = write!(sql, "{}(", if row == 0 { "" } else { ", " });
        for column in 0..columns {
            let _ = write!(sql, "{}${}", if column == 0 { "" } else { ", " }, row * columns + column + 1);
        }
        sql.push(')');
    }
    sql
}

async fn execute(db: &Db, sql: &'static str) {
    match db {
        Db::Sqlite { write, .. } => sqlx::query(sql).execute(write).await.map(drop),
        Db::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(drop),
    }
    .expect(sql);
}

/// Fills an empty database.
///
/// # Panics
/// When that fails.
pub async fn fill(db: &Db, size: Size) -> Crowd {
    let mut rng = StdRng::seed_from_u64(4);
    let mut tx = db.write().await.expect("a transaction");
    workspace::found(&mut tx, "Le Fournil", SignUpRule::Open, now()).await.expect("a name");
    tx.commit().await.expect("committed");
    let owner = account(db, "Odile", "odile@example.org", Role::Owner).await;
    account(db, "Camille", "camille@example.org", Role::Customer).await;
    let (customers, staff) =
        (people(db, size.people, Role::Customer).await, people(db, size.people / 100, Role::Employee).await);
    let new = NewBoard {
        title: "Idées".into(),
        purpose: "Ce que vous aimeriez trouver chez nous".into(),
        audience: Audience::Public,
        editing: EditingRule::Everyone,
    };
    let board = boards::create(db, Some(&owner), &new).await.expect("a board");
    let texts = texts();
    ideas(db, &owner, &board, &texts, size.ideas, &mut rng).await;
    let ideas = written(db).await;
    votes(db, &ideas, &customers, size.votes, &mut rng).await;
    comments(db, &ideas, (&customers, &staff), &texts, size.comments, &mut rng).await;
    settle(db, &board, &ideas).await;
    let pages = pages(db, size.ideas).await;
    let told = tell(db, &owner, &pages[0]).await;
    let (followed, last_told) = follow(db, &pages[1]).await;
    let titles = texts.iter().map(|(title, _)| title.clone()).take(500).collect();
    let (email, owner) = ("camille@example.org".into(), "odile@example.org".into());
    Crowd { board, email, titles, pages, told, older_news: older_news(db).await, followed, last_told, owner }
}

async fn account(db: &Db, name: &str, email: &str, role: Role) -> PersonView {
    let turn = Passwords::new(8, 1).expect("a hasher").turn().await.expect("a turn");
    let password_hash = turn.hash(PASSWORD.into()).await.expect("a hash");
    let mut tx = db.write().await.expect("a transaction");
    let new = NewAccount { name: name.into(), email: email.into(), password_hash, role };
    let person = accounts::create(&mut tx, new).await.expect("an account").expect("an address nobody has");
    tx.commit().await.expect("committed");
    person
}

async fn people(db: &Db, count: usize, role: Role) -> Vec<Uuid> {
    let word = role.as_str();
    let mut tx = db.write().await.expect("a transaction");
    let mut made = Vec::with_capacity(count);
    for n in 0..count {
        let (id, handle) = (shared::PersonId::new(), format!("{word}-{n}"));
        let (email, name) = (format!("{handle}@example.org"), format!("{word} {n}"));
        let person = PersonView { id, handle, name, role, unclaimed: false, left: false };
        let (locale, password_hash) = (None, "nobody signs in with this".into());
        let account = people::Account { person, email, password_hash, locale, created_at: now() - 500 * DAY };
        assert!(people::add(&mut tx, &account).await.expect("an answer"), "{word} {n}");
        made.push(id.0);
    }
    tx.commit().await.expect("committed");
    made
}

/// Titles and texts: those of real ideas that an idea can hold, or such as a list of words gives.
fn texts() -> Vec<(String, String)> {
    let mut texts = real_ideas::texts();
    texts.retain(|(title, _)| title.chars().count() <= limits::TITLE);
    if texts.is_empty() { made_up() } else { texts }
}

fn made_up() -> Vec<(String, String)> {
    const WORDS: [&str; 24] = [
        "bread", "morning", "order", "seeds", "évening", "crêpe", "delivery", "window", "kitchen", "light", "smart",
        "price", "gift", "recipe", "oven", "flour", "child", "coffee", "garden", "ticket", "voice", "holiday", "table",
        "colour",
    ];
    let mut rng = StdRng::seed_from_u64(7);
    let mut line =
        |words: usize| (0..words).map(|_| WORDS[rng.random_range(0..WORDS.len())]).collect::<Vec<_>>().join(" ");
    (0..3_000).map(|_| (line(6), format!("{}.\n\n{}.", line(20), line(80)))).collect()
}

/// Has so many ideas come in, of so many people and moments; each further round of the texts has other bodies.
async fn ideas(
    db: &Db,
    owner: &PersonView,
    board: &BoardView,
    texts: &[(String, String)],
    count: usize,
    rng: &mut StdRng,
) {
    let mut file = String::from("title,body,author,created_at,status,category\n");
    let quoted = |text: &str| text.replace('"', "\"\"");
    let words = ["Safety", "Energy", "Health", "Entertainment", "Other", "Services", "Open data", "Privacy"];
    for n in 0..count {
        let (round, at) = (n / texts.len(), n % texts.len());
        let (title, body) = (&texts[at].0, &texts[(at + round * 37) % texts.len()].1);
        let author = format!("@customer-{}", rng.random_range(0..crowd(count)));
        let created = server::domain::now() - rng.random_range(DAY..400 * DAY);
        let (year, month, day) = shared::calendar::civil(created);
        let stage = &board.stages[if rng.random_bool(0.7) { 0 } else { rng.random_range(1..board.stages.len()) }].en;
        let word = words[rng.random_range(0..words.len())];
        let (title, body, minute) = (quoted(title), quoted(body), n % 60);
        let _ = writeln!(
            file,
            "\"{title}\",\"{body}\",{author},{year}-{month:02}-{day:02}T{:02}:{minute:02},{stage},{word}",
            n % 24
        );
    }
    let begun = import::begin(db, Some(owner), &board.slug, "crowd.csv", file.into()).await;
    let (_, report, job) = begun.expect("the ideas");
    let made = job.run(db, &CancellationToken::new(), |_| {}).await.expect("they come in");
    assert_eq!((made, report.bad), (report.new, report.bad));
    // As if they had been proposed here, and moved by somebody.
    for sql in [
        "INSERT INTO stage_move (id, idea_id, from_id, to_id, person_id, reason, created_at)
         SELECT i.id, i.id, s.id, i.stage_id, b.created_by, 'As we said', i.created_at + 259200000
         FROM idea i JOIN board b ON b.id = i.board_id JOIN stage s ON s.board_id = b.id AND s.position = 0
         WHERE i.stage_id <> s.id",
        "INSERT INTO happening (id, idea_id, kind, actor_id, stage_id, words, created_at, done_at)
         SELECT id, idea_id, 'stage', person_id, to_id, reason, created_at, created_at FROM stage_move",
        "UPDATE idea SET answered_at = created_at + 259200000 WHERE answered_at IS NOT NULL",
        "UPDATE idea SET imported_at = NULL",
        "DELETE FROM origin",
    ] {
        execute(db, sql).await;
    }
}

fn crowd(ideas: usize) -> usize {
    (ideas / 5).max(1)
}

async fn written(db: &Db) -> Vec<(Uuid, Millis)> {
    const SQL: &str = "SELECT id, created_at FROM idea ORDER BY number";
    match db {
        Db::Sqlite { read, .. } => sqlx::query_as(SQL).fetch_all(read).await,
        Db::Postgres(pool) => sqlx::query_as(SQL).fetch_all(pool).await,
    }
    .expect("the ideas")
}

/// Lets much become of the idea at this address.
async fn tell(db: &Db, owner: &PersonView, path: &str) -> String {
    let number = path.split('/').nth(2).and_then(|number| number.parse().ok()).expect("a number");
    for n in 0..TOLD {
        let update = WrittenUpdate { body: format!("Step **{n}** is done."), percent: None, staff: false };
        let said = (&update).try_into().expect("an update");
        entries::add(db, Some(owner), number, &said, None).await.expect("published");
    }
    path.to_owned()
}

/// Lets many follow the idea at this address. Answers its number, and the address of the one who is told last: people are
/// told in the order of their ids, which is that in which they came.
async fn follow(db: &Db, path: &str) -> (u32, String) {
    let number = path.split('/').nth(2).and_then(|number| number.parse().ok()).expect("a number");
    let mut followers = Vec::with_capacity(FOLLOWERS);
    let mut tx = db.write().await.expect("a transaction");
    for n in 1..FOLLOWERS {
        let (id, handle) = (shared::PersonId::new(), format!("follower-{n}"));
        let (email, name) = (format!("{handle}@example.org"), format!("follower {n}"));
        let person = PersonView { id, handle, name, role: Role::Customer, unclaimed: false, left: false };
        let (locale, password_hash) = (None, "nobody signs in with this".into());
        let account = people::Account { person, email, password_hash, locale, created_at: now() };
        assert!(people::add(&mut tx, &account).await.expect("an answer"), "follower {n}");
        followers.push(id.0);
    }
    tx.commit().await.expect("committed");
    let last = "zacharie@example.org";
    followers.push(account(db, "Zacharie", last, Role::Customer).await.id.0);
    let mut tx = db.read().await.expect("a transaction");
    let idea = store::ideas::by_number(&mut tx, None, number).await.expect("an answer").expect("the idea").card.id;
    drop(tx);
    let at = now();
    insert!(db, "follow (idea_id, person_id, created_at)", 3, followers, |query, row| {
        query.bind(idea.0).bind(*row).bind(at)
    });
    (number, last.to_owned())
}

/// Where the news go on after some hundred.
async fn older_news(db: &Db) -> String {
    const SQL: &str = "SELECT news_at, number FROM idea WHERE news_at IS NOT NULL AND away IS NULL
                       ORDER BY news_at DESC, number DESC LIMIT 1 OFFSET 300";
    let (at, number): (i64, i64) = match db {
        Db::Sqlite { read, .. } => sqlx::query_as(SQL).fetch_one(read).await,
        Db::Postgres(pool) => sqlx::query_as(SQL).fetch_one(pool).await,
    }
    .expect("the news");
    format!("{at}-{number}")
}

async fn pages(db: &Db, ideas: usize) -> Vec<String> {
    const SQL: &str = "SELECT number, title FROM idea ORDER BY number";
    let rows: Vec<(i64, String)> = match db {
        Db::Sqlite { read, .. } => sqlx::query_as(SQL).fetch_all(read).await,
        Db::Postgres(pool) => sqlx::query_as(SQL).fetch_all(pool).await,
    }
    .expect("the ideas");
    let some = rows.into_iter().step_by((ideas / PAGES).max(1));
    let named = some.map(|(number, title)| (number, shared::slug::slug(&title)));
    named.map(|(number, slug)| format!("/i/{number}/{}", if slug.is_empty() { "idea" } else { &slug })).collect()
}

/// How many of `total` things each of `count` has: a few many, most a few.
fn shares(count: usize, total: usize, most: usize, rng: &mut StdRng) -> Vec<usize> {
    let weights: Vec<f64> = (0..count).map(|_| rng.random_range(0.001_f64..1.0).powf(-0.6)).collect();
    let sum: f64 = weights.iter().sum();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are small")]
    let mut shares: Vec<usize> =
        weights.iter().map(|weight| ((weight / sum * total as f64) as usize).min(most)).collect();
    let mut left = total - shares.iter().sum::<usize>().min(total);
    while left > 0 {
        let at = rng.random_range(0..count);
        if shares[at] < most {
            shares[at] += 1;
            left -= 1;
        }
    }
    shares
}

async fn votes(db: &Db, ideas: &[(Uuid, Millis)], people: &[Uuid], total: usize, rng: &mut StdRng) {
    let mut rows: Vec<(Uuid, Uuid, Millis)> = Vec::with_capacity(total);
    for ((idea, created), share) in ideas.iter().zip(shares(ideas.len(), total, people.len(), rng)) {
        let first = rng.random_range(0..people.len());
        for n in 0..share {
            rows.push((*idea, people[(first + n) % people.len()], rng.random_range(*created..now())));
        }
    }
    insert!(db, "vote (idea_id, person_id, created_at, concept_seq)", 4, rows, |query, row| {
        query.bind(row.0).bind(row.1).bind(row.2).bind(1_i64)
    });
    // Whoever votes follows.
    let follow = "INSERT INTO follow (idea_id, person_id, created_at)
                  SELECT idea_id, person_id, created_at FROM vote WHERE 1 = 1 ON CONFLICT DO NOTHING";
    execute(db, follow).await;
}

/// A comment as it is written.
struct Said {
    id: Uuid,
    idea: Uuid,
    parent: Option<Uuid>,
    author: Uuid,
    kind: &'static str,
    body: String,
    html: String,
    at: Millis,
}

async fn comments(
    db: &Db,
    ideas: &[(Uuid, Millis)],
    (customers, staff): (&[Uuid], &[Uuid]),
    texts: &[(String, String)],
    total: usize,
    rng: &mut StdRng,
) {
    let mut rows: Vec<Said> = Vec::with_capacity(total);
    for ((idea, created), share) in ideas.iter().zip(shares(ideas.len(), total, 80, rng)) {
        let (mut at, mut thread) = (*created, None);
        for n in 0..share {
            let (answers, replies) = (n == 0 && rng.random_bool(0.2), thread.is_some() && rng.random_bool(0.5));
            let from = if answers { staff } else { customers };
            let body: String = texts[rng.random_range(0..texts.len())].1.chars().take(600).collect();
            let html = markdown::comment_to_html(&body, |_| false);
            let id = Uuid::now_v7();
            at = rng.random_range(at..now().max(at + 1));
            let parent = if replies { thread } else { None };
            let (kind, author) = (if answers { "answer" } else { "comment" }, from[rng.random_range(0..from.len())]);
            rows.push(Said { id, idea: *idea, parent, author, kind, body, html, at });
            if !replies {
                thread = Some(id);
            }
        }
    }
    insert!(
        db,
        "comment (id, idea_id, parent_id, author_id, kind, body, body_html, created_at)",
        8,
        rows,
        |query, row| query
            .bind(row.id)
            .bind(row.idea)
            .bind(row.parent)
            .bind(row.author)
            .bind(row.kind)
            .bind(&row.body)
            .bind(&row.html)
            .bind(row.at)
    );
    let told = "INSERT INTO happening (id, idea_id, kind, actor_id, comment_id, words, created_at, done_at)
                SELECT id, idea_id, kind, author_id, id, '', created_at, created_at FROM comment";
    execute(db, told).await;
    let follow = "INSERT INTO follow (idea_id, person_id, created_at)
                  SELECT idea_id, author_id, min(created_at) FROM comment GROUP BY idea_id, author_id ON CONFLICT DO NOTHING";
    execute(db, follow).await;
}

/// Works out what is kept of all this, as the use cases do one by one.
async fn settle(db: &Db, board: &BoardView, ideas: &[(Uuid, Millis)]) {
    for sql in [
        "UPDATE idea SET votes = (SELECT count(*) FROM vote v WHERE v.idea_id = idea.id), votes_before = 0,
                         comments = (SELECT count(*) FROM comment m WHERE m.idea_id = idea.id AND m.kind <> 'note')",
        "UPDATE idea SET answered_at = (SELECT min(m.created_at) FROM comment m WHERE m.idea_id = idea.id AND m.kind = 'answer')
         WHERE answered_at IS NULL",
        // Of what is on its way, something was published.
        "INSERT INTO entry (id, idea_id, kind, person_id, created_at, published_at, shown_at)
         SELECT i.id, i.id, 'update', b.created_by, i.created_at + 345600000, i.created_at + 345600000, i.created_at + 345600000
         FROM idea i JOIN board b ON b.id = i.board_id JOIN stage s ON s.id = i.stage_id WHERE s.phase IS NOT NULL",
        "INSERT INTO entry_update (entry_id, body, body_html, percent)
         SELECT id, 'We are **at it**, and it looks good.', '<p>We are <strong>at it</strong>, and it looks good.</p>', 40 FROM entry",
        "UPDATE idea SET percent = 40 WHERE id IN (SELECT idea_id FROM entry)",
        // Answers are promised, and who is to be reminded was.
        "UPDATE board SET promise_days = 10, promised_at = created_at",
        "UPDATE idea SET promise_days = 10, clock_at = created_at, half_at = created_at + 432000000,
                         due_at = created_at + 864000000, half_told_at = created_at, late_told_at = created_at",
    ] {
        execute(db, sql).await;
    }
    for ideas in ideas.chunks(500) {
        let mut tx = db.write().await.expect("a transaction");
        for (idea, _) in ideas {
            heat::refresh(&mut tx, IdeaId(*idea)).await.expect("its warmth");
        }
        tx.commit().await.expect("committed");
    }
    let mut tx = db.write().await.expect("a transaction");
    for stage in &board.stages {
        news::refresh_stage(&mut tx, stage.id).await.expect("its news");
    }
    tx.commit().await.expect("committed");
    // As the server does in the background, as soon as it runs.
    search::index_all(db).await.expect("it is indexed");
    // What a running PostgreSQL does by itself within minutes.
    if matches!(db, Db::Postgres(_)) {
        execute(db, "VACUUM ANALYZE").await;
    }
}

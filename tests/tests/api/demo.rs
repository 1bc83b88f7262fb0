//! The demo's workspace.

use std::collections::BTreeSet;

use automerge::{AutoCommit, Change};
use server::{
    demo::{self, DemoError},
    store::log,
};
use shared::{
    Role,
    api::{BoardView, IdeaCard, IdeaView, NewBoard, NewsKind, NewsStory, Page, RecognitionView, Roadmap},
    live::concept::{self, Texts},
    rules::{Audience, EditingRule},
};
use tests::app::App;

#[tokio::test]
async fn the_demo_is_a_workspace_of_three_boards_and_thirty_one_ideas() {
    filled(App::empty(|_| {}).await).await;
}

#[tokio::test]
async fn the_demo_opens_on_postgres_too() {
    let Some(app) = App::empty_on_postgres().await else { return };
    filled(app).await;
}

async fn filled(app: App) {
    let accounts = demo::open(&app.atelier).await.expect("the demo");
    let roles: Vec<_> = accounts.iter().map(|account| account.role).collect();
    assert_eq!(roles, [Role::Owner, Role::Moderator, Role::Researcher, Role::Employee, Role::Customer]);
    let rows = app.rows().await;
    assert_eq!(demo::open(&app.atelier).await.expect("the demo"), accounts);
    assert_eq!(app.rows().await, rows, "opening it again changes nothing");

    for account in &accounts {
        let mut client = app.visitor();
        client.sign_in(&account.email, demo::PASSWORD).await;
        let person = client.person();
        assert_eq!((person.role, person.name.as_str()), (account.role, account.name));
    }
    let roadmap: Roadmap = app.visitor().get("/api/v1/roadmap").await.ok();
    let page: Page<RecognitionView> = app.visitor().get("/api/v1/recognition").await.ok();
    assert_eq!(page.items.len(), 8, "one of nine keeps it private");
    assert_eq!(app.number("SELECT count(*) FROM recognition_balance WHERE points < 0").await, 0);
    assert_eq!(app.number("SELECT count(*) FROM recognition_told WHERE seen_at IS NULL").await, 0, "nothing pops up");
    assert!(roadmap.phases.iter().all(|phase| phase.ideas > 0), "there is something under each heading");
    for what in NewsKind::ALL {
        let told: Page<NewsStory> = app.visitor().get(&format!("/api/v1/news?what={}", what.as_str())).await.ok();
        assert!(!told.items.is_empty(), "there are stories of each kind: {what:?}");
    }
    let visible: Vec<BoardView> = app.visitor().get("/api/v1/boards").await.ok();
    assert_eq!(visible.len(), 2, "the third is for staff");

    let mut owner = app.visitor();
    owner.sign_in(&accounts[0].email, demo::PASSWORD).await;
    let boards: Vec<BoardView> = owner.get("/api/v1/boards").await.ok();
    assert_eq!(boards.iter().map(|board| board.ideas).sum::<u32>(), 31);
    let page: Page<IdeaCard> = owner.get("/api/v1/ideas?limit=100").await.ok();
    assert_eq!(page.items.len(), 31);
    let stages: BTreeSet<_> = page.items.iter().map(|card| card.stage.en.clone()).collect();
    assert_eq!(stages.len(), 7, "there is an idea in each stage");
    let now = server::domain::now();
    let clocks: Vec<_> = page.items.iter().filter_map(|card| card.clock).collect();
    assert!(clocks.iter().any(|clock| clock.is_late(now)), "an answer is overdue");
    assert!(clocks.iter().any(|clock| !clock.is_late(now)), "an answer is awaited");
    for card in page.items {
        assert!(card.created_at <= card.updated_at && card.updated_at < now, "{}", card.title);
        let idea: IdeaView = owner.get(&format!("/api/v1/ideas/{}", card.number)).await.ok();
        let mut tx = app.atelier.db.read().await.expect("a transaction");
        let logged = log::changes_after(&mut tx, idea.document, 0, 100).await.expect("the log");
        assert_eq!(idea.reflects, i64::try_from(logged.len()).expect("a length"));
        let mut shapers = BTreeSet::new();
        let mut doc = AutoCommit::new_with_encoding(concept::ENCODING);
        for logged in logged {
            let change = Change::from_bytes(logged.bytes).expect("a change");
            let owner = log::actor_owner(&mut tx, change.actor_id().to_bytes()).await.expect("an answer");
            shapers.insert(owner.expect("each change is by somebody's actor"));
            doc.apply_changes([change]).expect("it applies");
        }
        assert_eq!(idea.card.shapers as usize, shapers.len(), "{}", card.title);
        let texts = Texts { title: idea.card.title, pitch: idea.card.pitch, body: idea.body };
        assert_eq!(concept::read(&doc).expect("a concept"), texts, "the idea says what its concept says");
    }
}

#[tokio::test]
async fn the_demo_never_mixes_with_anybodys_work() {
    let app = App::new().await;
    let owner = app.person(Role::Owner).await;
    let new = NewBoard {
        title: "Ours".into(),
        purpose: String::new(),
        audience: Audience::Public,
        editing: EditingRule::Everyone,
    };
    let _: BoardView = owner.post("/api/v1/boards", &new).await.created();
    let before = app.rows().await;
    let refused = demo::open(&app.atelier).await.expect_err("a refusal");
    assert!(matches!(refused, DemoError::NotEmpty));
    assert!(refused.to_string().contains("another workspace"));
    assert_eq!(app.rows().await, before);
}

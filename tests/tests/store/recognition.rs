//! The ledger of recognition under whatever is asked of it at the same time: it adds up, nobody has fewer than no points,
//! nothing is handed out twice, and a request that is retried is done once.

use std::{collections::BTreeMap, sync::Arc};

use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};
use server::{
    domain::{
        Error,
        access::{Credential, Signed},
        recognition::{self, catalogue, ledger},
    },
    store::Db,
};
use shared::{
    PerkId, RecognitionId, Role, SessionId,
    api::{
        BadgeView, BoardView, FieldCode, PastedCodes, PerkKind, PersonView, Recipient, Recognise, RecognitionKind,
        Revoke, SetBudget, WrittenPerk,
    },
    rules::{Audience, Refusal},
};
use tests::on_both_databases;
use tokio::task::JoinSet;

use crate::workspace::{board, count, execute, person};

/// Those who give, and those who get.
const GIVERS: usize = 2;
const PEOPLE: usize = 4;
/// How many of each perk there are: without codes, and with.
const STOCKS: [u32; 2] = [5, 7];
const PRICES: [u32; 2] = [20, 35];
/// What each board gives in a month.
const BUDGETS: [u32; 2] = [300, 120];

fn signed(person: &PersonView) -> Signed {
    Signed { person: person.clone(), by: Credential::Session(SessionId::new()) }
}

fn perk(title: &str, price: u32, stock: Option<u32>) -> WrittenPerk {
    WrittenPerk {
        kind: PerkKind::Other,
        fr: title.to_owned(),
        en: title.to_owned(),
        about_fr: String::new(),
        about_en: String::new(),
        price: Some(price),
        stock,
        coded: stock.is_none(),
        retired: false,
    }
}

/// Where it happens.
struct Scene {
    db: Db,
    givers: Vec<Signed>,
    people: Vec<Signed>,
    boards: Vec<BoardView>,
    badges: Vec<BadgeView>,
    perks: Vec<PerkId>,
}

impl Scene {
    async fn new(db: &Db, name: &str) -> Self {
        let owner = signed(&person(db, &format!("{name}-owner"), Role::Owner).await);
        let (mut givers, mut people, mut boards) = (Vec::new(), Vec::new(), Vec::new());
        for place in 0..GIVERS {
            givers.push(signed(&person(db, &format!("{name}-m{place}"), Role::Moderator).await));
        }
        for place in 0..PEOPLE {
            people.push(signed(&person(db, &format!("{name}-p{place}"), Role::Customer).await));
        }
        for monthly in BUDGETS {
            let made = board(db, &owner.person, &format!("{name} {monthly}"), Audience::Public).await;
            ledger::set_budget(db, &owner, &made.slug, SetBudget { monthly }).await.expect("a budget");
            boards.push(made);
        }
        let plain = perk("Café", PRICES[0], Some(STOCKS[0]));
        let plain = catalogue::add_perk(db, &owner, &plain).await.expect("a perk").id;
        let coded = catalogue::add_perk(db, &owner, &perk("Code", PRICES[1], None)).await.expect("a perk").id;
        let codes = (0..STOCKS[1]).map(|n| format!("{name}-{n}")).collect::<Vec<_>>().join("\n");
        let codes = PastedCodes { codes: format!("{codes}\n\n{codes}") };
        let added = catalogue::add_codes(db, &owner, coded, &codes).await.expect("codes");
        assert_eq!((added.added, added.repeated, added.perk.stock), (STOCKS[1], STOCKS[1], STOCKS[1]));
        let badges = catalogue::badges(db).await.expect("badges");
        Self { db: db.clone(), givers, people, boards, badges, perks: vec![plain, coded] }
    }
}

/// One thing somebody does.
#[derive(Clone, Debug)]
enum Act {
    /// Points for some people, with a badge or a perk.
    Give {
        by: usize,
        board: usize,
        points: Vec<u32>,
        badge: Option<usize>,
        perk: Option<usize>,
    },
    Claim {
        who: usize,
        perk: usize,
    },
    /// Of what was given or claimed so far, one.
    Revoke {
        by: usize,
        which: usize,
    },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let points = prop::collection::vec(prop_oneof![1 => Just(0_u32), 3 => 1_u32..60], PEOPLE);
    let (badge, perk) = (prop::option::weighted(0.3, 0_usize..6), prop::option::weighted(0.15, 0_usize..2));
    let act = prop_oneof![
        4 => (0..GIVERS, 0..BUDGETS.len(), points, badge, perk)
            .prop_map(|(by, board, points, badge, perk)| Act::Give { by, board, points, badge, perk }),
        4 => (0..PEOPLE, 0_usize..2).prop_map(|(who, perk)| Act::Claim { who, perk }),
        3 => (0..GIVERS, 0_usize..40).prop_map(|(by, which)| Act::Revoke { by, which }),
    ];
    prop::collection::vec(act, 40)
}

/// What a request came to, where it was done.
type Done = Result<Vec<RecognitionId>, Error>;

async fn give(scene: &Scene, act: &Act, key: &str) -> Done {
    let Act::Give { by, board, points, badge, perk } = act else { unreachable!("only what is given") };
    let to = scene.people.iter().zip(points).filter(|(_, points)| **points > 0);
    let request = Recognise {
        board: Some(scene.boards[*board].slug.clone()),
        words: String::from("Merci"),
        badge: badge.map(|badge| scene.badges[badge].id),
        perk: perk.map(|perk| scene.perks[perk]),
        to: to.map(|(who, points)| Recipient { person: who.person.id, points: *points }).collect(),
        ..Recognise::default()
    };
    let made = recognition::give(&scene.db, &scene.givers[*by], &request, Some(key)).await?;
    Ok(made.into_iter().map(|entry| entry.id).collect())
}

/// The refusals that are answers to what people may ask of the ledger.
fn is_an_answer(error: &Error) -> bool {
    match error {
        Error::NoPointsLeft { .. } | Error::PointsSpent { .. } | Error::PerkGone | Error::Revoked => true,
        Error::Invalid(fields) => fields
            .values()
            .all(|field| matches!(field.code, FieldCode::Budget | FieldCode::HasBadge | FieldCode::Required)),
        _ => false,
    }
}

/// Does each act, three at a time; each request twice at the same time, by the same key. Answers how many came to something.
async fn run(scene: &Arc<Scene>, plan: Vec<Act>) -> BTreeMap<&'static str, usize> {
    let made = Arc::new(std::sync::Mutex::new(Vec::<RecognitionId>::new()));
    let mut done: BTreeMap<&'static str, usize> = BTreeMap::new();
    for (round, acts) in plan.chunks(3).enumerate() {
        let mut tasks = JoinSet::new();
        for (place, act) in acts.iter().cloned().enumerate() {
            let (scene, made) = (Arc::clone(scene), Arc::clone(&made));
            tasks.spawn(async move {
                let key = format!("{round}-{place}");
                let (word, outcome) = match &act {
                    Act::Give { .. } => {
                        let (first, again) = tokio::join!(give(&scene, &act, &key), give(&scene, &act, &key));
                        ("give", same(first, again))
                    }
                    Act::Claim { who, perk } => {
                        let (who, perk) = (&scene.people[*who], scene.perks[*perk]);
                        let claim =
                            || async { Ok(vec![recognition::claim(&scene.db, who, perk, Some(&key)).await?.entry]) };
                        let (first, again) = tokio::join!(claim(), claim());
                        ("claim", same(first, again))
                    }
                    Act::Revoke { by, which } => {
                        let known = made.lock().expect("nobody panicked").get(*which).copied();
                        let Some(id) = known else { return ("nothing", false) };
                        let words = Revoke { words: String::from("Non") };
                        let by = &scene.givers[*by];
                        let revoke = || recognition::revoke(&scene.db, by, id, &words);
                        let (first, again) = tokio::join!(revoke(), revoke());
                        assert!(first.is_err() || again.is_err(), "an entry is revoked once");
                        let either = first.or(again);
                        if let Err(error) = &either {
                            assert!(is_an_answer(error), "{error:?}");
                        }
                        return ("revoke", either.is_ok());
                    }
                };
                let came = outcome.is_some();
                made.lock().expect("nobody panicked").extend(outcome.unwrap_or_default());
                (word, came)
            });
        }
        while let Some(result) = tasks.join_next().await {
            let (word, came) = result.expect("no panic");
            *done.entry(word).or_default() += usize::from(came);
        }
    }
    done
}

/// Of two tries of one request: what it made, which both say where both came through.
#[track_caller]
fn same(first: Done, again: Done) -> Option<Vec<RecognitionId>> {
    for error in [&first, &again].into_iter().filter_map(|done| done.as_ref().err()) {
        assert!(is_an_answer(error), "{error:?}");
    }
    match (first, again) {
        (Ok(first), Ok(again)) => {
            assert_eq!(first, again, "one request, done once");
            Some(first)
        }
        // What it was refused for may be gone when it is tried again, or have come.
        (Ok(made), Err(_)) | (Err(_), Ok(made)) => Some(made),
        (Err(_), Err(_)) => None,
    }
}

/// What must hold of the ledger whatever happened: each counts what is wrong.
const WRONG: [(&str, &str); 9] = [
    (
        "a balance is the sum of the entries",
        "SELECT count(*) FROM (SELECT person_id, sum(points) AS points FROM recognition GROUP BY person_id) l
         LEFT JOIN recognition_balance b ON b.person_id = l.person_id WHERE coalesce(b.points, 0) <> l.points",
    ),
    ("a balance has entries", "SELECT count(*) FROM recognition_balance b WHERE b.points <> 0 AND NOT EXISTS
         (SELECT 1 FROM recognition r WHERE r.person_id = b.person_id)"),
    ("nobody has fewer than no points", "SELECT count(*) FROM recognition_balance WHERE points < 0"),
    (
        "stock is what there was, less what was handed out and did not come back",
        "SELECT count(*) FROM perk k WHERE k.stock < 0 OR k.stock <> k.supplied - (SELECT count(*) FROM recognition r
             WHERE r.perk_id = k.id AND r.kind IN ('perk', 'claim') AND (k.coded = 1
                 OR NOT EXISTS (SELECT 1 FROM recognition v WHERE v.revokes_id = r.id)))",
    ),
    (
        "whoever has a perk with codes has a code of their own",
        "SELECT count(*) FROM recognition r JOIN perk k ON k.id = r.perk_id WHERE k.coded = 1 AND r.kind IN ('perk', 'claim')
           AND (SELECT count(*) FROM perk_code x WHERE x.entry_id = r.id) <> 1",
    ),
    (
        "codes go with perks",
        "SELECT count(*) FROM perk_code x JOIN recognition r ON r.id = x.entry_id WHERE r.perk_id <> x.perk_id",
    ),
    (
        "a month counts what was given and not taken back, and is within its budget",
        "SELECT count(*) FROM recognition_month m JOIN board b ON b.id = m.board_id WHERE m.spent > b.points_per_month
           OR m.spent <> (SELECT coalesce(sum(r.points), 0) FROM recognition r WHERE r.board_id = m.board_id
               AND r.kind = 'points' AND NOT EXISTS (SELECT 1 FROM recognition v WHERE v.revokes_id = r.id))",
    ),
    (
        "badges are held by the entries that hold",
        "SELECT count(*) FROM recognition r WHERE r.kind = 'badge' AND EXISTS (SELECT 1 FROM badge_held h WHERE h.entry_id = r.id)
           = EXISTS (SELECT 1 FROM recognition v WHERE v.revokes_id = r.id)",
    ),
    (
        "a revocation undoes what it revokes",
        "SELECT count(*) FROM recognition v JOIN recognition r ON r.id = v.revokes_id
         WHERE v.points <> -r.points OR v.person_id <> r.person_id OR r.kind = 'revocation'",
    ),
];

on_both_databases! {
    async fn whatever_happens_at_once_the_ledger_adds_up(db: Db) {
        let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
        let mut all: BTreeMap<&str, usize> = BTreeMap::new();
        for round in 0..5 {
            let plan = acts().new_tree(&mut runner).expect("a plan").current();
            let told = format!("{plan:?}");
            let scene = Arc::new(Scene::new(&db, &format!("r{round}")).await);
            for (word, times) in run(&scene, plan).await {
                *all.entry(word).or_default() += times;
            }
            for (what, wrong) in WRONG {
                assert_eq!(count(&db, wrong).await, 0, "{what}; after {told}");
            }
            let keys = "SELECT count(*) FROM (SELECT by_id, key FROM recognition_act GROUP BY by_id, key HAVING count(*) > 1) k";
            assert_eq!(count(&db, keys).await, 0);
        }
        for word in ["give", "claim", "revoke"] {
            assert!(all.get(word).is_some_and(|times| *times > 5), "the plans are worth something: {all:?}");
        }
    }

    async fn fifty_claim_ten_at_once(db: Db) {
        let scene = Scene::new(&db, "x").await;
        let owner = signed(&person(&db, "o", Role::Owner).await);
        ledger::set_budget(&db, &owner, &scene.boards[0].slug, SetBudget { monthly: 5_000 }).await.expect("a budget");
        let ten = catalogue::add_perk(&db, &owner, &perk("Dix", 40, Some(10))).await.expect("a perk").id;
        let mut people = Vec::new();
        for place in 0..50 {
            people.push(signed(&person(&db, &format!("c{place}"), Role::Customer).await));
        }
        let to = people.iter().map(|who| Recipient { person: who.person.id, points: 50 }).collect();
        let slug = Some(scene.boards[0].slug.clone());
        let request = Recognise { board: slug, words: String::from("Merci"), to, ..Recognise::default() };
        recognition::give(&db, &owner, &request, None).await.expect("points");
        let mut tasks = JoinSet::new();
        for who in people.clone() {
            let db = db.clone();
            tasks.spawn(async move { recognition::claim(&db, &who, ten, None).await });
        }
        let mut had = 0;
        while let Some(done) = tasks.join_next().await {
            match done.expect("no panic") {
                Ok(_) => had += 1,
                Err(error) => assert!(matches!(error, Error::PerkGone), "{error:?}"),
            }
        }
        let left = "SELECT count(*) FROM recognition_balance WHERE points = 50";
        let spent = "SELECT count(*) FROM recognition_balance WHERE points = 10";
        assert_eq!((had, count(&db, left).await, count(&db, spent).await), (10, 40, 10));
        for (what, wrong) in WRONG {
            assert_eq!(count(&db, wrong).await, 0, "{what}");
        }
    }

    async fn a_budget_is_not_exceeded_by_those_who_give_at_once(db: Db) {
        let scene = Arc::new(Scene::new(&db, "x").await);
        let mut tasks = JoinSet::new();
        for place in 0..12 {
            let scene = Arc::clone(&scene);
            tasks.spawn(async move {
                let act = Act::Give { by: place % GIVERS, board: 1, points: vec![25, 0, 0, 0], badge: None, perk: None };
                give(&scene, &act, &format!("k{place}")).await
            });
        }
        let mut given = 0;
        while let Some(done) = tasks.join_next().await {
            match done.expect("no panic") {
                Ok(_) => given += 1,
                Err(Error::Invalid(fields)) => {
                    assert_eq!((fields["points"].code, fields["points"].limit), (FieldCode::Budget, Some(20)));
                }
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(given, 4, "four times 25 of 120");
    }

    async fn the_ledger_itself_is_only_added_to(db: Db) {
        let scene = Scene::new(&db, "x").await;
        let act = Act::Give { by: 0, board: 0, points: vec![9, 0, 0, 0], badge: Some(0), perk: None };
        give(&scene, &act, "k").await.expect("given");
        for statement in [
            "UPDATE recognition SET points = 900",
            "UPDATE recognition SET kind = 'thanks'",
            "DELETE FROM recognition",
            "UPDATE recognition_act SET key = 'x'",
            "DELETE FROM recognition_act",
        ] {
            let refused = match &db {
                Db::Sqlite { write, .. } => sqlx::query(statement).execute(write).await.map(drop),
                Db::Postgres(pool) => sqlx::query(statement).execute(pool).await.map(drop),
            };
            let error = refused.expect_err("the database refuses it");
            assert!(error.to_string().contains("only added to"), "{statement}: {error}");
        }
        // The words are apart, and can go.
        execute(&db, "DELETE FROM recognition_words").await;
        let own = recognition::own(&db, &scene.people[0], uuid::Uuid::max(), 9).await.expect("entries");
        assert_eq!(own.iter().map(|entry| (entry.kind, entry.words.as_str())).collect::<Vec<_>>(),
            [(RecognitionKind::Badge, ""), (RecognitionKind::Points, "")]);
    }

    async fn nobody_rewards_themself_nor_who_is_not_here(db: Db) {
        let scene = Scene::new(&db, "x").await;
        let zoe = &scene.people[0];
        let to = |who: &Signed| Recognise {
            board: Some(scene.boards[0].slug.clone()),
            words: String::from("Merci"),
            thanks: true,
            to: vec![Recipient { person: who.person.id, points: 0 }],
            ..Recognise::default()
        };
        let oneself = recognition::give(&db, &scene.givers[0], &to(&scene.givers[0]), None).await;
        assert!(matches!(oneself, Err(Error::Refused(Refusal::Oneself))), "{oneself:?}");
        let mut both = to(zoe);
        both.to.push(Recipient { person: scene.givers[0].person.id, points: 0 });
        assert!(matches!(recognition::give(&db, &scene.givers[0], &both, None).await, Err(Error::Refused(Refusal::Oneself))));
        for (statement, back) in [
            ("UPDATE person SET suspended_at = 1 WHERE handle = 'x-p0'", "UPDATE person SET suspended_at = NULL"),
            ("UPDATE person SET unclaimed_at = 1 WHERE handle = 'x-p0'", "UPDATE person SET unclaimed_at = NULL"),
        ] {
            execute(&db, statement).await;
            let refused = recognition::give(&db, &scene.givers[0], &to(zoe), None).await;
            assert!(matches!(&refused, Err(Error::Invalid(fields)) if fields["to"].code == FieldCode::NotThem), "{refused:?}");
            execute(&db, back).await;
        }
        assert_eq!(count(&db, "SELECT count(*) FROM recognition").await, 0, "nothing was half done");
        recognition::give(&db, &scene.givers[0], &to(zoe), None).await.expect("thanks");
    }
}

//! The record: each act by right of a role is in it, owners read it, and nobody changes it.

use std::collections::BTreeSet;

use http::StatusCode;
use serde_json::{Value, json};
use shared::{
    Role,
    api::{
        AuditAct, AuditLine, BadgeView, BoardView, Code, CommentView, Decided, DotVoteView, GuestLinkView, IdeaView,
        InviteMade, LedgerLine, Page, PerkView, RecognitionView, Subject,
    },
};
use tests::{
    app::{App, Client},
    on_each_database,
};

use crate::{canvas, desk::set_aside, imports::imported, mail, pictures};

async fn lines(owner: &Client, query: &str) -> Vec<AuditLine> {
    owner.get(&format!("/api/v1/audit?limit=100{query}")).await.ok::<Page<AuditLine>>().items
}

/// Does everything that is done by right of a role, but for what fills a demo.
async fn do_everything(app: &App, owner: &Client) {
    let nothing = json!(null);
    let (zoe, ben) = (app.person(Role::Customer).await, app.person(Role::Employee).await);
    let board = json!({"title": "Pains", "audience": "public", "editing": "everyone"});
    let board: BoardView = owner.post("/api/v1/boards", &board).await.created();
    let path = format!("/api/v1/boards/{}", board.slug);
    owner.patch(&path, &json!({"purpose": "Cuire", "holds_first": true})).await.nothing(StatusCode::OK);
    let member = format!("{path}/members/{}", zoe.person().handle);
    owner.put(&member, &nothing).await.nothing(StatusCode::NO_CONTENT);
    owner.delete(&member).await.nothing(StatusCode::NO_CONTENT);

    let idea: IdeaView = zoe.post(&format!("{path}/ideas"), &json!({"title": "Flan"})).await.created();
    let subject = Subject::Idea(idea.card.id);
    let decide = async |act: &str| -> Decided {
        let request = json!({"subject": subject, "act": act, "words": "Parce que."});
        owner.post("/api/v1/desk/decisions", &request).await.ok()
    };
    decide("keep").await;
    decide("hide").await;
    decide("keep").await;
    decide("warn").await;
    ben.post("/api/v1/reports", &json!({"subject": subject, "reason": "spam"})).await.nothing(StatusCode::NO_CONTENT);
    let kept = decide("keep").await.id.expect("a decision");
    owner.delete(&format!("/api/v1/desk/decisions/{kept}")).await.nothing(StatusCode::NO_CONTENT);

    let path = format!("/api/v1/ideas/{}", idea.card.number);
    let coauthor = format!("{path}/coauthors/{}", ben.person().handle);
    owner.put(&coauthor, &nothing).await.nothing(StatusCode::NO_CONTENT);
    owner.delete(&coauthor).await.nothing(StatusCode::NO_CONTENT);
    let stage = json!({"stage": board.stages[6].id, "reason": "Le four est plein."});
    owner.put(&format!("{path}/stage"), &stage).await.nothing(StatusCode::OK);
    let answer = json!({"body": "Oui", "kind": "answer"});
    let said: CommentView = ben.post(&format!("{path}/comments"), &answer).await.created();
    owner.delete(&format!("/api/v1/comments/{}", said.id)).await.nothing(StatusCode::NO_CONTENT);
    publish(owner, &path).await;
    tag_and_merge(owner, &board, &zoe, &idea).await;
    hold_a_workshop(app, owner, &board, &zoe).await;
    recognise(owner, &board, &zoe, &ben, &idea).await;
    set_aside(app, idea.document).await;
    owner
        .put(&format!("/api/v1/desk/documents/{}/release", idea.document), &nothing)
        .await
        .nothing(StatusCode::NO_CONTENT);

    owner.patch("/api/v1/workspace", &json!({"name": "Chez Léon"})).await.nothing(StatusCode::OK);
    let weights = serde_json::to_value(shared::api::Weights::default()).expect("weights");
    owner.put("/api/v1/credit", &weights).await.nothing(StatusCode::OK);
    let logo = owner.request(http::Method::PUT, "/api/v1/workspace/logo");
    owner.send(logo, pictures::png(4, 4)).await.nothing(StatusCode::OK);
    owner.delete("/api/v1/workspace/logo").await.nothing(StatusCode::OK);

    // Without a mail server, what was decided about the idea of Zoé is kept.
    mail::settled(app).await;
    let kept = mail::outbox(owner, "&state=kept").await.items[0].id;
    owner.post(&format!("/api/v1/outbox/{kept}/again"), &nothing).await.nothing(StatusCode::OK);

    let name = format!("/api/v1/names/{}/match", imported(owner).await.1);
    owner.put(&name, &json!({"handle": ben.person().handle})).await.nothing(StatusCode::OK);
    owner.delete(&name).await.nothing(StatusCode::OK);
    let made: InviteMade = owner.post("/api/v1/invites", &json!({"role": "employee"})).await.created();
    let secret = made.path.rsplit('/').next().expect("a secret");
    zoe.post("/api/v1/invites/accept", &json!({ "token": secret })).await.nothing(StatusCode::OK);
    let made: InviteMade = owner.post("/api/v1/invites", &json!({"role": "customer"})).await.created();
    owner.delete(&format!("/api/v1/invites/{}", made.invite.id)).await.nothing(StatusCode::NO_CONTENT);
    let person = format!("/api/v1/people/{}", zoe.person().id);
    owner.patch(&person, &json!({"role": "customer"})).await.nothing(StatusCode::OK);
    let suspension = format!("{person}/suspension");
    owner.put(&suspension, &json!({"words": "Assez."})).await.nothing(StatusCode::NO_CONTENT);
    owner.delete(&suspension).await.nothing(StatusCode::NO_CONTENT);
    leave(app, owner).await;
}

/// Somebody leaves, and somebody asked for it.
async fn leave(app: &App, owner: &Client) {
    let fates = json!({"password": tests::app::PASSWORD, "word": "oublier", "comments": "keep", "texts": "keep"});
    let leaver = app.person(Role::Customer).await;
    leaver.post("/api/v1/me/erasure", &fates).await.nothing(StatusCode::NO_CONTENT);
    let asked = app.person(Role::Customer).await.person().id;
    let request = json!({"reason": "asked", "comments": "keep", "texts": "keep"});
    owner.post(&format!("/api/v1/people/{asked}/erasure"), &request).await.nothing(StatusCode::NO_CONTENT);
}

/// What is published of how an idea gets on.
async fn publish(owner: &Client, idea: &str) {
    let texts = |text: &str| json!({ "hypothesis": text, "trial": text, "measure": text });
    for (kind, said, other) in [
        ("updates", json!({"body": "1"}), json!({"body": "2"})),
        ("milestones", json!({"title": "1"}), json!({"title": "2"})),
        ("experiments", texts("1"), texts("2")),
    ] {
        let made: Value = owner.post(&format!("{idea}/{kind}"), &said).await.created();
        let path = format!("/api/v1/{kind}/{}", made["id"].as_str().expect("an id"));
        owner.put(&path, &other).await.nothing(StatusCode::OK);
        if kind == "experiments" {
            let ended = json!({"outcome": "reverted", "result": "Rien.", "reason": "Trop cher."});
            owner.put(&format!("{path}/conclusion"), &ended).await.nothing(StatusCode::OK);
        }
        owner.delete(&path).await.nothing(StatusCode::NO_CONTENT);
    }
    let freeze = format!("{idea}/freeze");
    owner.put(&freeze, &json!({"words": "On y va."})).await.nothing(StatusCode::OK);
    owner.delete(&freeze).await.nothing(StatusCode::NO_CONTENT);
}

/// What is done with stages and tags of a board, and with twins.
async fn tag_and_merge(owner: &Client, board: &BoardView, zoe: &Client, idea: &IdeaView) {
    let path = format!("/api/v1/boards/{}", board.slug);
    owner.put(&format!("{path}/stages"), &json!({ "stages": board.stages })).await.nothing(StatusCode::OK);
    let tags = format!("{path}/tags");
    let made: BoardView = owner.post(&tags, &json!({"name": "Seigle", "colour": "amber"})).await.created();
    let tag = made.tags[0].id;
    owner.put(&format!("{tags}/{tag}"), &json!({"name": "Blé", "colour": "amber"})).await.nothing(StatusCode::OK);
    let number = idea.card.number;
    owner.put(&format!("/api/v1/ideas/{number}/tags"), &json!({"tags": [tag]})).await.nothing(StatusCode::OK);
    let answerer = format!("{path}/answerers/odile");
    owner.put(&answerer, &json!({})).await.nothing(StatusCode::OK);
    owner.delete(&answerer).await.nothing(StatusCode::NO_CONTENT);
    owner.delete(&format!("{tags}/{tag}")).await.nothing(StatusCode::OK);
    let twin: IdeaView = zoe.post(&format!("{path}/ideas"), &json!({"title": "Flan encore"})).await.created();
    let merge = format!("/api/v1/ideas/{}/merge", twin.card.number);
    owner.put(&merge, &json!({ "into": number })).await.nothing(StatusCode::OK);
    owner.delete(&merge).await.nothing(StatusCode::OK);
}

/// What is done about recognition.
async fn recognise(owner: &Client, board: &BoardView, zoe: &Client, ben: &Client, idea: &IdeaView) {
    let number = idea.card.number;
    let budget = format!("/api/v1/recognition/budgets/{}", board.slug);
    owner.put(&budget, &json!({"monthly": 100})).await.nothing(StatusCode::OK);
    let milestone = json!({"title": "Goûté", "done": true});
    owner.post(&format!("/api/v1/ideas/{number}/milestones"), &milestone).await.nothing(StatusCode::CREATED);
    owner.put(&format!("/api/v1/desk/recognise/{number}/pass"), &json!(null)).await.nothing(StatusCode::NO_CONTENT);
    let to = json!([{"person": zoe.person().id, "points": 90}, {"person": ben.person().id, "points": 1}]);
    let request = json!({"idea": number, "words": "Merci", "to": to});
    let made: Vec<RecognitionView> = owner.post("/api/v1/recognition", &request).await.created();
    let revocation = format!("/api/v1/recognition/{}/revocation", made[0].id);
    owner.put(&revocation, &json!({"words": "Trop"})).await.nothing(StatusCode::NO_CONTENT);
    let flagged: Page<LedgerLine> = owner.get("/api/v1/recognition/ledger?flagged=true").await.ok();
    let dismissal = format!("/api/v1/recognition/flags/{}/dismissal", flagged.items[0].flags[0].id);
    owner.put(&dismissal, &json!({"words": "Vu"})).await.nothing(StatusCode::NO_CONTENT);
    owner.get("/api/v1/recognition/ledger.csv").await.nothing(StatusCode::OK);
    let texts = |retired: bool| json!({"icon": "star", "fr": "B", "en": "B", "meaning_fr": "B", "meaning_en": "B", "retired": retired});
    let perk = |retired: bool| json!({"kind": "other", "fr": "P", "en": "P", "coded": true, "retired": retired});
    let badge: BadgeView = owner.post("/api/v1/badges", &texts(false)).await.created();
    let made: PerkView = owner.post("/api/v1/perks", &perk(false)).await.created();
    for retired in [false, true] {
        owner.put(&format!("/api/v1/badges/{}", badge.id), &texts(retired)).await.nothing(StatusCode::OK);
        owner.put(&format!("/api/v1/perks/{}", made.id), &perk(retired)).await.nothing(StatusCode::OK);
    }
    owner.post(&format!("/api/v1/perks/{}/codes", made.id), &json!({"codes": "C"})).await.nothing(StatusCode::OK);
}

/// What is done on a board's canvas.
async fn hold_a_workshop(app: &App, owner: &Client, board: &BoardView, zoe: &Client) {
    let nothing = json!(null);
    canvas::note(app, board, zoe, "n1", "Du pain").await;
    let path = canvas::path(board);
    owner.post(&format!("{path}/notes/n1/promote"), &nothing).await.nothing(StatusCode::CREATED);
    let vote: DotVoteView = owner.post(&format!("{path}/dot-votes"), &json!({"dots": 3})).await.created();
    owner.post(&format!("{path}/dot-votes/{}/end", vote.id), &nothing).await.nothing(StatusCode::OK);
    owner.delete(&format!("{path}/dot-votes/{}", vote.id)).await.nothing(StatusCode::NO_CONTENT);
    let link: GuestLinkView = owner.post(&format!("{path}/guests"), &json!({"hours": 1})).await.created();
    owner.delete(&format!("{path}/guests/{}", link.id)).await.nothing(StatusCode::NO_CONTENT);
}

/// An owner, by the set-up link.
async fn set_up(app: &App) -> Client {
    let secret = server::domain::workspace::offer_setup(&app.atelier.db).await.expect("a link").expect("no owner yet");
    let request = json!({
        "token": secret.expose(), "workspace": "Le Fournil", "name": "Odile",
        "email": "odile@example.org", "password": tests::app::PASSWORD,
    });
    let mut owner = app.visitor();
    let answer = owner.post("/api/v1/setup", &request).await;
    answer.nothing(StatusCode::OK);
    owner.keep_session(&answer);
    owner
}

async fn every_act_is_on_record_in_words(app: &App) {
    let owner = set_up(app).await;
    do_everything(app, &owner).await;
    let all = lines(&owner, "").await;
    let done: BTreeSet<&str> = all.iter().map(|line| line.act.as_str()).collect();
    let known: BTreeSet<&str> =
        AuditAct::ALL.iter().filter(|act| **act != AuditAct::FillDemo).map(|act| act.as_str()).collect();
    assert_eq!(done, known);
    assert!(all.iter().all(|line| line.by.is_some()));
    let line = |act: AuditAct| all.iter().find(|line| line.act == act.as_str()).expect("it was done");
    let role = line(AuditAct::ChangeRole);
    assert_eq!((role.from.as_deref(), role.to.as_deref()), (Some("employee"), Some("customer")));
    assert!(role.subject.as_ref().is_some_and(|subject| subject.path.starts_with("/people/")));
    let moved = line(AuditAct::MoveIdea);
    assert_eq!((moved.words.as_str(), moved.from.as_deref()), ("Le four est plein.", None));
    assert_eq!(moved.subject.as_ref().map(|subject| subject.label.as_str()), Some("Flan"));
    assert_eq!(line(AuditAct::Warn).words, "Parce que.");
    let concluded = line(AuditAct::Conclude);
    assert_eq!((concluded.words.as_str(), concluded.to.as_deref()), ("Trop cher.", Some("reverted")));
    assert_eq!(line(AuditAct::Freeze).words, "On y va.");
    assert!(line(AuditAct::RemoveEntry).subject.as_ref().is_some_and(|subject| subject.label == "Flan"));
    assert_eq!(line(AuditAct::Suspend).words, "Assez.");
    assert!(line(AuditAct::AddMember).person.is_some());
}

#[tokio::test]
async fn every_act_is_on_record_in_words_on_sqlite() {
    every_act_is_on_record_in_words(&App::empty(|_| {}).await).await;
}

#[tokio::test]
async fn every_act_is_on_record_in_words_on_postgres() {
    let Some(app) = App::empty_on_postgres().await else { return };
    every_act_is_on_record_in_words(&app).await;
}

on_each_database! {
    the_record_is_read_page_by_page_and_by_whom_and_what(app) {
        let (owner, marie) = (app.person(Role::Owner).await, app.person(Role::Moderator).await);
        for title in ["A", "B", "C"] {
            let board = json!({"title": title, "audience": "public", "editing": "everyone"});
            marie.post("/api/v1/boards", &board).await.nothing(StatusCode::CREATED);
        }
        owner.post("/api/v1/invites", &json!({"role": "employee"})).await.nothing(StatusCode::CREATED);
        let mut seen = Vec::new();
        let mut after = String::new();
        loop {
            let page: Page<AuditLine> = owner.get(&format!("/api/v1/audit?limit=2{after}")).await.ok();
            seen.extend(page.items);
            let Some(next) = page.next else { break };
            after = format!("&cursor={next}");
        }
        assert_eq!(seen, lines(&owner, "").await);
        let labels: Vec<_> = seen.iter().map(|line| line.subject.as_ref().map(|subject| subject.label.as_str())).collect();
        assert_eq!(labels, [None, Some("C"), Some("B"), Some("A")]);
        let by_marie = format!("&person={}", marie.person().handle);
        assert_eq!(lines(&owner, &by_marie).await.len(), 3);
        assert_eq!(lines(&owner, "&act=invite.make").await.len(), 1);
        assert_eq!(lines(&owner, &format!("{by_marie}&act=invite.make")).await, []);
        assert_eq!(lines(&owner, "&person=nobody").await, []);
        owner.get("/api/v1/audit?act=nonsense").await.problem(Code::BadRequest);
        owner.get("/api/v1/audit?cursor=nonsense").await.problem(Code::BadRequest);
    }

    nobody_changes_the_record(app) {
        let owner = app.person(Role::Owner).await;
        owner.post("/api/v1/invites", &json!({"role": "employee"})).await.nothing(StatusCode::CREATED);
        for statement in [
            "UPDATE audit SET act = 'person.role'",
            "UPDATE audit SET person_id = NULL",
            "DELETE FROM audit",
        ] {
            let error = app.attempt(statement).await.expect_err("the database refuses it");
            assert!(error.to_string().contains("only added to"), "{statement}: {error}");
        }
        assert_eq!(lines(&owner, "").await.len(), 1);
    }
}

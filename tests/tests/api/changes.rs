//! A concept that becomes another: its voters are told once, see what came and went, and keep their vote or do not.

use std::time::Duration;

use automerge::{ActorId, AutoCommit, Change, transaction::Transactable};
use http::StatusCode;
use serde_json::json;
use server::{
    domain::{
        ideas::{self, Shown},
        markdown::Renderer,
        now,
    },
    jobs::judge::judge_all,
    store::log::{self, NewChange},
};
use shared::{
    PersonId,
    api::{Code, ConceptChange, IdeaView, Millis, NoticeKind, Stretch, StretchKind},
    live::concept::{self, Field},
};
use tests::{
    app::{App, Client},
    on_each_database,
};

use crate::inbox::{scene, told};

/// Lets somebody write another title and body, some time ago.
pub async fn rewrite(app: &App, who: &Client, number: u32, title: &str, body: &str) {
    rewrite_at(app, who, number, [title, body], now() - 3_600_000).await;
}

/// Lets somebody write another title and body, at some time.
pub async fn rewrite_at(app: &App, who: &Client, number: u32, texts: [&str; 2], at: Millis) {
    let db = &app.atelier.db;
    let idea = ideas::one(db, Some(who.person()), number).await.expect("the idea");
    let mut tx = db.write().await.expect("a transaction");
    let logged = log::changes_after(&mut tx, idea.document, 0, 1000).await.expect("the log");
    let seq = logged.len() as u64 + 1;
    let mut doc = AutoCommit::new_with_encoding(concept::ENCODING);
    doc.apply_changes(logged.into_iter().map(|change| Change::from_bytes(change.bytes).expect("a change")))
        .expect("they apply");
    let actor = PersonId::new().0.into_bytes();
    let mut doc = doc.with_actor(ActorId::from(actor.as_slice()));
    for (field, text) in [Field::Title, Field::Body].into_iter().zip(texts) {
        let object = field.object(&doc).expect("a text");
        doc.update_text(&object, text).expect("written");
    }
    doc.commit();
    let change = doc.get_last_local_change().expect("a change");
    log::claim_actor(&mut tx, &actor, who.person().id, 0).await.expect("an actor");
    let new = NewChange {
        document: idea.document,
        seq,
        hash: change.hash().0,
        actor: actor.to_vec(),
        person: who.person().id,
        bytes: change.raw_bytes().to_vec().into(),
        stored_at: at,
    };
    log::append(&mut tx, &[&new]).await.expect("an append");
    tx.commit().await.expect("a commit");
    let texts = concept::read(&doc).expect("texts");
    ideas::reflect(db, idea.document, seq, Shown::of(&texts, &mut Renderer::default()), &()).await.expect("it follows");
}

async fn judge(app: &App) {
    judge_all(&app.atelier.hub, Duration::from_secs(600)).await.expect("judged");
}

async fn changed(app: &App, who: &Client) -> usize {
    told(app, who).await.iter().filter(|notice| notice.kind == NoticeKind::Changed).count()
}

async fn asks(who: &Client, number: u32) -> bool {
    who.get(&format!("/api/v1/ideas/{number}")).await.ok::<IdeaView>().changed
}

on_each_database! {
    voters_are_told_what_became_of_it_and_keep_or_withdraw(app) {
        let (owner, zoe, ali, board, _) = scene(&app).await;
        let new = json!({"title": "Un pain qui reste frais jusqu’au lundi", "body": "Un pain au levain, tranché à la demande."});
        let idea: IdeaView = zoe.post(&format!("/api/v1/boards/{}/ideas", board.slug), &new).await.created();
        let number = idea.card.number;
        for who in [&owner, &ali] {
            who.put(&format!("/api/v1/ideas/{number}/vote"), &json!(null)).await.nothing(StatusCode::OK);
        }
        judge(&app).await;
        rewrite(&app, &zoe, number, "Un pain qui reste frais jusqu’au mardi", "Un pain au levain, tranché à la demande.").await;
        judge(&app).await;
        assert_eq!((changed(&app, &ali).await, asks(&ali, number).await), (0, false), "a word is no other idea");

        rewrite(&app, &zoe, number, "Une brioche moelleuse pour le dimanche", "Une brioche, livrée chez vous.").await;
        judge_all(&app.atelier.hub, Duration::from_secs(7_200)).await.expect("judged");
        assert_eq!(changed(&app, &ali).await, 0, "it has not rested");
        judge(&app).await;
        judge(&app).await;
        assert_eq!((changed(&app, &ali).await, changed(&app, &owner).await, changed(&app, &zoe).await), (1, 1, 0));
        assert!(asks(&ali, number).await);
        let change: ConceptChange = ali.get(&format!("/api/v1/ideas/{number}/change")).await.ok();
        let of = |stretches: &[Stretch], gone: StretchKind| -> String {
            stretches.iter().filter(|stretch| stretch.kind != gone).map(|stretch| stretch.text.as_str()).collect()
        };
        assert_eq!(of(&change.title, StretchKind::Added), "Un pain qui reste frais jusqu’au lundi", "as it was at the vote");
        assert_eq!(of(&change.body, StretchKind::Removed), "Une brioche, livrée chez vous.");
        ali.put(&format!("/api/v1/ideas/{number}/change"), &json!({"upto": change.upto})).await.nothing(StatusCode::NO_CONTENT);
        assert!(!asks(&ali, number).await);
        owner.delete(&format!("/api/v1/ideas/{number}/vote")).await.nothing(StatusCode::OK);
        owner.get(&format!("/api/v1/ideas/{number}/change")).await.problem(Code::NotFound);
        owner.put(&format!("/api/v1/ideas/{number}/change"), &json!({"upto": 1})).await.problem(Code::NotFound);

        rewrite(&app, &zoe, number, "Une brioche très moelleuse pour le dimanche", "Une brioche, livrée chez vous.").await;
        judge(&app).await;
        assert_eq!(changed(&app, &ali).await, 1, "not again until it changes as much once more");
        rewrite(&app, &zoe, number, "Du café à emporter", "Dans votre tasse.").await;
        judge(&app).await;
        assert_eq!(changed(&app, &ali).await, 2);
        ali.delete(&format!("/api/v1/ideas/{number}/vote")).await.nothing(StatusCode::OK);
        assert!(!asks(&ali, number).await);
    }

    who_voted_later_is_not_told_of_what_was_before(app) {
        let (owner, zoe, ali, board, _) = scene(&app).await;
        let new = json!({"title": "Un pain qui reste frais", "body": "Au levain."});
        let idea: IdeaView = zoe.post(&format!("/api/v1/boards/{}/ideas", board.slug), &new).await.created();
        let number = idea.card.number;
        owner.put(&format!("/api/v1/ideas/{number}/vote"), &json!(null)).await.nothing(StatusCode::OK);
        rewrite(&app, &zoe, number, "Une brioche moelleuse", "Au beurre.").await;
        ali.put(&format!("/api/v1/ideas/{number}/vote"), &json!(null)).await.nothing(StatusCode::OK);
        judge(&app).await;
        assert_eq!((changed(&app, &owner).await, changed(&app, &ali).await), (1, 0));
        let off = json!({"off": ["changed"]});
        owner.put("/api/v1/me/notices", &off).await.nothing(StatusCode::OK);
        rewrite(&app, &zoe, number, "Du café à emporter", "Dans votre tasse.").await;
        judge(&app).await;
        assert_eq!((changed(&app, &owner).await, changed(&app, &ali).await), (1, 1), "who does not want to be told is not");
        assert!(asks(&owner, number).await, "the page asks all the same");
    }

    however_many_voted_it_is_written_once_and_told_in_the_background(app) {
        let (_, zoe, ali, board, _) = scene(&app).await;
        let idea: IdeaView =
            zoe.post(&format!("/api/v1/boards/{}/ideas", board.slug), &json!({"title": "Un pain qui reste frais"})).await.created();
        for _ in 0..20 {
            app.account(shared::Role::Customer).await;
        }
        app.execute(
            "INSERT INTO vote (idea_id, person_id, created_at, concept_seq)
             SELECT i.id, p.id, 1, 1 FROM idea i, person p WHERE i.title = 'Un pain qui reste frais'",
        ).await;
        rewrite(&app, &zoe, idea.card.number, "Une brioche moelleuse", "Au beurre.").await;
        judge(&app).await;
        assert_eq!(app.number("SELECT count(*) FROM happening WHERE kind = 'changed'").await, 1, "written once");
        assert_eq!(changed(&app, &ali).await, 1);
        let people = app.number("SELECT count(*) FROM person").await;
        assert_eq!(app.number("SELECT count(*) FROM notice").await, people - 1, "all but who wrote");
    }
}

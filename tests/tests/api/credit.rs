//! Who shaped ideas: what counts and what does not, who may say that something helped, what things weigh. Who may see is in
//! the tables of `rights`; whose a letter is, in `live::credit`.

use http::StatusCode;
use serde_json::{Value, json};
use server::{domain::now, jobs::follow::credit_all};
use shared::{
    Role,
    api::{
        BoardView, Code, CommentView, ContributionKind as Kind, Contributions, CreditRule, IdeaView, NameView, Page,
        PersonContributions, Share, Subject, Thread, Weights,
    },
};
use tests::{
    app::{App, Client},
    on_each_database,
};

use crate::{
    canvas::{self, note},
    changes::rewrite_at,
    inbox::scene,
};

const BODY: &str = "Une miche d’un kilo, cuite le soir, qui se garde une semaine sans sécher.";
const MORE: &str = "On la tranche à la demande, et le reste se vend au poids le lendemain matin.";

fn letters(text: &str) -> u32 {
    u32::try_from(text.chars().filter(|letter| !letter.is_whitespace()).count()).expect("short")
}

async fn shares(app: &App, who: &Client, number: u32) -> Vec<Share> {
    credit_all(&app.atelier.db, || false).await.expect("worked out");
    let found: Contributions = who.get(&format!("/api/v1/ideas/{number}/contributions")).await.ok();
    assert_eq!(found.points, found.shares.iter().map(|share| share.points).sum::<u32>());
    if !found.shares.is_empty() {
        assert_eq!(found.shares.iter().map(|share| share.percent).sum::<u32>(), 100);
    }
    for share in &found.shares {
        assert_eq!(share.points, share.given.iter().map(|given| given.points).sum::<u32>());
    }
    found.shares
}

/// How much somebody gave of each kind.
fn given(shares: &[Share], who: &Client) -> Vec<(Kind, u32)> {
    let share = shares.iter().find(|share| share.person == *who.person());
    share.map(|share| share.given.iter().map(|given| (given.kind, given.amount)).collect()).unwrap_or_default()
}

async fn rewrite(app: &App, who: &Client, number: u32, title: &str, body: &str) {
    rewrite_at(app, who, number, [title, body], now()).await;
}

async fn propose(who: &Client, board: &BoardView, title: &str, body: &str) -> u32 {
    let new = json!({ "title": title, "body": body });
    let made: IdeaView = who.post(&format!("/api/v1/boards/{}/ideas", board.slug), &new).await.created();
    made.card.number
}

async fn say(who: &Client, number: u32, kind: &str) -> CommentView {
    let said = json!({ "body": "Et au seigle ?", "kind": kind });
    who.post(&format!("/api/v1/ideas/{number}/comments"), &said).await.created()
}

fn helpful(comment: &CommentView) -> String {
    format!("/api/v1/comments/{}/helpful", comment.id)
}

on_each_database! {
    what_each_gave_is_named_and_sums_to_a_hundred(app) {
        let (owner, zoe, ali, board, _) = scene(&app).await;
        let number = propose(&zoe, &board, "Pain de garde", BODY).await;
        assert_eq!(given(&shares(&app, &zoe, number).await, &zoe), [(Kind::Title, letters("Pain de garde")), (Kind::Body, letters(BODY))]);
        rewrite(&app, &ali, number, "Pain de garde", &format!("{BODY} {MORE}")).await;
        let found = shares(&app, &zoe, number).await;
        assert_eq!(given(&found, &ali), [(Kind::Body, letters(MORE))], "nobody has gone on with it yet");
        rewrite(&app, &zoe, number, "Pain de garde", &format!("{BODY} {MORE} Fin.")).await;
        let found = shares(&app, &zoe, number).await;
        assert_eq!(given(&found, &ali), [(Kind::Body, letters(MORE)), (Kind::Improvement, 1)]);
        // Votes, comments and moves by themselves are nobody's contribution.
        ali.put(&format!("/api/v1/ideas/{number}/vote"), &json!(null)).await.nothing(StatusCode::OK);
        let question = say(&ali, number, "comment").await;
        assert_eq!(shares(&app, &zoe, number).await, found);
        zoe.put(&helpful(&question), &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        owner.put(&helpful(&question), &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        let path = format!("/api/v1/ideas/{number}/experiments");
        let trial = json!({ "hypothesis": "Il tient.", "trial": "On attend.", "measure": "La mie." });
        let begun: Value = owner.post(&path, &trial).await.created();
        assert_eq!(given(&shares(&app, &zoe, number).await, &owner), []);
        let ended = json!({ "outcome": "reverted", "result": "Il sèche.", "reason": "Trop fin." });
        let path = format!("/api/v1/experiments/{}/conclusion", begun["id"].as_str().expect("an id"));
        owner.put(&path, &ended).await.nothing(StatusCode::OK);
        let found = shares(&app, &app.visitor(), number).await;
        assert_eq!(given(&found, &ali), [(Kind::Body, letters(MORE)), (Kind::Improvement, 1), (Kind::Helpful, 1)], "helpful to two, once");
        assert_eq!(given(&found, &owner), [(Kind::Experiment, 1)], "what was reverted was run as well");
        let of_ali: PersonContributions = app.visitor().get(&format!("/api/v1/people/{}/contributions", ali.person().handle)).await.ok();
        let share = found.iter().find(|share| share.person == *ali.person()).expect("a share");
        assert_eq!((of_ali.ideas, of_ali.points, of_ali.given), (1, share.points, share.given.clone()));
        let most = &of_ali.most[0];
        assert_eq!((most.idea.number, most.proposed, most.percent, most.points), (number, false, share.percent, share.points));
        app.visitor().get("/api/v1/people/nobody/contributions").await.problem(Code::NotFound);
        app.visitor().get("/api/v1/ideas/999/contributions").await.problem(Code::NotFound);
    }

    pasting_retyping_and_taking_away_gain_nothing(app) {
        let (_, zoe, ali, board, _) = scene(&app).await;
        let number = propose(&zoe, &board, "Pain de garde du fournil", BODY).await;
        let before = shares(&app, &zoe, number).await;
        for body in ["", BODY, "Autre chose.", &format!("{BODY}\n\n{BODY}"), &BODY.to_uppercase(), BODY] {
            rewrite(&app, &ali, number, "Pain de garde du fournil", body).await;
        }
        assert_eq!(shares(&app, &zoe, number).await, before);
    }

    a_comment_helps_whom_others_say_it_helps(app) {
        let (owner, zoe, ali, _, idea) = scene(&app).await;
        let (number, stranger, ben) = (idea.card.number, app.person(Role::Customer).await, app.person(Role::Employee).await);
        let said = say(&ali, number, "comment").await;
        let seen = async |who: &Client| -> CommentView {
            let page: Page<Thread> = who.get(&format!("/api/v1/ideas/{number}/comments")).await.ok();
            page.items.into_iter().find(|thread| thread.comment.id == said.id).expect("the comment").comment
        };
        let marks = |comment: &CommentView| (comment.helpful, comment.helped_me, comment.may_thank);
        assert_eq!(marks(&seen(&zoe).await), (false, false, true));
        assert_eq!(marks(&seen(&stranger).await), (false, false, false));
        assert_eq!(marks(&seen(&ali).await), (false, false, false));
        app.visitor().put(&helpful(&said), &json!(null)).await.problem(Code::SignIn);
        stranger.put(&helpful(&said), &json!(null)).await.problem(Code::Role);
        ali.put(&helpful(&said), &json!(null)).await.problem(Code::Role);
        for _ in 0..2 {
            zoe.put(&helpful(&said), &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        }
        assert_eq!(marks(&seen(&zoe).await), (true, true, true));
        assert_eq!(marks(&seen(&stranger).await), (true, false, false));
        assert_eq!(given(&shares(&app, &zoe, number).await, &ali), [(Kind::Helpful, 1)]);
        ben.put(&helpful(&said), &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        for _ in 0..2 {
            zoe.delete(&helpful(&said)).await.nothing(StatusCode::NO_CONTENT);
        }
        assert_eq!(marks(&seen(&zoe).await), (true, false, true), "it helped Ben");
        ben.delete(&helpful(&said)).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(given(&shares(&app, &zoe, number).await, &ali), []);
        // One's own, the company's answer, what is deleted and what is hidden help nobody.
        let own = say(&ben, number, "comment").await;
        ben.put(&helpful(&own), &json!(null)).await.problem(Code::Role);
        let answer = say(&ben, number, "answer").await;
        owner.put(&helpful(&answer), &json!(null)).await.problem(Code::Conflict);
        zoe.put(&helpful(&own), &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(given(&shares(&app, &zoe, number).await, &ben), [(Kind::Helpful, 1)]);
        let hide = json!({ "subject": Subject::Comment(own.id), "act": "hide", "words": "Non." });
        owner.post("/api/v1/desk/decisions", &hide).await.nothing(StatusCode::OK);
        assert_eq!(given(&shares(&app, &zoe, number).await, &ben), []);
        zoe.put(&helpful(&own), &json!(null)).await.problem(Code::NotFound);
        zoe.put(&helpful(&said), &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        ali.delete(&format!("/api/v1/comments/{}", said.id)).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(given(&shares(&app, &zoe, number).await, &ali), []);
        assert_eq!(app.number("SELECT count(*) FROM helpful").await, 1, "of what is deleted nothing stays");
        zoe.put(&helpful(&said), &json!(null)).await.problem(Code::NotFound);
    }

    a_note_counts_when_somebody_else_makes_an_idea_of_it(app) {
        let (owner, zoe) = (app.person(Role::Owner).await, app.person(Role::Customer).await);
        let board = canvas::board(&owner, "public").await;
        for (id, who) in [("n1", &owner), ("n2", &zoe)] {
            note(&app, &board, &zoe, id, "Du pain de garde").await;
            let promote = format!("{}/notes/{id}/promote", canvas::path(&board));
            let made: IdeaView = who.post(&promote, &json!(null)).await.created();
            let found = given(&shares(&app, &zoe, made.card.number).await, &zoe);
            assert_eq!(found.contains(&(Kind::Note, 1)), id == "n1", "{found:?}");
        }
    }

    credit_goes_with_the_text_into_another_idea_and_back(app) {
        let (owner, zoe, ali, board, _) = scene(&app).await;
        let (twin, target) = (propose(&zoe, &board, "Pain qui dure", BODY).await, propose(&ali, &board, "Garde", "Du pain. ").await);
        owner.put(&format!("/api/v1/ideas/{twin}/merge"), &json!({ "into": target })).await.nothing(StatusCode::OK);
        assert_eq!(given(&shares(&app, &ali, target).await, &zoe), [(Kind::Twin, 1)]);
        rewrite(&app, &owner, target, "Garde", &format!("Du pain. {BODY} {MORE}")).await;
        let merged = shares(&app, &ali, target).await;
        assert_eq!(given(&merged, &zoe), [(Kind::Body, letters(BODY)), (Kind::Twin, 1)]);
        assert_eq!(given(&merged, &owner), [(Kind::Body, letters(MORE))]);
        let of_zoe = async || -> PersonContributions {
            owner.get(&format!("/api/v1/people/{}/contributions", zoe.person().handle)).await.ok()
        };
        let most: Vec<u32> = of_zoe().await.most.iter().map(|share| share.idea.number).collect();
        assert!(most.contains(&target) && !most.contains(&twin), "it counts where it lives on: {most:?}");
        owner.delete(&format!("/api/v1/ideas/{twin}/merge")).await.nothing(StatusCode::OK);
        let parted = shares(&app, &ali, target).await;
        assert_eq!((given(&parted, &zoe), given(&parted, &owner)), (vec![], vec![(Kind::Body, letters(BODY) + letters(MORE))]));
        assert_eq!(given(&shares(&app, &ali, twin).await, &zoe), [(Kind::Title, letters("Pain qui dure")), (Kind::Body, letters(BODY))]);
    }

    what_came_under_a_name_is_whose_the_name_is(app) {
        let (owner, zoe) = (app.person(Role::Owner).await, app.person(Role::Customer).await);
        let (_, handle) = crate::imports::imported(&owner).await;
        let ideas: Page<shared::api::IdeaCard> = owner.get("/api/v1/ideas").await.ok();
        let number = ideas.items[0].number;
        let names: Page<NameView> = owner.get("/api/v1/names").await.ok();
        let name = names.items.into_iter().find(|name| name.person.handle == handle).expect("the name");
        let holder = async || shares(&app, &owner, number).await.into_iter().map(|share| share.person.handle).collect::<Vec<_>>();
        assert_eq!(holder().await, std::slice::from_ref(&name.person.handle));
        let path = format!("/api/v1/names/{handle}/match");
        owner.put(&path, &json!({ "handle": zoe.person().handle })).await.nothing(StatusCode::OK);
        assert_eq!(holder().await, [zoe.person().handle.clone()]);
        let of_zoe: PersonContributions = owner.get(&format!("/api/v1/people/{}/contributions", zoe.person().handle)).await.ok();
        assert_eq!(of_zoe.ideas, 1);
        owner.delete(&path).await.nothing(StatusCode::OK);
        assert_eq!(holder().await, [name.person.handle]);
    }

    what_somebody_gave_unseen_is_not_counted(app) {
        let (owner, ben, zoe) = (app.person(Role::Owner).await, app.person(Role::Employee).await, app.person(Role::Customer).await);
        let board = canvas::board(&owner, "staff").await;
        propose(&ben, &board, "Pain secret", BODY).await;
        let path = format!("/api/v1/people/{}/contributions", ben.person().handle);
        let seen: PersonContributions = owner.get(&path).await.ok();
        assert_eq!((seen.ideas, seen.most[0].percent), (1, 100));
        assert_eq!(zoe.get(&path).await.ok::<PersonContributions>(), PersonContributions::default());
        assert_eq!(app.visitor().get(&path).await.ok::<PersonContributions>(), PersonContributions::default());
    }

    owners_say_what_things_weigh_and_everyone_sees_it(app) {
        let (owner, zoe, ali, board, _) = scene(&app).await;
        let rule: CreditRule = app.visitor().get("/api/v1/credit").await.ok();
        assert_eq!((rule.weights, rule.stretch, rule.may_set), (Weights::default(), 12, false));
        let number = propose(&zoe, &board, "Pain", BODY).await;
        let said = say(&ali, number, "comment").await;
        zoe.put(&helpful(&said), &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        let weights = Weights { title: 0, body: 0, helpful: 7, ..Weights::default() };
        let rule: CreditRule = owner.put("/api/v1/credit", &serde_json::to_value(weights).expect("weights")).await.ok();
        assert_eq!((rule.weights, rule.may_set), (weights, true));
        let found = shares(&app, &zoe, number).await;
        assert_eq!(found.len(), 1, "what weighs nothing gives no share");
        assert_eq!((&found[0].person, found[0].points, found[0].percent), (ali.person(), 700, 100));
        let mut wrong = serde_json::to_value(Weights { note: 1_001, twin: 2_000, ..weights }).expect("weights");
        owner.put("/api/v1/credit", &wrong).await.invalid(&["note", "twin"]);
        wrong["votes"] = json!(3);
        owner.put("/api/v1/credit", &wrong).await.problem(Code::BadJson);
        assert_eq!(app.visitor().get("/api/v1/credit").await.ok::<CreditRule>().weights, weights);
        assert_eq!(app.number("SELECT count(*) FROM audit WHERE act = 'credit.weights'").await, 1);
    }
}

//! Leaving, and being forgotten.

mod nowhere;

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};
use shared::{
    Role,
    api::{AuditAct, AuditLine, BoardView, Code, CommentView, IdeaView, Me, Page, PersonRecord, PersonView, Thread},
};
use tests::{
    app::{App, Client, PASSWORD},
    on_each_database,
};

/// Waits until everything of those who left is gone.
pub async fn settled(app: &App) {
    for _ in 0..600 {
        if app.number("SELECT count(*) FROM erasure WHERE done_at IS NULL").await == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("something of who left is still there");
}

async fn leave(who: &Client, comments: &str, texts: &str) {
    let request = json!({ "password": PASSWORD, "word": "oublier", "comments": comments, "texts": texts });
    who.post("/api/v1/me/erasure", &request).await.nothing(StatusCode::NO_CONTENT);
}

async fn board(owner: &Client) -> BoardView {
    let new = json!({ "title": "Pains", "purpose": "", "audience": "public", "editing": "everyone" });
    owner.post("/api/v1/boards", &new).await.created()
}

async fn propose(who: &Client, board: &BoardView, title: &str) -> IdeaView {
    let new = json!({ "title": title, "pitch": "Une accroche", "body": "Un texte" });
    who.post(&format!("/api/v1/boards/{}/ideas", board.slug), &new).await.created()
}

async fn say(who: &Client, idea: u32, words: &str) -> CommentView {
    who.post(&format!("/api/v1/ideas/{idea}/comments"), &json!({ "body": words })).await.created()
}

async fn idea(who: &Client, number: u32) -> IdeaView {
    who.get(&format!("/api/v1/ideas/{number}")).await.ok()
}

on_each_database! {
    leaving_needs_the_password_the_word_and_a_session(app) {
        let _owner = app.person(Role::Owner).await;
        let zoe = app.person(Role::Customer).await;
        let path = "/api/v1/me/erasure";
        app.visitor().post(path, &json!({ "password": PASSWORD, "word": "forget" })).await.problem(Code::SignIn);
        zoe.post(path, &json!({ "password": "not this one", "word": "forget" })).await.invalid(&["password"]);
        zoe.post(path, &json!({ "password": PASSWORD, "word": "yes" })).await.invalid(&["word"]);
        let token: Value = zoe.post("/api/v1/tokens", &json!({ "name": "la caisse" })).await.created();
        let program = zoe.with_token(token["secret"].as_str().expect("a secret"));
        program.post(path, &json!({ "password": PASSWORD, "word": "forget" })).await.problem(Code::Role);
        assert_eq!(app.number("SELECT count(*) FROM erasure").await, 0, "nobody left");
        leave(&zoe, "keep", "keep").await;
        zoe.get("/api/v1/inbox").await.problem(Code::SignIn);
        program.get("/api/v1/inbox").await.problem(Code::SignIn);
    }

    the_last_owner_stays(app) {
        let owner = app.person(Role::Owner).await;
        let request = json!({ "password": PASSWORD, "word": "forget" });
        owner.post("/api/v1/me/erasure", &request).await.problem(Code::Conflict);
        owner.get("/api/v1/inbox").await.nothing(StatusCode::OK);
        let other = app.person(Role::Owner).await;
        leave(&owner, "keep", "keep").await;
        other.post("/api/v1/me/erasure", &request).await.problem(Code::Conflict);
    }

    owners_erase_who_asks_for_it_and_nobody_else_does(app) {
        let owner = app.person(Role::Owner).await;
        let zoe = app.person(Role::Customer).await;
        let path = format!("/api/v1/people/{}/erasure", zoe.person().id);
        let request = json!({ "reason": "asked", "comments": "keep", "texts": "keep" });
        app.visitor().post(&path, &request).await.problem(Code::SignIn);
        for role in [Role::Customer, Role::Employee, Role::Researcher, Role::Moderator] {
            app.person(role).await.post(&path, &request).await.problem(Code::Role);
        }
        let oneself = format!("/api/v1/people/{}/erasure", owner.person().id);
        owner.post(&oneself, &request).await.problem(Code::Role);
        owner.post(&path, &json!({ "reason": "I felt like it" })).await.problem(Code::BadJson);
        owner.post(&path, &request).await.nothing(StatusCode::NO_CONTENT);
        owner.post(&path, &request).await.problem(Code::NotFound);
        zoe.get("/api/v1/inbox").await.problem(Code::SignIn);
        let lines: Page<AuditLine> = owner.get("/api/v1/audit").await.ok();
        let line = &lines.items[0];
        assert_eq!((line.act.as_str(), line.words.as_str()), (AuditAct::ErasePerson.as_str(), "asked"));
        assert_eq!(line.subject, None, "it says that it was done, not to whom");
    }

    what_one_shaped_with_others_stays_without_a_name(app) {
        let owner = app.person(Role::Owner).await;
        let board = board(&owner).await;
        let (zoe, ada) = (app.person(Role::Customer).await, app.person(Role::Customer).await);
        let handle = zoe.person().handle.clone();
        let theirs = propose(&zoe, &board, "Une idée de Zoé").await.card.number;
        let other = propose(&ada, &board, "Une idée d’Ada").await.card.number;
        let said = say(&zoe, other, "Avec des graines").await;
        let reply = json!({ "body": format!("Merci @{handle} !"), "parent": said.id });
        let _: CommentView = ada.post(&format!("/api/v1/ideas/{other}/comments"), &reply).await.created();
        for number in [theirs, other] {
            zoe.send(zoe.request(http::Method::PUT, &format!("/api/v1/ideas/{number}/vote")), "").await.nothing(StatusCode::OK);
        }
        ada.send(ada.request(http::Method::PUT, &format!("/api/v1/ideas/{theirs}/vote")), "").await.nothing(StatusCode::OK);
        assert_eq!(idea(&ada, theirs).await.card.votes, 2);
        leave(&zoe, "keep", "keep").await;
        settled(&app).await;
        let left = idea(&ada, theirs).await;
        assert_eq!((left.card.votes, left.card.title.as_str()), (1, "Une idée de Zoé"));
        let author = &left.card.author;
        assert!(author.left && author.name.is_empty() && author.handle.is_empty(), "{author:?}");
        assert!(left.coauthors.is_empty(), "{:?}", left.coauthors);
        assert!(left.card.shaped_by.iter().all(|person| person.left));
        assert_eq!(idea(&ada, other).await.card.votes, 0);
        let talk: Page<Thread> = ada.get(&format!("/api/v1/ideas/{other}/comments")).await.ok();
        let thread = &talk.items[0];
        assert_eq!(thread.comment.body, "Avec des graines");
        assert!(thread.comment.author.left);
        assert_eq!(thread.replies[0].body, "Merci @… !");
        assert!(!thread.replies[0].body_html.contains(&handle), "{}", thread.replies[0].body_html);
        ada.get(&format!("/api/v1/people/{}", author.id)).await.problem(Code::Gone);
        ada.get(&format!("/api/v1/people/{handle}")).await.problem(Code::NotFound);
        let people: Page<PersonRecord> = owner.get("/api/v1/people").await.ok();
        assert!(people.items.iter().all(|record| record.person.id != author.id), "no list has them");
        owner.delete(&format!("/api/v1/people/{}/suspension", author.id)).await.problem(Code::NotFound);
        owner.patch(&format!("/api/v1/people/{}", author.id), &json!({ "role": "owner" })).await.problem(Code::NotFound);
    }

    what_one_takes_along_goes_and_threads_stay_whole(app) {
        let owner = app.person(Role::Owner).await;
        let board = board(&owner).await;
        let (zoe, ada) = (app.person(Role::Customer).await, app.person(Role::Customer).await);
        let alone = propose(&zoe, &board, "Une idée que personne n’a vue").await.card.number;
        let talked = propose(&zoe, &board, "Une idée dont on parle").await.card.number;
        let _ = say(&ada, talked, "Bonne idée").await;
        let other = propose(&ada, &board, "Une idée d’Ada").await.card.number;
        let said = say(&zoe, other, "Avec des graines").await;
        let reply = json!({ "body": "Lesquelles ?", "parent": said.id });
        let _: CommentView = ada.post(&format!("/api/v1/ideas/{other}/comments"), &reply).await.created();
        let before = idea(&ada, talked).await;
        leave(&zoe, "remove", "remove").await;
        settled(&app).await;
        let talk: Page<Thread> = ada.get(&format!("/api/v1/ideas/{other}/comments")).await.ok();
        assert!(talk.items[0].comment.deleted_at.is_some() && talk.items[0].comment.body.is_empty());
        assert_eq!(talk.items[0].replies[0].body, "Lesquelles ?");
        assert_eq!(idea(&ada, other).await.card.comments, 1);
        ada.get(&format!("/api/v1/ideas/{alone}")).await.problem(Code::NotFound);
        let after = idea(&ada, talked).await;
        assert_eq!(after.card.title, format!("Idea {talked}"), "a title is never empty");
        assert_eq!((after.card.pitch.as_str(), after.body.as_str()), ("", ""));
        assert_ne!(after.document, before.document);
        assert_eq!(after.former, [before.document]);
        assert!(after.card.author.left);
        let talk: Page<Thread> = ada.get(&format!("/api/v1/ideas/{talked}/comments")).await.ok();
        assert_eq!(talk.items[0].comment.body, "Bonne idée");
    }

    the_same_address_comes_back_as_somebody_new(app) {
        let _owner = app.person(Role::Owner).await;
        let mut zoe = app.person(Role::Customer).await;
        let (before, email) = (zoe.person().id, zoe.email().to_owned());
        leave(&zoe, "keep", "keep").await;
        let sign_in = json!({ "email": email, "password": PASSWORD });
        app.visitor().post("/api/v1/session", &sign_in).await.problem(Code::BadCredentials);
        let sign_up = json!({ "name": "Zoé", "email": email, "password": PASSWORD });
        app.visitor().post("/api/v1/accounts", &sign_up).await.nothing(StatusCode::ACCEPTED);
        zoe.cookie = None;
        zoe.sign_in(&email, PASSWORD).await;
        let me: Me = zoe.get("/api/v1/me").await.ok();
        assert_ne!(me.person.map(|person| person.id), Some(before));
    }

    two_owners_who_erase_each_other_leave_one(app) {
        let (one, other) = (app.person(Role::Owner).await, app.person(Role::Owner).await);
        let request = json!({ "reason": "unused" });
        let path = |whom: &PersonView| format!("/api/v1/people/{}/erasure", whom.id);
        let (first, second) = (path(other.person()), path(one.person()));
        let (first, second) = tokio::join!(one.post(&first, &request), other.post(&second, &request));
        let done = [&first, &second].iter().filter(|answer| answer.status == StatusCode::NO_CONTENT).count();
        assert_eq!(done, 1, "{first:?} {second:?}");
    }
}

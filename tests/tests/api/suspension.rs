//! Who is suspended is out, and learns why when they try to come in; nobody else learns anything.

use http::StatusCode;
use serde_json::json;
use server::domain::access::AccessChange;
use shared::{
    PersonId, Role,
    api::{BoardView, Code, IdeaView, InviteMade, Me, Page, PersonRecord, SignIn, TokenMade},
};
use tests::{
    app::{App, Client, PASSWORD},
    on_each_database,
};

fn path(who: PersonId) -> String {
    format!("/api/v1/people/{who}/suspension")
}

async fn suspend(by: &Client, who: PersonId) {
    by.put(&path(who), &json!({"words": "Trop de publicité."})).await.nothing(StatusCode::NO_CONTENT);
}

on_each_database! {
    who_is_suspended_is_out_at_once_and_what_they_wrote_stays(app) {
        let (marie, zoe) = (app.person(Role::Moderator).await, app.person(Role::Customer).await);
        let board = json!({"title": "Pains", "audience": "public", "editing": "everyone"});
        let board: BoardView = marie.post("/api/v1/boards", &board).await.created();
        let ideas = format!("/api/v1/boards/{}/ideas", board.slug);
        let idea: IdeaView = zoe.post(&ideas, &json!({"title": "Flan du soir"})).await.created();
        let made: TokenMade = zoe.post("/api/v1/tokens", &json!({"name": "N"})).await.created();
        let program = zoe.with_token(&made.secret);
        let mut news = app.atelier.access_news.listen();

        suspend(&marie, zoe.person().id).await;
        assert_eq!(news.try_recv().ok(), Some(AccessChange::Person(zoe.person().id)));
        assert_eq!(zoe.get("/api/v1/me").await.ok::<Me>().person, None);
        program.get("/api/v1/me").await.problem(Code::SignIn);
        zoe.post(&ideas, &json!({"title": "Encore"})).await.problem(Code::SignIn);
        let seen: IdeaView = app.visitor().get(&format!("/api/v1/ideas/{}", idea.card.number)).await.ok();
        assert_eq!((seen.card.title.as_str(), &seen.card.author), ("Flan du soir", zoe.person()));

        // A second time, nothing: neither other words nor another line in the record.
        marie.put(&path(zoe.person().id), &json!({"words": "Autre chose."})).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(app.number("SELECT COUNT(*) FROM audit WHERE act = 'person.suspend'").await, 1);
        let sign_in = SignIn { email: zoe.email().into(), password: PASSWORD.into() };
        let refused = app.visitor().post("/api/v1/session", &sign_in).await;
        assert_eq!(refused.problem(Code::Suspended).reason.as_deref(), Some("Trop de publicité."));
        assert_eq!(refused.set_cookie(), None);

        marie.delete(&path(zoe.person().id)).await.nothing(StatusCode::NO_CONTENT);
        marie.delete(&path(zoe.person().id)).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(app.number("SELECT COUNT(*) FROM audit WHERE act = 'person.unsuspend'").await, 1);
        assert_eq!(zoe.get("/api/v1/me").await.ok::<Me>().person, None, "the old session stays ended");
        program.get("/api/v1/me").await.problem(Code::SignIn);
        let mut back = app.visitor();
        back.sign_in(zoe.email(), PASSWORD).await;
        back.post(&ideas, &json!({"title": "Merci"})).await.nothing(StatusCode::CREATED);
    }

    two_owners_who_suspend_each_other_leave_one(app) {
        for _ in 0..5 {
            let (a, b) = (app.person(Role::Owner).await, app.person(Role::Owner).await);
            let words = json!({"words": "Non."});
            let (of_a, of_b) = (path(a.person().id), path(b.person().id));
            let (first, second) = tokio::join!(a.put(&of_b, &words), b.put(&of_a, &words));
            let mut statuses = [first.status, second.status];
            statuses.sort();
            assert_eq!(statuses[0], StatusCode::NO_CONTENT);
            assert!([StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&statuses[1]), "{statuses:?}");
            let left = "SELECT COUNT(*) FROM person WHERE role = 'owner' AND suspended_at IS NULL";
            assert_eq!(app.number(left).await, 1);
            app.execute("UPDATE person SET role = 'customer'").await;
        }
    }

    an_owner_who_is_suspended_does_not_count_as_one(app) {
        let (a, b) = (app.person(Role::Owner).await, app.person(Role::Owner).await);
        suspend(&a, b.person().id).await;
        let own = format!("/api/v1/people/{}", a.person().id);
        a.patch(&own, &json!({"role": "moderator"})).await.problem(Code::Conflict);
    }

    a_link_ends_with_who_made_it(app) {
        let (owner, marie) = (app.person(Role::Owner).await, app.person(Role::Moderator).await);
        let made: InviteMade = marie.post("/api/v1/invites", &json!({"role": "customer"})).await.created();
        let preview = format!("/api/v1/invites/preview/{}", made.path.rsplit('/').next().expect("a secret"));
        app.visitor().get(&preview).await.nothing(StatusCode::OK);
        suspend(&owner, marie.person().id).await;
        app.visitor().get(&preview).await.problem(Code::LinkExpired);
    }

    owners_find_people_by_name_handle_address_role_and_suspension(app) {
        let (owner, zoe) = (app.person(Role::Owner).await, app.person(Role::Customer).await);
        let marie = app.person(Role::Moderator).await;
        zoe.patch("/api/v1/me", &json!({"name": "Zoé Lebœuf_100%"})).await.nothing(StatusCode::OK);
        suspend(&owner, zoe.person().id).await;
        let found = async |query: &str| -> Vec<PersonId> {
            let page: Page<PersonRecord> = owner.get(&format!("/api/v1/people?{query}")).await.ok();
            page.items.iter().map(|record| record.person.id).collect()
        };
        let (owner_id, zoe_id, marie_id) = (owner.person().id, zoe.person().id, marie.person().id);
        assert_eq!(found("").await, [owner_id, zoe_id, marie_id]);
        assert_eq!(found("q=zo%C3%A9").await, [zoe_id]);
        assert_eq!(found("q=LEB").await, [zoe_id]);
        assert_eq!(found("q=_100%25").await, [zoe_id], "what matches anything elsewhere is a letter here");
        assert_eq!(found("q=%25").await, [zoe_id]);
        assert_eq!(found(&format!("q={}", marie.email())).await, [marie_id]);
        assert_eq!(found(&format!("q={}", marie.person().handle)).await, [marie_id]);
        assert_eq!(found("role=moderator").await, [marie_id]);
        assert_eq!(found("suspended=true").await, [zoe_id]);
        assert_eq!(found("q=nobody").await, []);
        let page: Page<PersonRecord> = owner.get("/api/v1/people?suspended=true").await.ok();
        assert_eq!(page.items[0].suspended.as_ref().map(|found| found.words.as_str()), Some("Trop de publicité."));
    }
}

#[tokio::test]
async fn only_who_knows_the_password_learns_of_it() {
    let app = App::new().await;
    let (marie, zoe) = (app.person(Role::Owner).await, app.person(Role::Customer).await);
    suspend(&marie, zoe.person().id).await;
    let mut answers = Vec::new();
    for email in [zoe.email(), "nobody@example.org"] {
        let before = app.atelier.passwords.done();
        let request = SignIn { email: email.into(), password: "not the password".into() };
        let answer = app.visitor().post("/api/v1/session", &request).await;
        answer.problem(Code::BadCredentials);
        answers.push((answer.body.clone(), app.atelier.passwords.done() - before));
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn moderators_suspend_customers_owners_everybody_and_nobody_themself() {
    let app = App::new().await;
    for role in Role::ANYONE {
        let who = app.somebody(role).await;
        for target in Role::ALL {
            let (whom, _) = app.account(target).await;
            let least = if target == Role::Customer { Role::Moderator } else { Role::Owner };
            for method in ["PUT", "DELETE"] {
                let answer = match method {
                    "PUT" => who.put(&path(whom.id), &json!({"words": "Non."})).await,
                    _ => who.delete(&path(whom.id)).await,
                };
                match role {
                    None => drop(answer.problem(Code::SignIn)),
                    Some(role) if role >= least => answer.nothing(StatusCode::NO_CONTENT),
                    Some(_) => drop(answer.problem(Code::Role)),
                }
            }
        }
        if role.is_some() {
            who.put(&path(who.person().id), &json!({"words": "Non."})).await.problem(Code::Role);
        }
    }
    let owner = app.person(Role::Owner).await;
    owner.put(&path(PersonId::new()), &json!({"words": "Non."})).await.problem(Code::NotFound);
    owner.delete(&path(PersonId::new())).await.problem(Code::NotFound);
    let (whom, _) = app.account(Role::Customer).await;
    for words in ["", " \n", &"é".repeat(1001)] {
        owner.put(&path(whom.id), &json!({ "words": words })).await.invalid(&["words"]);
    }
}

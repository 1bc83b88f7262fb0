//! The people of the workspace, as its owners see them.

use http::StatusCode;
use serde_json::json;
use server::domain::access::AccessChange;
use shared::{
    PersonId, Role,
    api::{Code, Page, PersonRecord},
};
use tests::{app::App, on_each_database};

on_each_database! {
    an_owner_changes_a_role_and_it_is_on_record(app) {
        let (owner, marie) = (app.person(Role::Owner).await, app.person(Role::Customer).await);
        let path = format!("/api/v1/people/{}", marie.person().id);
        let mut news = app.atelier.access_news.listen();
        let record: PersonRecord = owner.patch(&path, &json!({"role": "moderator"})).await.ok();
        assert_eq!((record.person.role, record.email.as_str()), (Role::Moderator, marie.email()));
        assert_eq!(news.try_recv().ok(), Some(AccessChange::Person(marie.person().id)));
        assert_eq!(app.number("SELECT COUNT(*) FROM audit WHERE act = 'person.role'").await, 1);
        // The same again is no act.
        owner.patch(&path, &json!({"role": "moderator"})).await.nothing(StatusCode::OK);
        assert_eq!(app.number("SELECT COUNT(*) FROM audit WHERE act = 'person.role'").await, 1);
        assert!(news.try_recv().is_err());
        // Her session has the new rights at once.
        marie.get("/api/v1/invites").await.nothing(StatusCode::OK);
    }

    the_last_owner_stays(app) {
        let owner = app.person(Role::Owner).await;
        let path = format!("/api/v1/people/{}", owner.person().id);
        owner.patch(&path, &json!({"role": "moderator"})).await.problem(Code::Conflict);
        owner.patch(&path, &json!({"role": "owner"})).await.nothing(StatusCode::OK);
        let second = app.person(Role::Owner).await;
        owner.patch(&path, &json!({"role": "moderator"})).await.nothing(StatusCode::OK);
        owner.get("/api/v1/people").await.problem(Code::Role);
        let path = format!("/api/v1/people/{}", second.person().id);
        second.patch(&path, &json!({"role": "customer"})).await.problem(Code::Conflict);
    }

    two_owners_who_demote_each_other_leave_one(app) {
        for _ in 0..5 {
            let (a, b) = (app.person(Role::Owner).await, app.person(Role::Owner).await);
            let (of_a, of_b) = (format!("/api/v1/people/{}", a.person().id), format!("/api/v1/people/{}", b.person().id));
            let down = json!({"role": "customer"});
            let (first, second) = tokio::join!(a.patch(&of_b, &down), b.patch(&of_a, &down));
            let mut statuses = [first.status, second.status];
            statuses.sort();
            assert_eq!(statuses, [StatusCode::OK, StatusCode::FORBIDDEN]);
            assert_eq!(app.number("SELECT COUNT(*) FROM person WHERE role = 'owner'").await, 1);
            app.execute("UPDATE person SET role = 'customer'").await;
        }
    }

    people_are_listed_page_by_page(app) {
        let owner = app.person(Role::Owner).await;
        for _ in 0..4 {
            app.account(Role::Customer).await;
        }
        let first: Page<PersonRecord> = owner.get("/api/v1/people?limit=2").await.ok();
        let mut seen = first.items.clone();
        let mut next = first.next;
        while let Some(cursor) = next {
            let page: Page<PersonRecord> = owner.get(&format!("/api/v1/people?limit=2&cursor={cursor}")).await.ok();
            seen.extend(page.items);
            next = page.next;
        }
        let all: Page<PersonRecord> = owner.get("/api/v1/people").await.ok();
        assert_eq!((seen.len(), all.next), (5, None));
        assert_eq!(seen, all.items);
        owner.get("/api/v1/people?cursor=nonsense").await.problem(Code::BadRequest);
        owner.get("/api/v1/people?limit=-1").await.problem(Code::BadRequest);
    }
}

#[tokio::test]
async fn only_owners_see_people_and_change_roles() {
    let app = App::new().await;
    let (owner, _) = app.account(Role::Owner).await;
    for role in Role::ANYONE.into_iter().filter(|role| *role != Some(Role::Owner)) {
        let client = app.somebody(role).await;
        let code = if role.is_some() { Code::Role } else { Code::SignIn };
        client.get("/api/v1/people").await.problem(code);
        for id in [owner.id, PersonId::new()] {
            client.patch(&format!("/api/v1/people/{id}"), &json!({"role": "customer"})).await.problem(code);
        }
        if role.is_some() {
            let own = format!("/api/v1/people/{}", client.person().id);
            client.patch(&own, &json!({"role": "owner"})).await.problem(Code::Role);
        }
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM person WHERE role = 'owner'").await, 1);
}

#[tokio::test]
async fn an_unknown_person_is_not_found() {
    let app = App::new().await;
    let owner = app.person(Role::Owner).await;
    let path = format!("/api/v1/people/{}", PersonId::new());
    owner.patch(&path, &json!({"role": "customer"})).await.problem(Code::NotFound);
    owner.patch("/api/v1/people/nobody", &json!({"role": "customer"})).await.problem(Code::BadRequest);
}

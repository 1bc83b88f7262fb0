//! Links by which people join.

use http::StatusCode;
use serde_json::json;
use server::domain::access::AccessChange;
use shared::{
    Role,
    api::{BoardView, Code, FieldCode, InviteMade, InvitePreview, InviteView, Me, NewInvite, SignUp},
};
use tests::{
    app::{App, Client, PASSWORD},
    on_each_database,
};

fn new(role: Role) -> NewInvite {
    NewInvite { role, board: None, uses: None, days: None }
}

async fn make(client: &Client, invite: &NewInvite) -> (InviteView, String) {
    let made: InviteMade = client.post("/api/v1/invites", invite).await.created();
    let secret = made.path.strip_prefix("/join/").expect("a link").to_owned();
    (made.invite, secret)
}

async fn join(app: &App, email: &str, secret: &str) -> tests::app::Answer {
    let request = SignUp {
        name: "Zoé".into(),
        email: email.into(),
        password: PASSWORD.into(),
        invite: Some(secret.into()),
        weekly: false,
        locale: None,
    };
    app.visitor().post("/api/v1/accounts", &request).await
}

async fn accept(client: &Client, secret: &str) -> tests::app::Answer {
    client.post("/api/v1/invites/accept", &json!({"token": secret})).await
}

async fn board(owner: &Client, audience: &str) -> BoardView {
    let request = json!({"title": "Pains spéciaux", "audience": audience, "editing": "everyone"});
    owner.post("/api/v1/boards", &request).await.created()
}

on_each_database! {
    a_link_gives_its_role_and_opens_its_board_to_whoever_signs_up(app) {
        let owner = app.person(Role::Owner).await;
        let board = board(&owner, "invited").await;
        let (invite, secret) = make(&owner, &NewInvite { board: Some(board.slug.clone()), ..new(Role::Researcher) }).await;
        assert_eq!((invite.role, invite.board.as_deref(), invite.uses_left), (Role::Researcher, Some(board.slug.as_str()), 1));
        assert_eq!(invite.expires_at - invite.created_at, 14 * 24 * 60 * 60 * 1000);
        assert_eq!(&invite.by, owner.person());

        let preview: InvitePreview = app.visitor().get(&format!("/api/v1/invites/preview/{secret}")).await.ok();
        assert_eq!((preview.role, preview.board.as_deref()), (Role::Researcher, Some("Pains spéciaux")));
        assert_eq!(preview.by, owner.person().name);

        join(&app, "zoe@example.org", &secret).await.nothing(StatusCode::ACCEPTED);
        let mut zoe = app.visitor();
        zoe.sign_in("zoe@example.org", PASSWORD).await;
        assert_eq!(zoe.person().role, Role::Researcher);
        zoe.get(&format!("/api/v1/boards/{}", board.slug)).await.nothing(StatusCode::OK);

        // One use was all it had; she may say again that she came by it.
        let before = app.rows().await;
        accept(&zoe, &secret).await.nothing(StatusCode::OK);
        assert_eq!(app.rows().await, before);
        join(&app, "paul@example.org", &secret).await.problem(Code::LinkExpired);
        app.visitor().get(&format!("/api/v1/invites/preview/{secret}")).await.problem(Code::LinkExpired);
        accept(&app.person(Role::Customer).await, &secret).await.problem(Code::LinkExpired);
        assert_eq!(app.rows().await["person"], before["person"] + 1, "only the one who tried to accept");
        assert_eq!(owner.get("/api/v1/invites").await.ok::<Vec<InviteView>>(), []);
    }

    an_account_takes_up_a_link_and_its_role_never_falls(app) {
        let owner = app.person(Role::Owner).await;
        let board = board(&owner, "invited").await;
        let (_, secret) = make(&owner, &NewInvite { board: Some(board.slug.clone()), uses: Some(5), ..new(Role::Employee) }).await;
        let customer = app.person(Role::Customer).await;
        let mut news = app.atelier.access_news.listen();
        let me: Me = accept(&customer, &secret).await.ok();
        assert_eq!(me.person.map(|person| person.role), Some(Role::Employee));
        assert_eq!(news.try_recv().ok(), Some(AccessChange::Person(customer.person().id)));

        let researcher = app.person(Role::Researcher).await;
        let me: Me = accept(&researcher, &secret).await.ok();
        assert_eq!(me.person.map(|person| person.role), Some(Role::Researcher));
        researcher.get(&format!("/api/v1/boards/{}", board.slug)).await.nothing(StatusCode::OK);

        // What gives nothing new takes no use.
        let before = app.rows().await;
        accept(&customer, &secret).await.nothing(StatusCode::OK);
        assert_eq!(app.rows().await, before);
        assert_eq!(before["invite"], 3);
        accept(&app.visitor(), &secret).await.problem(Code::SignIn);
    }

    of_two_at_once_one_takes_the_last_use(app) {
        let owner = app.person(Role::Owner).await;
        let (_, secret) = make(&owner, &new(Role::Employee)).await;
        let (a, b) = (app.person(Role::Customer).await, app.person(Role::Customer).await);
        let (first, second) = tokio::join!(accept(&a, &secret), accept(&b, &secret));
        let mut statuses = [first.status, second.status];
        statuses.sort();
        assert_eq!(statuses, [StatusCode::OK, StatusCode::GONE]);
        let employees = app.number("SELECT COUNT(*) FROM person WHERE role = 'employee'").await;
        assert_eq!(employees, 1);
    }

    a_revoked_or_old_link_opens_nothing(app) {
        let owner = app.person(Role::Owner).await;
        let (invite, revoked) = make(&owner, &new(Role::Customer)).await;
        owner.delete(&format!("/api/v1/invites/{}", invite.id)).await.nothing(StatusCode::NO_CONTENT);
        owner.delete(&format!("/api/v1/invites/{}", invite.id)).await.problem(Code::NotFound);
        let (_, old) = make(&owner, &new(Role::Customer)).await;
        app.execute("UPDATE invite SET expires_at = 1").await;
        let before = app.rows().await;
        for secret in [revoked.as_str(), &old, "guess", &"A".repeat(43)] {
            join(&app, "zoe@example.org", secret).await.problem(Code::LinkExpired);
            accept(&owner, secret).await.problem(Code::LinkExpired);
            app.visitor().get(&format!("/api/v1/invites/preview/{secret}")).await.problem(Code::LinkExpired);
        }
        assert_eq!(app.rows().await, before);
    }
}

#[tokio::test]
async fn each_role_makes_the_links_it_may() {
    let app = App::new().await;
    // Columns: a link for a customer, employee, researcher, moderator, owner.
    for (who, expected) in [
        (None, "sssss"),
        (Some(Role::Customer), "nnnnn"),
        (Some(Role::Employee), "nnnnn"),
        (Some(Role::Researcher), "nnnnn"),
        (Some(Role::Moderator), "ynnnn"),
        (Some(Role::Owner), "yyyyi"),
    ] {
        let client = app.somebody(who).await;
        let mut row = String::new();
        for role in Role::ALL {
            let before = app.rows().await["invite"];
            let answer = client.post("/api/v1/invites", &new(role)).await;
            row.push(match answer.status.as_u16() {
                201 => 'y',
                401 => 's',
                403 => 'n',
                422 => 'i',
                _ => '?',
            });
            let made = i64::from(answer.status == StatusCode::CREATED);
            assert_eq!(app.rows().await["invite"], before + made);
        }
        assert_eq!(row, expected, "{who:?}");
    }
}

#[tokio::test]
async fn moderators_know_only_the_links_they_may_make() {
    let app = App::new().await;
    let (owner, moderator) = (app.person(Role::Owner).await, app.person(Role::Moderator).await);
    let (high, _) = make(&owner, &new(Role::Moderator)).await;
    let (low, _) = make(&owner, &new(Role::Customer)).await;
    let ids = |list: Vec<InviteView>| list.into_iter().map(|invite| invite.id).collect::<Vec<_>>();
    assert_eq!(ids(owner.get("/api/v1/invites").await.ok()), [low.id, high.id]);
    assert_eq!(ids(moderator.get("/api/v1/invites").await.ok()), [low.id]);
    moderator.delete(&format!("/api/v1/invites/{}", high.id)).await.problem(Code::NotFound);
    moderator.delete(&format!("/api/v1/invites/{}", low.id)).await.nothing(StatusCode::NO_CONTENT);
    for role in [Role::Customer, Role::Employee, Role::Researcher] {
        let person = app.person(role).await;
        person.get("/api/v1/invites").await.problem(Code::Role);
        person.delete(&format!("/api/v1/invites/{}", high.id)).await.problem(Code::Role);
    }
    app.visitor().get("/api/v1/invites").await.problem(Code::SignIn);
    assert_eq!(app.rows().await["invite"], 1);
}

#[tokio::test]
async fn a_link_ends_when_its_maker_loses_the_right_to_it() {
    let app = App::new().await;
    let (first, second) = (app.person(Role::Owner).await, app.person(Role::Owner).await);
    let (_, secret) = make(&second, &new(Role::Moderator)).await;
    let path = format!("/api/v1/people/{}", second.person().id);
    first.patch(&path, &json!({"role": "customer"})).await.nothing(StatusCode::OK);
    join(&app, "zoe@example.org", &secret).await.problem(Code::LinkExpired);
    accept(&second, &secret).await.problem(Code::LinkExpired);
    assert_eq!(second.get("/api/v1/me").await.ok::<Me>().person.map(|person| person.role), Some(Role::Customer));
}

#[tokio::test]
async fn numbers_and_boards_are_checked() {
    let app = App::new().await;
    let owner = app.person(Role::Owner).await;
    for (body, field) in [
        (json!({"role": "customer", "uses": 0}), "uses"),
        (json!({"role": "customer", "uses": 1001}), "uses"),
        (json!({"role": "customer", "days": 0}), "days"),
        (json!({"role": "customer", "days": 91}), "days"),
        (json!({"role": "customer", "board": "no-such-board"}), "board"),
        (json!({"role": "owner"}), "role"),
    ] {
        let problem = owner.post("/api/v1/invites", &body).await.invalid(&[field]);
        assert_eq!(problem.fields[field].code, FieldCode::Unknown);
    }
    assert_eq!(app.rows().await["invite"], 0);
}

#[tokio::test]
async fn somebody_who_has_an_account_uses_no_link_by_signing_up_again() {
    let app = App::new().await;
    let owner = app.person(Role::Owner).await;
    let (_, email) = app.account(Role::Customer).await;
    let (_, secret) = make(&owner, &new(Role::Moderator)).await;
    join(&app, &email, &secret).await.nothing(StatusCode::ACCEPTED);
    assert_eq!(app.rows().await["invite"], 1);
    assert_eq!(app.number("SELECT COUNT(*) FROM person WHERE role = 'moderator'").await, 0);
}

#[tokio::test]
async fn an_address_that_tries_many_links_is_stopped() {
    let app = App::new().await;
    let guesser = app.visitor();
    for _ in 0..60 {
        guesser.get("/api/v1/invites/preview/guess").await.problem(Code::LinkExpired);
    }
    guesser.get("/api/v1/invites/preview/guess").await.problem(Code::TooMany);
}

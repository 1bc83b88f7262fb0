//! Links by which guests follow canvases: what they open, and what ends them. Who may make them, and what guests may not,
//! is in the tables of `rights`; their sockets are in the tests of the live layer.

use http::{StatusCode, header};
use serde_json::json;
use shared::{
    Role,
    api::{BoardView, CanvasView, Code, GuestLinkView, IdeaCard, IdeaView, Me, PictureView},
};
use tests::{
    app::Client,
    canvas::{self, draw},
    on_each_database,
};

use crate::{
    canvas::{board, note, path},
    pictures,
};

async fn link(host: &Client, board: &str, hours: u32) -> GuestLinkView {
    host.post(&format!("/api/v1/boards/{board}/canvas/guests"), &json!({ "hours": hours })).await.created()
}

/// The cookie of a guest of a board's canvas, as `name=value`.
pub async fn cookie(host: &Client, board: &str) -> String {
    let path = link(host, board, 1).await.path.expect("the path of a new link");
    opened(host, &path).await
}

async fn opened(client: &Client, path: &str) -> String {
    let answer = client.get(path).await;
    answer.nothing(StatusCode::SEE_OTHER);
    answer.set_cookie().and_then(|cookie| cookie.split(';').next()).expect("a cookie").to_owned()
}

/// The same browser with this cookie besides.
pub fn with(who: &Client, cookie: &str) -> Client {
    let cookies = who.cookie.iter().map(String::as_str).chain([cookie]).collect::<Vec<_>>().join("; ");
    let mut with = who.clone();
    with.cookie = Some(cookies);
    with
}

on_each_database! {
    a_link_opens_a_canvas_for_reading(app) {
        let (owner, zoe) = (app.person(Role::Owner).await, app.person(Role::Customer).await);
        let board = board(&owner, "staff").await;
        let links = format!("{}/guests", path(&board));
        for hours in [0, 721] {
            owner.post(&links, &json!({ "hours": hours })).await.invalid(&["hours"]);
        }
        let made = link(&owner, &board.slug, 2).await;
        assert_eq!((made.expires_at - made.created_at, &made.by), (2 * 3_600_000, owner.person()));
        let secret = made.path.clone().expect("a path");
        let listed: Vec<GuestLinkView> = owner.get(&links).await.ok();
        assert_eq!(listed, [GuestLinkView { path: None, ..made.clone() }], "its secret is told once");
        let visitor = app.visitor();
        let answer = visitor.get(&secret).await;
        answer.nothing(StatusCode::SEE_OTHER);
        assert_eq!(answer.headers[header::LOCATION], "/b/staff/canvas");
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
        let set = answer.set_cookie().expect("a cookie");
        assert!(set.starts_with("atelier-guest=") && set.contains("; HttpOnly; SameSite=Lax"), "{set}");
        let seconds = set.split("Max-Age=").nth(1).and_then(|rest| rest.split(';').next()?.parse().ok());
        assert!(seconds.is_some_and(|left: i64| (7_000..=7_200).contains(&left)), "{set}");

        // On it lie a note, an idea, a picture, and an idea that is hidden.
        let new = json!({"title": "Flan"});
        let ideas = format!("/api/v1/boards/{}/ideas", board.slug);
        let (lying, away, elsewhere): (IdeaView, IdeaView, IdeaView) = (
            owner.post(&ideas, &new).await.created(), owner.post(&ideas, &new).await.created(),
            owner.post(&ideas, &new).await.created(),
        );
        app.execute("UPDATE idea SET away = 'hidden' WHERE number = 2").await;
        note(&app, &board, &owner, "n1", "Du pain").await;
        let made_picture: PictureView = pictures::send(&owner, &board.slug, pictures::png(4, 4)).await.created();
        let loose: PictureView = pictures::send(&owner, &board.slug, pictures::png(5, 5)).await.created();
        draw(&app.atelier.db, board.canvas, owner.person().id, |doc| {
            canvas::card(doc, &lying.card.id.to_string());
            canvas::card(doc, &away.card.id.to_string());
            canvas::picture(doc, "p1", &made_picture.path);
        })
        .await;
        let guest = with(&visitor, &opened(&visitor, &secret).await);
        let seen: CanvasView = guest.get(&path(&board)).await.ok();
        assert_eq!((seen.canvas.notes.len(), seen.makers.len(), seen.may), (1, 1, Default::default()));
        assert_eq!(seen.ideas.iter().map(|card| card.number).collect::<Vec<_>>(), [1]);
        let all = [&lying, &away, &elsewhere].map(|idea| idea.card.id.to_string()).join(",");
        let asked = format!("{}/ideas?ids={all}", path(&board));
        let cards = async |who: &Client| who.get(&asked).await.ok::<Vec<IdeaCard>>().len();
        assert_eq!((cards(&guest).await, cards(&owner).await), (1, 2), "what does not lie there is not for guests");
        let shown: BoardView = guest.get(&format!("/api/v1/boards/{}", board.slug)).await.ok();
        assert!(!shown.may_propose && !shown.may_govern);
        guest.get(&made_picture.path).await.nothing(StatusCode::OK);
        guest.get(&loose.path).await.nothing(StatusCode::NOT_FOUND);
        visitor.get(&made_picture.path).await.nothing(StatusCode::NOT_FOUND);
        // Nothing else there is for them, and nothing says who they are.
        guest.get(&format!("/api/v1/ideas/{}", lying.card.number)).await.problem(Code::NotFound);
        guest.get(&ideas).await.problem(Code::NotFound);
        assert_eq!(guest.get("/api/v1/boards").await.ok::<Vec<BoardView>>().len(), 0);
        assert_eq!(guest.get("/api/v1/me").await.ok::<Me>().person, None);
        guest.put(&format!("{}/notes/n1/reactions/love", path(&board)), &json!(null)).await.problem(Code::NotFound);
        // Somebody signed in stays themself.
        let hers = with(&zoe, &opened(&zoe, &secret).await);
        assert_eq!(hers.get(&path(&board)).await.ok::<CanvasView>().may, Default::default());
        hers.put(&format!("{}/notes/n1/reactions/love", path(&board)), &json!(null)).await.problem(Code::NotFound);
        assert_eq!(hers.get("/api/v1/me").await.ok::<Me>().person.as_ref(), Some(zoe.person()));
    }

    a_link_ends_when_it_is_revoked_or_over_or_its_maker_may_no_longer(app) {
        let (owner, marie) = (app.person(Role::Owner).await, app.person(Role::Moderator).await);
        let board = board(&owner, "staff").await;
        let visitor = app.visitor();
        let reads = async |cookie: &str| with(&visitor, cookie).get(&path(&board)).await.status == StatusCode::OK;
        let made = link(&marie, &board.slug, 1).await;
        let secret = made.path.clone().expect("a path");
        let cookie = opened(&visitor, &secret).await;
        assert!(reads(&cookie).await);
        let person = format!("/api/v1/people/{}", marie.person().id);
        owner.patch(&person, &json!({"role": "researcher"})).await.nothing(StatusCode::OK);
        assert!(!reads(&cookie).await, "she could not make it now");
        assert_eq!(owner.get(&format!("{}/guests", path(&board))).await.ok::<Vec<GuestLinkView>>(), []);
        owner.patch(&person, &json!({"role": "moderator"})).await.nothing(StatusCode::OK);
        assert!(reads(&cookie).await);
        owner.put(&format!("{person}/suspension"), &json!({"words": "Non."})).await.nothing(StatusCode::NO_CONTENT);
        assert!(!reads(&cookie).await);
        owner.delete(&format!("{person}/suspension")).await.nothing(StatusCode::NO_CONTENT);
        assert!(reads(&cookie).await);
        app.execute("UPDATE guest_link SET expires_at = created_at").await;
        assert!(!reads(&cookie).await);
        visitor.get(&secret).await.nothing(StatusCode::NOT_FOUND);

        let made = link(&owner, &board.slug, 1).await;
        assert_eq!(app.number("SELECT count(*) FROM guest_link").await, 1, "what is over goes");
        let cookie = opened(&visitor, made.path.as_deref().expect("a path")).await;
        assert!(reads(&cookie).await);
        let revoke = format!("{}/guests/{}", path(&board), made.id);
        owner.delete(&revoke).await.nothing(StatusCode::NO_CONTENT);
        owner.delete(&revoke).await.problem(Code::NotFound);
        assert!(!reads(&cookie).await);
        for wrong in ["atelier-guest=", "atelier-guest=x", &format!("atelier-guest={}", "A".repeat(43))] {
            assert!(!reads(wrong).await);
        }
        visitor.get("/guest/nonsense").await.nothing(StatusCode::NOT_FOUND);
    }
}

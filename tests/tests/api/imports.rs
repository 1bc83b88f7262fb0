//! Importing over the API. What comes in is in the store's tests; who may, in the tables of `rights`.

use std::time::Duration;

use axum::body::Body;
use http::{Method, StatusCode, header};
use serde_json::json;
use shared::{
    ImportId, Role,
    api::{BoardView, Code, FieldCode, IdeaView, ImportReport, ImportState, ImportView, NameView, Page},
    limits,
};
use tests::{
    app::{Answer, App, Client},
    on_each_database,
};

/// Sends a file.
pub async fn send(who: &Client, path: &str, file: impl Into<Body>) -> Answer {
    who.send(who.request(Method::POST, path).header(header::CONTENT_TYPE, "text/csv; charset=utf-8"), file).await
}

/// Waits until no import goes on, and answers with the last one.
pub async fn finished(host: &Client) -> Option<ImportView> {
    loop {
        let last = host.get("/api/v1/imports").await.ok::<Vec<ImportView>>().into_iter().next();
        if last.as_ref().is_none_or(|last| last.state != ImportState::Running) {
            return last;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// An import of one idea to a new board, and the handle of the name that came with it.
pub async fn imported(host: &Client) -> (ImportId, String) {
    let board: BoardView =
        host.post("/api/v1/boards", &json!({"title": "T", "audience": "public", "editing": "staff"})).await.created();
    let name = format!("Name {}", uuid::Uuid::now_v7());
    let file = format!("title,author\nA,{name}\n");
    let begun: ImportView =
        send(host, &format!("/api/v1/boards/{}/imports", board.slug), file).await.expect(StatusCode::ACCEPTED);
    finished(host).await;
    let names: Page<NameView> = host.get(&format!("/api/v1/names?q={}", &name[5..])).await.ok();
    (begun.id, names.items[0].person.handle.clone())
}

async fn pains(host: &Client) -> String {
    let board = json!({"title": "Pains", "audience": "public", "editing": "everyone"});
    let board: BoardView = host.post("/api/v1/boards", &board).await.created();
    format!("/api/v1/boards/{}/imports", board.slug)
}

on_each_database! {
    a_file_is_previewed_and_comes_in(app) {
        let marie = app.person(Role::Moderator).await;
        let imports = pains(&marie).await;
        let file = "title,votes,author,status\nFlan,7,Zoé,Launched\nÉclair,x,,\n";
        let report: ImportReport = send(&marie, &format!("{imports}/preview"), file).await.ok();
        assert_eq!((report.new, report.bad, report.problems[0].line), (1, 1, 3));
        assert_eq!(marie.get("/api/v1/imports").await.ok::<Vec<ImportView>>(), []);
        let begun: ImportView = send(&marie, &format!("{imports}?name=a.csv"), file).await.expect(StatusCode::ACCEPTED);
        assert_eq!((begun.new, begun.bad, begun.file.as_str(), begun.board.as_str()), (1, 1, "a.csv", "pains"));
        let done = finished(&marie).await.expect("an import");
        assert_eq!((done.id, done.state, done.made), (begun.id, ImportState::Done, 1));
        assert_eq!(marie.get(&format!("/api/v1/imports/{}", begun.id)).await.ok::<ImportView>(), done);
        assert_eq!(app.number("SELECT COUNT(*) FROM audit WHERE act = 'board.import'").await, 1);
        let idea: IdeaView = app.visitor().get("/api/v1/ideas/1").await.ok();
        assert_eq!((idea.card.votes, idea.card.author.unclaimed), (7, true));

        // Who comes finds the name taken by nobody, and a moderator says who it is.
        let zoe = app.person(Role::Customer).await;
        let path = format!("/api/v1/names/{}/match", idea.card.author.handle);
        marie.put(&path, &json!({"handle": "nobody"})).await.invalid(&["handle"]);
        marie.put("/api/v1/names/nobody/match", &json!({"handle": "x"})).await.problem(Code::NotFound);
        let theft = format!("/api/v1/names/{}/match", marie.person().handle);
        marie.put(&theft, &json!({"handle": zoe.person().handle})).await.problem(Code::NotFound);
        let matched: NameView = marie.put(&path, &json!({"handle": zoe.person().handle})).await.ok();
        assert_eq!(matched.matched_to.as_ref(), Some(zoe.person()));
        marie.put(&path, &json!({"handle": zoe.person().handle})).await.problem(Code::Conflict);
        let idea: IdeaView = zoe.get("/api/v1/ideas/1").await.ok();
        assert_eq!(&idea.card.author, zoe.person());
        let free: NameView = marie.delete(&path).await.ok();
        assert_eq!(free.matched_to, None);
        marie.delete(&path).await.problem(Code::Conflict);
        for act in ["SELECT COUNT(*) FROM audit WHERE act = 'name.match'", "SELECT COUNT(*) FROM audit WHERE act = 'name.unmatch'"] {
            assert_eq!(app.number(act).await, 1);
        }
    }
}

#[tokio::test]
async fn a_name_signs_in_with_nothing() {
    let app = App::new().await;
    let marie = app.person(Role::Moderator).await;
    let (_, handle) = imported(&marie).await;
    let email = "SELECT COUNT(*) FROM person WHERE unclaimed_at IS NOT NULL AND email LIKE '%@%'";
    assert_eq!(app.number(email).await, 0);
    for email in [handle.clone(), format!("unclaimed {handle}"), format!("{handle}@unclaimed")] {
        app.visitor().post("/api/v1/session", &json!({"email": email, "password": "x"})).await.problem(Code::Invalid);
    }
    // Nor is it mentioned: the text stays a text.
    let comment = json!({"body": format!("Merci @{handle} !"), "kind": "comment"});
    marie.post("/api/v1/ideas/1/comments", &comment).await.nothing(StatusCode::CREATED);
    assert_eq!(app.number("SELECT COUNT(*) FROM mention").await, 0);
    assert_eq!(
        app.number(
            "SELECT COUNT(*) FROM follow f JOIN person p ON p.id = f.person_id WHERE p.unclaimed_at IS NOT NULL"
        )
        .await,
        0
    );
}

#[tokio::test]
async fn what_is_no_file_of_ideas_is_refused_clearly() {
    let app = App::new().await;
    let marie = app.person(Role::Moderator).await;
    let imports = pains(&marie).await;
    let preview = format!("{imports}/preview");
    let wide = format!("title{}", ",x".repeat(1_000_000));
    for (file, code) in [
        (b"\xff\xfet\0i\0".to_vec(), FieldCode::Encoding),
        (b"PK\x03\x04\0\0\x81".to_vec(), FieldCode::Encoding),
        (b"".to_vec(), FieldCode::Header),
        (b"body\nx".to_vec(), FieldCode::Header),
        (b"title,title\nx,y".to_vec(), FieldCode::Header),
        (b"t\0i\0t\0l\0e\0\n".to_vec(), FieldCode::Header),
        (wide.into_bytes(), FieldCode::Header),
        (format!("title\n{}", "x\n".repeat(100_001)).into_bytes(), FieldCode::TooLong),
    ] {
        for path in [&preview, &imports] {
            let problem = send(&marie, path, file.clone()).await.invalid(&["file"]);
            assert_eq!(problem.fields["file"].code, code);
        }
    }
    marie.post(&preview, &json!({})).await.problem(Code::MediaType);
    let long = vec![b'x'; limits::IMPORT + 1];
    send(&marie, &preview, long).await.problem(Code::TooLarge);
    let open = format!("title\na\n\"b\n{}", "c".repeat(limits::IMPORT - 20));
    let report: ImportReport = send(&marie, &preview, open).await.ok();
    assert_eq!((report.new, report.bad), (1, 1));
    assert_eq!(app.number("SELECT COUNT(*) FROM import").await, 0);
}

#[tokio::test]
async fn who_sends_too_many_files_waits() {
    let app = App::configured(|config| config.write_limits = std::num::NonZeroU32::MIN).await;
    let marie = app.person(Role::Moderator).await;
    let preview = format!("{}/preview", pains(&marie).await);
    for _ in 0..60 {
        if send(&marie, &preview, "title\na").await.status == StatusCode::TOO_MANY_REQUESTS {
            return;
        }
    }
    panic!("files are taken without limit");
}

#[tokio::test]
async fn the_page_is_for_moderators() {
    let app = App::new().await;
    let (marie, zoe) = (app.person(Role::Moderator).await, app.person(Role::Researcher).await);
    pains(&marie).await;
    let page = marie.get("/admin/import").await;
    assert_eq!(page.status, StatusCode::OK);
    let html = String::from_utf8_lossy(&page.body).into_owned();
    assert!(html.contains("type=\"file\"") && html.contains("None so far."), "{html}");
    assert_eq!(zoe.get("/admin/import").await.status, StatusCode::FORBIDDEN);
    assert_eq!(app.visitor().get("/admin/import").await.status, StatusCode::SEE_OTHER);
}

//! Pictures: what is taken, what of it is kept, who sees it where, and as what it is served.

use std::io::Cursor;

use futures_util::stream;
use http::{Method, StatusCode, header};
use image::{DynamicImage, ImageFormat};
use serde_json::json;
use server::domain::pictures;
use shared::{
    Role,
    api::{BoardView, Code, CommentKind, CommentView, IdeaView, NewComment, PictureView},
    limits,
};
use tests::{
    app::{Answer, App, Client},
    on_each_database,
};

/// A PNG file of this size.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(width, height).write_to(&mut out, ImageFormat::Png).expect("a PNG");
    out.into_inner()
}

/// Sends a file to a board.
pub async fn send(who: &Client, board: &str, file: Vec<u8>) -> Answer {
    let request = who.request(Method::POST, &format!("/api/v1/boards/{board}/pictures"));
    who.send(request.header(header::CONTENT_TYPE, "image/png"), file).await
}

async fn add(who: &Client, board: &BoardView) -> PictureView {
    send(who, &board.slug, png(800, 600)).await.created()
}

async fn board(owner: &Client, audience: &str) -> BoardView {
    let new = json!({"title": audience, "audience": audience, "editing": "everyone"});
    owner.post("/api/v1/boards", &new).await.created()
}

async fn propose(who: &Client, board: &BoardView, body: String) -> IdeaView {
    let path = format!("/api/v1/boards/{}/ideas", board.slug);
    who.post(&path, &json!({"title": "Un four", "body": body})).await.created()
}

async fn say(who: &Client, idea: &IdeaView, body: String, kind: CommentKind) -> CommentView {
    let path = format!("/api/v1/ideas/{}/comments", idea.card.number);
    who.post(&path, &NewComment { body, kind, ..NewComment::default() }).await.created()
}

/// Which of these people see a picture: `y` or `-`, in their order.
async fn seen(picture: &PictureView, people: &[&Client]) -> String {
    let mut seen = String::new();
    for who in people {
        let answer = who.get(&picture.path).await;
        assert!(matches!(answer.status, StatusCode::OK | StatusCode::NOT_FOUND), "{}", answer.status);
        let small = who.get(&format!("/pictures/{}/small", picture.id)).await;
        assert_eq!(small.status, answer.status);
        seen.push(if answer.status == StatusCode::OK { 'y' } else { '-' });
    }
    seen
}

async fn pictures_kept(app: &App) -> i64 {
    app.number("SELECT COUNT(*) FROM picture").await
}

on_each_database! {
    a_picture_is_seen_where_it_is_put(app) {
        let owner = app.person(Role::Owner).await;
        let (zoe, other, staff) =
            (app.person(Role::Customer).await, app.person(Role::Customer).await, app.person(Role::Employee).await);
        let visitor = app.visitor();
        let people = [&visitor, &other, &staff, &owner, &zoe];
        let board = board(&owner, "public").await;

        let picture = add(&zoe, &board).await;
        assert_eq!((picture.width, picture.height), (800, 600));
        assert_eq!(seen(&picture, &people).await, "----y", "before it is put anywhere");
        let idea = propose(&zoe, &board, format!("![Un four]({})", picture.path)).await;
        assert!(idea.body_html.contains(&format!("<img src=\"{}\"", picture.path)), "{}", idea.body_html);
        assert_eq!(seen(&picture, &people).await, "yyyyy", "in an idea");

        let picture = add(&staff, &board).await;
        say(&staff, &idea, format!("![]({})", picture.path), CommentKind::Note).await;
        assert_eq!(seen(&picture, &people).await, "--yy-", "in a note of the staff");

        let picture = add(&zoe, &board).await;
        let comment = say(&zoe, &idea, "Voici :".to_owned(), CommentKind::Comment).await;
        let path = format!("/api/v1/comments/{}", comment.id);
        zoe.patch(&path, &json!({"body": format!("Voici : ![]({})", picture.path)})).await.nothing(StatusCode::OK);
        assert_eq!(seen(&picture, &people).await, "yyyyy", "in a comment that was changed");
        zoe.delete(&path).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(seen(&picture, &people).await, "----y", "in a comment that is deleted");

        let picture = add(&zoe, &board).await;
        let held = propose(&zoe, &board, format!("![]({})", picture.path)).await;
        assert_eq!(held.card.number, 2);
        app.execute("UPDATE idea SET away = 'hidden' WHERE number = 2").await;
        assert_eq!(seen(&picture, &people).await, "---yy", "in an idea that is hidden");
    }

    a_board_for_some_keeps_its_pictures_to_them(app) {
        let owner = app.person(Role::Owner).await;
        let (zoe, other) = (app.person(Role::Customer).await, app.person(Role::Customer).await);
        let visitor = app.visitor();
        let people = [&visitor, &other, &zoe, &owner];
        let (public, invited) = (board(&owner, "public").await, board(&owner, "invited").await);
        let member = format!("/api/v1/boards/invited/members/{}", zoe.person().handle);
        owner.put(&member, &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        let picture = add(&zoe, &invited).await;
        propose(&zoe, &invited, format!("![]({})", picture.path)).await;
        assert_eq!(seen(&picture, &people).await, "--yy");
        // Putting it on another board shows it to nobody else, whoever knows its address.
        propose(&other, &public, format!("![]({})", picture.path)).await;
        assert_eq!(seen(&picture, &people).await, "--yy");
        owner.delete(&member).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(seen(&picture, &people).await, "---y", "whoever added it is no member any more");
    }

    what_is_put_nowhere_is_swept_out_after_a_day(app) {
        let owner = app.person(Role::Owner).await;
        let board = board(&owner, "public").await;
        let (put, alone, said) = (add(&owner, &board).await, add(&owner, &board).await, add(&owner, &board).await);
        let idea = propose(&owner, &board, format!("![]({})", put.path)).await;
        let comment = say(&owner, &idea, format!("![]({})", said.path), CommentKind::Comment).await;
        owner.delete(&format!("/api/v1/comments/{}", comment.id)).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(pictures::sweep(&app.atelier.db, &app.atelier.canvases).await.expect("swept"), 0);
        app.execute("UPDATE picture SET created_at = created_at - 90000000").await;
        assert_eq!(pictures::sweep(&app.atelier.db, &app.atelier.canvases).await.expect("swept"), 2);
        for (picture, status) in
            [(put, StatusCode::OK), (alone, StatusCode::NOT_FOUND), (said, StatusCode::NOT_FOUND)]
        {
            owner.get(&picture.path).await.nothing(status);
        }
    }
}

#[tokio::test]
async fn a_picture_comes_from_a_room_without_scripts() {
    let app = App::new().await;
    let owner = app.person(Role::Owner).await;
    let picture = add(&owner, &board(&owner, "public").await).await;
    let answer = owner.get(&picture.path).await;
    answer.nothing(StatusCode::OK);
    assert_eq!(answer.headers[header::CONTENT_TYPE], "image/png");
    assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox") && !policy.contains("allow-"));
    assert_eq!(answer.headers[header::CONTENT_DISPOSITION], "inline; filename=\"picture.png\"");
    assert_eq!(answer.headers[header::CACHE_CONTROL], "private, max-age=31536000, immutable");
    assert_eq!(image::load_from_memory(&answer.body).expect("a picture").width(), 800);
    let small = owner.get(&format!("/pictures/{}/small", picture.id)).await;
    assert_eq!(image::load_from_memory(&small.body).expect("a picture").width(), 640);
}

#[tokio::test]
async fn nothing_else_is_at_the_address_of_a_picture() {
    let app = App::new().await;
    let owner = app.person(Role::Owner).await;
    let picture = add(&owner, &board(&owner, "public").await).await;
    let id = picture.id;
    for path in [
        format!("/pictures/{id}"),
        format!("/pictures/{id}/"),
        format!("/pictures/{id}/801x600"),
        format!("/pictures/{id}/large"),
        format!("/pictures/{id}/800x600.svg"),
        format!("/pictures/{id}/..%2f..%2fapi"),
        "/pictures/../../etc/passwd".into(),
        "/pictures/..%2f..%2fetc%2fpasswd/small".into(),
        "/pictures/%2e%2e/small".into(),
        format!("/pictures/{}/small", uuid::Uuid::nil()),
    ] {
        let answer = owner.get(&path).await;
        answer.nothing(StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn what_is_no_picture_is_refused_and_nothing_is_left() {
    let app = App::new().await;
    let owner = app.person(Role::Owner).await;
    let board = board(&owner, "public").await.slug;
    for (file, code) in [
        (b"<!doctype html><script>alert(1)</script>".to_vec(), Code::NoPicture),
        (b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".to_vec(), Code::NoPicture),
        (b"GIF89a\x09\0\x09\0<script>alert(1)</script>".to_vec(), Code::NoPicture),
        (Vec::new(), Code::NoPicture),
        (vec![0; limits::PICTURE + 1], Code::TooLarge),
    ] {
        send(&owner, &board, file).await.problem(code);
    }
    assert_eq!(pictures_kept(&app).await, 0);
}

#[tokio::test]
async fn a_file_that_is_too_large_is_not_read_to_its_end() {
    let app = App::new().await;
    let owner = app.person(Role::Owner).await;
    board(&owner, "public").await;
    // It never says how long it is, and never ends.
    let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(bytes::Bytes::from_static(&[0; 64 * 1024])));
    let request = owner.request(Method::POST, "/api/v1/boards/public/pictures");
    let answer = owner.send(request, axum::body::Body::from_stream(endless)).await;
    answer.problem(Code::TooLarge);
    assert_eq!(pictures_kept(&app).await, 0);
}

#[tokio::test]
async fn who_sends_too_many_waits() {
    let app = App::configured(|config| config.write_limits = std::num::NonZeroU32::MIN).await;
    let owner = app.person(Role::Owner).await;
    let board = board(&owner, "public").await.slug;
    // On a slow machine some come back meanwhile.
    let mut answer = send(&owner, &board, b"no picture".to_vec()).await;
    for _ in 0..60 {
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        answer.problem(Code::NoPicture);
        answer = send(&owner, &board, b"no picture".to_vec()).await;
    }
    answer.problem(Code::TooMany);
    assert!(answer.headers.contains_key(header::RETRY_AFTER));
    send(&app.person(Role::Customer).await, &board, png(4, 4)).await.nothing(StatusCode::CREATED);
}

#[tokio::test]
async fn another_sites_page_sends_no_picture() {
    let app = App::new().await;
    let mut owner = app.person(Role::Owner).await;
    let board = board(&owner, "public").await.slug;
    owner.origin = Some("https://evil.example".into());
    send(&owner, &board, png(4, 4)).await.problem(Code::ForeignOrigin);
    assert_eq!(pictures_kept(&app).await, 0);
}

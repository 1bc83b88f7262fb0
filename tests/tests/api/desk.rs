//! The desk: documents set aside, and letting them try again. Who may is in the tables of `rights`.

use http::StatusCode;
use serde_json::json;
use shared::{
    DocumentId, Role,
    api::{BoardView, Code, DocumentAside, IdeaAside, IdeaView},
};
use tests::{app::App, on_each_database};

/// Lets a document break until it is set aside.
pub async fn set_aside(app: &App, document: DocumentId) {
    for _ in 0..3 {
        app.atelier.hub.broke(document, "a change that cannot be read").await.expect("it is noted");
    }
}

on_each_database! {
    a_document_set_aside_is_on_the_desk_until_it_may_try_again(app) {
        let (marie, zoe) = (app.person(Role::Moderator).await, app.person(Role::Customer).await);
        let board = json!({"title": "Pains", "audience": "public", "editing": "everyone"});
        let board: BoardView = marie.post("/api/v1/boards", &board).await.created();
        let ideas = format!("/api/v1/boards/{}/ideas", board.slug);
        let idea: IdeaView = zoe.post(&ideas, &json!({"title": "Flan du soir"})).await.created();
        assert!(idea.may_edit && !idea.set_aside);
        assert_eq!(marie.get("/api/v1/desk/documents").await.ok::<Vec<DocumentAside>>(), []);

        set_aside(&app, idea.document).await;
        let list: Vec<DocumentAside> = marie.get("/api/v1/desk/documents").await.ok();
        let [aside] = &list[..] else { panic!("{list:?}") };
        let slug = String::from("flan-du-soir");
        let of = IdeaAside { number: idea.card.number, slug, title: "Flan du soir".into() };
        assert_eq!((aside.document, aside.idea.as_ref()), (idea.document, Some(&of)));
        assert_eq!((aside.board.as_str(), aside.board_title.as_str()), ("pains", "Pains"));
        assert_eq!((aside.failures, aside.changes), (3, 1));
        assert_eq!(aside.reason, "a change that cannot be read");
        let path = format!("/api/v1/ideas/{}", idea.card.number);
        for who in [&zoe, &marie] {
            let seen: IdeaView = who.get(&path).await.ok();
            assert!(seen.set_aside && !seen.may_edit, "whatever the right, nobody writes");
            assert_eq!(seen.card.title, "Flan du soir", "and everybody reads");
        }

        let release = format!("/api/v1/desk/documents/{}/release", idea.document);
        marie.put(&release, &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        marie.put(&release, &json!(null)).await.problem(Code::NotFound);
        assert_eq!(app.number("SELECT COUNT(*) FROM audit WHERE act = 'document.release'").await, 1);
        assert_eq!(marie.get("/api/v1/desk/documents").await.ok::<Vec<DocumentAside>>(), []);
        let seen: IdeaView = zoe.get(&path).await.ok();
        assert!(seen.may_edit && !seen.set_aside);

        // Once more: it is counted on.
        set_aside(&app, idea.document).await;
        let list: Vec<DocumentAside> = marie.get("/api/v1/desk/documents").await.ok();
        assert_eq!(list.first().map(|aside| aside.failures), Some(6));

        // So may the canvas of a board be.
        set_aside(&app, board.canvas).await;
        let list: Vec<DocumentAside> = marie.get("/api/v1/desk/documents").await.ok();
        let canvas = list.iter().find(|aside| aside.document == board.canvas).expect("the canvas");
        assert_eq!((&canvas.idea, canvas.board.as_str()), (&None, "pains"));
    }
}

#[tokio::test]
async fn the_page_is_for_the_staff_and_its_cases_for_moderators() {
    let app = App::new().await;
    let (marie, hugo, zoe) =
        (app.person(Role::Moderator).await, app.person(Role::Employee).await, app.person(Role::Customer).await);
    let page = marie.get("/desk").await;
    assert_eq!(page.status, StatusCode::OK);
    let html = String::from_utf8_lossy(&page.body).into_owned();
    assert!(html.contains("Nothing waits for you") && html.contains("href=\"/desk\""), "{html}");
    let page = hugo.get("/desk").await;
    assert_eq!(page.status, StatusCode::OK);
    let html = String::from_utf8_lossy(&page.body).into_owned();
    assert!(html.contains("Every idea was answered.") && html.contains("href=\"/desk\""), "{html}");
    assert!(!html.contains("Reported") && !html.contains("First posts"), "{html}");
    let refused = zoe.get("/desk").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(!String::from_utf8_lossy(&refused.body).contains("href=\"/desk\""), "nor is it offered");
    assert_eq!(app.visitor().get("/desk").await.status, StatusCode::SEE_OTHER, "a visitor is led to sign in");
}

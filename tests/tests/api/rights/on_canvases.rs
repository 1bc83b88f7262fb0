//! The operations on canvases, and what guests may.

use serde_json::json;
use shared::{
    CommentId,
    api::{BoardView, CanvasView, DotVoteView, GuestLinkView},
};
use tests::app::{Answer, App, Client};

use super::{AUDIENCES, Boards, ON_BOARDS, judge, successes};
use crate::{canvas, guests, openapi::document};

/// What a guest may read by a link to the board's canvas, whoever they are.
const FOR_GUESTS: [&str; 5] = [
    "GET /boards/{slug}",
    "GET /boards/{slug}/canvas",
    "GET /boards/{slug}/canvas/makers",
    "GET /boards/{slug}/canvas/ideas",
    "GET /boards/{slug}/canvas/workshop",
];

impl Boards {
    /// The same on the board's canvas.
    pub(super) async fn ask_canvas(&self, app: &App, slug: &str, who: &Client, operation: &str, what: &str) -> Answer {
        let board: BoardView = self.host.get(&format!("/api/v1/boards/{slug}")).await.ok();
        let (method, path) = operation.split_once(' ').expect("a method and a path");
        let mut path = format!("/api/v1{}", path.replace("{slug}", slug).replace("{kind}", "agree"));
        let mut body = json!(null);
        if path.contains("{note}") {
            let note = CommentId::new().to_string();
            let author = if what == "one's own" && who.is_signed_in() { who } else { &self.host };
            canvas::note(app, &board, author, &note, "Du pain").await;
            path = path.replace("{note}", &note);
        }
        if path.contains("/dot-votes") {
            let votes = format!("{}/dot-votes", canvas::path(&board));
            let canvas: CanvasView = self.host.get(&canvas::path(&board)).await.ok();
            if let Some(vote) = canvas.workshop.vote.filter(|vote| vote.ended_at.is_none()) {
                self.host.post(&format!("{votes}/{}/end", vote.id), &body).await.nothing(http::StatusCode::OK);
            }
            if path.contains("{id}") {
                let made: DotVoteView = self.host.post(&votes, &json!({"dots": 3})).await.created();
                if method == "DELETE" {
                    self.host.post(&format!("{votes}/{}/end", made.id), &body).await.nothing(http::StatusCode::OK);
                }
                path = path.replace("{id}", &made.id.to_string());
            }
            body = if path.ends_with("/dots") { json!({"item": "notes/n1", "dots": 0}) } else { json!({"dots": 3}) };
        }
        if path.contains("/guests") {
            body = json!({"hours": 1});
            if path.contains("{id}") {
                let made: GuestLinkView = self.host.post(&path.replace("/{id}", ""), &body).await.created();
                path = path.replace("{id}", &made.id.to_string());
            }
        }
        if path.ends_with("/timer") {
            body = json!({"act": "start", "seconds": 60});
        }
        match (method, path.rsplit('/').next()) {
            ("GET", Some("makers")) => who.get(&format!("{path}?actors=")).await,
            ("GET", Some("ideas")) => who.get(&format!("{path}?ids=")).await,
            ("GET", _) => who.get(&path).await,
            ("PUT", _) => who.put(&path, &body).await,
            ("POST", _) => who.post(&path, &body).await,
            _ => who.delete(&path).await,
        }
    }
}

/// A link to a canvas opens that for reading, to whoever shows it, and nothing else on that board or another.
#[tokio::test]
async fn a_guest_may_what_they_may_anyway_and_read_the_canvas() {
    let app = App::new().await;
    let document = document().await;
    let boards = Boards::new(&app).await;
    let mut cookies = Vec::new();
    for audience in ["public", "members", "staff", "invited"] {
        cookies.push(guests::cookie(&boards.host, audience).await);
    }
    for (operation, what, table) in ON_BOARDS {
        let successes = successes(&document, operation);
        for (row, (audience, named)) in AUDIENCES.into_iter().enumerate().take(4) {
            // Nobody, and a customer, who are known to be nothing more on each.
            for (column, who) in boards.people[row].iter().take(2).enumerate() {
                for (of, cookie) in cookies.iter().enumerate() {
                    let guest = guests::with(who, cookie);
                    let opened = of == row && FOR_GUESTS.contains(&operation);
                    let expected = if opened { 'y' } else { char::from(table[row].as_bytes()[column]) };
                    let cell = format!("{operation} ({what}) on {audience} by {column}, named: {named}, guest of {of}");
                    let answer = boards.ask(&app, audience, &guest, operation, what).await;
                    judge(&cell, expected, &answer, &successes);
                }
            }
        }
    }
}

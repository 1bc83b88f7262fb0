//! The operations on recognition: what is given, claimed and taken back, and what owners define and read.

use http::StatusCode;
use serde_json::{Value, json};
use shared::{
    PerkId, PersonId, RecognitionId, Role,
    api::{BadgeView, BoardView, IdeaView, LedgerLine, Page, PerkView, RecognitionView},
};
use tests::app::{Answer, App, Client};

use super::Boards;

/// Whether an operation of the tables is one of these.
pub(super) fn is(operation: &str) -> bool {
    ["recogni", "/badges", "/perks"].iter().any(|piece| operation.contains(piece))
}

/// Thanks somebody on a board, with points, and answers the entries.
pub async fn given(host: &Client, slug: &str, to: PersonId, points: u32) -> Vec<RecognitionView> {
    let request = json!({"board": slug, "words": "Merci", "thanks": true, "to": [{"person": to, "points": points}]});
    host.post("/api/v1/recognition", &request).await.created()
}

async fn board(host: &Client) -> String {
    let new = json!({"title": uuid::Uuid::now_v7().to_string(), "audience": "public", "editing": "staff"});
    host.post("/api/v1/boards", &new).await.created::<BoardView>().slug
}

fn perk(coded: bool) -> Value {
    let stock = if coded { Value::Null } else { json!(9) };
    json!({"kind": "coffee", "fr": "Café", "en": "Coffee", "price": 5, "stock": stock, "coded": coded})
}

fn badge() -> Value {
    json!({"icon": "heart", "fr": "Bon cœur", "en": "Kind heart", "meaning_fr": "Aide.", "meaning_en": "Helps."})
}

async fn a_perk(host: &Client, coded: bool) -> PerkId {
    host.post("/api/v1/perks", &perk(coded)).await.created::<PerkView>().id
}

async fn an_entry(app: &App, host: &Client) -> RecognitionId {
    let (dummy, _) = app.account(Role::Customer).await;
    given(host, &board(host).await, dummy.id, 0).await[0].id
}

/// Asks for one on no board, made ready so that only rights can stand against it.
pub(super) async fn in_the_workspace(app: &App, host: &Client, who: &Client, operation: &str) -> Answer {
    let (method, path) = operation.split_once(' ').expect("a method and a path");
    let plain = format!("/api/v1{path}");
    match (method, path) {
        ("PUT", "/recognition/{id}/revocation") => {
            let path = plain.replace("{id}", &an_entry(app, host).await.to_string());
            who.put(&path, &json!({"words": "Une erreur"})).await
        }
        ("PUT", "/recognition/flags/{id}/dismissal") => {
            let (dummy, _) = app.account(Role::Customer).await;
            given(host, &board(host).await, dummy.id, 300).await;
            let flagged: Page<LedgerLine> = host.get("/api/v1/recognition/ledger?flagged=true").await.ok();
            let flag = flagged.items[0].flags[0].id;
            who.put(&plain.replace("{id}", &flag.to_string()), &json!({"words": "Bien"})).await
        }
        ("POST", "/me/recognition/seen") => who.post(&plain, &json!({"at": 1})).await,
        ("PUT", "/me/recognition/choices") => who.put(&plain, &json!({"private": false, "unlisted": true})).await,
        ("POST", "/badges") => who.post(&plain, &badge()).await,
        ("PUT", "/badges/{id}") => {
            let id = host.post("/api/v1/badges", &badge()).await.created::<BadgeView>().id;
            who.put(&plain.replace("{id}", &id.to_string()), &badge()).await
        }
        ("POST", "/perks") => who.post(&plain, &perk(false)).await,
        ("PUT", "/perks/{id}") => {
            who.put(&plain.replace("{id}", &a_perk(host, false).await.to_string()), &perk(false)).await
        }
        ("POST", "/perks/{id}/codes") => {
            who.post(&plain.replace("{id}", &a_perk(host, true).await.to_string()), &json!({"codes": "A\nB"})).await
        }
        ("POST", "/perks/{id}/claims") => {
            if who.is_signed_in() {
                given(host, &board(host).await, who.person().id, 5).await;
            }
            who.post(&plain.replace("{id}", &a_perk(host, false).await.to_string()), &json!(null)).await
        }
        ("GET", _) => who.get(&plain.replace("{id}", &host.person().handle)).await,
        _ => panic!("{operation} is in the table, but nobody knows how to ask for it"),
    }
}

impl Boards {
    /// Asks for one on a board.
    pub(super) async fn ask_recognition(
        &self,
        app: &App,
        slug: &str,
        who: &Client,
        operation: &str,
        what: &str,
    ) -> Answer {
        let (dummy, _) = app.account(Role::Customer).await;
        let (_, path) = operation.split_once(' ').expect("a method and a path");
        let idea: IdeaView = self.idea(slug).await;
        let number = idea.card.number;
        let path = format!("/api/v1{}", path.replace("{number}", &number.to_string()).replace("{board}", slug));
        match operation {
            "POST /recognition" => {
                let (idea, board) = if what == "an idea" { (Some(number), None) } else { (None, Some(slug)) };
                let to = json!([{ "person": dummy.id }]);
                let request = json!({"idea": idea, "board": board, "words": "Merci", "thanks": true, "to": to});
                who.post(&path, &request).await
            }
            "PUT /desk/recognise/{number}/pass" => {
                let milestone = json!({"title": "Fait", "done": true});
                let milestones = format!("/api/v1/ideas/{number}/milestones");
                self.host.post(&milestones, &milestone).await.nothing(StatusCode::CREATED);
                who.put(&path, &json!(null)).await
            }
            "PUT /recognition/budgets/{board}" => who.put(&path, &json!({"monthly": 500_000})).await,
            _ => who.get(&path).await,
        }
    }
}

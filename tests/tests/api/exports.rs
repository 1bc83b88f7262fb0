//! What people take along of what they gave and did.

use std::{collections::BTreeSet, io::Read as _};

use http::{Method, StatusCode};
use serde_json::{Value, json};
use server::domain::exports;
use shared::{
    Role,
    api::{BoardView, Code, CommentView, ExportState, ExportView, IdeaView},
};
use tests::{
    app::{App, Client},
    on_each_database,
};

/// A file of somebody, made.
pub async fn made(who: &Client) -> ExportView {
    let asked = who.post("/api/v1/me/exports", &json!(null)).await;
    if asked.status != StatusCode::CONFLICT {
        asked.nothing(StatusCode::ACCEPTED);
    }
    for _ in 0..1000 {
        let all: Vec<ExportView> = who.get("/api/v1/me/exports").await.ok();
        match all.first() {
            Some(one) if one.state == ExportState::Made => return one.clone(),
            Some(one) => assert_ne!(one.state, ExportState::Failed),
            None => panic!("nothing was asked for"),
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the file is not made");
}

/// What is in a file, by name.
fn contents(bytes: &[u8]) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("an archive");
    let mut all = std::collections::BTreeMap::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).expect("a file");
        let name = file.name().expect("a name").into_owned();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("its bytes");
        all.insert(name, bytes);
    }
    all
}

async fn file(who: &Client, one: &ExportView) -> std::collections::BTreeMap<String, Vec<u8>> {
    let answer = who.get(&format!("/api/v1/me/exports/{}/file", one.id)).await;
    answer.nothing(StatusCode::OK);
    let header =
        |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    assert_eq!((header("content-type"), header("cache-control")), ("application/zip".into(), "no-store".into()));
    assert!(header("content-disposition").starts_with("attachment"));
    contents(&answer.body)
}

on_each_database! {
    a_person_takes_along_what_they_gave_and_did(app) {
        let owner = app.person(Role::Owner).await;
        let zoe = app.person(Role::Customer).await;
        let ada = app.person(Role::Customer).await;
        let new = json!({ "title": "Pains", "purpose": "", "audience": "public", "editing": "everyone" });
        let board: BoardView = owner.post("/api/v1/boards", &new).await.created();
        let ideas = format!("/api/v1/boards/{}/ideas", board.slug);
        let own: IdeaView = zoe.post(&ideas, &json!({ "title": "Un pain <b>noir</b>", "pitch": "Du soir", "body": "Au levain" })).await.created();
        let other: IdeaView = ada.post(&ideas, &json!({ "title": "Une idée d’Ada" })).await.created();
        let comments = format!("/api/v1/ideas/{}/comments", other.card.number);
        let said: CommentView = zoe.post(&comments, &json!({ "body": "Avec des graines" })).await.created();
        zoe.patch(&format!("/api/v1/comments/{}", said.id), &json!({ "body": "Sans graines" })).await.nothing(StatusCode::OK);
        let _: CommentView = ada.post(&comments, &json!({ "body": "Ce que dit Ada reste à Ada" })).await.created();
        let vote = zoe.request(Method::PUT, &format!("/api/v1/ideas/{}/vote", other.card.number));
        zoe.send(vote, "").await.nothing(StatusCode::OK);
        let token: Value = zoe.post("/api/v1/tokens", &json!({ "name": "La caisse" })).await.created();
        let choice = json!({ "decisions": true, "digest": "weekly", "chosen_in": "settings" });
        zoe.put("/api/v1/me/mail", &choice).await.nothing(StatusCode::OK);

        let one = made(&zoe).await;
        assert_eq!(one.done, one.parts);
        let files = file(&zoe, &one).await;
        assert_eq!(files.keys().collect::<Vec<_>>(), ["data.json", "index.html"]);
        let data: Value = serde_json::from_slice(&files["data.json"]).expect("JSON");
        assert_eq!((data["format"].as_str(), data["version"].as_u64()), (Some("atelier-export"), Some(1)));
        let parts: BTreeSet<&str> = data["parts"].as_object().expect("parts").keys().map(String::as_str).collect();
        assert_eq!(parts, exports::names().collect());
        let parts = &data["parts"];
        assert_eq!(parts["profile"]["profile"][0]["email"], zoe.email());
        assert_eq!(parts["ideas"]["proposed"][0]["title"], "Un pain <b>noir</b>");
        assert_eq!(parts["texts"]["concepts"][0]["number"], own.card.number);
        assert_eq!(parts["texts"]["concepts"][0]["standing"]["body"], "Au levain");
        assert_eq!(parts["comments"]["comments"][0]["words"], "Sans graines");
        assert_eq!(parts["comments"]["earlier"][0]["words"], "Avec des graines");
        assert_eq!(parts["votes"]["votes"][0]["number"], other.card.number);
        assert_eq!(parts["tokens"]["tokens"][0]["name"], "La caisse");
        assert_eq!(parts["mail"]["consents"][0]["answer"], "weekly");
        let whole = String::from_utf8(files["data.json"].clone()).expect("text");
        assert!(!whole.contains(token["secret"].as_str().expect("a secret")), "never a secret");
        assert!(!whole.contains("Ce que dit Ada") && !whole.contains("argon2"), "nor what is others'");
        let page = String::from_utf8(files["index.html"].clone()).expect("text");
        assert!(page.contains("Un pain &lt;b&gt;noir&lt;/b&gt;") && !page.contains("<b>noir"), "{page}");
        assert!(page.contains("Sans graines") && !page.contains("<script"));
    }

    what_has_names_in_two_languages_is_in_the_one_of_who_asks(app) {
        let owner = app.person(Role::Owner).await;
        let zoe = app.person(Role::Customer).await;
        let new = json!({ "title": "Pains", "purpose": "", "audience": "public", "editing": "everyone" });
        let board: BoardView = owner.post("/api/v1/boards", &new).await.created();
        let path = format!("/api/v1/boards/{}/ideas", board.slug);
        let _: IdeaView = zoe.post(&path, &json!({ "title": "Un pain noir" })).await.created();
        for (language, name) in [("fr", &board.stages[0].fr), ("en", &board.stages[0].en)] {
            zoe.patch("/api/v1/me", &json!({ "locale": language })).await.nothing(StatusCode::OK);
            let one = made(&zoe).await;
            let data: Value = serde_json::from_slice(&file(&zoe, &one).await["data.json"]).expect("JSON");
            let proposed = &data["parts"]["ideas"]["proposed"][0];
            assert_eq!(proposed["stage"], name.as_str());
            assert!(!proposed.to_string().contains("stage_"), "{proposed}");
            zoe.delete(&format!("/api/v1/me/exports/{}", one.id)).await.nothing(StatusCode::NO_CONTENT);
        }
        assert_ne!(board.stages[0].fr, board.stages[0].en);
    }

    what_one_does_not_see_any_more_is_not_in_it(app) {
        let owner = app.person(Role::Owner).await;
        let eve = app.person(Role::Employee).await;
        let new = json!({ "title": "Coulisses", "purpose": "", "audience": "staff", "editing": "everyone" });
        let board: BoardView = owner.post("/api/v1/boards", &new).await.created();
        let idea: IdeaView =
            owner.post(&format!("/api/v1/boards/{}/ideas", board.slug), &json!({ "title": "Un secret de maison" })).await.created();
        let comments = format!("/api/v1/ideas/{}/comments", idea.card.number);
        let _: CommentView = eve.post(&comments, &json!({ "body": "Mes propres mots" })).await.created();
        let _: CommentView = eve.post(&comments, &json!({ "body": "Entre nous", "kind": "note" })).await.created();
        let one = made(&eve).await;
        let whole = String::from_utf8(file(&eve, &one).await["data.json"].clone()).expect("text");
        assert!(whole.contains("Un secret de maison") && whole.contains("Entre nous"));
        let path = format!("/api/v1/people/{}", eve.person().id);
        owner.patch(&path, &json!({ "role": "customer" })).await.nothing(StatusCode::OK);
        let one = made(&eve).await;
        let whole = String::from_utf8(file(&eve, &one).await["data.json"].clone()).expect("text");
        assert!(whole.contains("Mes propres mots"), "their words are theirs");
        assert!(!whole.contains("Un secret de maison") && !whole.contains("Coulisses") && !whole.contains("Entre nous"), "{whole}");
    }

    a_file_is_for_its_person_alone_and_for_a_week(app) {
        let owner = app.person(Role::Owner).await;
        let zoe = app.person(Role::Customer).await;
        let one = made(&zoe).await;
        let path = format!("/api/v1/me/exports/{}/file", one.id);
        app.visitor().get(&path).await.problem(Code::SignIn);
        owner.get(&path).await.problem(Code::NotFound);
        let token: Value = zoe.post("/api/v1/tokens", &json!({ "name": "La caisse" })).await.created();
        let program = zoe.with_token(token["secret"].as_str().expect("a secret"));
        program.get(&path).await.problem(Code::Role);
        program.post("/api/v1/me/exports", &json!(null)).await.problem(Code::Role);
        zoe.get(&path).await.nothing(StatusCode::OK);
        app.execute("UPDATE export SET made_at = made_at - 8 * 24 * 60 * 60 * 1000").await;
        zoe.get(&path).await.problem(Code::NotFound);
        zoe.delete(&format!("/api/v1/me/exports/{}", one.id)).await.nothing(StatusCode::NO_CONTENT);
        zoe.delete(&format!("/api/v1/me/exports/{}", one.id)).await.problem(Code::NotFound);
    }
}

/// What broke off is begun again when nobody has shown a sign of life for long; what cannot be made is said so.
#[tokio::test]
async fn what_a_crash_broke_off_is_made_all_the_same() {
    let app = App::new().await;
    let zoe = app.person(Role::Customer).await;
    let one = made(&zoe).await;
    app.execute("UPDATE export SET made_at = NULL, bytes = NULL, lease_until = 1, attempts = 1, done = 3").await;
    app.atelier.exporting.notify_one();
    let again = made(&zoe).await;
    assert_eq!(again.id, one.id);
    file(&zoe, &again).await;
}

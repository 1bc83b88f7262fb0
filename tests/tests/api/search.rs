//! `/search` and `/ideas/similar`: what is found, by whom, and what is not acceptable.

use http::StatusCode;
use serde_json::json;
use server::domain::search;
use shared::{
    Role,
    api::{BoardView, Code, Found, IdeaCard, IdeaView},
};
use tests::{
    app::{App, Client},
    on_each_database,
};

/// Percent-encodes everything.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn find(app: &App, who: &Client, words: &str) -> Found {
    search::index_all(&app.atelier.db).await.expect("indexed");
    who.get(&format!("/api/v1/search?q={}", encoded(words))).await.ok()
}

async fn board(host: &Client, title: &str, audience: &str) -> BoardView {
    let new = json!({"title": title, "audience": audience, "editing": "everyone"});
    host.post("/api/v1/boards", &new).await.created()
}

async fn idea(host: &Client, board: &BoardView, title: &str) -> IdeaView {
    host.post(&format!("/api/v1/boards/{}/ideas", board.slug), &json!({ "title": title })).await.created()
}

on_each_database! {
    each_finds_what_they_see(app) {
        let host = app.person(Role::Owner).await;
        let mut numbers = Vec::new();
        for audience in ["public", "members", "staff", "invited"] {
            let made = board(&host, &format!("Brioche {audience}"), audience).await;
            let number = idea(&host, &made, &format!("Brioche pour {audience}")).await.card.number;
            for kind in ["comment", "note"] {
                let new = json!({"body": format!("La brioche, {kind}"), "kind": kind});
                host.post(&format!("/api/v1/ideas/{number}/comments"), &new).await.nothing(StatusCode::CREATED);
            }
            numbers.push(number);
        }
        // The boards each role sees, and whether they read what the staff notes.
        for (role, boards, notes) in [
            (None, 1, false),
            (Some(Role::Customer), 2, false),
            (Some(Role::Employee), 3, true),
            (Some(Role::Researcher), 3, true),
            (Some(Role::Moderator), 4, true),
            (Some(Role::Owner), 4, true),
        ] {
            let who = app.somebody(role).await;
            let found = find(&app, &who, "brioches").await;
            let mut found_numbers: Vec<u32> = found.ideas.items.iter().map(|idea| idea.card.number).collect();
            found_numbers.sort_unstable();
            assert_eq!(found_numbers, numbers[..boards], "{role:?}");
            assert_eq!(found.boards.items.len(), boards, "{role:?}");
            let said = if notes { 2 * boards } else { boards };
            assert_eq!(found.comments.items.len(), said.min(5), "{role:?}");
            assert_eq!(found.comments.more, said > 5, "{role:?}");
            let people = find(&app, &who, "owner").await.people.items.len();
            assert_eq!(people > 0, role.is_some(), "{role:?}");
            let similar: Vec<IdeaCard> = who.get("/api/v1/ideas/similar?title=brioche%20pour").await.ok();
            assert_eq!(similar.len(), boards.min(3), "{role:?}");
        }
        // A member of the board that is for those invited.
        let guest = app.person(Role::Customer).await;
        let path = format!("/api/v1/boards/brioche-invited/members/{}", guest.person().handle);
        host.put(&path, &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(find(&app, &guest, "brioche").await.ideas.items.len(), 3);
        host.delete(&path).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(find(&app, &guest, "brioche").await.ideas.items.len(), 2);
        // What is away is in nobody's list, whoever may read it.
        app.execute("UPDATE idea SET away = 'hidden'").await;
        let found: Found = host.get("/api/v1/search?q=brioche").await.ok();
        assert_eq!((found.ideas.items.len(), found.comments.items.len()), (0, 0));
        let similar: Vec<IdeaCard> = host.get("/api/v1/ideas/similar?title=brioche%20pour").await.ok();
        assert_eq!(similar, []);
    }

    what_is_typed_is_answered(app) {
        let host = app.person(Role::Owner).await;
        let made = board(&host, "Goûter", "public").await;
        idea(&host, &made, "Un « flan » <b>chaud</b>").await;
        for words in ["\"flan\"", "flan AND NOT OR", "flan*", "'flan' & ! | :*", "flan\0", "🥐 flan", "(flan", "flan\\", "%"] {
            find(&app, &host, words).await;
            host.get(&format!("/api/v1/ideas/similar?title={}", encoded(words))).await.nothing(StatusCode::OK);
        }
        let found = find(&app, &host, "chaud flan").await;
        let title: String = found.ideas.items[0].title.iter().map(|piece| piece.text.as_str()).collect();
        assert_eq!(title, "Un « flan » <b>chaud</b>", "text, whatever stands in it");
        assert_eq!(found.ideas.items[0].title.iter().filter(|piece| piece.hit).count(), 2);
        for words in ["", "🥐", "\0", "?"] {
            assert_eq!(find(&app, &host, words).await, Found::default(), "{words:?}");
        }
        let long = "é".repeat(10_000);
        host.get(&format!("/api/v1/search?q={}", encoded(&long))).await.invalid(&["q"]);
        host.get(&format!("/api/v1/ideas/similar?title={}", encoded(&long))).await.invalid(&["title"]);
        for path in ["/search", "/search?q=a&kind=secret", "/search?q=a&limit=many", "/ideas/similar"] {
            host.get(&format!("/api/v1{path}")).await.problem(Code::BadRequest);
        }
        host.get("/api/v1/search?q=%FF%FEflan").await.nothing(StatusCode::OK);
    }

    an_idea_is_found_by_its_new_text_without_anybody_asking(app) {
        let host = app.person(Role::Owner).await;
        let made = board(&host, "Goûter", "public").await;
        idea(&host, &made, "Kouglof").await;
        let found = async || host.get("/api/v1/search?q=kouglof").await.ok::<Found>().ideas.items.len();
        for _ in 0..40 {
            if found().await == 1 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("nothing was found within two seconds");
    }
}

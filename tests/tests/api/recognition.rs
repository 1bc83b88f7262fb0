//! Recognition over the API: who is given what, who sees it, and what is nobody else's.

use std::io::Read as _;

use http::{
    Method, StatusCode,
    header::{ACCEPT_ENCODING, CONTENT_ENCODING},
};
use serde_json::{Value, json};
use shared::{
    Role,
    api::{
        BadgeHeld, BadgeView, BoardView, Code, CodesAdded, Contributors, Deserving, FieldCode, FreshView, HeldPerk,
        IdeaView, LedgerLine, LedgerTotals, NoticeKind, OwnRecognition, Page, PerkView, RecognitionKind,
        RecognitionProposal, RecognitionView, Unread,
    },
};
use tests::{app::Client, on_each_database};

use crate::inbox::{scene, told};

async fn recognise(who: &Client, request: &Value) -> Vec<RecognitionView> {
    who.post("/api/v1/recognition", request).await.created()
}

fn thanks(idea: &IdeaView, to: &Client, points: u32) -> Value {
    let to = json!([{"person": to.person().id, "points": points}]);
    json!({"idea": idea.card.number, "words": "Merci pour la croûte !", "thanks": true, "to": to})
}

async fn mine(who: &Client) -> OwnRecognition {
    who.get("/api/v1/me/recognition").await.ok()
}

async fn ledger(owner: &Client, query: &str) -> Vec<LedgerLine> {
    owner.get(&format!("/api/v1/recognition/ledger?limit=100{query}")).await.ok::<Page<LedgerLine>>().items
}

/// A perk that costs 30 points; of this stock, or with these codes.
async fn perk(owner: &Client, stock: Option<u32>, codes: &str) -> PerkView {
    let new = json!({"kind": "coffee", "fr": "Un café", "en": "A coffee", "price": 30, "stock": stock, "coded": stock.is_none()});
    let made: PerkView = owner.post("/api/v1/perks", &new).await.created();
    if codes.is_empty() {
        return made;
    }
    owner.post(&format!("/api/v1/perks/{}/codes", made.id), &json!({ "codes": codes })).await.ok::<CodesAdded>().perk
}

/// Every answer of the API in which recognition of an idea and a person might stand, as somebody gets them.
async fn everything(who: &Client, zoe: &Client, idea: &IdeaView, board: &BoardView) -> String {
    let mut all = String::new();
    let (number, handle) = (idea.card.number, &zoe.person().handle);
    for path in [
        "/api/v1/recognition".to_owned(),
        format!("/api/v1/ideas/{number}/recognition"),
        format!("/api/v1/ideas/{number}/timeline"),
        format!("/api/v1/ideas/{number}"),
        format!("/api/v1/people/{handle}"),
        format!("/api/v1/people/{handle}/recognition"),
        format!("/api/v1/people/{handle}/badges"),
        "/api/v1/progress".to_owned(),
        "/api/v1/news".to_owned(),
        "/api/v1/search?q=croute".to_owned(),
        "/news.atom".to_owned(),
        format!("/b/{}/feed.atom", board.slug),
        format!("/i/{number}/feed.atom"),
    ] {
        let answer = who.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        all.push_str(&String::from_utf8_lossy(&answer.body));
    }
    all
}

on_each_database! {
    a_moderator_recognises_by_the_proposed_shares_and_the_person_is_told_once(app) {
        let (owner, zoe, ali, board, idea) = scene(&app).await;
        let number = idea.card.number;
        let proposal: RecognitionProposal = owner.get(&format!("/api/v1/ideas/{number}/recognition/proposal")).await.ok();
        assert_eq!(proposal.people.iter().map(|one| (&one.person, one.percent, one.points)).collect::<Vec<_>>(),
            [(zoe.person(), 100, 100)]);
        assert_eq!((proposal.left, proposal.badges.len(), proposal.idea.number), (500, 6, number));
        let badge = &proposal.badges[0];
        assert_eq!((badge.en.as_str(), badge.fr.as_str()), ("First idea", "Première idée"));
        let mut request = thanks(&idea, &zoe, 40);
        request["badge"] = json!(badge.id);
        let made = recognise(&owner, &request).await;
        let kinds: Vec<_> = made.iter().map(|entry| entry.kind).collect();
        assert_eq!(kinds, [RecognitionKind::Points, RecognitionKind::Thanks, RecognitionKind::Badge]);
        assert_eq!(mine(&zoe).await.points, 40);

        let notices = told(&app, &zoe).await;
        assert_eq!(notices.len(), 1, "one for all that was given at once");
        let (notice, given) = (&notices[0], notices[0].given.as_ref().expect("what was given"));
        assert_eq!((notice.kind, notice.number, notice.words.as_str()), (NoticeKind::Recognition, Some(number), "Merci pour la croûte !"));
        assert_eq!((given.thanks, given.points, given.badge.as_ref(), given.revoked), (true, 40, Some(badge), false));
        assert!(told(&app, &ali).await.is_empty() && told(&app, &owner).await.is_empty(), "nobody else is told");

        let unread: Unread = zoe.get("/api/v1/inbox/unread").await.ok();
        assert!(unread.fresh);
        let fresh: Vec<FreshView> = zoe.get("/api/v1/me/recognition/fresh").await.ok();
        assert_eq!((fresh.len(), &fresh[0].by, &fresh[0].given), (1, owner.person(), given));
        zoe.post("/api/v1/me/recognition/seen", &json!({"at": fresh[0].at})).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(zoe.get("/api/v1/me/recognition/fresh").await.ok::<Vec<FreshView>>(), []);
        assert!(!zoe.get("/api/v1/inbox/unread").await.ok::<Unread>().fresh);

        let visitor = app.visitor();
        let page: Page<RecognitionView> = visitor.get("/api/v1/recognition").await.ok();
        assert_eq!(page.items.iter().map(|entry| &entry.person).collect::<Vec<_>>(), [zoe.person()]);
        let held: Vec<BadgeHeld> = visitor.get(&format!("/api/v1/people/{}/badges", zoe.person().handle)).await.ok();
        assert_eq!(held.iter().map(|held| (held.badge.id, held.times)).collect::<Vec<_>>(), [(badge.id, 1)]);
        owner.patch(&format!("/api/v1/boards/{}", board.slug), &json!({"audience": "staff"})).await.nothing(StatusCode::OK);
        assert_eq!(visitor.get("/api/v1/recognition").await.ok::<Page<RecognitionView>>().items, []);
        assert_eq!(visitor.get(&format!("/api/v1/people/{}/badges", zoe.person().handle)).await.ok::<Vec<BadgeHeld>>(), []);
        let own: Page<RecognitionView> = zoe.get("/api/v1/me/recognition/entries").await.ok();
        assert!(own.items.len() == 3 && own.items.iter().all(|entry| entry.idea.is_none()), "theirs, without what they do not see");
    }

    a_retried_request_gives_once_and_a_key_stands_for_one(app) {
        let (owner, zoe, _, _, idea) = scene(&app).await;
        let send = async |request: &Value| {
            let builder = owner.request(http::Method::POST, "/api/v1/recognition")
                .header("content-type", "application/json").header("idempotency-key", "k1");
            owner.send(builder, serde_json::to_vec(request).expect("JSON")).await
        };
        let request = thanks(&idea, &zoe, 40);
        let first: Vec<RecognitionView> = send(&request).await.created();
        assert_eq!(send(&request).await.created::<Vec<RecognitionView>>(), first);
        assert_eq!(mine(&zoe).await.points, 40);
        send(&thanks(&idea, &zoe, 41)).await.problem(Code::IdempotencyKey);
    }

    all_who_are_named_or_nobody(app) {
        let (owner, zoe, ali, board, idea) = scene(&app).await;
        let number = idea.card.number;
        owner.put(&format!("/api/v1/recognition/budgets/{}", board.slug), &json!({"monthly": 60})).await.nothing(StatusCode::OK);
        let to = json!([{"person": zoe.person().id, "points": 40}, {"person": ali.person().id, "points": 30}]);
        let request = json!({"idea": number, "words": "Merci", "to": to});
        let refused = owner.post("/api/v1/recognition", &request).await.invalid(&["points"]);
        assert_eq!((refused.fields["points"].code, refused.fields["points"].limit), (FieldCode::Budget, Some(60)));
        assert_eq!((mine(&zoe).await.points, mine(&ali).await.points), (0, 0));
        for (request, field) in [
            (json!({"idea": number, "words": " ", "thanks": true, "to": [{"person": zoe.person().id}]}), "words"),
            (json!({"idea": number, "words": "x".repeat(501), "thanks": true, "to": [{"person": zoe.person().id}]}), "words"),
            (json!({"idea": number, "words": "Merci", "to": [{"person": zoe.person().id}]}), "points"),
            (json!({"idea": number, "words": "Merci", "thanks": true, "to": []}), "to"),
            (json!({"idea": number, "words": "Merci", "thanks": true, "to": [{"person": zoe.person().id}, {"person": zoe.person().id}]}), "to"),
            (json!({"idea": number, "words": "Merci", "badge": uuid::Uuid::now_v7(), "to": [{"person": zoe.person().id}]}), "badge"),
            (json!({"idea": number, "words": "Merci", "perk": uuid::Uuid::now_v7(), "to": [{"person": zoe.person().id}]}), "perk"),
            (json!({"words": "Merci", "thanks": true, "to": [{"person": zoe.person().id}]}), "board"),
        ] {
            owner.post("/api/v1/recognition", &request).await.invalid(&[field]);
        }
        let oneself = json!({"idea": number, "words": "Bravo", "thanks": true, "to": [{"person": owner.person().id}]});
        owner.post("/api/v1/recognition", &oneself).await.problem(Code::Role);
    }

    a_badge_is_given_once_for_an_idea_and_once_without(app) {
        let (owner, zoe, _, board, idea) = scene(&app).await;
        let badges: Vec<BadgeView> = owner.get("/api/v1/badges").await.ok();
        let to = json!([{"person": zoe.person().id}]);
        let of_idea = json!({"idea": idea.card.number, "words": "Merci", "badge": badges[1].id, "to": to});
        let of_board = json!({"board": board.slug, "words": "Merci", "badge": badges[1].id, "to": to});
        let made = recognise(&owner, &of_idea).await;
        recognise(&owner, &of_board).await;
        for again in [&of_idea, &of_board] {
            let refused = owner.post("/api/v1/recognition", again).await.invalid(&["badge"]);
            assert_eq!(refused.fields["badge"].code, FieldCode::HasBadge);
        }
        let revocation = format!("/api/v1/recognition/{}/revocation", made[0].id);
        owner.put(&revocation, &json!({"words": "Une erreur"})).await.nothing(StatusCode::NO_CONTENT);
        recognise(&owner, &of_idea).await;
        let retired = json!({"icon": "pens", "fr": "C", "en": "C", "meaning_fr": "C", "meaning_en": "C", "retired": true});
        owner.put(&format!("/api/v1/badges/{}", badges[1].id), &retired).await.nothing(StatusCode::OK);
        let other = app.person(Role::Customer).await;
        let request = json!({"board": board.slug, "words": "Merci", "badge": badges[1].id, "to": [{"person": other.person().id}]});
        owner.post("/api/v1/recognition", &request).await.invalid(&["badge"]);
        let held: Vec<BadgeHeld> = zoe.get(&format!("/api/v1/people/{}/badges", zoe.person().handle)).await.ok();
        assert_eq!((held.len(), held[0].times, held[0].badge.retired), (1, 2, true), "who has it keeps it");
    }

    a_code_is_had_once_and_shown_to_nobody_else(app) {
        let (owner, zoe, ali, board, idea) = scene(&app).await;
        let moderator = app.person(Role::Moderator).await;
        let made = perk(&owner, None, "PAIN-1\n PAIN-2 \n\nPAIN-1\n").await;
        assert_eq!((made.stock, made.coded), (2, true));
        for who in [&zoe, &ali] {
            recognise(&owner, &thanks(&idea, who, 100)).await;
        }
        let claims = format!("/api/v1/perks/{}/claims", made.id);
        let claim = async |who: &Client, key: &str| {
            who.send(who.request(http::Method::POST, &claims).header("idempotency-key", key), Vec::new()).await
        };
        let (first, again) = tokio::join!(claim(&zoe, "a"), claim(&zoe, "a"));
        let (first, again): (HeldPerk, HeldPerk) = (first.created(), again.created());
        assert_eq!((first.code.as_deref(), first.price), (Some("PAIN-1"), 30));
        assert_eq!(again, first, "the same press twice has it once");
        assert_eq!(mine(&zoe).await.points, 70);
        let of_ali: HeldPerk = claim(&ali, "a").await.created();
        assert_eq!(of_ali.code.as_deref(), Some("PAIN-2"));
        claim(&ali, "b").await.problem(Code::PerkGone);
        assert_eq!(mine(&ali).await.points, 70, "who got none keeps the points");
        assert_eq!(mine(&zoe).await.perks.iter().map(|held| held.code.as_deref()).collect::<Vec<_>>(), [Some("PAIN-1")]);

        for who in [&owner, &moderator, &ali, &app.visitor()] {
            let mut seen = everything(who, &zoe, &idea, &board).await;
            for path in ["/api/v1/perks", "/api/v1/me/recognition", "/api/v1/me/recognition/entries", "/api/v1/recognition/ledger",
                "/api/v1/recognition/ledger.csv", "/api/v1/audit", "/api/v1/inbox"] {
                seen.push_str(&String::from_utf8_lossy(&who.get(path).await.body));
            }
            assert!(!seen.contains("PAIN-1"), "{seen}");
        }
        let entry = first.entry;
        owner.put(&format!("/api/v1/recognition/{entry}/revocation"), &json!({"words": "Une erreur"})).await.nothing(StatusCode::NO_CONTENT);
        let after = mine(&zoe).await;
        assert_eq!((after.points, after.perks.len()), (100, 0), "the points come back, the code does not stay");
        claim(&zoe, "a").await.problem(Code::Revoked);
        claim(&zoe, "c").await.problem(Code::PerkGone);
        let codes = format!("/api/v1/perks/{}/codes", made.id);
        let added: CodesAdded = moderator.post(&codes, &json!({"codes": "PAIN-2\nPAIN-3"})).await.ok();
        assert_eq!((added.added, added.repeated, added.perk.stock), (1, 1, 1));
        assert_eq!(claim(&zoe, "d").await.created::<HeldPerk>().code.as_deref(), Some("PAIN-3"));
    }

    what_was_spent_is_not_taken_back_and_nothing_is_taken_back_twice(app) {
        let (owner, zoe, _, board, idea) = scene(&app).await;
        let made = recognise(&owner, &thanks(&idea, &zoe, 40)).await;
        let coffee = perk(&owner, Some(1), "").await;
        let too_dear = zoe.post(&format!("/api/v1/perks/{}/claims", perk(&owner, Some(1), "").await.id), &json!(null)).await;
        too_dear.nothing(StatusCode::CREATED);
        zoe.post(&format!("/api/v1/perks/{}/claims", coffee.id), &json!(null)).await.problem(Code::NoPointsLeft);
        let revocation = |entry: &RecognitionView| format!("/api/v1/recognition/{}/revocation", entry.id);
        let refused = owner.put(&revocation(&made[0]), &json!({"words": "Trop"})).await.problem(Code::PointsSpent);
        assert_eq!(refused.left, Some(10));
        owner.put(&revocation(&made[1]), &json!({"words": ""})).await.invalid(&["words"]);
        owner.put(&revocation(&made[1]), &json!({"words": "Une erreur"})).await.nothing(StatusCode::NO_CONTENT);
        owner.put(&revocation(&made[1]), &json!({"words": "Encore"})).await.problem(Code::Revoked);
        let notices = told(&app, &zoe).await;
        assert_eq!((notices[0].words.as_str(), notices[0].given.as_ref().map(|given| given.revoked)), ("Une erreur", Some(true)));
        assert_eq!(zoe.get("/api/v1/recognition").await.ok::<Page<RecognitionView>>().items, []);
        let lines = ledger(&owner, &format!("&board={}", board.slug)).await;
        let kinds: Vec<_> = lines.iter().map(|line| (line.entry.kind, line.entry.revoked, line.revokes.is_some())).collect();
        assert_eq!(kinds, [
            (RecognitionKind::Revocation, false, true),
            (RecognitionKind::Thanks, true, false),
            (RecognitionKind::Points, false, false),
        ]);
        let unknown = format!("/api/v1/recognition/{}/revocation", uuid::Uuid::now_v7());
        owner.put(&unknown, &json!({"words": "Non"})).await.problem(Code::NotFound);
        zoe.put(&unknown, &json!({"words": "Non"})).await.problem(Code::Role);
    }

    who_keeps_it_private_stays_private_in_every_answer(app) {
        let (owner, zoe, ali, board, idea) = scene(&app).await;
        let moderator = app.person(Role::Moderator).await;
        let badges: Vec<BadgeView> = owner.get("/api/v1/badges").await.ok();
        let mut request = thanks(&idea, &zoe, 10);
        request["badge"] = json!(badges[4].id);
        recognise(&owner, &request).await;
        let words = "Merci pour la croûte";
        assert!(everything(&ali, &zoe, &idea, &board).await.contains(words), "the test would see it");
        zoe.put("/api/v1/me/recognition/choices", &json!({"private": true, "unlisted": false})).await.nothing(StatusCode::OK);
        for who in [&ali, &app.visitor(), &app.person(Role::Researcher).await] {
            let seen = everything(who, &zoe, &idea, &board).await;
            assert!(!seen.contains(words) && !seen.contains("Good question"), "{seen}");
        }
        let beside = format!("/api/v1/ideas/{}/recognition", idea.card.number);
        for who in [&zoe, &moderator, &owner] {
            let seen: Vec<RecognitionView> = who.get(&beside).await.ok();
            assert!(seen.len() == 2 && seen.iter().all(|entry| entry.private), "{seen:?}");
            assert_eq!(who.get("/api/v1/recognition").await.ok::<Page<RecognitionView>>().items, [], "nor is it in lists");
        }
        assert_eq!(ledger(&owner, "").await.len(), 3);
        zoe.put("/api/v1/me/recognition/choices", &json!({"private": false, "unlisted": false})).await.nothing(StatusCode::OK);
        assert!(everything(&ali, &zoe, &idea, &board).await.contains(words), "and back at once");
        let secret = json!({"idea": idea.card.number, "words": "Entre nous", "thanks": true, "private": true,
            "to": [{"person": zoe.person().id}]});
        recognise(&owner, &secret).await;
        assert!(!everything(&ali, &zoe, &idea, &board).await.contains("Entre nous"));
        assert!(everything(&zoe, &zoe, &idea, &board).await.contains("Entre nous"), "it is there for who it is for");
    }

    owners_read_the_ledger_and_take_it_along(app) {
        let (owner, zoe, ali, board, idea) = scene(&app).await;
        let to = |who: &Client| json!([{"person": who.person().id, "points": 7}]);
        for (who, words) in [(&zoe, "=HYPERLINK(\"http://x\",\"y\")"), (&ali, "Merci, \"vraiment\"\nbien")] {
            recognise(&owner, &json!({"idea": idea.card.number, "words": words, "thanks": true, "to": to(who)})).await;
        }
        let csv = owner.get("/api/v1/recognition/ledger.csv").await;
        csv.nothing(StatusCode::OK);
        let text = String::from_utf8(csv.body.to_vec()).expect("UTF-8");
        assert!(text.starts_with('\u{feff}') && text.ends_with("\r\n"));
        assert!(text.contains("\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""), "{text}");
        assert!(text.contains("\"Merci, \"\"vraiment\"\"\nbien\""), "{text}");
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
        assert_eq!((rows.len(), rows.iter().all(|row| row.len() == 18)), (4, true));
        assert!(csv.headers["content-type"].to_str().is_ok_and(|kind| kind.starts_with("text/csv")));

        // A browser is sent it compressed, whole too.
        let squeezed = owner.request(Method::GET, "/api/v1/recognition/ledger.csv").header(ACCEPT_ENCODING, "gzip");
        let squeezed = owner.send(squeezed, "").await;
        assert_eq!(squeezed.headers[CONTENT_ENCODING], "gzip");
        let mut read = String::new();
        flate2::read::GzDecoder::new(&*squeezed.body).read_to_string(&mut read).expect("a whole file");
        assert_eq!(read, text);

        let mut seen = Vec::new();
        let mut after = String::new();
        loop {
            let page: Page<LedgerLine> = owner.get(&format!("/api/v1/recognition/ledger?limit=3{after}")).await.ok();
            seen.extend(page.items);
            let Some(next) = page.next else { break };
            after = format!("&cursor={next}");
        }
        assert_eq!(seen, ledger(&owner, "").await);
        assert_eq!(ledger(&owner, &format!("&person={}", zoe.person().handle)).await.len(), 2);
        assert_eq!(ledger(&owner, "&kind=points").await.len(), 2);
        assert_eq!(ledger(&owner, &format!("&board={}&kind=thanks", board.slug)).await.len(), 2);
        assert_eq!(ledger(&owner, "&person=nobody").await, []);
        let totals: LedgerTotals = owner.get("/api/v1/recognition/totals").await.ok();
        assert_eq!((totals.entries, totals.given, totals.spent, totals.taken), (4, 14, 0, 0));
    }

    what_stands_out_is_flagged_until_an_owner_has_looked(app) {
        let (owner, zoe, _, board, idea) = scene(&app).await;
        let (marie, noor) = (app.person(Role::Moderator).await, app.person(Role::Moderator).await);
        recognise(&marie, &thanks(&idea, &zoe, 10)).await;
        assert_eq!(ledger(&owner, "&flagged=true").await, [], "what is usual is not flagged");
        recognise(&marie, &thanks(&idea, &zoe, 10)).await;
        recognise(&marie, &thanks(&idea, &zoe, 10)).await;
        let kinds = async || -> Vec<(&'static str, u32, u32)> {
            let lines = ledger(&owner, "&flagged=true").await;
            lines.iter().flat_map(|line| &line.flags).filter(|flag| flag.dismissed.is_none())
                .map(|flag| (flag.kind.as_str(), flag.value, flag.usual)).collect()
        };
        assert_eq!(kinds().await, [("pair", 3, 30)]);
        let flag = ledger(&owner, "&flagged=true").await[0].flags[0].id;
        let dismissal = format!("/api/v1/recognition/flags/{flag}/dismissal");
        owner.put(&dismissal, &json!({"words": ""})).await.invalid(&["words"]);
        owner.put(&dismissal, &json!({"words": "C’est son idée."})).await.nothing(StatusCode::NO_CONTENT);
        owner.put(&dismissal, &json!({"words": "Encore"})).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(kinds().await, []);
        let words: Vec<_> = ledger(&owner, "").await.into_iter().flat_map(|line| line.flags).filter_map(|flag| flag.dismissed).collect();
        assert_eq!(words, ["C’est son idée."], "the first word stands");

        let to = |who: &Client| json!({"board": board.slug, "words": "Merci", "thanks": true, "to": [{"person": who.person().id}]});
        recognise(&marie, &to(&noor)).await;
        assert_eq!(kinds().await, []);
        recognise(&noor, &to(&marie)).await;
        assert_eq!(kinds().await, [("mutual", 1, 30)]);
        let others: Vec<Client> = vec![app.person(Role::Customer).await, app.person(Role::Customer).await];
        for who in &others {
            recognise(&owner, &thanks(&idea, who, 10)).await;
        }
        recognise(&owner, &thanks(&idea, &app.person(Role::Customer).await, 41)).await;
        assert_eq!(kinds().await[0], ("size", 41, 10));
        recognise(&owner, &thanks(&idea, &app.person(Role::Customer).await, 201)).await;
        let found = kinds().await;
        assert!(found.contains(&("share", 201, 500)) && found.contains(&("size", 201, 10)), "{found:?}");
        for _ in 0..7 {
            recognise(&owner, &to(&app.person(Role::Customer).await)).await;
        }
        assert_eq!(kinds().await[0], ("frequency", 11, 10));
    }

    the_desk_lists_what_got_somewhere_until_somebody_is_recognised(app) {
        let (owner, zoe, _, board, idea) = scene(&app).await;
        let number = idea.card.number;
        let listed = async || -> Vec<(u32, bool, Option<String>)> {
            let page: Page<Deserving> = owner.get("/api/v1/desk/recognise").await.ok();
            page.items.into_iter().map(|one| (one.idea.number, one.launched, one.milestone)).collect()
        };
        assert_eq!(listed().await, []);
        let pass = format!("/api/v1/desk/recognise/{number}/pass");
        owner.put(&pass, &json!(null)).await.problem(Code::NotFound);
        let milestones = format!("/api/v1/ideas/{number}/milestones");
        let reach = async |title: &str| {
            owner.post(&milestones, &json!({"title": title, "done": true})).await.nothing(StatusCode::CREATED);
        };
        reach("Première fournée").await;
        assert_eq!(listed().await, [(number, false, Some("Première fournée".to_owned()))]);
        for _ in 0..2 {
            owner.put(&pass, &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        }
        assert_eq!(listed().await, []);
        assert_eq!(app.number("SELECT count(*) FROM audit WHERE act = 'recognition.pass'").await, 1);
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        let launched = board.stages.iter().find(|stage| stage.kind == shared::api::StageKind::Launched).expect("one").id;
        owner.put(&format!("/api/v1/ideas/{number}/stage"), &json!({"stage": launched})).await.nothing(StatusCode::OK);
        assert_eq!(listed().await, [(number, true, Some("Première fournée".to_owned()))]);
        recognise(&owner, &thanks(&idea, &zoe, 0)).await;
        assert_eq!(listed().await, []);
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        reach("Deuxième fournée").await;
        assert_eq!(listed().await.len(), 1, "what it reaches later counts anew");
    }

    customers_and_the_team_are_never_ranked_against_each_other(app) {
        let (owner, zoe, ali, board, idea) = scene(&app).await;
        let path = format!("/api/v1/ideas/{}/comments", idea.card.number);
        for (who, helpful) in [(&ali, true), (&owner, true), (&zoe, false)] {
            let said: Value = who.post(&path, &json!({"body": "Et le seigle ?"})).await.created();
            if helpful {
                let mark = format!("/api/v1/comments/{}/helpful", said["id"].as_str().expect("an id"));
                let by = if who.person().id == owner.person().id { &app.person(Role::Employee).await } else { &owner };
                let marked = by.put(&mark, &json!(null)).await;
                assert!(marked.status.is_success(), "{:?}", marked.body);
            }
        }
        let listed = async |query: &str| -> Contributors {
            app.visitor().get(&format!("/api/v1/recognition/contributors?{query}")).await.ok()
        };
        for since in ["month", "ever"] {
            let found = listed(&format!("by=helpfulness&since={since}")).await;
            assert_eq!(found.customers.iter().map(|one| &one.person).collect::<Vec<_>>(), [ali.person()], "{since}");
            assert!(found.customers[0].points > 0);
            assert_eq!(found.team, [owner.person().clone()], "named, and without a number");
        }
        ali.put("/api/v1/me/recognition/choices", &json!({"private": false, "unlisted": true})).await.nothing(StatusCode::OK);
        assert_eq!(listed("by=helpfulness").await.customers, []);
        ali.put("/api/v1/me/recognition/choices", &json!({"private": false, "unlisted": false})).await.nothing(StatusCode::OK);
        assert_eq!(listed("by=helpfulness").await.customers.len(), 1);
        owner.patch(&format!("/api/v1/boards/{}", board.slug), &json!({"audience": "staff"})).await.nothing(StatusCode::OK);
        assert_eq!(listed("by=helpfulness&since=ever").await, Contributors::default(), "nothing of what a visitor does not see");
        app.visitor().get("/api/v1/recognition/contributors?by=noise").await.problem(Code::BadRequest);
    }
}

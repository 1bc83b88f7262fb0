//! News: what people said and what was done, for those who may read it and nobody else.

use http::StatusCode;
use serde_json::{Value, json};
use shared::{
    EntryId, Role,
    api::{BoardView, CommentView, Decide, IdeaView, NewsKind, NewsStory, Outcome, Page, Subject, TimelineEntry},
};
use tests::{
    app::{App, Client},
    on_each_database,
};

/// An owner, a customer, and a public board with an idea of theirs.
pub struct Scene {
    pub owner: Client,
    pub zoe: Client,
    pub board: BoardView,
    pub idea: IdeaView,
}

impl Scene {
    pub async fn new(app: &App) -> Self {
        let (owner, zoe) = (app.person(Role::Owner).await, app.person(Role::Customer).await);
        let board = board(&owner, "Pains", "public").await;
        let new = json!({"title": "Pain du soir", "pitch": "Du pain chaud à 18 h."});
        let idea = zoe.post(&format!("/api/v1/boards/{}/ideas", board.slug), &new).await.created();
        Self { owner, zoe, board, idea }
    }

    pub async fn say(&self, kind: &str, body: &str) -> CommentView {
        say(&self.owner, &self.idea, kind, body).await
    }

    pub async fn move_to(&self, stage: usize, reason: &str) {
        move_to(&self.owner, &self.board, &self.idea, stage, reason).await;
    }

    pub async fn publish(&self, what: &str, said: Value) -> EntryId {
        publish(&self.owner, &self.idea, what, said).await
    }

    pub async fn decide(&self, subject: Subject, act: Decide) {
        let request = json!({"subject": subject, "act": act, "reason": "spam"});
        self.owner.post("/api/v1/desk/decisions", &request).await.nothing(StatusCode::OK);
    }
}

pub async fn board(owner: &Client, title: &str, audience: &str) -> BoardView {
    let new = json!({"title": title, "purpose": "", "audience": audience, "editing": "everyone"});
    owner.post("/api/v1/boards", &new).await.created()
}

pub async fn propose(who: &Client, board: &BoardView, title: &str) -> IdeaView {
    who.post(&format!("/api/v1/boards/{}/ideas", board.slug), &json!({ "title": title })).await.created()
}

pub async fn say(who: &Client, idea: &IdeaView, kind: &str, body: &str) -> CommentView {
    let path = format!("/api/v1/ideas/{}/comments", idea.card.number);
    who.post(&path, &json!({"body": body, "kind": kind})).await.created()
}

pub async fn move_to(who: &Client, board: &BoardView, idea: &IdeaView, stage: usize, reason: &str) {
    let request = json!({"stage": board.stages[stage].id, "reason": reason});
    who.put(&format!("/api/v1/ideas/{}/stage", idea.card.number), &request).await.nothing(StatusCode::OK);
}

pub async fn publish(who: &Client, idea: &IdeaView, what: &str, said: Value) -> EntryId {
    let made: TimelineEntry = who.post(&format!("/api/v1/ideas/{}/{what}", idea.card.number), &said).await.created();
    match made {
        TimelineEntry::Update(one) => one.head.id,
        TimelineEntry::Milestone(one) => one.head.id,
        TimelineEntry::Experiment(one) => one.head.id,
        other => panic!("{other:?}"),
    }
}

async fn stories(who: &Client, asked: &str) -> Vec<NewsStory> {
    who.get(&format!("/api/v1/news{asked}")).await.ok::<Page<NewsStory>>().items
}

async fn titles(who: &Client, asked: &str) -> Vec<String> {
    stories(who, asked).await.into_iter().map(|story| story.card.title).collect()
}

on_each_database! {
    a_story_says_what_was_said_and_what_was_done(app) {
        let scene = Scene::new(&app).await;
        assert_eq!(stories(&app.visitor(), "").await, [], "an idea that waits is no news");
        scene.move_to(2, "On regarde.").await;
        assert_eq!(stories(&app.visitor(), "").await, [], "nor is one on its way");
        let answer = scene.say("answer", "Dès **lundi**, promis.").await;
        let experiment = json!({"hypothesis": "H", "trial": "T", "measure": "M"});
        let experiment = scene.publish("experiments", experiment).await;
        let ended = json!({"outcome": "kept", "result": "R", "reason": "Les gens en *raffolent*."});
        scene.owner.put(&format!("/api/v1/experiments/{experiment}/conclusion"), &ended).await.nothing(StatusCode::OK);

        let told = &stories(&app.visitor(), "").await[0];
        assert_eq!((told.what, told.at, &told.came), (NewsKind::Answered, answer.created_at, &None));
        assert_eq!((told.card.pitch.as_str(), &told.card.author), ("Du pain chaud à 18 h.", scene.zoe.person()));
        assert_eq!((&told.card.shaped_by[..], told.card.shapers), (&[scene.zoe.person().clone()][..], 1));
        let answered = told.answer.as_ref().expect("an answer");
        assert_eq!((answered.comment, answered.words.as_str(), &answered.by), (answer.id, "Dès lundi, promis.", scene.owner.person()));
        let progress = told.progress.as_ref().expect("progress");
        assert_eq!((progress.entry, progress.outcome, progress.words.as_str()), (experiment, Some(Outcome::Kept), "Les gens en raffolent."));

        scene.move_to(5, "Chaque soir, depuis hier.").await;
        let update = scene.publish("updates", json!({"body": "Quarante par soir."})).await;
        let told = &stories(&app.visitor(), "").await[0];
        assert_eq!((told.what, told.came.as_ref().map(|came| came.reason.as_str())), (NewsKind::Launched, Some("Chaque soir, depuis hier.")));
        assert!(told.answer.is_some() && told.at > answer.created_at);
        let progress = told.progress.as_ref().expect("progress");
        assert_eq!((progress.entry, progress.outcome, progress.words.as_str()), (update, None, "Quarante par soir."));
    }

    stories_are_of_three_kinds_and_come_in_pages(app) {
        let scene = Scene::new(&app).await;
        let mut ideas = vec![scene.idea.clone()];
        for title in ["Deux", "Trois", "Quatre", "Cinq"] {
            ideas.push(propose(&scene.zoe, &scene.board, title).await);
        }
        say(&scene.owner, &ideas[0], "answer", "Oui.").await;
        move_to(&scene.owner, &scene.board, &ideas[1], 5, "").await;
        move_to(&scene.owner, &scene.board, &ideas[2], 6, "Le four est plein.").await;
        say(&scene.owner, &ideas[3], "answer", "Pas tout de suite.").await;
        let visitor = app.visitor();
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page: Page<NewsStory> = visitor.get(&format!("/api/v1/news?limit=3{after}")).await.ok();
            all.extend(page.items.into_iter().map(|story| story.card.title));
            let Some(next) = page.next else { break };
            after = format!("&cursor={next}");
        }
        assert_eq!(all, ["Quatre", "Trois", "Deux", "Pain du soir"]);
        assert_eq!(titles(&visitor, "?what=launched").await, ["Deux"]);
        assert_eq!(titles(&visitor, "?what=declined").await, ["Trois"]);
        assert_eq!(titles(&visitor, "?what=answered").await, ["Quatre", "Pain du soir"]);
        let declined = stories(&visitor, "?what=declined").await;
        assert_eq!(declined[0].came.as_ref().expect("why").reason, "Le four est plein.");
        visitor.get("/api/v1/news?what=nonsense").await.problem(shared::api::Code::BadRequest);
        visitor.get("/api/v1/news?limit=0").await.problem(shared::api::Code::BadRequest);
    }

    what_is_away_or_not_published_is_in_no_story(app) {
        let scene = Scene::new(&app).await;
        let (visitor, owner) = (app.visitor(), &scene.owner);
        let said = async |who: &Client| String::from_utf8(who.get("/api/v1/news").await.body.to_vec()).expect("text");
        scene.say("note", "SECRET note").await;
        scene.publish("updates", json!({"body": "SECRET draft", "staff": true})).await;
        let first = scene.say("answer", "Première réponse.").await;
        let second = scene.say("answer", "SECRET second").await;
        scene.decide(Subject::Comment(second.id), Decide::Hide).await;
        for who in [&visitor, owner] {
            let said = said(who).await;
            assert!(said.contains("Première réponse.") && !said.contains("SECRET"), "{said}");
        }
        assert_eq!(stories(&visitor, "").await[0].at, first.created_at);
        owner.delete(&format!("/api/v1/comments/{}", first.id)).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!((titles(&visitor, "").await.len(), titles(owner, "").await.len()), (0, 0));
        scene.decide(Subject::Comment(second.id), Decide::Keep).await;
        assert_eq!(titles(&visitor, "").await, ["Pain du soir"], "shown again, it is news again");

        scene.decide(Subject::Idea(scene.idea.card.id), Decide::Hide).await;
        assert_eq!((titles(&visitor, "").await.len(), titles(owner, "").await.len()), (0, 0), "no list shows what is hidden");
        scene.decide(Subject::Idea(scene.idea.card.id), Decide::Keep).await;
        assert_eq!(titles(&visitor, "").await, ["Pain du soir"]);

        let into = propose(owner, &scene.board, "Pain de nuit").await;
        let number = scene.idea.card.number;
        let merge = json!({"into": into.card.number, "reason": "La même."});
        owner.put(&format!("/api/v1/ideas/{number}/merge"), &merge).await.nothing(StatusCode::OK);
        assert_eq!(titles(&visitor, "").await.len(), 0, "an answer to the twin answers the twin alone");
        owner.delete(&format!("/api/v1/ideas/{number}/merge")).await.nothing(StatusCode::OK);
        assert_eq!(titles(&visitor, "").await, ["Pain du soir"]);
    }

    each_reads_the_stories_of_the_boards_they_see(app) {
        let owner = app.person(Role::Owner).await;
        let (employee, customer) = (app.person(Role::Employee).await, app.person(Role::Customer).await);
        for audience in ["public", "members", "staff", "invited"] {
            let made = board(&owner, audience, audience).await;
            let idea = propose(&owner, &made, audience).await;
            move_to(&owner, &made, &idea, 5, "").await;
        }
        let named = format!("/api/v1/boards/invited/members/{}", customer.person().handle);
        owner.put(&named, &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        for (who, sees) in [
            (&app.visitor(), &["public"][..]),
            (&customer, &["invited", "members", "public"]),
            (&employee, &["staff", "members", "public"]),
            (&owner, &["invited", "staff", "members", "public"]),
        ] {
            assert_eq!(titles(who, "").await, sees);
        }
        owner.delete(&named).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(titles(&customer, "").await, ["members", "public"]);
    }

    the_page_of_the_news_tells_the_same_without_a_script(app) {
        let scene = Scene::new(&app).await;
        scene.say("answer", "Dès lundi.").await;
        scene.publish("updates", json!({"body": "SECRET draft", "staff": true})).await;
        for who in [&app.visitor(), &scene.owner] {
            let page = who.get("/news").await;
            page.nothing(StatusCode::OK);
            let html = String::from_utf8(page.body.to_vec()).expect("text");
            for words in ["Pain du soir", "Du pain chaud à 18 h.", "Dès lundi.", "application/atom+xml"] {
                assert!(html.contains(words), "{words}");
            }
            assert!(!html.contains("SECRET"));
        }
    }
}

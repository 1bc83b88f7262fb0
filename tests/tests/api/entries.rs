//! Progress that is published: the whole path of updates, milestones and experiments. Who may is in the tables of `rights`.

mod order;
mod percent;
mod unpublished;
mod wrong;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use shared::{
    EntryId, Role,
    api::{
        BoardView, Code, EntryVersion, ExperimentView, IdeaView, MilestoneView, Outcome, Page, TimelineEntry,
        UpdateView,
    },
};
use tests::{
    app::{Answer, App, Client},
    on_each_database,
};

/// A board with an idea of Zoé's, and those around it.
pub struct Scene {
    pub owner: Client,
    pub marie: Client,
    pub rita: Client,
    pub remi: Client,
    pub ben: Client,
    pub zoe: Client,
    pub visitor: Client,
    pub board: BoardView,
    pub idea: IdeaView,
}

impl Scene {
    /// On a board of this audience.
    pub async fn of(app: &App, audience: &str) -> Self {
        let owner = app.person(Role::Owner).await;
        let new = json!({"title": "Pains", "purpose": "", "audience": audience, "editing": "everyone"});
        let board: BoardView = owner.post("/api/v1/boards", &new).await.created();
        let zoe = app.person(if audience == "staff" { Role::Employee } else { Role::Customer }).await;
        let (rita, remi) = (app.person(Role::Researcher).await, app.person(Role::Researcher).await);
        let ben = app.person(Role::Employee).await;
        for who in [&zoe, &rita, &ben] {
            let path = format!("/api/v1/boards/{}/members/{}", board.slug, who.person().handle);
            owner.put(&path, &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        }
        let new = json!({"title": "Pain du soir", "body": "Cuit à dix-huit heures."});
        let idea = zoe.post(&format!("/api/v1/boards/{}/ideas", board.slug), &new).await.created();
        let marie = app.person(Role::Moderator).await;
        Self { owner, marie, rita, remi, ben, zoe, visitor: app.visitor(), board, idea }
    }

    /// On a public board.
    pub async fn new(app: &App) -> Self {
        Self::of(app, "public").await
    }

    /// The address of the idea, or of what is under it.
    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/ideas/{}{rest}", self.idea.card.number)
    }

    pub async fn seen_by(&self, who: &Client) -> IdeaView {
        who.get(&self.path("")).await.ok()
    }

    pub async fn timeline(&self, who: &Client) -> Vec<TimelineEntry> {
        who.get(&self.path("/timeline?limit=100")).await.ok::<Page<TimelineEntry>>().items
    }

    /// Publishes an update, by Rita.
    pub async fn update(&self, said: Value) -> UpdateView {
        update(self.rita.post(&self.path("/updates"), &said).await.created())
    }

    /// Adds a milestone, by Rita.
    pub async fn milestone(&self, said: Value) -> MilestoneView {
        milestone(self.rita.post(&self.path("/milestones"), &said).await.created())
    }

    /// Begins an experiment, by Rita.
    pub async fn experiment(&self, said: Value) -> ExperimentView {
        experiment(self.rita.post(&self.path("/experiments"), &said).await.created())
    }
}

#[track_caller]
pub fn update(entry: TimelineEntry) -> UpdateView {
    if let TimelineEntry::Update(update) = entry { update } else { panic!("no update: {entry:?}") }
}

#[track_caller]
pub fn milestone(entry: TimelineEntry) -> MilestoneView {
    if let TimelineEntry::Milestone(milestone) = entry { milestone } else { panic!("no milestone: {entry:?}") }
}

#[track_caller]
pub fn experiment(entry: TimelineEntry) -> ExperimentView {
    if let TimelineEntry::Experiment(one) = entry { one } else { panic!("no experiment: {entry:?}") }
}

pub fn trial() -> Value {
    json!({"hypothesis": "On vient le soir.", "trial": "Cuire à 17 h.", "measure": "Ce qui reste à 19 h."})
}

pub fn ended(outcome: &str, reason: &str) -> Value {
    json!({"outcome": outcome, "result": "Il reste **trois** pains.", "reason": reason})
}

pub fn address(kind: &str, id: EntryId) -> String {
    format!("/api/v1/{kind}/{id}")
}

async fn versions(who: &Client, id: EntryId) -> Vec<EntryVersion> {
    who.get(&format!("/api/v1/progress/{id}/versions")).await.ok()
}

async fn with_key(who: &Client, path: &str, key: &str, said: &Value) -> Answer {
    let request = who.request(Method::POST, path).header("content-type", "application/json");
    who.send(request.header("idempotency-key", key), said.to_string()).await
}

on_each_database! {
    an_update_is_published_changed_by_its_author_and_taken_away(app) {
        let scene = Scene::new(&app).await;
        let said = scene.update(json!({"body": " Le **four** chauffe.\r\nEnfin. ", "percent": 40})).await;
        assert_eq!((said.body.as_str(), said.percent), ("Le **four** chauffe.\nEnfin.", Some(40)));
        assert!(said.body_html.contains("<strong>four</strong>"), "{}", said.body_html);
        assert_eq!((&said.head.by, said.head.edited_at), (scene.rita.person(), None));
        assert_eq!(said.head.published_at, Some(said.head.created_at));
        assert!(said.head.may_edit && said.head.may_remove);
        for (who, removes) in [(&scene.visitor, false), (&scene.zoe, false), (&scene.remi, false), (&scene.marie, true)] {
            let [entry] = &scene.timeline(who).await[..] else { panic!("one entry") };
            let seen = update(entry.clone());
            assert_eq!((seen.head.may_edit, seen.head.may_remove), (false, removes));
            assert_eq!((seen.body, seen.head.id), (said.body.clone(), said.head.id));
        }

        let path = address("updates", said.head.id);
        let other = json!({"body": "Le four est chaud.", "percent": 60});
        for (who, code) in [(&scene.visitor, Code::SignIn), (&scene.zoe, Code::Role), (&scene.ben, Code::Role),
            (&scene.remi, Code::Role), (&scene.marie, Code::Role)] {
            who.put(&path, &other).await.problem(code);
        }
        let changed = update(scene.rita.put(&path, &other).await.ok());
        assert_eq!((changed.body.as_str(), changed.percent), ("Le four est chaud.", Some(60)));
        assert!(changed.head.edited_at > Some(said.head.created_at));
        assert_eq!(update(scene.rita.put(&path, &other).await.ok()), changed, "the same again changes nothing");
        let [before] = &versions(&scene.visitor, said.head.id).await[..] else { panic!("one version") };
        assert_eq!((&before.by, Some(before.until)), (scene.rita.person(), changed.head.edited_at));
        let parts: Vec<_> = before.said.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(parts, [("body", "Le **four** chauffe.\nEnfin."), ("percent", "40")]);
        for kind in ["milestones", "experiments"] {
            scene.rita.delete(&address(kind, said.head.id)).await.problem(Code::NotFound);
        }

        for (who, code) in [(&scene.visitor, Code::SignIn), (&scene.zoe, Code::Role), (&scene.remi, Code::Role)] {
            who.delete(&path).await.problem(code);
        }
        scene.marie.delete(&path).await.nothing(StatusCode::NO_CONTENT);
        scene.marie.delete(&path).await.problem(Code::NotFound);
        scene.rita.put(&path, &other).await.problem(Code::NotFound);
        scene.rita.get(&format!("/api/v1/progress/{}/versions", said.head.id)).await.problem(Code::NotFound);
        assert_eq!(scene.timeline(&scene.owner).await, []);
        assert_eq!(app.number("SELECT count(*) FROM entry WHERE removed_at IS NOT NULL AND removed_by IS NOT NULL").await, 1);
        assert_eq!(app.number("SELECT count(*) FROM audit WHERE act IN ('update.publish', 'update.edit', 'progress.remove')").await, 3);
    }

    a_milestone_is_everybodys_who_publishes_and_in_the_timeline_once_it_is_reached(app) {
        let scene = Scene::new(&app).await;
        let last = scene.milestone(json!({"title": "Vendre"})).await;
        scene.milestone(json!({"title": "Cuire", "due_on": "2027-03-31"})).await;
        let first = scene.milestone(json!({"title": " Pétrir ", "due_on": "2027-02-28"})).await;
        assert_eq!((first.title.as_str(), first.due_on.as_deref(), first.done_at), ("Pétrir", Some("2027-02-28"), None));
        let order = async || -> Vec<String> {
            scene.seen_by(&scene.visitor).await.milestones.into_iter().map(|milestone| milestone.title).collect()
        };
        assert_eq!(order().await, ["Pétrir", "Cuire", "Vendre"]);
        assert_eq!(scene.timeline(&scene.visitor).await, []);

        let path = address("milestones", last.head.id);
        scene.zoe.put(&path, &json!({"title": "Vendre", "done": true})).await.problem(Code::Role);
        let reached = milestone(scene.remi.put(&path, &json!({"title": "Vendre", "done": true})).await.ok());
        assert!(reached.done_at >= Some(last.head.created_at) && reached.head.edited_at.is_none());
        assert_eq!(order().await, ["Vendre", "Pétrir", "Cuire"], "what is reached comes first");
        let [entry] = &scene.timeline(&scene.visitor).await[..] else { panic!("one entry") };
        assert_eq!((entry.at(), milestone(entry.clone()).title.as_str()), (reached.done_at.expect("reached"), "Vendre"));
        let undone = milestone(scene.remi.put(&path, &json!({"title": "Tout vendre"})).await.ok());
        assert_eq!((undone.done_at, undone.title.as_str()), (None, "Tout vendre"));
        assert_eq!(scene.timeline(&scene.visitor).await, []);
        let [before] = &versions(&scene.visitor, last.head.id).await[..] else { panic!("one version") };
        assert_eq!((&before.by, before.said["title"].as_str(), before.said.len()), (scene.remi.person(), "Vendre", 1));

        assert!(!milestone(scene.remi.put(&path, &json!({"title": "Vendre"})).await.ok()).head.may_remove);
        scene.remi.delete(&path).await.problem(Code::Role);
        scene.rita.delete(&path).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(order().await, ["Pétrir", "Cuire"]);
        let at_once = scene.milestone(json!({"title": "Livrer", "done": true})).await;
        assert!(at_once.done_at.is_some());
        assert_eq!(scene.timeline(&scene.visitor).await.len(), 1);
    }

    an_experiment_is_concluded_and_concluded_anew_and_stays_what_it_was(app) {
        let scene = Scene::new(&app).await;
        let begun = scene.experiment(trial()).await;
        assert_eq!((begun.conclusion.as_ref(), begun.before.len()), (None, 0));
        let path = address("experiments", begun.head.id);
        let mut otherwise = trial();
        otherwise["measure"] = json!("Ce qui reste à 20 h.");
        let changed = experiment(scene.remi.put(&path, &otherwise).await.ok());
        assert_eq!(changed.measure, "Ce qui reste à 20 h.");
        assert_eq!(versions(&scene.visitor, begun.head.id).await[0].said["measure"], "Ce qui reste à 19 h.");

        let conclusion = format!("{path}/conclusion");
        for (who, code) in [(&scene.visitor, Code::SignIn), (&scene.zoe, Code::Role), (&scene.ben, Code::Role)] {
            who.put(&conclusion, &ended("kept", "Ça marche.")).await.problem(code);
        }
        let kept = experiment(scene.remi.put(&conclusion, &ended("kept", "Ça marche.")).await.ok());
        let first = kept.conclusion.clone().expect("it was concluded");
        assert_eq!((first.outcome, first.reason.as_str(), &first.by), (Outcome::Kept, "Ça marche.", scene.remi.person()));
        assert!(first.result_html.contains("<strong>trois</strong>"), "{}", first.result_html);
        assert!(!kept.head.may_edit, "what it was stays as it was said");
        scene.rita.put(&path, &trial()).await.problem(Code::Concluded);
        scene.rita.put(&path, &otherwise).await.nothing(StatusCode::OK);
        assert_eq!(experiment(scene.remi.put(&conclusion, &ended("kept", "Ça marche.")).await.ok()), kept);

        let again = experiment(scene.rita.put(&conclusion, &ended("reverted", "Plus en été.")).await.ok());
        let last = again.conclusion.as_ref().expect("it was concluded");
        assert_eq!((last.outcome, last.reason.as_str(), &last.by), (Outcome::Reverted, "Plus en été.", scene.rita.person()));
        assert!(last.at > first.at);
        assert_eq!(again.before, [first]);
        let [entry] = &scene.timeline(&scene.visitor).await[..] else { panic!("one entry") };
        assert_eq!(entry.at(), last.at);
        assert_eq!(experiment(entry.clone()).conclusion, again.conclusion);
        assert_eq!(app.number("SELECT count(*) FROM audit WHERE act = 'experiment.conclude'").await, 2);
        scene.rita.put(&format!("{}/conclusion", address("experiments", EntryId::new())), &ended("kept", "x")).await.problem(Code::NotFound);
        let update = scene.update(json!({"body": "x"})).await.head.id;
        scene.rita.put(&format!("{}/conclusion", address("experiments", update)), &ended("kept", "x")).await.problem(Code::NotFound);
    }

    the_same_request_again_makes_nothing_new(app) {
        let scene = Scene::new(&app).await;
        let path = scene.path("/updates");
        let said = json!({"body": "Le four chauffe.", "percent": 10});
        let made = update(with_key(&scene.rita, &path, "k1", &said).await.created());
        assert_eq!(update(with_key(&scene.rita, &path, "k1", &said).await.created()), made);
        for other in [json!({"body": "Autre chose.", "percent": 10}), json!({"body": "Le four chauffe.", "percent": 11}),
            json!({"body": "Le four chauffe.", "percent": 10, "staff": true})] {
            with_key(&scene.rita, &path, "k1", &other).await.problem(Code::IdempotencyKey);
        }
        with_key(&scene.rita, &scene.path("/milestones"), "k1", &json!({"title": "Cuire"})).await.problem(Code::IdempotencyKey);
        with_key(&scene.rita, &path, "", &said).await.problem(Code::BadRequest);
        let of_remi = update(with_key(&scene.remi, &path, "k1", &said).await.created());
        assert_ne!(of_remi.head.id, made.head.id, "another person's key is another key");
        assert_eq!(app.number("SELECT count(*) FROM entry").await, 2);
        assert_eq!(app.number("SELECT count(*) FROM happening WHERE kind = 'update'").await, 2);

        for (path, said) in [(scene.path("/updates"), said), (scene.path("/milestones"), json!({"title": "Cuire", "done": true})),
            (scene.path("/experiments"), trial())] {
            let key = format!("at once {path}").replace(' ', "-");
            let (a, b, c) = tokio::join!(
                with_key(&scene.rita, &path, &key, &said), with_key(&scene.rita, &path, &key, &said),
                with_key(&scene.rita, &path, &key, &said),
            );
            let first: TimelineEntry = a.created();
            assert_eq!((b.created::<TimelineEntry>(), c.created::<TimelineEntry>()), (first.clone(), first));
        }
        assert_eq!(app.number("SELECT count(*) FROM entry").await, 5);
        assert_eq!(app.number("SELECT count(*) FROM audit WHERE act IN ('update.publish', 'milestone.add', 'experiment.begin')").await, 5);

        scene.rita.delete(&address("updates", made.head.id)).await.nothing(StatusCode::NO_CONTENT);
        with_key(&scene.rita, &path, "k1", &json!({"body": "Le four chauffe.", "percent": 10})).await.problem(Code::NotFound);
    }

    those_who_change_an_entry_at_once_lose_nothing(app) {
        let scene = Scene::new(&app).await;
        let id = scene.milestone(json!({"title": "0"})).await.head.id;
        let path = address("milestones", id);
        let change = async |who: &Client, title: &str| who.put(&path, &json!({ "title": title })).await.status;
        let (a, b, c, d) = tokio::join!(
            change(&scene.rita, "1"), change(&scene.remi, "2"), change(&scene.rita, "3"), change(&scene.owner, "4"),
        );
        assert_eq!([a, b, c, d], [StatusCode::OK; 4]);
        let before = versions(&scene.visitor, id).await;
        let mut all: Vec<String> = before.iter().map(|version| version.said["title"].clone()).collect();
        all.push(scene.seen_by(&scene.visitor).await.milestones[0].title.clone());
        all.sort();
        assert_eq!(all, ["0", "1", "2", "3", "4"]);
        assert!(before.windows(2).all(|pair| pair[0].until > pair[1].until));
    }
}

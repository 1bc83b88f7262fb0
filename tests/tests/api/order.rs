//! Keeping order: reports, decisions, what is hidden, and first posts that wait.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};
use server::jobs::inbox::deliver_all;
use shared::{
    CommentId, IdeaId, PersonId, Role,
    api::{
        BoardView, CaseView, Code, CommentView, Decide, Decided, DeskCount, IdeaCard, IdeaView, NoticeView, Numbers,
        Page, Reason, RulingKind, RulingView, Subject, Thread, Unread,
    },
    rules::Away,
};
use tests::{
    app::{Answer, App, Client},
    on_each_database,
};

/// A moderator, two customers, and a board with an idea of the first.
struct Scene {
    marie: Client,
    zoe: Client,
    ali: Client,
    board: BoardView,
    idea: IdeaView,
}

impl Scene {
    async fn new(app: &App) -> Self {
        let marie = app.person(Role::Moderator).await;
        let (zoe, ali) = (app.person(Role::Customer).await, app.person(Role::Customer).await);
        let board = json!({"title": "Pains", "audience": "public", "editing": "everyone"});
        let board: BoardView = marie.post("/api/v1/boards", &board).await.created();
        let idea = propose(&zoe, &board, "Flan du soir").await;
        Self { marie, zoe, ali, board, idea }
    }

    fn path(&self) -> String {
        format!("/api/v1/ideas/{}", self.idea.card.number)
    }

    async fn say(&self, who: &Client, body: &str) -> CommentView {
        who.post(&format!("{}/comments", self.path()), &json!({ "body": body })).await.created()
    }

    async fn threads(&self, who: &Client) -> Vec<Thread> {
        who.get(&format!("{}/comments", self.path())).await.ok::<Page<Thread>>().items
    }
}

async fn propose(who: &Client, board: &BoardView, title: &str) -> IdeaView {
    who.post(&format!("/api/v1/boards/{}/ideas", board.slug), &json!({ "title": title })).await.created()
}

async fn report(who: &Client, subject: Subject, reason: &str) -> Answer {
    who.post("/api/v1/reports", &json!({"subject": subject, "reason": reason, "words": "Voyez."})).await
}

async fn decide(who: &Client, subject: Subject, act: Decide, more: Value) -> Decided {
    let mut request = json!({"subject": subject, "act": act});
    request.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    who.post("/api/v1/desk/decisions", &request).await.ok()
}

async fn cases(who: &Client, what: &str) -> Vec<CaseView> {
    who.get(&format!("/api/v1/desk/{what}")).await.ok()
}

async fn rulings(who: &Client) -> Vec<RulingView> {
    who.get("/api/v1/inbox/rulings").await.ok::<Page<RulingView>>().items
}

async fn unread(who: &Client) -> u32 {
    who.get("/api/v1/inbox/unread").await.ok::<Unread>().unread
}

async fn notices(app: &App, who: &Client) -> Vec<NoticeView> {
    while app.number("SELECT count(*) FROM happening WHERE done_at IS NULL").await > 0 {
        deliver_all(&app.atelier.hub).await.expect("delivered");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    who.get("/api/v1/inbox").await.ok::<Page<NoticeView>>().items
}

async fn listed(who: &Client) -> Vec<String> {
    let page: Page<IdeaCard> = who.get("/api/v1/ideas").await.ok();
    page.items.into_iter().map(|card| card.title).collect()
}

on_each_database! {
    each_person_reports_each_thing_once_and_is_told_what_came_of_it(app) {
        let scene = Scene::new(&app).await;
        let Scene { marie, zoe, ali, idea, .. } = &scene;
        let subject = Subject::Idea(idea.card.id);
        let eve = app.person(Role::Customer).await;
        for _ in 0..2 {
            report(ali, subject, "spam").await.nothing(StatusCode::NO_CONTENT);
        }
        report(&eve, subject, "unkind").await.nothing(StatusCode::NO_CONTENT);
        report(zoe, subject, "spam").await.problem(Code::Role);
        let all = cases(marie, "reports").await;
        let [case] = &all[..] else { panic!("{all:?}") };
        assert_eq!((case.subject, case.count, case.title.as_str(), &case.author), (subject, 2, "Flan du soir", zoe.person()));
        assert_eq!(case.reports.iter().map(|report| report.reason).collect::<Vec<_>>(), [Reason::Unkind, Reason::Spam]);
        assert_eq!((case.held, case.suspended, case.may_suspend, case.trouble), (false, false, true, 0));
        let count: DeskCount = marie.get("/api/v1/desk/count").await.ok();
        assert_eq!(count, DeskCount { reported: 1, ..DeskCount::default() });

        let decided = decide(marie, subject, Decide::Keep, json!({"waiting": true})).await;
        assert!(decided.id.is_some() && decided.may_undo);
        assert_eq!(cases(marie, "reports").await, []);
        for (who, reason) in [(ali, Reason::Spam), (&eve, Reason::Unkind)] {
            let told = rulings(who).await;
            assert_eq!((told.len(), told[0].kind, told[0].act, told[0].reason), (1, RulingKind::Reported, Decide::Keep, Some(reason)));
            assert_eq!(unread(who).await, 1);
        }
        assert_eq!(rulings(zoe).await, [], "whose it is learns nothing of it");
        ali.post("/api/v1/inbox/read", &json!({"id": rulings(ali).await[0].id})).await.nothing(StatusCode::OK);
        assert_eq!((unread(ali).await, unread(&eve).await), (0, 1));
    }

    a_colleague_who_was_first_wins(app) {
        let scene = Scene::new(&app).await;
        let Scene { marie, ali, zoe, idea, .. } = &scene;
        let paul = app.person(Role::Moderator).await;
        let subject = Subject::Idea(idea.card.id);
        report(ali, subject, "spam").await.nothing(StatusCode::NO_CONTENT);
        let waiting = || json!({"waiting": true, "words": "Doucement."});
        let (first, second) = tokio::join!(
            decide(marie, subject, Decide::Warn, waiting()),
            decide(&paul, subject, Decide::Hide, waiting()),
        );
        assert_eq!(usize::from(first.id.is_some()) + usize::from(second.id.is_some()), 1);
        assert_eq!((rulings(zoe).await.len(), rulings(ali).await.len()), (1, 1));
        for act in [Decide::Keep, Decide::Hide, Decide::Warn, Decide::Suspend] {
            assert_eq!(decide(&paul, subject, act, waiting()).await.id, None, "nothing waits any more");
        }
        assert_eq!(app.number("SELECT COUNT(*) FROM decision").await, 1);
        assert_eq!(app.number("SELECT COUNT(*) FROM audit WHERE act IN ('post.hide', 'person.warn')").await, 1);
    }

    deciding_twice_is_deciding_once(app) {
        let scene = Scene::new(&app).await;
        let Scene { marie, zoe, idea, .. } = &scene;
        let subject = Subject::Idea(idea.card.id);
        for act in [Decide::Warn, Decide::Hide, Decide::Keep, Decide::Suspend] {
            let words = || json!({"words": "Doucement."});
            assert!(decide(marie, subject, act, words()).await.id.is_some());
            assert_eq!(decide(marie, subject, act, words()).await.id, None, "{act:?}");
        }
        assert_eq!(app.number("SELECT COUNT(*) FROM decision").await, 4);
        assert_eq!(app.number("SELECT COUNT(*) FROM ruling").await, 3, "warned, hidden, shown");
        zoe.get("/api/v1/inbox").await.problem(Code::SignIn);
    }

    a_hidden_idea_is_gone_for_others_everywhere(app) {
        let scene = Scene::new(&app).await;
        let Scene { marie, zoe, ali, board, idea } = &scene;
        let path = scene.path();
        ali.put(&format!("{path}/vote"), &json!(null)).await.nothing(StatusCode::OK);
        marie.post(&format!("{path}/comments"), &json!({"body": "Oui", "kind": "answer"})).await.nothing(StatusCode::CREATED);
        assert_eq!(notices(&app, ali).await.len(), 1);
        let because = json!({"reason": "off_topic", "words": "Ce n’est pas du pain."});
        let hidden = decide(marie, Subject::Idea(idea.card.id), Decide::Hide, because).await;
        assert!(hidden.may_undo);
        for who in [ali, &app.visitor()] {
            who.get(&path).await.problem(Code::NotFound);
            who.get(&format!("{path}/comments")).await.problem(Code::NotFound);
            assert_eq!(listed(who).await, Vec::<String>::new());
            assert_eq!(who.get(&format!("/i/{}", idea.card.number)).await.status, StatusCode::NOT_FOUND);
            let seen: BoardView = who.get(&format!("/api/v1/boards/{}", board.slug)).await.ok();
            assert_eq!(seen.ideas, 0);
            assert_eq!(who.get("/api/v1/numbers").await.ok::<Numbers>().ideas, 0);
        }
        ali.delete(&format!("{path}/vote")).await.problem(Code::NotFound);
        assert_eq!((notices(&app, ali).await.len(), unread(ali).await), (0, 0));
        for who in [zoe, marie] {
            let seen: IdeaView = who.get(&path).await.ok();
            assert_eq!((seen.card.away, seen.may_edit), (Some(Away::Hidden), false));
            let because = seen.because.expect("why");
            assert_eq!((because.reason, because.words.as_str()), (Reason::OffTopic, "Ce n’est pas du pain."));
            who.put(&format!("{path}/vote"), &json!(null)).await.problem(Code::Away);
        }
        let told = rulings(zoe).await;
        assert_eq!((told[0].kind, told[0].reason, told[0].title.as_deref()), (RulingKind::Hidden, Some(Reason::OffTopic), Some("Flan du soir")));

        marie.delete(&format!("/api/v1/desk/decisions/{}", hidden.id.expect("a decision"))).await.nothing(StatusCode::NO_CONTENT);
        let seen: IdeaView = ali.get(&path).await.ok();
        assert_eq!((seen.card.votes, seen.card.away, seen.because), (1, None, None));
        assert_eq!(listed(&app.visitor()).await, ["Flan du soir"]);
        assert_eq!((rulings(zoe).await.len(), notices(&app, ali).await.len()), (0, 1), "it never was");
        assert_eq!(app.number("SELECT COUNT(*) FROM audit WHERE act IN ('post.hide', 'decision.undo')").await, 2);
    }

    a_hidden_comment_is_gone_for_others_and_replies_stay(app) {
        let scene = Scene::new(&app).await;
        let Scene { marie, zoe, ali, .. } = &scene;
        let first = scene.say(ali, "Achetez mes moules !").await;
        let reply = json!({"body": "Non merci", "parent": first.id});
        zoe.post(&format!("{}/comments", scene.path()), &reply).await.nothing(StatusCode::CREATED);
        let alone = scene.say(ali, "Et mes fouets !").await;
        assert_eq!(notices(&app, zoe).await.len(), 2);
        for comment in [&first, &alone] {
            decide(marie, Subject::Comment(comment.id), Decide::Hide, json!({"reason": "spam"})).await;
        }
        let comments = async |who: &Client| who.get(&scene.path()).await.ok::<IdeaView>().card.comments;
        for who in [zoe, &app.visitor()] {
            let threads = scene.threads(who).await;
            assert_eq!(threads.len(), 1);
            let trace = &threads[0].comment;
            assert_eq!((trace.body.as_str(), trace.deleted_at.is_some(), threads[0].replies.len()), ("", true, 1));
            assert_eq!(comments(who).await, 1);
            who.get(&format!("/api/v1/comments/{}/versions", alone.id)).await.problem(Code::NotFound);
        }
        assert_eq!(notices(&app, zoe).await.len(), 0);
        for who in [ali, marie] {
            let threads = scene.threads(who).await;
            assert_eq!(threads.iter().map(|thread| thread.comment.away).collect::<Vec<_>>(), [Some(Away::Hidden); 2]);
            assert_eq!(threads[0].comment.because.as_ref().map(|because| because.reason), Some(Reason::Spam));
        }
        // Deleting it takes nothing from the count a second time.
        ali.delete(&format!("/api/v1/comments/{}", alone.id)).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(comments(zoe).await, 1);
        decide(marie, Subject::Comment(first.id), Decide::Keep, json!({})).await;
        assert_eq!((comments(zoe).await, scene.threads(zoe).await[0].comment.body.as_str()), (2, "Achetez mes moules !"));
        assert_eq!(rulings(ali).await.iter().map(|told| told.kind).collect::<Vec<_>>(), [RulingKind::Shown, RulingKind::Hidden, RulingKind::Hidden]);
    }

    an_answer_that_is_hidden_answers_nothing(app) {
        let scene = Scene::new(&app).await;
        let ben = app.person(Role::Employee).await;
        let said: CommentView =
            ben.post(&format!("{}/comments", scene.path()), &json!({"body": "Oui", "kind": "answer"})).await.created();
        let answered = async || scene.zoe.get(&scene.path()).await.ok::<IdeaView>().card.answered_at.is_some();
        assert!(answered().await);
        let hidden = decide(&scene.marie, Subject::Comment(said.id), Decide::Hide, json!({})).await;
        assert!(!answered().await);
        scene.marie.delete(&format!("/api/v1/desk/decisions/{}", hidden.id.expect("a decision"))).await.nothing(StatusCode::NO_CONTENT);
        assert!(answered().await);
    }

    the_first_post_of_a_newcomer_waits_and_then_stands_as_if_just_made(app) {
        let scene = Scene::new(&app).await;
        let Scene { marie, zoe, ali, board, .. } = &scene;
        let settings = format!("/api/v1/boards/{}", board.slug);
        let set: BoardView = marie.patch(&settings, &json!({"holds_first": true})).await.ok();
        assert!(set.holds_first);
        assert!(propose(zoe, board, "Une autre").await.card.away.is_none(), "what she wrote stands already");
        let ben = app.person(Role::Employee).await;
        assert!(propose(&ben, board, "De l’équipe").await.card.away.is_none());

        let idea = propose(ali, board, "Première idée").await;
        let said = scene.say(ali, &format!("Bonjour @{} !", ben.person().handle)).await;
        assert_eq!((idea.card.away, said.away, idea.may_edit), (Some(Away::Held), Some(Away::Held), true));
        let path = format!("/api/v1/ideas/{}", idea.card.number);
        zoe.get(&path).await.problem(Code::NotFound);
        assert!(!listed(zoe).await.contains(&"Première idée".to_owned()));
        assert_eq!((scene.threads(zoe).await.len(), scene.threads(ali).await.len(), scene.threads(marie).await.len()), (0, 1, 1));
        assert_eq!((notices(&app, zoe).await.len(), notices(&app, &ben).await.len()), (0, 0));
        let waiting = cases(marie, "held").await;
        assert_eq!(waiting.iter().map(|case| case.subject).collect::<Vec<_>>(), [Subject::Idea(idea.card.id), Subject::Comment(said.id)]);
        assert!(waiting.iter().all(|case| case.held));

        tokio::time::sleep(Duration::from_millis(5)).await;
        for subject in [Subject::Idea(idea.card.id), Subject::Comment(said.id)] {
            let approved = decide(marie, subject, Decide::Keep, json!({"waiting": true})).await;
            assert!(approved.id.is_some() && !approved.may_undo);
            assert_eq!(decide(marie, subject, Decide::Keep, json!({"waiting": true})).await.id, None);
        }
        let seen: IdeaView = zoe.get(&path).await.ok();
        assert!(seen.card.away.is_none() && seen.card.created_at > idea.card.created_at);
        let newest: Page<IdeaCard> = zoe.get("/api/v1/ideas?sort=recent").await.ok();
        assert_eq!(newest.items[0].title, "Première idée");
        assert_eq!(zoe.get(&scene.path()).await.ok::<IdeaView>().card.comments, 1);
        assert_eq!((notices(&app, zoe).await.len(), notices(&app, &ben).await.len()), (1, 1), "the follower and who is named");
        assert_eq!(rulings(ali).await.iter().map(|told| told.kind).collect::<Vec<_>>(), [RulingKind::Approved; 2]);
        assert!(propose(ali, board, "Deuxième idée").await.card.away.is_none());
        assert_eq!(cases(marie, "held").await, []);
    }

    a_first_post_that_is_hidden_leaves_its_author_a_newcomer(app) {
        let scene = Scene::new(&app).await;
        let Scene { marie, ali, board, .. } = &scene;
        marie.patch(&format!("/api/v1/boards/{}", board.slug), &json!({"holds_first": true})).await.nothing(StatusCode::OK);
        let idea = propose(ali, board, "Première idée").await;
        let hidden = decide(marie, Subject::Idea(idea.card.id), Decide::Hide, json!({"waiting": true})).await;
        assert_eq!(cases(marie, "held").await, []);
        assert_eq!(propose(ali, board, "Deuxième idée").await.card.away, Some(Away::Held));
        marie.delete(&format!("/api/v1/desk/decisions/{}", hidden.id.expect("a decision"))).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(cases(marie, "held").await.len(), 2, "undone, it waits again");
    }

    a_warning_is_told_with_the_words(app) {
        let scene = Scene::new(&app).await;
        let Scene { marie, zoe, ali, idea, .. } = &scene;
        let subject = Subject::Idea(idea.card.id);
        report(ali, subject, "unkind").await.nothing(StatusCode::NO_CONTENT);
        let decided = decide(marie, subject, Decide::Warn, json!({"words": "Restons aimables.", "waiting": true})).await;
        assert!(!decided.may_undo);
        let told = rulings(zoe).await;
        assert_eq!((told[0].kind, told[0].words.as_str()), (RulingKind::Warned, "Restons aimables."));
        assert_eq!(rulings(ali).await[0].words, "", "what is said to her is not for who reported it");
        assert_eq!(listed(ali).await, ["Flan du soir"], "it stays as it is");
        marie.delete(&format!("/api/v1/desk/decisions/{}", decided.id.expect("a decision"))).await.problem(Code::Conflict);
        report(ali, Subject::Person(zoe.person().id), "unkind").await.nothing(StatusCode::NO_CONTENT);
        let all = cases(marie, "reports").await;
        assert_eq!((all[0].title.as_str(), all[0].trouble), (zoe.person().name.as_str(), 1));
    }

    suspending_by_the_desk_can_be_undone(app) {
        let scene = Scene::new(&app).await;
        let Scene { marie, zoe, ali, idea, .. } = &scene;
        let subject = Subject::Idea(idea.card.id);
        report(ali, subject, "spam").await.nothing(StatusCode::NO_CONTENT);
        let decided = decide(marie, subject, Decide::Suspend, json!({"words": "Non.", "waiting": true})).await;
        zoe.get("/api/v1/inbox").await.problem(Code::SignIn);
        let undo = format!("/api/v1/desk/decisions/{}", decided.id.expect("a decision"));
        for _ in 0..2 {
            marie.delete(&undo).await.nothing(StatusCode::NO_CONTENT);
        }
        assert_eq!(app.number("SELECT COUNT(*) FROM person WHERE suspended_at IS NOT NULL").await, 0);
        let all = cases(marie, "reports").await;
        assert_eq!((all.len(), all[0].may_suspend), (1, true), "it waits again");
    }
}

#[tokio::test]
async fn what_one_does_not_see_one_cannot_report() {
    let app = App::new().await;
    let scene = Scene::new(&app).await;
    let staff = json!({"title": "Fournil", "audience": "staff", "editing": "staff"});
    let staff: BoardView = scene.marie.post("/api/v1/boards", &staff).await.created();
    let hidden = propose(&scene.marie, &staff, "Entre nous").await;
    let note = json!({"body": "Entre nous", "kind": "note"});
    let note: CommentView = scene.marie.post(&format!("{}/comments", scene.path()), &note).await.created();
    for subject in [
        Subject::Idea(hidden.card.id),
        Subject::Comment(note.id),
        Subject::Idea(IdeaId::new()),
        Subject::Comment(CommentId::new()),
        Subject::Person(PersonId::new()),
    ] {
        report(&scene.ali, subject, "spam").await.problem(Code::NotFound);
    }
    report(&app.visitor(), Subject::Idea(scene.idea.card.id), "spam").await.problem(Code::SignIn);
    report(&scene.ali, Subject::Person(scene.ali.person().id), "spam").await.problem(Code::Role);
    let subject = Subject::Idea(scene.idea.card.id);
    for (words, reason) in [("", "other"), (&*"é".repeat(1001), "spam")] {
        let request = json!({"subject": subject, "reason": reason, "words": words});
        scene.ali.post("/api/v1/reports", &request).await.invalid(&["words"]);
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM report").await, 0);
}

#[tokio::test]
async fn decisions_need_what_they_need() {
    let app = App::new().await;
    let scene = Scene::new(&app).await;
    let path = "/api/v1/desk/decisions";
    let subject = Subject::Idea(scene.idea.card.id);
    for act in ["warn", "suspend"] {
        scene.marie.post(path, &json!({"subject": subject, "act": act})).await.invalid(&["words"]);
    }
    let person = json!({"subject": Subject::Person(scene.zoe.person().id), "act": "hide"});
    scene.marie.post(path, &person).await.invalid(&["act"]);
    let own = propose(&scene.marie, &scene.board, "La mienne").await;
    let warn = json!({"subject": Subject::Idea(own.card.id), "act": "warn", "words": "Moi"});
    scene.marie.post(path, &warn).await.problem(Code::Role);
    let unknown = json!({"subject": Subject::Idea(IdeaId::new()), "act": "keep"});
    scene.marie.post(path, &unknown).await.problem(Code::NotFound);
    scene.marie.delete(&format!("{path}/{}", uuid::Uuid::now_v7())).await.problem(Code::NotFound);
    // An employee is not theirs to suspend.
    let ben = app.person(Role::Employee).await;
    let idea = propose(&ben, &scene.board, "De l’équipe").await;
    let suspend = json!({"subject": Subject::Idea(idea.card.id), "act": "suspend", "words": "Non."});
    scene.marie.post(path, &suspend).await.problem(Code::Role);
    assert_eq!(app.number("SELECT COUNT(*) FROM decision").await, 0);
}

#[tokio::test]
async fn what_was_deleted_leaves_the_desk() {
    let app = App::new().await;
    let scene = Scene::new(&app).await;
    let said = scene.say(&scene.ali, "Achetez mes moules !").await;
    report(&scene.zoe, Subject::Comment(said.id), "spam").await.nothing(StatusCode::NO_CONTENT);
    assert_eq!(scene.marie.get("/api/v1/desk/count").await.ok::<DeskCount>().reported, 1);
    scene.ali.delete(&format!("/api/v1/comments/{}", said.id)).await.nothing(StatusCode::NO_CONTENT);
    assert_eq!(scene.marie.get("/api/v1/desk/count").await.ok::<DeskCount>().reported, 0);
    assert_eq!(cases(&scene.marie, "reports").await, []);
}

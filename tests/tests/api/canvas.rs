//! What lies on canvases, and what becomes of their notes. Who may is in the tables of `rights`.

use http::StatusCode;
use serde_json::json;
use shared::{
    PersonId, Role,
    api::{
        AuditAct, AuditLine, BoardView, CanvasView, Code, IdeaCard, IdeaView, MakerView, NoteReactions, NoticeKind,
        Page, PersonView, PictureView, Promoted, Reaction, ReactionCount,
    },
    canvas::ItemKind,
    rules::Away,
};
use tests::{
    app::{Answer, App, Client},
    canvas::{self, actor, draw},
    on_each_database,
};

use crate::{inbox::told, pictures};

pub async fn board(owner: &Client, audience: &str) -> BoardView {
    let new = json!({"title": audience, "audience": audience, "editing": "everyone"});
    owner.post("/api/v1/boards", &new).await.created()
}

pub fn path(board: &BoardView) -> String {
    format!("/api/v1/boards/{}/canvas", board.slug)
}

pub async fn note(app: &App, board: &BoardView, who: &Client, id: &str, words: &str) {
    draw(&app.atelier.db, board.canvas, who.person().id, |doc| canvas::note(doc, id, words)).await;
}

async fn view(who: &Client, board: &BoardView) -> CanvasView {
    who.get(&path(board)).await.ok()
}

async fn idea(who: &Client, board: &BoardView, title: &str) -> IdeaView {
    who.post(&format!("/api/v1/boards/{}/ideas", board.slug), &json!({ "title": title })).await.created()
}

async fn promote(who: &Client, board: &BoardView, note: &str) -> Answer {
    who.post(&format!("{}/notes/{note}/promote", path(board)), &json!(null)).await
}

fn titles(ideas: &[IdeaCard]) -> Vec<&str> {
    ideas.iter().map(|card| card.title.as_str()).collect()
}

on_each_database! {
    a_canvas_is_read_with_its_makers_and_what_lies_on_it(app) {
        let (owner, zoe) = (app.person(Role::Owner).await, app.person(Role::Customer).await);
        let board = board(&owner, "public").await;
        let empty = view(&app.visitor(), &board).await;
        assert_eq!((empty.document, empty.reflects, empty.canvas.is_empty()), (board.canvas, 1, true));
        assert_eq!((empty.makers, empty.ideas, empty.may), (vec![], vec![], Default::default()));
        note(&app, &board, &zoe, "n1", "Du pain").await;
        let flan = idea(&owner, &board, "Flan").await;
        draw(&app.atelier.db, board.canvas, owner.person().id, |doc| canvas::card(doc, &flan.card.id.to_string())).await;
        let seen = view(&zoe, &board).await;
        assert_eq!((seen.reflects, seen.canvas.notes["n1"].text.as_str()), (3, "Du pain"));
        assert_eq!(seen.canvas.notes["n1"].maker, actor(zoe.person().id).to_hex_string());
        let mut makers: Vec<&PersonView> = seen.makers.iter().map(|maker| &maker.person).collect();
        makers.sort_by_key(|person| person.id != owner.person().id);
        assert_eq!(makers, [owner.person(), zoe.person()]);
        assert_eq!(titles(&seen.ideas), ["Flan"]);
        assert!(seen.may.note && seen.may.arrange && !seen.may.tidy && !seen.may.promote && !seen.may.facilitate);
        let may = view(&owner, &board).await.may;
        assert!(may.note && may.arrange && may.tidy && may.promote && may.facilitate && may.invite_guests);
        draw(&app.atelier.db, board.canvas, zoe.person().id, |doc| canvas::remove(doc, ItemKind::Note, "n1")).await;
        let seen = view(&zoe, &board).await;
        assert_eq!((seen.reflects, seen.canvas.notes.len(), seen.makers.len()), (4, 0, 1));
        app.visitor().get("/api/v1/boards/none/canvas").await.problem(Code::NotFound);
    }

    an_idea_is_not_shown_because_its_id_lies_on_a_canvas(app) {
        let (owner, zoe) = (app.person(Role::Owner).await, app.person(Role::Customer).await);
        let (public, secret, other) =
            (board(&owner, "public").await, board(&owner, "staff").await, board(&owner, "members").await);
        let (seen, hidden, held) =
            (idea(&owner, &public, "Vu").await, idea(&owner, &public, "Caché").await, idea(&zoe, &public, "Tenu").await);
        let (unseen, elsewhere) = (idea(&owner, &secret, "Secret").await, idea(&owner, &other, "Ailleurs").await);
        app.execute("UPDATE idea SET away = 'hidden' WHERE number = 2").await;
        app.execute("UPDATE idea SET away = 'held' WHERE number = 3").await;
        let all = [&seen, &hidden, &held, &unseen, &elsewhere].map(|idea| idea.card.id.to_string());
        draw(&app.atelier.db, public.canvas, zoe.person().id, |doc| {
            all.iter().for_each(|id| canvas::card(doc, id));
        })
        .await;
        let asked = format!("{}/ideas?ids={}", path(&public), all.join(","));
        for who in [&app.visitor(), &zoe, &owner] {
            assert_eq!(view(who, &public).await.canvas.cards.len(), 5);
            assert_eq!(titles(&view(who, &public).await.ideas), ["Vu"], "as lists show them, whoever asks");
            assert_eq!(titles(&who.get(&asked).await.ok::<Vec<IdeaCard>>()), ["Vu"]);
        }
        let many = vec![all[0].as_str(); 101].join(",");
        zoe.get(&format!("{}/ideas?ids={many}", path(&public))).await.invalid(&["ids"]);
        zoe.get(&format!("{}/ideas?ids=flan", path(&public))).await.invalid(&["ids"]);
        zoe.get(&format!("{}/ideas", path(&public))).await.problem(Code::BadRequest);
        assert_eq!(zoe.get(&format!("{}/ideas?ids=", path(&public))).await.ok::<Vec<IdeaCard>>(), []);
    }

    makers_are_told_only_where_they_have_written(app) {
        let (owner, zoe) = (app.person(Role::Owner).await, app.person(Role::Customer).await);
        let (here, there) = (board(&owner, "public").await, board(&owner, "members").await);
        note(&app, &here, &zoe, "n1", "Du pain").await;
        note(&app, &there, &owner, "n1", "Du beurre").await;
        let ids = [zoe.person().id, owner.person().id, PersonId::new()].map(|id| actor(id).to_hex_string());
        let ask = format!("{}/makers?actors={},zz,,é", path(&here), ids.join(","));
        let told: Vec<MakerView> = app.visitor().get(&ask.replace('é', "%C3%A9")).await.ok();
        assert_eq!(told, [MakerView { actor: ids[0].clone(), person: zoe.person().clone() }]);
        let many = vec![ids[0].as_str(); 51].join(",");
        zoe.get(&format!("{}/makers?actors={many}", path(&here))).await.invalid(&["actors"]);
    }

    people_react_to_notes_that_stand_once_each_way(app) {
        let (owner, zoe) = (app.person(Role::Owner).await, app.person(Role::Customer).await);
        let board = board(&owner, "public").await;
        note(&app, &board, &zoe, "n1", "Du pain").await;
        let love = format!("{}/notes/n1/reactions/love", path(&board));
        for _ in 0..2 {
            zoe.put(&love, &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        }
        owner.put(&love, &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        owner.put(&love.replace("love", "agree"), &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        let count = |kind, count, mine| ReactionCount { kind, count, mine };
        let of_note = |reactions: &[ReactionCount]| [NoteReactions { note: "n1".into(), reactions: reactions.to_vec() }];
        let expected = of_note(&[count(Reaction::Agree, 1, false), count(Reaction::Love, 2, true)]);
        assert_eq!(view(&zoe, &board).await.reactions, expected);
        for _ in 0..2 {
            zoe.delete(&love).await.nothing(StatusCode::NO_CONTENT);
        }
        let expected = of_note(&[count(Reaction::Agree, 1, false), count(Reaction::Love, 1, false)]);
        assert_eq!(view(&app.visitor(), &board).await.reactions, expected);
        zoe.put(&love.replace("/n1/", "/n2/"), &json!(null)).await.problem(Code::NotFound);
        zoe.put(&love.replace("love", "hate"), &json!(null)).await.problem(Code::BadRequest);
        draw(&app.atelier.db, board.canvas, zoe.person().id, |doc| canvas::remove(doc, ItemKind::Note, "n1")).await;
        zoe.put(&love, &json!(null)).await.problem(Code::NotFound);
        assert_eq!(view(&zoe, &board).await.reactions, []);
    }

    ones_own_note_becomes_ones_own_idea(app) {
        let (owner, zoe) = (app.person(Role::Owner).await, app.person(Role::Customer).await);
        let board = board(&owner, "public").await;
        note(&app, &board, &zoe, "n1", "Du pain noir\nLe soir, chaud.").await;
        let made: IdeaView = promote(&zoe, &board, "n1").await.created();
        assert_eq!((made.card.title.as_str(), made.card.pitch.as_str(), made.body.as_str()), ("Du pain noir", "Le soir, chaud.", ""));
        assert_eq!((&made.card.author, made.coauthors.as_slice()), (zoe.person(), std::slice::from_ref(zoe.person())));
        assert_eq!((made.card.shaped_by.as_slice(), made.card.tags.len()), (std::slice::from_ref(zoe.person()), 0));
        let proposed = idea(&zoe, &board, "Autre").await.card;
        assert_eq!((made.card.followed, made.card.voted, made.card.votes), (proposed.followed, proposed.voted, proposed.votes));
        let again: IdeaView = promote(&zoe, &board, "n1").await.ok();
        assert_eq!(again.card.number, made.card.number);
        let again: IdeaView = promote(&owner, &board, "n1").await.ok();
        assert_eq!(again.card.number, made.card.number);
        let seen = view(&app.visitor(), &board).await;
        assert_eq!(seen.promoted, [Promoted { note: "n1".into(), number: made.card.number }]);
        assert_eq!(titles(&seen.ideas), ["Du pain noir"]);
        assert_eq!(app.number("SELECT count(*) FROM audit WHERE act = 'note.promote'").await, 0);
        assert_eq!(told(&app, &zoe).await, []);
        note(&app, &board, &zoe, "n2", " \n").await;
        promote(&zoe, &board, "n2").await.problem(Code::NoWords);
        promote(&zoe, &board, "n3").await.problem(Code::NotFound);
    }

    the_company_makes_ideas_of_others_notes_in_their_name(app) {
        let (owner, zoe, ben) =
            (app.person(Role::Owner).await, app.person(Role::Customer).await, app.person(Role::Employee).await);
        let ali = app.person(Role::Customer).await;
        let board = board(&owner, "public").await;
        owner.patch(&format!("/api/v1/boards/{}", board.slug), &json!({"holds_first": true})).await.nothing(StatusCode::OK);
        note(&app, &board, &zoe, "n1", "Du pain noir").await;
        promote(&ali, &board, "n1").await.problem(Code::Role);
        promote(&app.visitor(), &board, "n1").await.problem(Code::SignIn);
        let made: IdeaView = promote(&ben, &board, "n1").await.created();
        assert_eq!((&made.card.author, made.card.away, made.card.followed), (zoe.person(), None, false));
        assert_eq!(made.coauthors, std::slice::from_ref(zoe.person()));
        let hers: IdeaView = zoe.get(&format!("/api/v1/ideas/{}", made.card.number)).await.ok();
        assert!(hers.card.followed && hers.may_edit);
        let notices = told(&app, &zoe).await;
        let [notice] = &notices[..] else { panic!("{notices:?}") };
        assert_eq!((notice.kind, notice.number, &notice.by, notice.own), (NoticeKind::Promoted, Some(made.card.number), ben.person(), true));
        assert_eq!(told(&app, &ben).await, []);
        let lines = owner.get("/api/v1/audit?act=note.promote").await.ok::<Page<AuditLine>>().items;
        let [line] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!((line.by.as_ref(), line.person.as_ref(), line.act.as_str()), (Some(ben.person()), Some(zoe.person()), AuditAct::PromoteNote.as_str()));
        assert_eq!(line.subject.as_ref().map(|subject| subject.label.as_str()), Some("Du pain noir"));
        let by = app.number("SELECT count(*) FROM promotion n JOIN person p ON p.id = n.person_id WHERE p.role = 'employee'").await;
        assert_eq!(by, 1, "who asked for it is kept");
    }

    a_newcomers_own_idea_waits_and_is_not_told_of(app) {
        let (owner, zoe, ben) =
            (app.person(Role::Owner).await, app.person(Role::Customer).await, app.person(Role::Employee).await);
        let board = board(&owner, "public").await;
        owner.patch(&format!("/api/v1/boards/{}", board.slug), &json!({"holds_first": true})).await.nothing(StatusCode::OK);
        note(&app, &board, &zoe, "n1", "Du pain noir").await;
        let made: IdeaView = promote(&zoe, &board, "n1").await.created();
        assert_eq!(made.card.away, Some(Away::Held));
        let promoted = [Promoted { note: "n1".into(), number: made.card.number }];
        for (who, expected) in [(&zoe, &promoted[..]), (&owner, &promoted), (&ben, &[]), (&app.visitor(), &[])] {
            assert_eq!(view(who, &board).await.promoted, expected);
            assert_eq!(view(who, &board).await.ideas, [], "no list shows it");
        }
        promote(&ben, &board, "n1").await.problem(Code::Conflict);
        assert_eq!(promote(&owner, &board, "n1").await.ok::<IdeaView>().card.number, made.card.number);
    }

    credit_stays_with_who_wrote_whatever_became_of_them(app) {
        let (owner, zoe, theo) =
            (app.person(Role::Owner).await, app.person(Role::Customer).await, app.person(Role::Customer).await);
        let board = board(&owner, "invited").await;
        for who in [&zoe, &theo] {
            let member = format!("/api/v1/boards/{}/members/{}", board.slug, who.person().handle);
            owner.put(&member, &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        }
        note(&app, &board, &zoe, "n1", "Du pain noir").await;
        note(&app, &board, &theo, "n2", "Du beurre").await;
        let suspension = format!("/api/v1/people/{}/suspension", zoe.person().id);
        owner.put(&suspension, &json!({"words": "Assez."})).await.nothing(StatusCode::NO_CONTENT);
        let member = format!("/api/v1/boards/{}/members/{}", board.slug, theo.person().handle);
        owner.delete(&member).await.nothing(StatusCode::NO_CONTENT);
        for (note, who) in [("n1", &zoe), ("n2", &theo)] {
            let made: IdeaView = promote(&owner, &board, note).await.created();
            assert_eq!((&made.card.author, made.coauthors.as_slice()), (who.person(), std::slice::from_ref(who.person())));
        }
        // Who no longer sees the board is shown nothing of it, nor told.
        promote(&theo, &board, "n2").await.problem(Code::NotFound);
        assert_eq!(told(&app, &theo).await, []);
        owner.put(&member, &json!(null)).await.nothing(StatusCode::NO_CONTENT);
        assert_eq!(told(&app, &theo).await.len(), 1);
    }

    a_picture_on_a_canvas_is_seen_with_it_and_kept(app) {
        let (owner, zoe) = (app.person(Role::Owner).await, app.person(Role::Customer).await);
        let (public, other) = (board(&owner, "public").await, board(&owner, "members").await);
        let made: PictureView = pictures::send(&zoe, &public.slug, pictures::png(4, 4)).await.created();
        app.visitor().get(&made.path).await.nothing(StatusCode::NOT_FOUND);
        // On a canvas of another board it shows nothing.
        draw(&app.atelier.db, other.canvas, zoe.person().id, |doc| canvas::picture(doc, "p1", &made.path)).await;
        owner.get(&made.path).await.nothing(StatusCode::NOT_FOUND);
        draw(&app.atelier.db, public.canvas, zoe.person().id, |doc| canvas::picture(doc, "p1", &made.path)).await;
        app.visitor().get(&made.path).await.nothing(StatusCode::OK);
        app.execute("UPDATE picture SET created_at = created_at - 90000000").await;
        let sweep = || server::domain::pictures::sweep(&app.atelier.db, &app.atelier.canvases);
        assert_eq!(sweep().await.expect("swept"), 0);
        draw(&app.atelier.db, public.canvas, zoe.person().id, |doc| canvas::remove(doc, ItemKind::Picture, "p1")).await;
        app.visitor().get(&made.path).await.nothing(StatusCode::NOT_FOUND);
        assert_eq!(sweep().await.expect("swept"), 0, "what was taken off can be put back");
    }
}

/// A canvas as large as they come, changed while it is read.
#[tokio::test]
async fn a_large_canvas_is_read_whole_and_kept_once() {
    let app = App::new().await;
    let owner = app.person(Role::Owner).await;
    let board = board(&owner, "public").await;
    let (db, me) = (&app.atelier.db, owner.person().id);
    draw(db, board.canvas, me, |doc| {
        (0..1_000).for_each(|n| canvas::note(doc, &format!("n{n}"), "Une note comme une autre, avec quelques mots"));
    })
    .await;
    canvas::draw_many(db, board.canvas, me, 4_998, |doc, n| canvas::shift(doc, &format!("n{}", n % 1_000), 20_000 + n))
        .await;
    for n in 0..4 {
        assert_eq!(view(&owner, &board).await.canvas.notes.len(), 1_000 + n);
        canvas::draw_many(db, board.canvas, me, 1, |doc, _| canvas::note(doc, &format!("late{n}"), "Encore une")).await;
    }
    assert_eq!(app.atelier.canvases.kept(), 1);
}

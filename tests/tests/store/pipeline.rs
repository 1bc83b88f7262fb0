//! The stages of a board: made, renamed, ordered, and taken away with their ideas moved on.

use server::{
    domain::{Error, boards, ideas, pipeline, stages},
    store::{self, standing},
};
use shared::{
    Role, StageId,
    api::{BoardView, Colour, FieldCode, MoveIdea, MovedOn, Phase, SetStages, StageKind, StageView, WantedStage},
    rules::{Audience, Away, Refusal},
};
use tests::on_both_databases;
use tokio::task::JoinSet;

use crate::workspace::{board, count, idea, person};

fn wanted(stage: &StageView) -> WantedStage {
    let StageView { id, fr, en, colour, kind } = stage.clone();
    WantedStage { id: Some(id), fr, en, colour, kind, phase: None }
}

fn new(en: &str, kind: StageKind) -> WantedStage {
    WantedStage { id: None, fr: format!("{en} (fr)"), en: en.into(), colour: Colour::Rose, kind, phase: None }
}

/// What somebody wants who has seen the board like this.
fn request(seen: &BoardView, stages: Vec<WantedStage>, moved: Vec<MovedOn>) -> SetStages {
    SetStages { stages, moved, known: Some(seen.stages.iter().map(|stage| stage.id).collect()) }
}

fn names(board: &BoardView) -> Vec<&str> {
    board.stages.iter().map(|stage| stage.en.as_str()).collect()
}

on_both_databases! {
    async fn stages_are_added_renamed_and_ordered(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let number = idea(&db, &owner, &made, "Flan").await.card.number;
        let mut all: Vec<_> = made.stages.iter().map(wanted).collect();
        all.swap(1, 2);
        all[3].fr = "Au four".into();
        all.insert(4, new("Tasting", StageKind::Open));
        let request = request(&made, all, Vec::new());
        let (after, told) = pipeline::set(&db, Some(&owner), &made.slug, &request).await.expect("set");
        assert_eq!(names(&after), ["New", "Exploring", "Listening", "Prototyping", "Tasting", "Piloting", "Launched", "Not now"]);
        assert_eq!((after.stages[3].fr.as_str(), after.stages[3].id, told.len()), ("Au four", made.stages[3].id, 0));
        assert_eq!(ideas::one(&db, None, number).await.expect("the idea").card.stage.id, made.stages[0].id);
    }

    async fn a_stage_goes_once_its_ideas_have_a_place(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let number = idea(&db, &owner, &made, "Flan").await.card.number;
        let to = MoveIdea { stage: made.stages[2].id, reason: "On regarde.".into() };
        stages::set(&db, Some(&owner), number, &to).await.expect("moved");
        let kept: Vec<_> = made.stages.iter().filter(|stage| stage.id != made.stages[2].id).map(wanted).collect();
        let ask = |moved| request(&made, kept.clone(), moved);
        for moved in [vec![], vec![MovedOn { from: made.stages[2].id, to: made.stages[2].id }]] {
            let Err(Error::Invalid(fields)) = pipeline::set(&db, Some(&owner), &made.slug, &ask(moved)).await else { panic!("refused") };
            assert_eq!(fields["moved"].code, FieldCode::Required);
        }
        assert_eq!(pipeline::list(&db, Some(&owner), &made.slug).await.expect("stages")[2].ideas, 1);
        let moved = ask(vec![MovedOn { from: made.stages[2].id, to: made.stages[3].id }]);
        let (after, told) = pipeline::set(&db, Some(&owner), &made.slug, &moved).await.expect("set");
        assert_eq!((names(&after).len(), told[0].number, told[0].stage.id), (6, number, made.stages[3].id));
        let seen = ideas::one(&db, Some(&owner), number).await.expect("the idea");
        assert_eq!((seen.card.stage.id, seen.moves.len(), &seen.moves[0].from), (made.stages[3].id, 2, &made.stages[2]));
        assert_eq!((&seen.moves[1].to, seen.stages.len()), (&made.stages[2], 6), "what was is still told");
        let back = stages::set(&db, Some(&owner), number, &to).await;
        assert!(matches!(back, Err(Error::Invalid(fields)) if fields["stage"].code == FieldCode::Unknown));
        // The first may go too: another begins then.
        let mut rest: Vec<_> = after.stages[1..].iter().map(wanted).collect();
        rest.insert(0, new("Fresh", StageKind::New));
        let (again, _) = pipeline::set(&db, Some(&owner), &made.slug, &request(&after, rest, Vec::new())).await.expect("set");
        assert_eq!(idea(&db, &owner, &again, "Tarte").await.card.stage.en, "Fresh");
    }

    async fn of_ideas_that_do_not_stand_nobody_is_told_that_they_moved(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let shown = idea(&db, &owner, &made, "Flan").await.card;
        let mut others = Vec::new();
        for (title, away) in [("Tarte", Away::Hidden), ("Baba", Away::Held), ("Far", Away::Merged)] {
            let card = idea(&db, &owner, &made, title).await.card;
            let mut tx = db.write().await.expect("a transaction");
            standing::set_idea(&mut tx, card.id, Some(away)).await.expect("set");
            tx.commit().await.expect("a commit");
            others.push(card.id);
        }
        let mut rest: Vec<_> = made.stages[1..].iter().map(wanted).collect();
        rest[0].kind = StageKind::New;
        let moved = vec![MovedOn { from: made.stages[0].id, to: made.stages[1].id }];
        let request = request(&made, rest, moved);
        let (after, told) = pipeline::set(&db, Some(&owner), &made.slug, &request).await.expect("set");
        assert_eq!(told.iter().map(|facts| facts.number).collect::<Vec<_>>(), [shown.number]);
        // They moved all the same.
        let mut tx = db.read().await.expect("a transaction");
        for other in others {
            assert_eq!(store::stages::of(&mut tx, other).await.expect("a stage"), after.stages[0].id);
            assert_eq!(store::stages::moves(&mut tx, other).await.expect("its moves").len(), 1);
        }
    }

    async fn stages_are_set_only_from_those_that_stand(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let all: Vec<_> = made.stages.iter().map(wanted).collect();
        let without = |at: usize| all.iter().enumerate().filter(move |(n, _)| *n != at).map(|(_, stage)| stage.clone());
        let set = async |request: SetStages| pipeline::set(&db, Some(&owner), &made.slug, &request).await.map(|(board, _)| board);
        let more = without(3).chain([new("Tasting", StageKind::Open)]).collect();
        let after = set(request(&made, more, Vec::new())).await.expect("set");
        // A colleague who saw it before would bring back what went, and take away what came.
        let mut turned = all.clone();
        turned.swap(4, 5);
        for stale in [turned, without(5).collect()] {
            assert!(matches!(set(request(&made, stale, Vec::new())).await, Err(Error::StagesChanged)));
        }
        // So would one who does not say what they saw, unless they name each that goes.
        let rest: Vec<_> = after.stages[..6].iter().map(wanted).collect();
        let silent = |moved| SetStages { stages: rest.clone(), moved, known: None };
        assert!(matches!(set(silent(Vec::new())).await, Err(Error::StagesChanged)));
        assert_eq!(boards::one(&db, None, &made.slug).await.expect("the board").stages, after.stages);
        let named = vec![MovedOn { from: after.stages[6].id, to: after.stages[0].id }];
        assert_eq!(set(silent(named)).await.expect("set").stages, after.stages[..6]);
    }

    async fn of_many_who_set_stages_at_once_one_does(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let mut seen = board(&db, &owner, "Goûter", Audience::Public).await;
        for round in 0..5 {
            let (mut set, mut proposed) = (JoinSet::new(), JoinSet::new());
            for place in 0..6 {
                // Each takes another away, and adds one. Meanwhile ideas are proposed.
                let mut all: Vec<_> = seen.stages.iter().map(wanted).collect();
                all.remove(place);
                all[0].kind = StageKind::New;
                all.push(new(&format!("S{round}{place}"), StageKind::Open));
                let moved = vec![MovedOn { from: seen.stages[place].id, to: seen.stages[6].id }];
                let (wish, slug, as_seen) = (request(&seen, all, moved), seen.slug.clone(), seen.clone());
                let (first, second, who) = (db.clone(), db.clone(), owner.clone());
                proposed.spawn(async move { idea(&first, &who, &as_seen, "Flan").await });
                let who = owner.clone();
                set.spawn(async move { pipeline::set(&second, Some(&who), &slug, &wish).await });
            }
            let done: Vec<_> = set.join_all().await;
            proposed.join_all().await;
            let mut views = done.into_iter().filter_map(|done| match done {
                Ok((view, _)) => Some(view),
                Err(Error::StagesChanged) => None,
                Err(other) => panic!("{other}"),
            });
            let (one, more) = (views.next().expect("somebody is first"), views.count());
            seen = boards::one(&db, None, &seen.slug).await.expect("the board");
            assert_eq!((more, &seen.stages), (0, &one.stages));
        }
        assert_eq!(count(&db, "SELECT count(*) FROM stage WHERE (removed_at IS NULL) <> (position >= 0)").await, 0);
        assert_eq!(count(&db, "SELECT count(*) FROM stage WHERE removed_at IS NULL").await, 7);
        const ASTRAY: &str = "SELECT count(*) FROM idea i JOIN stage s ON s.id = i.stage_id WHERE s.removed_at IS NOT NULL";
        assert_eq!(count(&db, ASTRAY).await, 0);
    }

    async fn ideas_are_moved_while_stages_are_set(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let mut seen = board(&db, &owner, "Goûter", Audience::Public).await;
        for round in 0..8 {
            let mut moves = JoinSet::new();
            for place in 1..7 {
                let number = idea(&db, &owner, &seen, "Flan").await.card.number;
                let to = MoveIdea { stage: seen.stages[place].id, reason: "On regarde.".into() };
                let (db, who) = (db.clone(), owner.clone());
                moves.spawn(async move { stages::set(&db, Some(&who), number, &to).await });
            }
            let mut all: Vec<_> = seen.stages.iter().map(wanted).collect();
            all.remove(0);
            all[0].kind = StageKind::New;
            all.push(new(&format!("S{round}"), StageKind::Open));
            let moved = vec![MovedOn { from: seen.stages[0].id, to: seen.stages[6].id }];
            seen = pipeline::set(&db, Some(&owner), &seen.slug, &request(&seen, all, moved)).await.expect("set").0;
            assert!(moves.join_all().await.iter().all(Result::is_ok));
        }
    }

    async fn stages_that_make_no_sense_are_refused(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let other = board(&db, &owner, "Ailleurs", Audience::Public).await;
        let first = new("A", StageKind::New);
        let mut nameless = new("B", StageKind::Open);
        nameless.fr = " ".into();
        let foreign = wanted(&other.stages[1]);
        let known = wanted(&made.stages[1]);
        let unknown = WantedStage { id: Some(StageId::new()), ..new("C", StageKind::Open) };
        for (stages, field) in [
            (vec![], "stages"),
            (vec![new("A", StageKind::Open)], "stages.0.kind"),
            (vec![first.clone(), new("B", StageKind::New)], "stages.1.kind"),
            (vec![first.clone(), nameless], "stages.1.fr"),
            (vec![first.clone(), foreign], "stages.1.id"),
            (vec![first.clone(), unknown], "stages.1.id"),
            (vec![first.clone(), known.clone(), known], "stages.2.id"),
            (std::iter::once(first).chain((0..12).map(|at| new(&format!("S{at}"), StageKind::Open))).collect(), "stages"),
        ] {
            let request = request(&made, stages, Vec::new());
            let Err(Error::Invalid(fields)) = pipeline::set(&db, Some(&owner), &made.slug, &request).await else { panic!("{field}") };
            assert_eq!(fields.keys().collect::<Vec<_>>(), [field]);
        }
        assert_eq!(boards::one(&db, None, &made.slug).await.expect("the board").stages, made.stages);
    }

    async fn stages_say_where_they_show_on_the_roadmap(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let phases = async || -> Vec<_> {
            let stages = pipeline::list(&db, Some(&owner), &made.slug).await.expect("stages");
            stages.into_iter().map(|counted| counted.phase).collect()
        };
        let usual = [None, None, Some(Phase::Explored), Some(Phase::Built), Some(Phase::Piloted), Some(Phase::Launched), None];
        assert_eq!(phases().await, usual);
        let mut all: Vec<_> = made.stages.iter().map(wanted).collect();
        all[1].phase = Some(Phase::Explored);
        all[4].phase = Some(Phase::Built);
        pipeline::set(&db, Some(&owner), &made.slug, &request(&made, all.clone(), Vec::new())).await.expect("set");
        let chosen = [None, Some(Phase::Explored), None, None, Some(Phase::Built), Some(Phase::Launched), None];
        assert_eq!(phases().await, chosen, "what is launched is shown as that, whatever was said");
        for (place, phase) in [(0, Phase::Explored), (1, Phase::Launched), (5, Phase::Built), (6, Phase::Piloted)] {
            let mut wrong = all.clone();
            wrong[place].phase = Some(phase);
            let refused = pipeline::set(&db, Some(&owner), &made.slug, &request(&made, wrong, Vec::new())).await;
            let Err(Error::Invalid(fields)) = refused else { panic!("{place}") };
            assert_eq!(fields.keys().collect::<Vec<_>>(), [&format!("stages.{place}.phase")]);
        }
        assert_eq!(phases().await, chosen);
    }

    async fn only_moderators_set_stages(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let staff = person(&db, "staff", Role::Researcher).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let request = request(&made, vec![new("A", StageKind::New)], Vec::new());
        assert!(matches!(pipeline::set(&db, Some(&staff), &made.slug, &request).await, Err(Error::Refused(Refusal::Role(Role::Moderator)))));
        assert!(matches!(pipeline::list(&db, None, &made.slug).await, Err(Error::Refused(Refusal::SignIn))));
    }
}

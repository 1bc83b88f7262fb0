//! The stages of a board: made, renamed, ordered, and taken away with their ideas moved on.

use server::{
    domain::{Error, boards, ideas, pipeline, stages},
    store::{self, standing},
};
use shared::{
    Role, StageId,
    api::{BoardView, Colour, FieldCode, MoveIdea, MovedOn, SetStages, StageKind, StageView, WantedStage},
    rules::{Audience, Away, Refusal},
};
use tests::on_both_databases;

use crate::workspace::{board, idea, person};

fn wanted(stage: &StageView) -> WantedStage {
    let StageView { id, fr, en, colour, kind } = stage.clone();
    WantedStage { id: Some(id), fr, en, colour, kind }
}

fn new(en: &str, kind: StageKind) -> WantedStage {
    WantedStage { id: None, fr: format!("{en} (fr)"), en: en.into(), colour: Colour::Rose, kind }
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
        let request = SetStages { stages: all, moved: Vec::new() };
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
        let ask = |moved| SetStages { stages: kept.clone(), moved };
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
        let (again, _) = pipeline::set(&db, Some(&owner), &made.slug, &SetStages { stages: rest, moved: Vec::new() }).await.expect("set");
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
        let request = SetStages { stages: rest, moved };
        let (after, told) = pipeline::set(&db, Some(&owner), &made.slug, &request).await.expect("set");
        assert_eq!(told.iter().map(|facts| facts.number).collect::<Vec<_>>(), [shown.number]);
        // They moved all the same.
        let mut tx = db.read().await.expect("a transaction");
        for other in others {
            assert_eq!(store::stages::of(&mut tx, other).await.expect("a stage"), after.stages[0].id);
            assert_eq!(store::stages::moves(&mut tx, other).await.expect("its moves").len(), 1);
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
            let request = SetStages { stages, moved: Vec::new() };
            let Err(Error::Invalid(fields)) = pipeline::set(&db, Some(&owner), &made.slug, &request).await else { panic!("{field}") };
            assert_eq!(fields.keys().collect::<Vec<_>>(), [field]);
        }
        assert_eq!(boards::one(&db, None, &made.slug).await.expect("the board").stages, made.stages);
    }

    async fn only_moderators_set_stages(db: Db) {
        let owner = person(&db, "owner", Role::Owner).await;
        let staff = person(&db, "staff", Role::Researcher).await;
        let made = board(&db, &owner, "Goûter", Audience::Public).await;
        let request = SetStages { stages: vec![new("A", StageKind::New)], moved: Vec::new() };
        assert!(matches!(pipeline::set(&db, Some(&staff), &made.slug, &request).await, Err(Error::Refused(Refusal::Role(Role::Moderator)))));
        assert!(matches!(pipeline::list(&db, None, &made.slug).await, Err(Error::Refused(Refusal::SignIn))));
    }
}

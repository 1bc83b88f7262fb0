//! Cards go where they belong, whoever moves them and whatever is told meanwhile.

use serde_json::json;
use shared::{
    IdeaId, PersonId,
    api::{Came, Colour, StageKind},
};

use super::*;

fn stage(name: &str, kind: StageKind) -> StageView {
    StageView { id: StageId::new(), fr: name.into(), en: name.into(), colour: Colour::Sky, kind }
}

fn item(number: u32, rank: i64, stage: &StageView) -> PipelineCard {
    let author = json!({"id": PersonId::new(), "handle": "zoe", "name": "Zoé", "role": "customer", "unclaimed": false});
    let card = json!({
        "id": IdeaId::new(), "number": number, "slug": "flan", "title": "Flan", "pitch": "", "board": "bread",
        "board_title": "Bread", "stage": stage, "tags": [], "author": author, "shaped_by": [], "shapers": 0,
        "votes": 0, "voted": false, "comments": 0, "followed": false, "created_at": 0, "updated_at": 0,
    });
    let card = serde_json::from_value(card).expect("a card");
    PipelineCard { card, rank, since: 1, reason: String::new() }
}

/// Two ideas in the first of three columns, one in the second.
fn lanes() -> (Lanes, [StageView; 3]) {
    let stages = [stage("New", StageKind::New), stage("Baking", StageKind::Open), stage("No", StageKind::Declined)];
    let column = |at: usize, items: Vec<PipelineCard>| {
        let ideas = u32::try_from(items.len()).expect("few");
        PipelineColumn { stage: stages[at].clone(), ideas, items, next: None }
    };
    let columns = vec![
        column(0, vec![item(1, 30, &stages[0]), item(2, 10, &stages[0])]),
        column(1, vec![item(3, 20, &stages[1])]),
        column(2, vec![]),
    ];
    (Lanes::new(columns), stages)
}

fn shown(lanes: &Lanes) -> Vec<(u32, Vec<u32>)> {
    let numbers = |column: &PipelineColumn| column.items.iter().map(|item| item.card.number).collect();
    lanes.columns.iter().map(|column| (column.ideas, numbers(column))).collect()
}

fn facts(number: u32, stage: &StageView, from: Option<&StageView>) -> IdeaFacts {
    let came = from.map(|from| Came { from: Some(from.id), reason: "Why".into(), at: 9 });
    IdeaFacts {
        number,
        board: "bread".into(),
        votes: 4,
        comments: 2,
        stage: stage.clone(),
        percent: None,
        clock: None,
        came,
    }
}

#[test]
fn a_card_goes_where_its_order_puts_it_and_comes_back() {
    let (mut lanes, stages) = lanes();
    assert_eq!(lanes.before(1, stages[1].id), Some(3));
    assert_eq!(lanes.before(2, stages[1].id), None);
    lanes.want(1, stages[1].id, 7);
    assert_eq!(shown(&lanes), [(1, vec![2]), (2, vec![1, 3]), (0, vec![])]);
    assert_eq!(lanes.card(1).expect("it").since, 7);
    lanes.back(1);
    assert_eq!(shown(&lanes), [(2, vec![1, 2]), (1, vec![3]), (0, vec![])]);
    assert_eq!(lanes.card(1).expect("it").since, 1);
}

#[test]
fn the_stages_beside_end_at_both_ends() {
    let (lanes, stages) = lanes();
    assert_eq!((lanes.beside(1, Way::Back), lanes.beside(1, Way::On)), (None, Some(&stages[1])));
    assert_eq!((lanes.beside(3, Way::Back), lanes.beside(3, Way::On)), (Some(&stages[0]), Some(&stages[2])));
    assert_eq!(lanes.counts(), (3, 1));
}

#[test]
fn what_is_told_is_shown_but_waits_for_a_hand_that_moves_the_card() {
    let (mut lanes, stages) = lanes();
    assert_eq!(lanes.hear(&facts(2, &stages[2], Some(&stages[0])), true), Rest::Nothing);
    assert_eq!(shown(&lanes), [(1, vec![1]), (1, vec![3]), (1, vec![2])]);
    let told = lanes.card(2).expect("it");
    assert_eq!((told.since, told.reason.as_str(), told.card.votes), (9, "Why", 4));
    lanes.want(1, stages[1].id, 7);
    lanes.hear(&facts(1, &stages[2], Some(&stages[0])), true);
    assert_eq!(lanes.stage(1), Some(&stages[1]));
    lanes.back(1);
    assert_eq!((lanes.stage(1), lanes.card(1).expect("it").since), (Some(&stages[2]), 9));
}

#[test]
fn who_is_faster_than_the_server_has_the_last_word() {
    let (mut lanes, stages) = lanes();
    lanes.want(1, stages[1].id, 7);
    lanes.want(1, stages[2].id, 8);
    assert!(!lanes.agree(1, stages[1].clone(), (7, String::new())));
    assert_eq!(lanes.stage(1), Some(&stages[2]));
    assert!(lanes.agree(1, stages[2].clone(), (8, "Full".into())));
    assert_eq!(lanes.card(1).expect("it").reason, "Full");
    assert_eq!(shown(&lanes), [(1, vec![2]), (1, vec![3]), (1, vec![1])]);
}

#[test]
fn an_idea_out_of_sight_changes_the_counts() {
    let (mut lanes, stages) = lanes();
    lanes.columns[0].ideas = 30;
    let told = facts(77, &stages[1], Some(&stages[0]));
    assert_eq!(lanes.hear(&told, true), Rest::Ask);
    assert_eq!(lanes.columns.iter().map(|column| column.ideas).collect::<Vec<_>>(), [29, 2, 0]);
    assert_eq!(lanes.hear(&told, false), Rest::Ask, "nobody knows whether it is among those of the filters");
    assert_eq!(lanes.columns[0].ideas, 29);
    assert_eq!(lanes.hear(&facts(77, &stages[1], None), true), Rest::Nothing, "a vote for it is no matter here");
    assert_eq!(lanes.hear(&facts(1, &stage("Other", StageKind::Open), None), true), Rest::Redraw);
}

#[test]
fn how_things_stand_is_taken_in_around_what_the_person_wants() {
    let (mut lanes, stages) = lanes();
    lanes.want(1, stages[1].id, 7);
    let column = |at: usize, ideas, items: Vec<PipelineCard>| {
        let next = (items.len() < ideas as usize).then(|| "9-9".to_owned());
        PipelineColumn { stage: stages[at].clone(), ideas, items, next }
    };
    let columns = vec![
        column(0, 2, vec![item(1, 30, &stages[0]), item(5, 20, &stages[0])]),
        column(1, 40, vec![item(4, 25, &stages[1])]),
        column(2, 1, vec![item(3, 20, &stages[2])]),
    ];
    assert_eq!(lanes.merge(Pipeline { columns, may_move: true }), Rest::Nothing);
    assert_eq!(shown(&lanes), [(1, vec![5]), (41, vec![1, 4]), (1, vec![3])], "2 is gone, 1 is held");
    assert_eq!(lanes.columns[1].next.as_deref(), Some("9-9"));
    let other = Pipeline { columns: vec![column(0, 0, vec![])], may_move: true };
    assert_eq!(lanes.merge(other), Rest::Redraw);
    let more =
        PipelineColumn { ideas: 41, next: None, ..column(1, 0, vec![item(4, 25, &stages[1]), item(6, 5, &stages[1])]) };
    lanes.add(more);
    assert_eq!(shown(&lanes)[1], (41, vec![1, 4, 6]));
}

#[test]
fn a_bar_is_divided_by_the_counts() {
    assert_eq!(shares(&[1, 0, 3]), [(0.0, 25.0), (25.0, 0.0), (25.0, 75.0)]);
    assert_eq!(shares(&[0, 0]), [(0.0, 0.0), (0.0, 0.0)]);
}

//! `/b/{board}/canvas/history`: how a canvas came to be, version by version. `?at=` names one by a moment.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use shared::{
    api::{BoardView, CanvasHistory, CanvasMay, CanvasVersion, CanvasView, Millis, Workshop},
    canvas::past::Past,
};

use crate::{
    canvas::{self, Scene},
    i18n::{t_string, use_i18n},
    pages::{
        board_list,
        history::{Player, Row, choice, frame, inks, player, said},
    },
    ui::{empty, load},
};

/// The page.
pub fn view() -> AnyView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.with(|params| params.get("board").unwrap_or_default()));
    let board = load::ask::<BoardView>(move || format!("/boards/{}", slug.get()));
    let history = load::ask::<CanvasHistory>(move || format!("/boards/{}/canvas/history", slug.get()));
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(|query| query.get("at")).and_then(|at| at.parse::<Millis>().ok()));
    load::load(board, move |board| load::load(history, move |history| page(&board, history, asked)))
}

fn page(board: &BoardView, history: CanvasHistory, asked: Memo<Option<Millis>>) -> AnyView {
    let i18n = use_i18n();
    let body = if history.versions.is_empty() {
        let teaches =
            (move || t_string!(i18n, history.canvas_empty), move || t_string!(i18n, history.canvas_empty_hint));
        empty::empty("note", teaches.0, teaches.1, None)
    } else {
        whole(board, history, asked)
    };
    let heading = move || t_string!(i18n, history.canvas_title);
    let lead = move || t_string!(i18n, history.canvas_lead);
    frame(
        "page page-wide history-page",
        (board.title.clone(), format!("/b/{}/canvas", board.slug)),
        heading,
        lead,
        body,
    )
}

fn whole(board: &BoardView, history: CanvasHistory, asked: Memo<Option<Millis>>) -> AnyView {
    let i18n = use_i18n();
    let CanvasHistory { document, reflects, people, versions, makers, ideas } = history;
    let count = u32::try_from(versions.len()).unwrap_or(u32::MAX);
    let at = asked.get_untracked().map_or(count, |at| {
        u32::try_from(versions.partition_point(|version| version.began_at <= at)).unwrap_or(u32::MAX)
    });
    let played = Player::new(count, at);
    let inks = inks(i18n, &people);
    let row = |version: &CanvasVersion| Row {
        by: version.by.iter().filter_map(|by| inks.get(*by as usize).cloned()).collect(),
        at: version.ended_at,
        extent: None,
        things: Some(version.things()),
    };
    let rows = StoredValue::new(versions.iter().map(row).collect::<Vec<_>>());
    let past = Past::of(versions);
    let drawn = CanvasView {
        document,
        reflects,
        canvas: past.at(played.at_untracked()),
        makers,
        ideas,
        promoted: Vec::new(),
        reactions: Vec::new(),
        workshop: Workshop::default(),
        may: CanvasMay::default(),
    };
    // Nobody is anybody here: nothing is theirs to change.
    let scene = Scene::new(i18n, board, drawn, None, board_list::wish());
    #[cfg(feature = "hydrate")]
    {
        let past = StoredValue::new(past);
        Effect::new(move |before: Option<()>| {
            let at = played.at();
            if before.is_some() {
                past.with_value(|past| canvas::show(scene, &past.at(at)));
            }
        });
    }
    let path = StoredValue::new(format!("/b/{}/canvas/history", board.slug));
    let moment = move |version: u32| rows.with_value(|rows| rows.get(version as usize - 1).map(|row| row.at));
    let address = move |version: u32| format!("{}?at={}", path.get_value(), moment(version).unwrap_or_default());
    view! {
        <div class="history is-canvas">
            {player(played, said(i18n, rows))}
            {canvas::replay(scene)}
            {choice(rows, played, address)}
        </div>
    }
    .into_any()
}

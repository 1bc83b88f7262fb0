//! `/b/{board}/pipeline`: the ideas of a board, a column for each stage, to be moved along by those who may.

mod board;
mod card;
#[cfg(feature = "hydrate")]
mod drag;
mod glance;
mod lanes;
#[cfg(feature = "hydrate")]
mod motion;
mod moving;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::api::{BoardView, Pipeline, PipelineColumn, StageView};

use self::board::Board;
use crate::{
    i18n::{t, t_string, use_i18n},
    live::facts,
    pages::{
        board_head::{self, View},
        board_list::{self, Wish},
    },
    ui::{
        icon::icon,
        load::{self, Loaded},
        place,
    },
    words,
};

/// The page.
pub fn view() -> AnyView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.with(|params| params.get("board").unwrap_or_default()));
    let board = load::ask::<BoardView>(move || format!("/boards/{}", slug.get()));
    let wish = board_list::wish();
    let pipeline = load::ask::<Pipeline>(move || wish.with(|wish| wish.pipeline(&slug.get())));
    load::load(board, move |board| page(&board, pipeline, wish))
}

fn page(board: &BoardView, pipeline: Loaded<Pipeline>, wish: Memo<Wish>) -> AnyView {
    facts::follow(vec![board.slug.clone()]);
    let slug = StoredValue::new(board.slug.clone());
    let draw = move |shown: Pipeline| {
        let slug = slug.get_value();
        let (path, all) = wish.with_untracked(|wish| (wish.pipeline(&slug), !wish.is_choosy()));
        columns(Board::new(shown, path, all, pipeline), wish, &View::List.path(&slug))
    };
    view! {
        <div class="page page-wide pipeline">
            {board_head::head(board, View::Pipeline, wish)}
            {board_head::tools(board, View::Pipeline, wish)}
            {load::load(pipeline, draw)}
        </div>
    }
    .into_any()
}

/// The columns, with what moves cards between them. `list` is where the same ideas stand one after another.
fn columns(board: Board, wish: Memo<Wish>, list: &str) -> AnyView {
    let i18n = use_i18n();
    let stages: Vec<StageView> =
        board.lanes.with_untracked(|lanes| lanes.columns.iter().map(|column| column.stage.clone()).collect());
    let lanes = stages
        .iter()
        .map(|stage| {
            let id = stage.id.to_string();
            let all = wish.with_untracked(|wish| wish.with(|wish| wish.stage = Some(id)).at(list));
            lane(board, stage, all)
        })
        .collect_view();
    #[cfg(feature = "hydrate")]
    {
        Effect::new(place::come);
        Effect::new(move || drag::listen(board));
    }
    view! {
        <div class="pipeline-body">
            {glance::view(board)}
            <div
                class="lanes"
                class:may-move=move || board.may_move.get()
                role="group"
                tabindex="0"
                aria-label=move || t_string!(i18n, pipeline.stages)
                on:keydown=move |event| moving::press(board, &event)
                on:click=|_| place::leave()
            >
                {lanes}
            </div>
            {moving::view(board, &stages)}
        </div>
    }
    .into_any()
}

/// The column of a stage. `all` is where all its ideas are listed, for whoever goes without scripts.
fn lane(board: Board, stage: &StageView, all: String) -> AnyView {
    let i18n = use_i18n();
    let id = stage.id;
    fn of(lanes: &lanes::Lanes, id: shared::StageId) -> Option<&PipelineColumn> {
        lanes.columns.iter().find(|column| column.stage.id == id)
    }
    let count = Memo::new(move |_| board.lanes.with(|lanes| of(lanes, id).map_or(0, |column| column.ideas)));
    let items = move || board.lanes.with(|lanes| of(lanes, id).map(|column| column.items.clone()).unwrap_or_default());
    let empty =
        Memo::new(move |_| board.lanes.with(|lanes| of(lanes, id).is_none_or(|column| column.items.is_empty())));
    let next = Memo::new(move |_| board.lanes.with(|lanes| of(lanes, id).and_then(|column| column.next.clone())));
    let (named, more) = (stage.clone(), stage.clone());
    let more = move || {
        let (next, more, href) = (next.get()?, more.clone(), all.clone());
        let fetch = move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            board.more(more.clone(), next.clone());
        };
        let text = move || t_string!(i18n, pipeline.more, count = words::ideas(i18n, count.get()));
        Some(
            view! { <a class="button button-small lane-more" href=href on:click=fetch>{icon("caret-down")} {text}</a> },
        )
    };
    view! {
        <section class="lane" id=glance::anchor(stage) data-stage=id.to_string() data-colour=stage.colour.as_str() aria-labelledby=format!("name-{id}")>
            <h2 class="lane-title" id=format!("name-{id}") tabindex="-1">
                <span class="chip-dot" aria-hidden="true"></span>
                <span class="lane-name">{move || words::stage(i18n, &named)}</span>
                " "
                <span class="lane-count">{count}</span>
            </h2>
            <div class="lane-body">
                <ul class="lane-cards">
                    <For each=items key=|item| item.card.number let:item>
                        <li>{card::view(board, item)}</li>
                    </For>
                </ul>
                {move || empty.get().then(|| view! { <p class="lane-empty quiet">{t!(i18n, pipeline.empty)}</p> })}
                {more}
            </div>
        </section>
    }
    .into_any()
}

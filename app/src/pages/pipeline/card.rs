//! The card of an idea in its column.

use leptos::prelude::*;
use shared::{
    api::{PipelineCard, StageKind},
    calendar::DAY,
};

use super::board::Board;
use crate::{
    i18n::{t, t_string, use_i18n},
    live::facts,
    pages::reason,
    ui::{avatar, bar, card, clock, date, here, icon::icon, tag, vote},
    words,
};

/// After so long, a date says more than a number of days.
const LONG: i64 = 60 * DAY;

/// So many faces have room.
const FACES: u32 = 3;

/// The card. It is drawn anew in each column it comes to.
pub(super) fn view(board: Board, item: PipelineCard) -> AnyView {
    let i18n = use_i18n();
    let PipelineCard { card, since, reason, .. } = item;
    let number = card.number;
    remember(board, number);
    let news = facts::of(number);
    // What was told before the card was drawn, it knows.
    let heard = StoredValue::new(news.get_untracked());
    let newer = move || news.get().filter(|facts| heard.with_value(|heard| heard.as_ref() != Some(facts)));
    let at_first = card.comments;
    let comments = Memo::new(move |_| newer().map_or(at_first, |facts| facts.comments));
    let at_first = card.percent;
    let percent = move || newer().map_or(at_first, |facts| facts.percent);
    let at_first = card.clock;
    let due = move || newer().map_or(at_first, |facts| facts.clock);
    let stage = board.lanes.with_untracked(|lanes| lanes.stage(number).cloned());
    let reason = RwSignal::new(reason);
    // The words of one's own move come with the answer.
    Effect::new(move || {
        let said = board.lanes.with(|lanes| lanes.card(number).map(|item| item.reason.clone()));
        if let Some(said) = said.filter(|said| reason.with_untracked(|known| known != said)) {
            reason.set(said);
        }
    });
    let declined = stage.filter(|stage| stage.kind == StageKind::Declined);
    let why = declined.map(|stage| move || reason.with(|reason| reason::quoted(reason, &stage)));
    let here_since = move || match (board.here.now.get() - since).max(0) {
        span if span < LONG => t_string!(i18n, pipeline.here_for, span = date::span(i18n, span)),
        _ => t_string!(i18n, pipeline.here_since, date = date::day(i18n, since, board.here.now.get())),
    };
    // One face less where the last tells how many more there are.
    let shown = if card.shapers > FACES { FACES - 1 } else { FACES };
    let faces = card.shaped_by.get(..shown as usize).unwrap_or(&card.shaped_by);
    view! {
        <article class="card idea lane-card" data-number=number>
            {vote::vote(&card)}
            <div class="idea-main">
                <h3 class="idea-title">
                    <a class="card-link" href=card::idea_path(&card) draggable="false">{card.title.clone()}</a>
                </h3>
                {tag::few(&card.tags)}
                {bar::thin(percent)}
                {clock::clock(due)}
                {why}
                <p class="lane-since quiet">
                    <span>{here_since}</span>
                    " "
                    <span class="idea-talk" title=move || words::comments(i18n, comments.get())>
                        {icon("chat-circle")} <span aria-hidden="true">{comments}</span>
                        <span class="unseen">{move || words::comments(i18n, comments.get())}</span>
                    </span>
                </p>
                <div class="idea-foot">
                    {avatar::faces(faces, card.shapers)}
                    {here::faces(facts::here(&card.board, Some(card.number)))}
                    {mover(board, number, card.title.clone())}
                </div>
            </div>
        </article>
    }
    .into_any()
}

/// Keeps what happens to the votes, for when the card is drawn in another column.
fn remember(board: Board, number: u32) {
    let own = facts::own_vote(number);
    Effect::new(move |before: Option<()>| {
        let told = own.get();
        if let Some(vote) = told.filter(|_| before.is_some()) {
            board.lanes.update_untracked(|lanes| {
                lanes.with_card(number, |item| (item.card.votes, item.card.voted) = (vote.votes, vote.voted));
            });
        }
    });
}

/// The button that opens the menu of stages, for those who may move the card.
fn mover(board: Board, number: u32, title: String) -> AnyView {
    let i18n = use_i18n();
    let button = move || {
        let title = title.clone();
        view! {
            <button
                type="button"
                class="lane-move"
                aria-haspopup="menu"
                aria-label=move || t_string!(i18n, pipeline.move_one, title = title.clone())
                disabled=move || !board.here.awake.get()
                on:click=move |_| super::moving::open(board, number)
            >
                {icon("arrows-left-right")} <span>{t!(i18n, pipeline.move_short)}</span>
            </button>
        }
    };
    (move || board.may_move.get().then(|| button.clone()())).into_any()
}

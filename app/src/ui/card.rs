//! The card of an idea, and that of a board.

use leptos::prelude::*;
use shared::{
    api::{BoardView, IdeaCard, NoticeKind, NoticeView},
    outbox::Deed,
};

use crate::{
    i18n::{t, use_i18n},
    live::facts,
    outbox::marks::marks,
    ui::{avatar, bar, clock, date, here, icon::icon, pill, place, tag, vote},
    words,
};

/// The address of an idea's page.
#[must_use]
pub fn idea_path(card: &IdeaCard) -> String {
    path(card.number, &card.slug)
}

/// The address of the page of the idea of this number.
#[must_use]
pub fn path(number: u32, slug: &str) -> String {
    if slug.is_empty() { format!("/i/{number}") } else { format!("/i/{number}/{slug}") }
}

/// Where what a notice tells of is read.
#[must_use]
pub fn notice_path(notice: &NoticeView) -> String {
    // What one was given for no idea stands with all that one was given.
    let Some(number) = notice.number else { return "/recognition/mine".to_owned() };
    let mut path = match &notice.into {
        Some(into) => format!("{}?from={number}", self::path(into.number, &into.slug)),
        None => self::path(number, &notice.slug),
    };
    if let Some(comment) = &notice.comment {
        path.push_str("#c-");
        path.push_str(comment);
    }
    if let Some(entry) = &notice.entry {
        path.push_str(&format!("#p-{entry}"));
    }
    if notice.kind == NoticeKind::Changed {
        path.push_str("#change");
    }
    if notice.kind == NoticeKind::Recognition {
        path.push_str("#recognised");
    }
    path
}

/// An idea in a list. `with_board` where ideas of several boards stand together.
pub fn idea(card: &IdeaCard, with_board: bool) -> AnyView {
    let i18n = use_i18n();
    let number = card.number;
    let news = facts::of(number);
    let board = with_board.then(|| view! { <span class="idea-board">{card.board_title.clone()}</span> });
    let stage = pill::standing(facts::stage(news, card.stage.clone()));
    let percent = facts::latest(news, card.percent, |facts| facts.percent);
    let clock = facts::latest(news, card.clock, |facts| facts.clock);
    let comments = facts::latest(news, card.comments, |facts| facts.comments);
    let pitch = (!card.pitch.is_empty()).then(|| view! { <p class="idea-pitch">{card.pitch.clone()}</p> });
    view! {
        <article class="card idea">
            {vote::vote(card)}
            <div class="idea-main">
                <div class="idea-top">{stage} {clock::clock(clock)} {board}</div>
                <h3 class="idea-title">
                    <a class="card-link" href=idea_path(card)>
                        {card.title.clone()}
                    </a>
                </h3>
                {pitch}
                {marks(move |deed| matches!(deed, Deed::Vote { idea, .. } if *idea == number))}
                {tag::few(&card.tags)}
                {bar::thin(percent)}
                <div class="idea-foot">
                    {avatar::faces(&card.shaped_by, card.shapers)}
                    <span class="idea-talk quiet" title=move || words::comments(i18n, comments())>
                        {icon("chat-circle")} <span aria-hidden="true">{comments}</span>
                        <span class="unseen">{move || words::comments(i18n, comments())}</span>
                    </span>
                    {here::faces(facts::here(&card.board, Some(number)))}
                    <span class="idea-when quiet">{date::ago(card.updated_at)}</span>
                </div>
            </div>
        </article>
    }
    .into_any()
}

/// Ideas in a list.
pub fn ideas(cards: &[IdeaCard], with_board: bool) -> AnyView {
    #[cfg(feature = "hydrate")]
    Effect::new(place::come);
    view! {
        <ul class="ideas" on:click=|_| place::leave()>
            {cards.iter().map(|card| view! { <li>{idea(card, with_board)}</li> }).collect_view()}
        </ul>
    }
    .into_any()
}

/// A board in a list.
pub fn board(board: &BoardView) -> AnyView {
    let i18n = use_i18n();
    let count = board.ideas;
    let closed = match board.audience {
        shared::rules::Audience::Public => None,
        audience => Some(view! {
            <span class="board-closed">{icon("lock-simple")} {move || words::audience(i18n, audience)}</span>
        }),
    };
    let active = board.active_at;
    view! {
        <article class="card board">
            <h3 class="board-title">
                <a class="card-link" href=format!("/b/{}", board.slug)>
                    {board.title.clone()}
                </a>
            </h3>
            <p class="board-purpose">{board.purpose.clone()}</p>
            <div class="board-foot">
                <span class="board-count">{move || words::ideas(i18n, count)}</span>
                <span class="quiet">{t!(i18n, board.active, ago = move || date::ago(active))}</span>
                {closed}
            </div>
        </article>
    }
    .into_any()
}

//! The ideas that wait for an answer, on the desk: what is due first.

use leptos::prelude::*;
use shared::api::{IdeaCard, Page};

use crate::{
    i18n::{t, t_string, use_i18n},
    live::facts,
    ui::{card, clock, date, load, more::More},
    words,
};

/// How many are shown at once.
const STEP: u32 = 15;

/// Those to which an answer was promised by when it is due, then the others, the longest waiting first; all of them, or
/// those that the person is named to answer.
pub(super) fn section() -> AnyView {
    let i18n = use_i18n();
    let mine = RwSignal::new(false);
    let path = move || format!("/desk/answers?limit={STEP}&mine={}", mine.get());
    let waiting = load::ask::<Page<IdeaCard>>(path);
    let choice = move |wanted: bool, text: AnyView| {
        view! {
            <li>
                <button
                    type="button"
                    class="chip"
                    aria-pressed=move || (mine.get() == wanted).to_string()
                    on:click=move |_| mine.set(wanted)
                >
                    {text}
                </button>
            </li>
        }
    };
    view! {
        <section class="panel" aria-labelledby="unanswered">
            <div class="panel-head">
                <h2 class="panel-title" id="unanswered">{t!(i18n, desk.unanswered)}</h2>
                <p class="quiet">{t!(i18n, desk.unanswered_hint)}</p>
            </div>
            <ul class="chips">
                {choice(false, t!(i18n, desk.everybodys).into_any())}
                {choice(true, t!(i18n, desk.mine).into_any())}
            </ul>
            {load::load(waiting, move |page| list(page, mine.get_untracked()))}
        </section>
    }
    .into_any()
}

fn list(page: Page<IdeaCard>, mine: bool) -> AnyView {
    let i18n = use_i18n();
    if page.items.is_empty() {
        let text = move || if mine { t_string!(i18n, desk.none_mine) } else { t_string!(i18n, desk.none_waits) };
        return view! { <p class="quiet">{text}</p> }.into_any();
    }
    let more = More::<IdeaCard>::after(page.next);
    let ask = move |_| more.ask(i18n, |cursor| format!("/desk/answers?limit={STEP}&mine={mine}&cursor={cursor}"));
    view! {
        <ul class="lines">
            {page.items.iter().map(row).collect_view()}
            <For each=move || more.items() key=|idea| idea.number let(idea)>
                {row(&idea)}
            </For>
        </ul>
        <Show when=move || more.is_there()>
            <button type="button" class="button" on:click=ask>{t!(i18n, inbox.more)}</button>
        </Show>
    }
    .into_any()
}

fn row(idea: &IdeaCard) -> AnyView {
    let i18n = use_i18n();
    let due = facts::latest(facts::of(idea.number), idea.clock, |facts| facts.clock);
    let answer = format!("{}#talk", card::idea_path(idea));
    let title = idea.title.clone();
    let label = move || t_string!(i18n, desk.answer_to, title = title.clone());
    view! {
        <li class="desk-line">
            <div class="line-main">
                <a class="person-name" href=card::idea_path(idea)>{idea.title.clone()}</a>
                {clock::clock(due)}
                <span class="quiet">
                    {idea.board_title.clone()} " · " {date::ago(idea.created_at)} " · " {words::votes(i18n, idea.votes)}
                </span>
            </div>
            <a class="button button-small" href=answer aria-label=label>{t!(i18n, desk.answer)}</a>
        </li>
    }
    .into_any()
}

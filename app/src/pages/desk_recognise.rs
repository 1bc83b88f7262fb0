//! Ideas that got somewhere and whose contributors nobody recognised since, on the desk of moderators.

use leptos::prelude::*;
use shared::api::{Deserving, Page, PersonView};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{
        avatar, card, date,
        icon::icon,
        load::{self, Loaded},
        more::More,
        toast,
    },
    visit::here,
    words,
};

/// How many are shown at once.
const STEP: u32 = 10;
/// How many faces stand beside each.
const FACES: usize = 5;

/// The section.
pub(super) fn section() -> AnyView {
    let i18n = use_i18n();
    let waiting = load::ask::<Page<Deserving>>(|| format!("/desk/recognise?limit={STEP}"));
    view! {
        <section class="panel" aria-labelledby="recognise">
            <div class="panel-head">
                <h2 class="panel-title" id="recognise">{t!(i18n, recognition.desk)}</h2>
                <p class="quiet">{t!(i18n, recognition.desk_hint)}</p>
            </div>
            {load::load(waiting, move |page| list(page, waiting))}
        </section>
    }
    .into_any()
}

fn list(page: Page<Deserving>, waiting: Loaded<Page<Deserving>>) -> AnyView {
    let i18n = use_i18n();
    if page.items.is_empty() {
        return view! { <p class="quiet">{t!(i18n, recognition.desk_none)}</p> }.into_any();
    }
    let more = More::<Deserving>::after(page.next);
    let ask = move |_| more.ask(i18n, |cursor| format!("/desk/recognise?limit={STEP}&cursor={cursor}"));
    view! {
        <ul class="lines">
            {page.items.iter().map(|one| row(one, waiting)).collect_view()}
            <For each=move || more.items() key=|one| one.idea.number let(one)>
                {row(&one, waiting)}
            </For>
        </ul>
        <Show when=move || more.is_there()>
            <button type="button" class="button" on:click=ask>{t!(i18n, inbox.more)}</button>
        </Show>
    }
    .into_any()
}

fn row(one: &Deserving, waiting: Loaded<Page<Deserving>>) -> AnyView {
    let i18n = use_i18n();
    let (number, path) = (one.idea.number, card::path(one.idea.number, &one.idea.slug));
    let give = format!("{path}/recognise");
    let title = StoredValue::new(one.idea.title.clone());
    let pass = move |_| {
        leptos::task::spawn_local(async move {
            match api::put(&format!("/desk/recognise/{number}/pass")).await {
                Ok(()) => toast::say(t_string!(i18n, recognition.desk_passed)),
                Err(problem) => toast::warn(words::problem(i18n, &problem)),
            }
            waiting.again();
        });
    };
    let reached = one.milestone.clone();
    let launched = one.launched;
    let became = move || match &reached {
        Some(title) if !launched => t_string!(i18n, recognition.desk_reached, title = title.clone()),
        _ => t_string!(i18n, recognition.desk_launched).to_owned(),
    };
    let people: Vec<PersonView> = one.people.iter().map(|one| one.person.clone()).collect();
    let shown = &people[..people.len().min(FACES)];
    let count = u32::try_from(people.len()).unwrap_or(u32::MAX);
    let nobody = people.is_empty().then(|| view! { <span class="quiet">{t!(i18n, recognition.desk_nobody)}</span> });
    view! {
        <li class="desk-line">
            <div class="line-main">
                <a class="person-name" href=path>{one.idea.title.clone()}</a>
                {(count > 0).then(|| avatar::faces(shown, count))}
                {nobody}
                <span class="quiet">{one.board_title.clone()} " · " {became} " · " {date::ago(one.at)}</span>
            </div>
            <div class="row desk-acts">
                {(count > 0).then(|| view! {
                    <a
                        class="button button-small"
                        href=give
                        aria-label=move || t_string!(i18n, recognition.desk_go_of, title = title.get_value())
                    >
                        {icon("hand-heart")} {t!(i18n, recognition.form_send)}
                    </a>
                })}
                <button
                    type="button"
                    class="button button-small button-quiet"
                    disabled=move || !here().awake.get()
                    aria-label=move || t_string!(i18n, recognition.desk_pass_of, title = title.get_value())
                    on:click=pass
                >
                    {t!(i18n, recognition.desk_pass)}
                </button>
            </div>
        </li>
    }
    .into_any()
}

//! What somebody gave to the ideas one sees.

use leptos::prelude::*;
use shared::api::{PersonContributions, PersonShare};

use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{bar, card, icon::icon},
    words,
};

/// How many ideas are named at first.
const NAMED: usize = 4;

/// The section of a person's page; nothing where there is nothing to say.
pub fn section(given: &PersonContributions, own: bool) -> AnyView {
    let i18n = use_i18n();
    let count = given.ideas;
    if count == 0 {
        return ().into_any();
    }
    let lead = move || match count {
        1 => t_string!(i18n, credit.of_person_lead_one).to_owned(),
        _ => t_string!(i18n, credit.of_person_lead_many, count = count),
    };
    let title = move || if own { t_string!(i18n, credit.of_person_own) } else { t_string!(i18n, credit.of_person) };
    let kinds = given.given.clone().into_iter().map(|given| {
        view! { <li>{move || words::contribution(i18n, given.kind, given.amount)}</li> }
    });
    let (named, others) = given.most.split_at(given.most.len().min(NAMED));
    let rest = (!others.is_empty()).then(|| {
        view! {
            <details class="fold">
                <summary>{t!(i18n, person.more)}</summary>
                <ul class="person-shares">{others.iter().map(idea).collect_view()}</ul>
            </details>
        }
    });
    view! {
        <section class="person-credit" aria-labelledby="person-credit">
            <h2 class="facts-title" id="person-credit">{title}</h2>
            <p>{lead}</p>
            <ul class="person-given quiet">{kinds.collect_view()}</ul>
            <ul class="person-shares">{named.iter().map(idea).collect_view()}</ul>
            {rest}
            <a class="idea-credit-how" href="/credit">{icon("question")} {t!(i18n, credit.how)}</a>
        </section>
    }
    .into_any()
}

fn idea(share: &PersonShare) -> AnyView {
    let i18n = use_i18n();
    let PersonShare { idea, proposed, percent, .. } = share;
    let percent = *percent;
    let shown = u8::try_from(percent).unwrap_or(100);
    let figure = move || match percent {
        0 => t_string!(i18n, credit.under_one).to_owned(),
        _ => t_string!(i18n, credit.percent, percent = percent),
    };
    view! {
        <li>
            <span>
                <a href=card::path(idea.number, &idea.slug)>{idea.title.clone()}</a>
                {proposed.then(|| view! { " " <span class="quiet">{t!(i18n, credit.proposed)}</span> })}
            </span>
            <span class="share-figure">{figure}</span>
            {bar::share(shown)}
        </li>
    }
    .into_any()
}

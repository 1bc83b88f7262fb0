//! `/credit`: how contributions are counted, and, for owners, what each weighs.

use leptos::prelude::*;
use shared::api::{ContributionKind as Kind, CreditRule, Weights};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{
        field::field,
        form::{self, Form},
        head, load, toast,
    },
    visit::here,
    words::Texts,
};

/// The page.
pub fn view() -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let title = move || t_string!(i18n, credit.title).to_owned();
    let name = move || here.me.with(|me| me.workspace.name.clone());
    let rule = load::ask::<CreditRule>(|| "/credit".to_owned());
    view! {
        {head::public(title, move || t_string!(i18n, credit.description, name = name()), "/credit".to_owned())}
        <div class="page credit-page">
            <header class="page-head">
                {head::heading(title)} <p class="lead">{t!(i18n, credit.lead)}</p>
            </header>
            {load::load(rule, whole)}
        </div>
    }
    .into_any()
}

fn whole(rule: CreditRule) -> AnyView {
    let i18n = use_i18n();
    let weights = RwSignal::new(rule.weights);
    let CreditRule { stretch, improvement, may_set, .. } = rule;
    let rows = Kind::ALL.iter().map(|kind| row(*kind, improvement, weights)).collect_view();
    view! {
        <section class="credit-part" aria-labelledby="credit-counts">
            <h2 id="credit-counts">{t!(i18n, credit.counts)}</h2>
            <p>{t!(i18n, credit.counts_text)}</p>
            <table class="credit-weights">
                <caption class="unseen">{t!(i18n, credit.weights)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t!(i18n, credit.what)}</th>
                        <th scope="col">{t!(i18n, credit.weight)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {may_set.then(|| set(weights))}
        </section>
        <section class="credit-part" aria-labelledby="credit-shares">
            <h2 id="credit-shares">{t!(i18n, credit.shares_title)}</h2>
            <p>{t!(i18n, credit.shares_text)}</p>
        </section>
        <section class="credit-part" aria-labelledby="credit-not">
            <h2 id="credit-not">{t!(i18n, credit.not_title)}</h2>
            <ul class="credit-list">
                <li>{t!(i18n, credit.not_paste, count = stretch)}</li>
                <li>{t!(i18n, credit.not_erased)}</li>
                <li>{t!(i18n, credit.not_case)}</li>
                <li>{t!(i18n, credit.not_votes)}</li>
            </ul>
        </section>
        <section class="credit-part" aria-labelledby="credit-limits">
            <h2 id="credit-limits">{t!(i18n, credit.limits)}</h2>
            <p>{t!(i18n, credit.limits_text, count = stretch)}</p>
        </section>
    }
    .into_any()
}

fn name(i18n: Texts, kind: Kind) -> &'static str {
    match kind {
        Kind::Title => t_string!(i18n, credit.kind_title),
        Kind::Pitch => t_string!(i18n, credit.kind_pitch),
        Kind::Body => t_string!(i18n, credit.kind_body),
        Kind::Improvement => t_string!(i18n, credit.kind_improvement),
        Kind::Note => t_string!(i18n, credit.kind_note),
        Kind::Twin => t_string!(i18n, credit.kind_twin),
        Kind::Helpful => t_string!(i18n, credit.kind_helpful),
        Kind::Experiment => t_string!(i18n, credit.kind_experiment),
    }
}

/// What makes a contribution of this kind, where its name does not say it.
fn hint(i18n: Texts, kind: Kind, improvement: u32) -> Option<String> {
    match kind {
        Kind::Title | Kind::Pitch | Kind::Body => None,
        Kind::Improvement => Some(t_string!(i18n, credit.kind_improvement_hint, count = improvement)),
        Kind::Note => Some(t_string!(i18n, credit.kind_note_hint).to_owned()),
        Kind::Twin => Some(t_string!(i18n, credit.kind_twin_hint).to_owned()),
        Kind::Helpful => Some(t_string!(i18n, credit.kind_helpful_hint).to_owned()),
        Kind::Experiment => Some(t_string!(i18n, credit.kind_experiment_hint).to_owned()),
    }
}

fn row(kind: Kind, improvement: u32, weights: RwSignal<Weights>) -> AnyView {
    let i18n = use_i18n();
    let unit =
        move || if kind.is_text() { t_string!(i18n, credit.per_hundred) } else { t_string!(i18n, credit.per_one) };
    view! {
        <tr>
            <th scope="row">
                {move || name(i18n, kind)}
                {move || hint(i18n, kind, improvement).map(|hint| view! { <span class="credit-hint quiet">{hint}</span> })}
            </th>
            <td>
                <span class="credit-points">{move || crate::words::points(i18n, weights.get().of(kind) * 100)}</span>
                <span class="quiet">{unit}</span>
            </td>
        </tr>
    }
    .into_any()
}

/// The owners' form.
fn set(weights: RwSignal<Weights>) -> AnyView {
    let i18n = use_i18n();
    let form = Form::new("weights");
    let fields = Kind::ALL
        .iter()
        .map(|kind| {
            let now = weights.with_untracked(|weights| weights.of(*kind));
            field(kind.as_str(), move || name(i18n, *kind)).kind("number").value(now.to_string()).place(form)
        })
        .collect_view();
    let submit = move || {
        let mut wanted = weights.get_untracked();
        for kind in Kind::ALL {
            // What is no number is too great for one.
            wanted.set(*kind, form.value(kind.as_str()).parse().unwrap_or(u32::MAX));
        }
        form.send(async move { api::put_with::<CreditRule>("/credit", &wanted).await }, move |rule| {
            weights.set(rule.weights);
            toast::say(t_string!(i18n, credit.saved));
        });
    };
    let fields = view! {
        <p class="quiet">{t!(i18n, credit.set_hint, most = Weights::MOST)}</p>
        <div class="credit-fields">{fields}</div>
    };
    view! {
        <details class="fold">
            <summary>{t!(i18n, credit.set)}</summary>
            {form::form(form, submit, fields.into_any(), form::submit(form, move || t_string!(i18n, credit.save)))}
        </details>
    }
    .into_any()
}

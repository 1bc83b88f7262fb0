//! Who shaped an idea, and by how much: kept current while the page is open.

use leptos::{prelude::*, task::spawn_local};
use shared::api::Contributions;

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    live::facts,
    ui::{
        icon::icon,
        load::{self, Loaded},
        shares,
    },
};

/// Asks who shaped the idea of this number, and goes on listening.
pub fn ask(number: Memo<String>) -> Loaded<Contributions> {
    load::ask(move || format!("/ideas/{}/contributions", number.get()))
}

/// The section beside the concept.
pub fn section(number: u32, asked: Loaded<Contributions>) -> AnyView {
    let i18n = use_i18n();
    let told = facts::credit(number);
    let listening = facts::listening();
    let drawn = move |at_first: Contributions| {
        let now = RwSignal::new(at_first);
        // What stays as it is is not drawn anew: somebody may have unfolded it.
        let take = move |fresh: Contributions| {
            if now.try_with_untracked(|now| *now != fresh) == Some(true) {
                now.set(fresh);
            }
        };
        Effect::new(move || {
            if let Some(fresh) = told.with(|told| told.as_ref().and_then(|data| serde_json::from_str(data).ok())) {
                take(fresh);
            }
        });
        Effect::new(move |before: Option<()>| {
            listening.track();
            if before.is_some() {
                let heard = told.get_untracked();
                spawn_local(async move {
                    let asked = api::get::<Contributions>(format!("/ideas/{number}/contributions")).await;
                    // What was told meanwhile is newer.
                    if told.try_get_untracked() == Some(heard)
                        && let Ok(fresh) = asked
                    {
                        take(fresh);
                    }
                });
            }
        });
        (move || {
            let Contributions { shares, .. } = now.get();
            if shares.is_empty() {
                return view! { <p class="quiet">{t!(i18n, credit.shares_none)}</p> }.into_any();
            }
            let count = u32::try_from(shares.len()).unwrap_or(u32::MAX);
            let told = move || match count {
                1 => t_string!(i18n, credit.told_one).to_owned(),
                _ => t_string!(i18n, credit.told_many, count = count),
            };
            view! {
                <p class="unseen">{told}</p>
                {shares::shares(&shares)}
            }
            .into_any()
        })
        .into_any()
    };
    view! {
        <section class="idea-credit" aria-labelledby="credit">
            <h3 class="facts-title" id="credit">{t!(i18n, credit.shares)}</h3>
            {load::load(asked, drawn)}
            <a class="idea-credit-how" href="/credit">{icon("question")} {t!(i18n, credit.how)}</a>
        </section>
    }
    .into_any()
}

//! That something waits to be sent or was refused, in words, beside the thing it is about.

use leptos::{prelude::*, task::spawn_local};
use shared::outbox::{Deed, Entry};

use super::{Act, act, matching};
use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{icon::icon, toast},
    visit::here,
    words::{self, Texts},
};

/// What waits or was refused of these deeds; nothing where none is.
pub fn marks(of: impl Fn(&Deed) -> bool + Send + Sync + 'static) -> AnyView {
    let mine = matching(move |entry| of(&entry.deed));
    let i18n = use_i18n();
    let lines = move || {
        let line = |entry: Entry| {
            let pressed = entry.refused.is_some() || is_old(&entry);
            view! {
                <div class="unsent">
                    {state(i18n, &entry)}
                    {pressed.then(|| view! { <div class="unsent-acts">{again(i18n, &entry)} {discard(i18n, &entry)}</div> })}
                </div>
            }
        };
        mine.get().into_iter().map(line).collect_view()
    };
    (move || (!mine.with(Vec::is_empty)).then(lines)).into_any()
}

/// Whether its person is asked before it is sent.
pub fn is_old(entry: &Entry) -> bool {
    entry.is_old(here().now.get_untracked())
}

/// What was done.
fn deed(i18n: Texts, deed: &Deed) -> &'static str {
    match deed {
        Deed::Vote { on: true, .. } => t_string!(i18n, waits.vote),
        Deed::Vote { on: false, .. } => t_string!(i18n, waits.unvote),
        Deed::Follow { on: true, .. } => t_string!(i18n, waits.follow),
        Deed::Follow { on: false, .. } => t_string!(i18n, waits.unfollow),
        Deed::React { on: true, .. } => t_string!(i18n, waits.react),
        Deed::React { on: false, .. } => t_string!(i18n, waits.unreact),
        Deed::Comment { .. } => t_string!(i18n, waits.comment),
        Deed::Edit { .. } => t_string!(i18n, waits.edit),
    }
}

/// What was done, and how it stands with it: kept, or refused and why.
pub fn state(i18n: Texts, entry: &Entry) -> AnyView {
    let (done, refused, old) = (entry.deed.clone(), entry.refused.clone(), is_old(entry));
    let what = move || deed(i18n, &done);
    match refused {
        None => view! {
            <p class="unsent-state" role="status">
                {icon("hourglass")}
                <span>
                    <strong>{what}</strong> " "
                    {move || if old { t_string!(i18n, waits.old) } else { t_string!(i18n, waits.kept) }}
                </span>
            </p>
        }
        .into_any(),
        Some(problem) => view! {
            <p class="unsent-state is-refused" role="alert">
                {icon("warning")}
                <span>
                    <strong>{what}</strong> " " {t!(i18n, waits.refused)} " "
                    {move || reason(i18n, &problem)}
                </span>
            </p>
        }
        .into_any(),
    }
}

/// Why it was refused.
fn reason(i18n: Texts, problem: &shared::api::Problem) -> String {
    match (problem.fields.get("body"), problem.fields.get("parent"), problem.fields.get("anchor")) {
        (Some(field), ..) => words::field(i18n, field),
        (_, Some(_), _) => t_string!(i18n, waits.no_parent).to_owned(),
        (.., Some(_)) => t_string!(i18n, passage.lost).to_owned(),
        _ => words::problem(i18n, problem).to_owned(),
    }
}

/// The button that sends it again.
pub fn again(i18n: Texts, entry: &Entry) -> AnyView {
    let key = entry.key.clone();
    button(
        "arrow-clockwise",
        move || t_string!(i18n, waits.again),
        move || {
            let retry = Act::Retry(key.clone());
            spawn_local(async move {
                act(retry).await;
            });
        },
    )
}

/// The button by which its person gives it up.
pub fn discard(i18n: Texts, entry: &Entry) -> AnyView {
    discard_then(i18n, entry, || ())
}

/// The same, and what comes then.
pub fn discard_then(i18n: Texts, entry: &Entry, then: impl Fn() + Copy + 'static) -> AnyView {
    let (key, tried) = (entry.key.clone(), entry.tried && entry.text().is_some() && entry.refused.is_none());
    let press = move || {
        if tried {
            toast::say(t_string!(i18n, waits.may_be_there));
        }
        let remove = Act::Remove(key.clone());
        spawn_local(async move {
            act(remove).await;
            then();
        });
    };
    button("trash", move || t_string!(i18n, waits.discard), press)
}

/// The button that copies its text.
pub fn copy(i18n: Texts, entry: &Entry) -> AnyView {
    let text = entry.text().unwrap_or_default().to_owned();
    let press = move || {
        #[cfg(feature = "hydrate")]
        {
            let text = text.clone();
            spawn_local(async move {
                if crate::ui::copy::copy(&text).await {
                    toast::say(t_string!(i18n, ui.copied));
                }
            });
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = (&text, i18n);
    };
    button("copy", move || t_string!(i18n, waits.copy), press)
}

/// A button for something that waits.
pub fn button(
    symbol: &'static str,
    text: impl Fn() -> &'static str + Send + 'static,
    press: impl Fn() + 'static,
) -> AnyView {
    view! {
        <button type="button" class="said-act" on:click=move |_| press()>
            {icon(symbol)} {move || text()}
        </button>
    }
    .into_any()
}

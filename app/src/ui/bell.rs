//! The bell in the header: the way to the inbox, and how much waits there.

use leptos::prelude::*;
use shared::api::{DeskCount, Unread};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    live::facts,
    ui::icon::icon,
    visit::here,
};

/// How many things wait to be read, and whether one was recognised and was not shown it yet.
#[derive(Clone, Copy)]
struct Waiting {
    unread: RwSignal<u32>,
    fresh: RwSignal<bool>,
}

/// Makes the count known to every page.
pub fn provide() {
    provide_context(Waiting { unread: RwSignal::new(0), fresh: RwSignal::new(false) });
}

/// Whether one was recognised and was not shown it yet.
///
/// # Panics
/// Outside of [`App`](crate::App).
#[must_use]
pub fn fresh() -> RwSignal<bool> {
    expect_context::<Waiting>().fresh
}

/// How many things wait to be read.
///
/// # Panics
/// Outside of [`App`](crate::App).
#[must_use]
pub fn unread() -> RwSignal<u32> {
    expect_context::<Waiting>().unread
}

/// How much waits on the desk, for the company's people: asked for when the page is alive, and again whenever the server says so.
pub fn desk() -> AnyView {
    let i18n = use_i18n();
    let waiting = RwSignal::new(0);
    let told = facts::desk();
    Effect::new(move |_| {
        told.track();
        if here().me.with_untracked(|me| !me.person.as_ref().is_some_and(|me| me.role.is_staff())) {
            return;
        }
        leptos::task::spawn_local(async move {
            if let Ok(count) = api::get::<DeskCount>("/desk/count".to_owned()).await {
                let _ = waiting.try_set(count.all());
            }
        });
    });
    view! {
        <Show when=move || waiting.get() != 0>
            <span class="menu-count" aria-hidden="true">{move || waiting.get()}</span>
            <span class="unseen">{move || t_string!(i18n, nav.desk_waiting, count = waiting.get())}</span>
        </Show>
    }
    .into_any()
}

/// The way to the inbox. The count is asked for when the page is alive, and again whenever the server says so.
pub fn bell() -> AnyView {
    let i18n = use_i18n();
    let (waiting, recognised) = (unread(), fresh());
    let told = facts::inbox();
    Effect::new(move |_| {
        told.track();
        if here().me.with_untracked(|me| me.person.is_none()) {
            return;
        }
        leptos::task::spawn_local(async move {
            if let Ok(Unread { unread, fresh }) = api::get("/inbox/unread".to_owned()).await {
                let _ = waiting.try_set(unread);
                let _ = recognised.try_set(fresh);
            }
        });
    });
    let shown = move || match waiting.get() {
        count if count > 99 => "99+".to_owned(),
        count => count.to_string(),
    };
    view! {
        <a class="bell" href="/inbox">
            {icon("bell")} <span class="unseen">{t!(i18n, nav.inbox)}</span>
            <span class="unseen" aria-live="polite">
                {move || (waiting.get() > 0).then(|| t_string!(i18n, nav.inbox_unread, count = shown()))}
            </span>
            <Show when=move || waiting.get() != 0>
                <span class="bell-count" aria-hidden="true">{shown}</span>
            </Show>
        </a>
    }
    .into_any()
}

//! Words that did not reach the document, kept for the person to see, copy, put back or discard.

use leptos::prelude::*;

use super::desk::{Desk, Mode};
use crate::{
    i18n::{t, t_string, use_i18n},
    ui::icon::icon,
};

/// Why words were kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The page closed before they were saved.
    Unsaved,
    /// The person may not edit the concept (any more).
    Forbidden,
    /// The concept would have become too long.
    TooLarge,
    /// The concept is set aside until a moderator has looked at it.
    SetAside,
    /// The server did not take them, for a reason that is not the person's.
    Refused,
}

/// Words kept in this browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    /// Where they are kept.
    pub key: String,
    /// Why.
    pub why: Why,
    /// The words, as the person sees and copies them.
    pub words: String,
    /// The browser has no room for them: they are only on this page.
    pub only_here: bool,
}

impl Why {
    /// The word it is stored by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unsaved => "unsaved",
            Self::Forbidden => "forbidden",
            Self::TooLarge => "too-large",
            Self::SetAside => "set-aside",
            Self::Refused => "refused",
        }
    }

    /// The reason of that word.
    #[cfg(feature = "hydrate")]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Unsaved, Self::Forbidden, Self::TooLarge, Self::SetAside, Self::Refused]
            .into_iter()
            .find(|why| why.as_str() == word)
    }
}

/// The panels of kept words.
pub(super) fn kept_words(desk: Desk) -> AnyView {
    view! {
        <For each=move || desk.kept.get() key=|kept| kept.key.clone() let:kept>
            {panel(desk, kept)}
        </For>
    }
    .into_any()
}

fn panel(desk: Desk, Kept { key, why, words, only_here }: Kept) -> AnyView {
    let i18n = use_i18n();
    let reason = move || match why {
        Why::Unsaved => t_string!(i18n, live.kept_unsaved),
        Why::Forbidden => t_string!(i18n, live.kept_forbidden),
        Why::TooLarge => t_string!(i18n, live.kept_too_large),
        Why::SetAside => t_string!(i18n, live.kept_set_aside),
        Why::Refused => t_string!(i18n, live.kept_refused),
    };
    let copied = RwSignal::new(false);
    let text = StoredValue::new(words.clone());
    let copy = move |_| {
        #[cfg(feature = "hydrate")]
        leptos::task::spawn_local(async move {
            copied.set(super::storage::copy(&text.get_value()).await);
        });
        #[cfg(not(feature = "hydrate"))]
        let _ = (text, copied);
    };
    let put_back = {
        let key = key.clone();
        move |_| desk.put_back.set(Some(key.clone()))
    };
    let discard = move |_| {
        #[cfg(feature = "hydrate")]
        super::storage::discard(desk, &key);
        #[cfg(not(feature = "hydrate"))]
        let _ = &key;
    };
    view! {
        <section class="kept" data-why=why.as_str()>
            <p class="kept-reason">{icon("note-pencil")} <span>{reason}</span></p>
            {only_here.then(|| view! { <p class="kept-warning">{icon("warning")} <span>{t!(i18n, live.only_here)}</span></p> })}
            <pre class="kept-words" tabindex="0" aria-label=move || t_string!(i18n, live.kept_words)>
                {words}
            </pre>
            <div class="kept-acts">
                <button
                    type="button"
                    class="button"
                    hidden=move || desk.mode.get() != Mode::Editing
                    on:click=put_back
                >
                    {t!(i18n, live.put_back)}
                </button>
                <button type="button" class="button" on:click=copy>
                    <span aria-live="polite">
                        {move || if copied.get() { t_string!(i18n, ui.copied) } else { t_string!(i18n, ui.copy) }}
                    </span>
                </button>
                <button type="button" class="button-plain" on:click=discard>
                    {t!(i18n, live.discard)}
                </button>
            </div>
        </section>
    }
    .into_any()
}

//! Words that did not reach the document, kept for the person to see, copy, put back or discard.

use leptos::prelude::*;
use shared::live::{message::RejectCode, refusal::sentence};

use super::desk::{Desk, Mode};
use crate::{
    i18n::{Locale, t, t_string, use_i18n},
    ui::icon::icon,
};

/// Why words were kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The page closed before they were saved.
    Unsaved,
    /// The document they were for was written anew, without the words of somebody who left.
    Rewritten,
    /// They were refused.
    Refused {
        /// Why.
        code: RejectCode,
        /// Where in the document.
        path: String,
    },
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
    /// Refused for want of the right to write.
    #[cfg(feature = "hydrate")]
    pub fn forbidden() -> Self {
        Self::Refused { code: RejectCode::Forbidden, path: String::new() }
    }

    /// The word for it: `unsaved`, or the code of the refusal.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Unsaved => "unsaved",
            Self::Rewritten => "rewritten",
            Self::Refused { code, .. } => code.as_str(),
        }
    }

    /// As it is stored: the word, and the path behind a space.
    #[cfg(feature = "hydrate")]
    pub fn stored(&self) -> String {
        match self {
            Self::Unsaved | Self::Rewritten => self.as_str().to_owned(),
            Self::Refused { path, .. } => format!("{} {path}", self.as_str()),
        }
    }

    /// What was stored. What an older version stored of a refusal is one of an unknown cause.
    #[cfg(feature = "hydrate")]
    pub fn parse(stored: &str) -> Self {
        let (word, path) = stored.split_once(' ').unwrap_or((stored, ""));
        match word {
            "unsaved" => Self::Unsaved,
            "rewritten" => Self::Rewritten,
            word => {
                Self::Refused { code: RejectCode::parse(word).unwrap_or(RejectCode::Malformed), path: path.to_owned() }
            }
        }
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
    let word = why.as_str();
    let reason = move || match &why {
        Why::Unsaved => t_string!(i18n, live.kept_unsaved).to_owned(),
        Why::Rewritten => t_string!(i18n, live.kept_rewritten).to_owned(),
        Why::Refused { code, path } => {
            let locale = match i18n.get_locale() {
                Locale::en => shared::Locale::En,
                Locale::fr => shared::Locale::Fr,
            };
            format!("{} {}", sentence(*code, path, locale), t_string!(i18n, live.kept_refused))
        }
    };
    let copied = RwSignal::new(false);
    let text = StoredValue::new(words.clone());
    let copy = move |_| {
        #[cfg(feature = "hydrate")]
        leptos::task::spawn_local(async move {
            copied.set(crate::ui::copy::copy(&text.get_value()).await);
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
        <section class="kept" data-why=word>
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

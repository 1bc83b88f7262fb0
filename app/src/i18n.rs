//! The texts, in the language of the visit, and the means to say them.
//!
//! The keys and both languages' texts are `leptos_i18n`'s, checked when compiling. The language of the page is ours: the
//! server chooses it, so nothing here looks at headers, cookies or the browser. And a text is one type of view however
//! many there are: each type of view costs kilobytes of wasm.

mod keys {
    include!(concat!(env!("OUT_DIR"), "/i18n.rs"));
}

use std::sync::Arc;

use leptos::prelude::*;

pub use keys::i18n::Locale;

/// The texts in the language of the page, which may change.
#[derive(Clone, Copy)]
pub struct Texts(RwSignal<Locale>);

impl Texts {
    /// Begins in this language.
    #[must_use]
    pub fn new(locale: Locale) -> Self {
        Self(RwSignal::new(locale))
    }

    /// The language, followed where signals are tracked.
    #[must_use]
    pub fn get_locale(self) -> Locale {
        self.0.get()
    }

    /// The language at the moment.
    #[must_use]
    pub fn get_locale_untracked(self) -> Locale {
        self.0.get_untracked()
    }

    /// Speaks this language from now on.
    pub fn set_locale(self, locale: Locale) {
        self.0.set(locale);
    }
}

/// The texts of the page.
///
/// # Panics
/// Outside of [`App`](crate::App).
#[must_use]
pub fn use_i18n() -> Texts {
    expect_context()
}

/// A text that follows the language.
pub fn text(i18n: Texts, of: fn(Locale) -> &'static str) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    move || of(i18n.get_locale())
}

/// A text with something filled in, that follows the language.
pub fn filled(
    i18n: Texts,
    of: Arc<dyn Fn(Locale) -> String + Send + Sync>,
) -> impl Fn() -> String + Clone + Send + Sync + 'static {
    move || of(i18n.get_locale())
}

/// The text of a key as it is now: `t_string!(i18n, nav.home)`, `t_string!(i18n, home.hello, name = first)`.
macro_rules! t_string {
    ($i18n:expr, $($rest:tt)*) => {
        ::leptos_i18n::td_string!($crate::i18n::Texts::get_locale($i18n), $($rest)*)
    };
}

/// The text of a key as a view that follows the language: `t!(i18n, nav.home)`, `t!(i18n, idea.number, number = 7)`. What
/// is filled in may be a view: `t!(i18n, board.active, ago = move || date::ago(at))`.
macro_rules! t {
    ($i18n:expr, $($key:ident).+ $(,)?) => {
        $crate::i18n::text($i18n, |locale| ::leptos_i18n::td_string!(locale, $($key).+))
    };
    ($i18n:expr, $($key:ident).+, $name:ident = move || $view:expr $(,)?) => {
        ::leptos_i18n::td!($crate::i18n::Texts::get_locale($i18n), $($key).+, $name = move || $view)
    };
    ($i18n:expr, $($key:ident).+, $($name:ident = $value:expr),+ $(,)?) => {{
        $(
            #[allow(clippy::redundant_locals, reason = "what is filled in may be a name as well as an expression")]
            let $name = $value;
        )+
        $crate::i18n::filled(
            $i18n,
            ::std::sync::Arc::new(move |locale| ::leptos_i18n::td_string!(locale, $($key).+, $($name = &$name),+)),
        )
    }};
}

pub(crate) use {t, t_string};

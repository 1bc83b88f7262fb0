//! What is known of a visit before the first page is drawn, the same on the server and in the browser.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared::{
    Role,
    api::{Me, Millis, PersonView, Problem, SignUpRule, WorkspaceView},
};

use crate::i18n::Locale;

/// Light or dark, as chosen; the system decides when nothing was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// Every choice, in the order the screens offer them.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];
    /// The cookie that keeps the choice.
    pub const COOKIE: &str = "theme";

    /// The word the cookie and the `data-theme` attribute use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == word)
    }
}

/// The cookie that keeps the language chosen in this browser.
pub const LANGUAGE_COOKIE: &str = "language";

/// What the server tells the page about where it is, for whom and when.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Visit {
    /// Who is here, and in which workspace.
    pub me: Me,
    /// The language of this page.
    pub language: shared::Locale,
    /// The theme chosen in this browser.
    pub theme: Theme,
    /// Scheme and host of this site, without a final slash.
    pub origin: String,
    /// The path of the assets of this build, without a final slash.
    pub assets: String,
    /// When the page was drawn: relative times count from here, so that both sides write the same.
    pub at: Millis,
    /// Why no page can be drawn, if none can.
    pub broken: Option<Problem>,
}

impl Default for Visit {
    fn default() -> Self {
        Self {
            me: Me {
                person: None,
                email: None,
                about: None,
                locale: None,
                session: None,
                workspace: WorkspaceView {
                    name: "Atelier".to_owned(),
                    waits_for_owner: false,
                    logo: None,
                    accent: None,
                    languages: vec![shared::Locale::En, shared::Locale::Fr],
                    time_zone: "UTC".to_owned(),
                    sign_up: SignUpRule::default(),
                    domains: Vec::new(),
                },
            },
            language: shared::Locale::En,
            theme: Theme::System,
            origin: String::new(),
            assets: "/pkg".to_owned(),
            at: 0,
            broken: None,
        }
    }
}

/// The visit as the views use it: the parts that change are signals.
#[derive(Clone, Copy)]
pub struct Here {
    /// Who is here, and in which workspace.
    pub me: RwSignal<Me>,
    /// The theme chosen in this browser.
    pub theme: RwSignal<Theme>,
    /// The time relative dates count from.
    pub now: RwSignal<Millis>,
    /// Whether the browser has taken over: until then nothing that needs a script is offered.
    pub awake: RwSignal<bool>,
    fixed: StoredValue<(String, String)>,
}

impl Here {
    /// Makes the signals of a visit.
    #[must_use]
    pub fn new(visit: &Visit) -> Self {
        Self {
            me: RwSignal::new(visit.me.clone()),
            theme: RwSignal::new(visit.theme),
            now: RwSignal::new(visit.at),
            awake: RwSignal::new(false),
            fixed: StoredValue::new((visit.origin.clone(), visit.assets.clone())),
        }
    }

    /// Scheme and host of this site, without a final slash.
    #[must_use]
    pub fn origin(self) -> String {
        self.fixed.with_value(|fixed| fixed.0.clone())
    }

    /// The address of an asset of this build.
    #[must_use]
    pub fn asset(self, name: &str) -> String {
        self.fixed.with_value(|fixed| format!("{}/{name}", fixed.1))
    }

    /// Who is signed in.
    #[must_use]
    pub fn person(self) -> Option<PersonView> {
        self.me.with(|me| me.person.clone())
    }

    /// Their role; none for a visitor.
    #[must_use]
    pub fn role(self) -> Option<Role> {
        self.me.with(|me| me.person.as_ref().map(|person| person.role))
    }
}

/// The visit at hand.
///
/// # Panics
/// Outside of [`App`](crate::App).
#[must_use]
pub fn here() -> Here {
    expect_context()
}

/// A language of ours as the texts know it.
#[must_use]
pub fn text_locale(locale: shared::Locale) -> Locale {
    match locale {
        shared::Locale::En => Locale::en,
        shared::Locale::Fr => Locale::fr,
    }
}

/// The contrary of [`text_locale`].
#[must_use]
pub fn shared_locale(locale: Locale) -> shared::Locale {
    match locale {
        Locale::en => shared::Locale::En,
        Locale::fr => shared::Locale::Fr,
    }
}

/// Milliseconds since the page began.
#[cfg(feature = "hydrate")]
#[must_use]
pub fn elapsed() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// The name of the time zone that the browser is set to.
#[cfg(feature = "hydrate")]
#[must_use]
pub fn time_zone() -> Option<String> {
    let format = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new());
    js_sys::Reflect::get(&format.resolved_options(), &"timeZone".into()).ok()?.as_string()
}

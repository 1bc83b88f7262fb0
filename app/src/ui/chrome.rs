//! What stands around every page: the way past it, the header with its menus, the footer.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use shared::{
    Role,
    accent::Accent,
    api::{EditMe, Me, SignUpRule},
};

use crate::{
    answer, api,
    i18n::{Locale, t, t_string, use_i18n},
    outbox::list,
    ui::{avatar, bell, finder, icon::icon, sign_out::SignOut},
    visit::{Here, LANGUAGE_COOKIE, Theme, here, shared_locale},
    words::Texts,
};

/// The first thing a keyboard meets: straight to the content.
pub fn skip_link() -> AnyView {
    let i18n = use_i18n();
    view! { <a class="skip" href="#main" rel="external">{t!(i18n, nav.skip)}</a> }.into_any()
}

/// The header of every page.
pub fn header() -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let path = use_location().pathname;
    let current = move |at: &'static str| (path.get() == at).then_some("page");
    view! {
        <header class="top">
            <div class="top-in">
                <a class="brand" href="/">
                    {move || mark(here)}
                    <span class="brand-name">{move || here.me.with(|me| me.workspace.name.clone())}</span>
                </a>
                <nav class="top-nav" aria-label=move || t_string!(i18n, nav.main)>
                    <a href="/" aria-current=move || current("/")>
                        {icon("compass")} <span class="nav-long">{t!(i18n, nav.home)}</span>
                        <span class="nav-short">{t!(i18n, nav.home_short)}</span>
                    </a>
                    <a href="/b" aria-current=move || current("/b")>{icon("squares-four")} {t!(i18n, nav.boards)}</a>
                    <a href="/roadmap" aria-current=move || current("/roadmap")>{icon("path")} {t!(i18n, nav.roadmap)}</a>
                    <a href="/news" aria-current=move || current("/news")>{icon("newspaper")} {t!(i18n, nav.news)}</a>
                </nav>
                <div class="top-side">
                    {finder::button()}
                    <div class="top-looks">{language_switch(i18n)} {theme_switch(i18n)}</div>
                    {move || match here.person() {
                        Some(person) => view! { {list::button()} {bell::bell()} {account_menu(i18n, &person)} }.into_any(),
                        None => visitor_links(i18n),
                    }}
                </div>
            </div>
        </header>
    }
    .into_any()
}

/// The workspace's logo; ours while it has none.
fn mark(here: Here) -> AnyView {
    match here.me.with(|me| me.workspace.logo.clone()) {
        Some(logo) => {
            view! { <img class="brand-logo" src=logo.small() alt="" width=logo.width height=logo.height /> }.into_any()
        }
        None => {
            view! { <img class="brand-mark" src=here.asset("mark.svg") alt="" width="32" height="32" /> }.into_any()
        }
    }
}

fn visitor_links(i18n: Texts) -> AnyView {
    let path = use_location().pathname;
    let here = here();
    let open = move || here.me.with(|me| me.workspace.sign_up != SignUpRule::Invite);
    let sign_in = move || {
        let path = path.get();
        answer::sign_in_path(&answer::safe_next(Some(&path)))
    };
    view! {
        <a class="button button-quiet top-sign-in" href=sign_in>{t!(i18n, nav.sign_in)}</a>
        {move || open().then(|| view! { <a class="button button-strong top-join" href="/sign-up">{t!(i18n, nav.sign_up)}</a> })}
    }
    .into_any()
}

fn account_menu(i18n: Texts, person: &shared::api::PersonView) -> AnyView {
    let role = person.role;
    let name = person.name.clone();
    let (here, leaves) = (here(), SignOut::new());
    let link = move |href: &'static str, symbol: &'static str, text: AnyView| {
        view! { <a class="menu-item" href=href on:click=|_| close_menu()>{icon(symbol)} {text}</a> }
    };
    view! {
        <button
            type="button"
            class="face-button"
            popovertarget="account"
        >
            <span class="unseen">{t!(i18n, nav.account)} " (" {name} ")"</span>
            {avatar::face(person)}
        </button>
        <div class="menu" id="account" popover="auto">
            <div class="menu-head" on:click=|_| close_menu()>{avatar::person(person)}</div>
            {link("/recognition", "seal-check", t!(i18n, nav.recognition).into_any())}
            {link("/recognition/mine", "hand-heart", t!(i18n, nav.recognition_mine).into_any())}
            {link("/settings", "gear-six", t!(i18n, nav.settings).into_any())}
            {(role >= Role::Moderator).then(|| link("/b/new", "plus", t!(i18n, nav.new_board).into_any()))}
            {role.is_staff().then(|| {
                link("/desk", "tray", view! { {t!(i18n, nav.desk)} " " {bell::desk()} }.into_any())
            })}
            {(role >= Role::Moderator).then(|| view! {
                {link("/admin", "users-three", t!(i18n, nav.admin).into_any())}
            })}
            <button
                type="button"
                class="menu-item"
                on:click=move |_| {
                    close_menu();
                    leaves.begin(here, i18n);
                }
            >
                {icon("sign-out")} {t!(i18n, nav.sign_out)}
            </button>
        </div>
        {leaves.view(here)}
    }
    .into_any()
}

fn close_menu() {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        let menu =
            document().get_element_by_id("account").and_then(|menu| menu.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(menu) = menu {
            let _ = menu.hide_popover();
        }
    }
}

/// Loads a page anew: after signing in or out nothing of the former person stays in memory.
pub fn leave_to(path: &str) {
    #[cfg(feature = "hydrate")]
    let _ = window().location().assign(path);
    #[cfg(not(feature = "hydrate"))]
    let _ = path;
}

/// Keeps a choice in a cookie for a year.
fn remember(name: &str, value: &str) {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        if let Ok(document) = document().dyn_into::<web_sys::HtmlDocument>() {
            let _ = document.set_cookie(&format!("{name}={value}; path=/; max-age=31536000; samesite=lax"));
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (name, value);
}

/// Speaks this language from now on: on this page at once, in this browser for a year, and in the person's profile.
pub fn speak(i18n: Texts, here: Here, locale: Locale) {
    let shared = shared_locale(locale);
    remember(LANGUAGE_COOKIE, shared.tag());
    i18n.set_locale(locale);
    #[cfg(feature = "hydrate")]
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("lang", shared.tag());
    }
    if here.me.with_untracked(|me| me.person.is_some()) {
        leptos::task::spawn_local(async move {
            // The cookie holds the choice even if this does not arrive.
            let _ = api::patch::<Me>("/me", &EditMe { locale: Some(shared), ..EditMe::default() }).await;
        });
    }
}

/// Uses this theme from now on.
pub fn wear(here: Here, theme: Theme) {
    remember(Theme::COOKIE, theme.as_str());
    here.theme.set(theme);
    #[cfg(feature = "hydrate")]
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-theme", theme.as_str());
    }
}

/// The id of the link to the style of the workspace's accent.
pub const ACCENT: &str = "accent";

/// Wears this accent from now on, or that of Atelier.
pub fn wear_accent(accent: Option<Accent>) {
    #[cfg(feature = "hydrate")]
    {
        let worn = document().get_element_by_id(ACCENT);
        let (Some(accent), Some(head)) = (accent, document().head()) else {
            if let Some(link) = worn {
                link.remove();
            }
            return;
        };
        let link = worn.or_else(|| document().create_element("link").ok());
        if let Some(link) = link {
            for (name, value) in [("rel", "stylesheet"), ("id", ACCENT), ("href", &accent.style_path())] {
                let _ = link.set_attribute(name, value);
            }
            let _ = head.append_child(&link);
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = accent;
}

/// A link to the same page in the other language; without scripts the server follows it. Nothing where
/// the workspace speaks one language.
fn language_switch(i18n: Texts) -> AnyView {
    let other = move || match i18n.get_locale() {
        Locale::en => Locale::fr,
        Locale::fr => Locale::en,
    };
    let tag = move || shared_locale(other()).tag();
    let here = here();
    let both = move || here.me.with(|me| me.workspace.languages.len() > 1);
    let link = move || {
        view! {
            <a
                class="button-plain"
                rel="nofollow"
                hreflang=tag
                lang=tag
                href=move || format!("?language={}", tag())
                on:click=move |event| {
                    event.prevent_default();
                    speak(i18n, here, other());
                }
            >
                {icon("translate")}
                <span>{t!(i18n, nav.other_language)}</span>
            </a>
        }
    };
    (move || both().then(link)).into_any()
}

fn theme_switch(i18n: Texts) -> AnyView {
    let here = here();
    let label = move || {
        let theme = match here.theme.get() {
            Theme::System => t_string!(i18n, theme.system),
            Theme::Light => t_string!(i18n, theme.light),
            Theme::Dark => t_string!(i18n, theme.dark),
        };
        t_string!(i18n, nav.theme_now, theme = theme)
    };
    let next = move || match here.theme.get_untracked() {
        Theme::System => Theme::Dark,
        Theme::Dark => Theme::Light,
        Theme::Light => Theme::System,
    };
    view! {
        <button
            type="button"
            class="button-plain"
            title=label
            aria-label=label
            disabled=move || !here.awake.get()
            on:click=move |_| wear(here, next())
        >
            {move || icon(match here.theme.get() {
                Theme::System => "circle-half",
                Theme::Light => "sun",
                Theme::Dark => "moon",
            })}
        </button>
    }
    .into_any()
}

/// The footer of every page.
pub fn footer() -> AnyView {
    let i18n = use_i18n();
    view! {
        <footer class="foot" aria-label=move || t_string!(i18n, nav.footer)>
            <div class="foot-in">
                <p>{t!(i18n, nav.made_with)} " · " <a href="/privacy">{t!(i18n, nav.privacy)}</a></p>
                <div class="row">
                    <a href="/recognition">{t!(i18n, nav.recognition)}</a> {language_switch(i18n)} {theme_switch(i18n)}
                </div>
            </div>
        </footer>
    }
    .into_any()
}

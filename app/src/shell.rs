//! The document around every page, and the table of pages.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_i18n::context::{I18nContextOptions, UseLocalesOptions, init_i18n_context_with_options};
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::{
    components::{Route, Router, Routes},
    path,
};

use crate::{
    i18n::Locale,
    pages,
    ui::{chrome, toast},
    visit::{Here, Visit, text_locale},
};

/// The whole document, on the server.
#[must_use]
pub fn shell(visit: Visit) -> impl IntoView + use<> {
    let assets = visit.assets.clone();
    let start = format!(
        "import init, {{ hydrate }} from '{assets}/app.js'; \
         init({{ module_or_path: '{assets}/app_bg.wasm' }}).then(hydrate);"
    );
    let language = visit.language.tag();
    let theme = visit.theme.as_str();
    provide_context(visit);
    view! {
        <!DOCTYPE html>
        <html lang=language data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="stylesheet" href=format!("{assets}/app.css") />
                <link rel="icon" href=format!("{assets}/mark.svg") type="image/svg+xml" />
                <link rel="modulepreload" href=format!("{assets}/app.js") />
                <link
                    rel="preload"
                    href=format!("{assets}/app_bg.wasm")
                    r#as="fetch"
                    r#type="application/wasm"
                    crossorigin="anonymous"
                />
                <script type="module" nonce=use_nonce()>{start}</script>
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Every page.
#[component]
#[must_use]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let visit = SharedValue::new(|| use_context::<Visit>().unwrap_or_default()).into_inner();
    let here = Here::new(&visit);
    provide_context(here);

    // The server has chosen the language; here it is only told.
    let quiet = UseLocalesOptions::default().ssr_lang_header_getter(|| None);
    let i18n = init_i18n_context_with_options::<Locale>(
        I18nContextOptions::default().enable_cookie(false).ssr_lang_header_getter(quiet),
    );
    i18n.set_locale_untracked(text_locale(visit.language));
    provide_context(i18n);
    toast::provide();
    Effect::new(move || {
        here.awake.set(true);
        // For whoever waits until the page answers to hands.
        #[cfg(feature = "hydrate")]
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-awake", "");
        }
    });
    #[cfg(feature = "hydrate")]
    {
        crate::ui::date::keep_time(here);
        crate::ui::place::watch();
    }

    // Built inside the router, which its routes look for.
    let page = move || match visit.broken {
        Some(problem) => pages::problem::view(problem),
        None => view! {
            <Routes fallback=pages::problem::not_found>
                <Route path=path!("/") view=pages::home::view />
                <Route path=path!("/b/new") view=pages::board_form::view />
                <Route path=path!("/b/:board") view=pages::board::view />
                <Route path=path!("/b/:board/settings") view=pages::board_settings::view />
                <Route path=path!("/b/:board/propose") view=pages::propose::view />
                <Route path=path!("/i/:number/:slug?") view=pages::idea::view />
                <Route path=path!("/sign-in") view=pages::sign_in::view />
                <Route path=path!("/sign-up") view=pages::sign_up::view />
                <Route path=path!("/setup/:secret") view=pages::setup::view />
                <Route path=path!("/join/:secret") view=pages::join::view />
                <Route path=path!("/settings") view=pages::settings::view />
                <Route path=path!("/admin") view=pages::admin::view />
            </Routes>
        }
        .into_any(),
    };
    view! {
        <Router>
            {chrome::skip_link()}
            {chrome::header()}
            <main id="main" tabindex="-1">{page()}</main>
            {chrome::footer()}
            {toast::region()}
        </Router>
    }
}

//! The document around every page, and the table of pages.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use leptos::{nonce::use_nonce, prelude::*};
use leptos_i18n::td_string;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::{
    Lazy, PossibleRouteMatch,
    components::{FlatRoutes, Route, Router},
    location::RequestUrl,
    path,
};
use shared::Role;

use crate::{
    i18n::{Locale, Texts},
    outbox,
    pages::{self, chunk},
    ui::{bell, chrome, finder, joy, toast},
    visit::{Here, Visit, text_locale},
};

/// The whole document, on the server.
#[must_use]
pub fn shell(visit: Visit) -> impl IntoView + use<> {
    let assets = visit.assets.clone();
    let role = visit.me.person.as_ref().map(|person| person.role);
    let (now, ahead, signed_in) = (chunk_of_page(), likely_next(role), role.is_some());
    // What is read comes first: on a slow line the wasm would keep the style and the letters waiting. A page in the
    // background is drawn by nobody, and does not wait for that.
    let start = format!(
        "const link = (names, more) => names.forEach((name) => document.head.append(Object.assign( \
         document.createElement('link'), {{ href: '{assets}/' + name + '.wasm', ...more }}))); \
         const seen = new Promise((seen) => {{ \
         setTimeout(seen, 1000); requestAnimationFrame(() => document.fonts.ready.then(() => \
         requestAnimationFrame(() => setTimeout(seen)))); }}); \
         seen.then(async () => {{ \
         link(['app_bg', {now}], {{ rel: 'preload', as: 'fetch', type: 'application/wasm', crossOrigin: 'anonymous' }}); \
         const {{ default: init, hydrate }} = await import('{assets}/app.js'); \
         await init({{ module_or_path: '{assets}/app_bg.wasm' }}); await hydrate(); \
         link([{ahead}], {{ rel: 'prefetch' }}); \
         (await import('{assets}/offline.js')).start({signed_in}); \
         }}).catch((why) => {{ document.documentElement.dataset.missing = ''; throw why; }});"
    );
    // Every page is set in these; without them at hand its lines would move when they come.
    let letters = ["bricolage-grotesque", "source-sans-3"].map(|font| {
        let href = format!("{assets}/fonts/{font}-latin-wght-normal.woff2");
        view! { <link rel="preload" href=href r#as="font" r#type="font/woff2" crossorigin="anonymous" /> }
    });
    let tag = visit.language.tag();
    let language = text_locale(visit.language);
    let theme = visit.theme.as_str();
    let accent = visit.me.workspace.accent.map(|accent| {
        view! { <link rel="stylesheet" id=chrome::ACCENT href=accent.style_path() /> }
    });
    let mark = match &visit.me.workspace.logo {
        Some(logo) => view! { <link rel="icon" href=logo.small() /> }.into_any(),
        None => view! { <link rel="icon" href=format!("{assets}/mark.svg") type="image/svg+xml" /> }.into_any(),
    };
    provide_context(visit);
    view! {
        <!DOCTYPE html>
        <html lang=tag data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="stylesheet" href=format!("{assets}/app.css") />
                {letters.into_iter().collect_view()}
                {accent}
                {mark}
                <link rel="manifest" href="/manifest.webmanifest" crossorigin="use-credentials" />
                <script type="module" nonce=use_nonce()>{start}</script>
                <MetaTags />
            </head>
            <body>
                <App />
                {missing(language)}
            </body>
        </html>
    }
}

/// Which files each chunk of wasm is, by its name, as the build splits them.
#[derive(Clone, Debug, Default)]
pub struct Chunks(pub Arc<HashMap<String, Vec<String>>>);

/// The files of these chunks, quoted for the script.
fn files<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let Chunks(all) = use_context().unwrap_or_default();
    let files: BTreeSet<_> = names.into_iter().filter_map(|name| all.get(name)).flatten().collect();
    files.into_iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(",")
}

/// What the page itself comes in.
fn chunk_of_page() -> String {
    let path = use_context::<RequestUrl>().and_then(|url| url.parse().ok()).map(|url| url.path().to_owned());
    files(path.and_then(|path| chunk::Chunk::of(&path)).map(chunk::Chunk::name))
}

/// What this person is likely to want next: fetched when the page is alive, as before that it would delay it.
fn likely_next(role: Option<Role>) -> String {
    files(["read", "enter", "manage"].into_iter().take(if role >= Some(Role::Moderator) { 3 } else { 2 }))
}

/// Says that the browser could not take over the page, and offers to try again. Shown by the style once the script or
/// `hydrate` marks the document.
fn missing(language: Locale) -> impl IntoView + use<> {
    view! {
        <p class="missing note-bar" data-colour="amber" role="alert">
            <span>{td_string!(language, wrong.missing)}</span>
            <a href="" rel="external">{td_string!(language, wrong.reload)}</a>
        </p>
    }
}

/// A path of the table. Erased, because the router would be compiled once more for each shape of path.
fn at(path: impl PossibleRouteMatch + Send + Sync + 'static) -> Arc<dyn PossibleRouteMatch + Send + Sync> {
    Arc::new(path)
}

/// Every page.
#[component]
#[must_use]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let visit = SharedValue::new(|| use_context::<Visit>().unwrap_or_default()).into_inner();
    let here = Here::new(&visit);
    provide_context(here);
    #[cfg(feature = "hydrate")]
    crate::disk::Disk::prepare();

    provide_context(Texts::new(text_locale(visit.language)));
    toast::provide();
    crate::live::facts::provide();
    bell::provide();
    finder::provide();
    outbox::provide(here);
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
        if let Some(me) = here.me.with_untracked(|me| me.person.clone()) {
            crate::live::waiting::start(me.id, crate::i18n::use_i18n());
        }
        crate::ui::date::keep_time(here);
        crate::ui::place::watch();
    }

    // Built inside the router, which its routes look for.
    let page = move || match visit.broken {
        Some(problem) => pages::problem::view(problem),
        None => view! {
            <FlatRoutes fallback=pages::problem::not_found>
                <Route path={at(path!("/"))} view=pages::home::view />
                <Route path={at(path!("/b"))} view=pages::boards::view />
                <Route path={at(path!("/b/new"))} view={Lazy::<chunk::NewBoard>::new()} />
                <Route path={at(path!("/b/:board"))} view=pages::board::view />
                <Route path={at(path!("/b/:board/pipeline"))} view={Lazy::<chunk::Pipeline>::new()} />
                <Route path={at(path!("/b/:board/canvas"))} view={Lazy::<chunk::Canvas>::new()} />
                <Route path={at(path!("/b/:board/canvas/history"))} view={Lazy::<chunk::CanvasHistory>::new()} />
                <Route path={at(path!("/b/:board/settings"))} view={Lazy::<chunk::BoardSettings>::new()} />
                <Route path={at(path!("/b/:board/propose"))} view={Lazy::<chunk::Propose>::new()} />
                <Route path={at(path!("/i/:number/:slug?"))} view={Lazy::<chunk::Idea>::new()} />
                <Route path={at(path!("/i/:number/:slug/history"))} view={Lazy::<chunk::History>::new()} />
                <Route path={at(path!("/i/:number/:slug/recognise"))} view={Lazy::<chunk::Recognise>::new()} />
                <Route path={at(path!("/recognition"))} view={Lazy::<chunk::Recognition>::new()} />
                <Route path={at(path!("/recognition/mine"))} view={Lazy::<chunk::OwnRecognition>::new()} />
                <Route path={at(path!("/roadmap"))} view={Lazy::<chunk::Roadmap>::new()} />
                <Route path={at(path!("/news"))} view={Lazy::<chunk::News>::new()} />
                <Route path={at(path!("/credit"))} view={Lazy::<chunk::Credit>::new()} />
                <Route path={at(path!("/search"))} view={Lazy::<chunk::Search>::new()} />
                <Route path={at(path!("/people/:handle"))} view={Lazy::<chunk::Person>::new()} />
                <Route path={at(path!("/sign-in"))} view={Lazy::<chunk::SignIn>::new()} />
                <Route path={at(path!("/sign-up"))} view={Lazy::<chunk::SignUp>::new()} />
                <Route path={at(path!("/setup/:secret"))} view={Lazy::<chunk::Setup>::new()} />
                <Route path={at(path!("/join/:secret"))} view={Lazy::<chunk::Join>::new()} />
                <Route path={at(path!("/mail/off/:secret"))} view={Lazy::<chunk::MailLink>::new()} />
                <Route path={at(path!("/mail/confirm/:secret"))} view={Lazy::<chunk::MailLink>::new()} />
                <Route path={at(path!("/settings"))} view={Lazy::<chunk::Settings>::new()} />
                <Route path={at(path!("/settings/data"))} view={Lazy::<chunk::Data>::new()} />
                <Route path={at(path!("/privacy"))} view={Lazy::<chunk::Privacy>::new()} />
                <Route path={at(path!("/admin"))} view={Lazy::<chunk::Admin>::new()} />
                <Route path={at(path!("/admin/people"))} view={Lazy::<chunk::AdminPeople>::new()} />
                <Route path={at(path!("/admin/boards"))} view={Lazy::<chunk::AdminBoards>::new()} />
                <Route path={at(path!("/admin/import"))} view={Lazy::<chunk::AdminImport>::new()} />
                <Route path={at(path!("/admin/recognition"))} view={Lazy::<chunk::AdminRecognition>::new()} />
                <Route path={at(path!("/admin/outbox"))} view={Lazy::<chunk::AdminOutbox>::new()} />
                <Route path={at(path!("/admin/audit"))} view={Lazy::<chunk::AdminAudit>::new()} />
                <Route path={at(path!("/inbox"))} view={Lazy::<chunk::Inbox>::new()} />
                <Route path={at(path!("/desk"))} view={Lazy::<chunk::Desk>::new()} />
            </FlatRoutes>
        }
        .into_any(),
    };
    view! {
        <Router>
            {chrome::skip_link()}
            {chrome::header()}
            <main id="main" tabindex="-1">{page()}</main>
            {chrome::footer()}
            {joy::region()}
            {toast::region()}
            {finder::dialog()}
        </Router>
    }
}

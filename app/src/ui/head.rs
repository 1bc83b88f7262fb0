//! What a page says of itself: its title for the tab, and for public pages what others may quote.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_meta::{Link, Meta, Title};

use crate::{
    i18n::{Locale, use_i18n},
    visit::here,
};

/// A text that follows what it is made of.
type Said = Arc<dyn Fn() -> String + Send + Sync>;

/// The title of the tab, followed by the workspace's name.
pub fn title(text: impl Fn() -> String + Send + Sync + 'static) -> AnyView {
    tab(Arc::new(text))
}

fn tab(text: Said) -> AnyView {
    let here = here();
    let whole = move || {
        let name = here.me.with(|me| me.workspace.name.clone());
        let text = text();
        in_markup(if text.is_empty() || text == name { name } else { format!("{text} · {name}") })
    };
    // The server asks for the title when the page is drawn, on whichever thread that ends, where the signals may be out
    // of reach; but there nothing changes it any more.
    #[cfg(feature = "ssr")]
    let whole = untrack(whole);
    view! { <Title text=whole /> }.into_any()
}

/// On the server the title is written into the document as it is, so what could end it or begin a tag is escaped here;
/// the browser sets it as text.
fn in_markup(title: String) -> String {
    if cfg!(feature = "ssr") { title.replace('&', "&amp;").replace('<', "&lt;") } else { title }
}

/// A public page's title, description, address and Open Graph tags. `path` begins with a slash.
pub fn public(
    text: impl Fn() -> String + Send + Sync + 'static,
    description: impl Fn() -> String + Send + Sync + 'static,
    path: String,
) -> AnyView {
    quotable(Arc::new(text), Arc::new(description), &path)
}

fn quotable(text: Said, description: Said, path: &str) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let title_text = text.clone();
    let address = format!("{}{path}", here.origin());
    let quoted = move || {
        Some(text()).filter(|text| !text.is_empty()).unwrap_or_else(|| here.me.with(|me| me.workspace.name.clone()))
    };
    let logo = here.me.with_untracked(|me| me.workspace.logo.clone()).map(|logo| {
        view! { <Meta property="og:image" content=format!("{}{}", here.origin(), logo.path) /> }
    });
    let language = move || if i18n.get_locale() == Locale::fr { "fr_FR" } else { "en_GB" };
    view! {
        {tab(title_text)}
        <Link rel="canonical" href=address.clone() />
        <Meta name="description" content={
            let description = description.clone();
            move || description()
        } />
        <Meta property="og:type" content="website" />
        <Meta property="og:site_name" content=move || here.me.with(|me| me.workspace.name.clone()) />
        <Meta property="og:title" content=quoted />
        <Meta property="og:description" content=move || description() />
        <Meta property="og:url" content=address />
        <Meta property="og:locale" content=language />
        {logo}
    }
    .into_any()
}

/// Says where a feed of what the page tells is, behind the site's address.
pub fn feed(title: impl Fn() -> &'static str + Send + Sync + 'static, path: &str) -> AnyView {
    let title = untrack(title);
    view! {
        <Link rel="alternate" type_="application/atom+xml" title=title href=format!("{}{path}", here().origin()) />
    }
    .into_any()
}

/// The page's heading. After moving to another page inside the browser it takes the focus, so that the page is announced.
pub fn heading(text: impl Fn() -> String + Send + Sync + 'static) -> AnyView {
    h1(Arc::new(text))
}

fn h1(text: Said) -> AnyView {
    let h1 = NodeRef::<leptos::html::H1>::new();
    arrive(h1);
    view! { <h1 tabindex="-1" node_ref=h1>{move || text()}</h1> }.into_any()
}

fn arrive(h1: NodeRef<leptos::html::H1>) {
    let here = here();
    // On the first page the browser's own focus stays where it is.
    if here.awake.get_untracked() {
        Effect::new(move || {
            if let Some(h1) = h1.get() {
                focus(&h1);
            }
        });
    }
}

/// Scrolling is the router's matter.
#[cfg(feature = "hydrate")]
fn focus(element: &web_sys::HtmlElement) {
    let quietly = web_sys::FocusOptions::new();
    quietly.set_prevent_scroll(true);
    let _ = element.focus_with_options(&quietly);
}

#[cfg(not(feature = "hydrate"))]
fn focus<T>(_: &T) {}

/// For a page whose heading is not made by [`heading`]: after moving to it inside the browser, its `h1` takes the focus.
pub fn arrive_at_title() {
    #[cfg(feature = "hydrate")]
    if here().awake.get_untracked() {
        use wasm_bindgen::JsCast;
        request_animation_frame(|| {
            let h1 = document().query_selector("main h1").ok().flatten();
            if let Some(h1) = h1.and_then(|h1| h1.dyn_into::<web_sys::HtmlElement>().ok()) {
                h1.set_tab_index(-1);
                focus(&h1);
            }
        });
    }
}

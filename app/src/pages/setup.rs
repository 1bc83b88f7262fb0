//! `/setup/{secret}`: the first person opens the workspace.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::api::{Me, Setup};

use crate::{
    answer, api,
    i18n::{t, t_string, use_i18n},
    pages::sign_up,
    ui::{
        chrome,
        field::field,
        form::{Form, form, submit},
        head,
    },
    visit::here,
};

/// The page the set-up link leads to.
pub fn view() -> AnyView {
    if here().me.with_untracked(|me| me.workspace.waits_for_owner) { open() } else { used() }
}

fn open() -> AnyView {
    let i18n = use_i18n();
    let secret = use_params_map().with_untracked(|params| params.get("secret").unwrap_or_default());
    let title = move || t_string!(i18n, setup.title).to_owned();
    let state = Form::new("setup");
    let send = move || {
        let request = Setup {
            token: secret.clone(),
            workspace: state.value("workspace"),
            name: state.value("name"),
            email: state.value("email"),
            password: state.raw("password"),
            time_zone: time_zone(),
        };
        state.send(async move { api::post::<Me>("/setup", &request).await }, |_| chrome::leave_to("/"));
    };
    let fields = view! {
        {field("workspace", t!(i18n, setup.workspace))
            .hint(t!(i18n, setup.workspace_hint))
            .autocomplete("organization")
            .place(state)}
        {sign_up::fields(state)}
    };
    view! {
        {head::title(title)}
        <div class="page account">
            <header class="page-head">{head::heading(title)} <p class="lead">{t!(i18n, setup.lead)}</p></header>
            <section class="panel">
                {form(state, send, fields.into_any(), submit(state, move || t_string!(i18n, setup.send)))}
            </section>
        </div>
    }
    .into_any()
}

/// The time zone of the browser: most likely that of the company.
fn time_zone() -> Option<String> {
    #[cfg(feature = "hydrate")]
    return crate::visit::time_zone();
    #[cfg(not(feature = "hydrate"))]
    None
}

fn used() -> AnyView {
    let i18n = use_i18n();
    answer::status(410);
    let title = move || t_string!(i18n, setup.used_title).to_owned();
    view! {
        {head::title(title)}
        <div class="page account">
            <header class="page-head">{head::heading(title)} <p class="lead">{t!(i18n, setup.used)}</p></header>
            <div class="row">
                <a class="button button-strong" href="/sign-in">{t!(i18n, nav.sign_in)}</a>
                <a class="button" href="/">{t!(i18n, not_found.home)}</a>
            </div>
        </div>
    }
    .into_any()
}

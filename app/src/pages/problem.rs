//! The pages for what does not exist, is not open, or failed.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use shared::api::{Code, Problem};

use crate::{
    answer,
    i18n::{t, t_string, use_i18n},
    ui::{head, icon::icon},
    visit::here,
    words,
};

/// The page for an address that leads nowhere.
pub fn not_found() -> AnyView {
    view(Problem::new(Code::NotFound, "There is no such page."))
}

/// The page whose chunk did not load: there is no network, or a newer build on the server. The same address is asked for
/// anew, from the server.
pub fn missing() -> AnyView {
    let i18n = use_i18n();
    let title = move || t_string!(i18n, wrong.missing_title).to_owned();
    let path = use_location().pathname;
    view! {
        {head::title(title)}
        <section class="page page-narrow lost">
            <div class="lost-mark" aria-hidden="true">{icon("plugs")}</div>
            {head::heading(title)}
            <p class="lead">{t!(i18n, wrong.missing)}</p>
            <div class="row">
                <a class="button button-strong" rel="external" href=path>{t!(i18n, wrong.reload)}</a>
                <a class="button" href="/">{t!(i18n, not_found.home)}</a>
            </div>
        </section>
    }
    .into_any()
}

/// The page for a problem that leaves nothing to show. While rendering it also sets the status of the answer.
pub fn view(problem: Problem) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    answer::status(problem.status);
    let code = problem.code;
    let title = move || {
        match code {
            Code::NotFound => t_string!(i18n, not_found.title),
            Code::LinkExpired => t_string!(i18n, wrong.expired_title),
            Code::Gone => t_string!(i18n, wrong.gone_title),
            Code::Unreachable => t_string!(i18n, wrong.unreachable_title),
            Code::SignIn | Code::Role | Code::EditingRule => t_string!(i18n, wrong.forbidden_title),
            _ => t_string!(i18n, wrong.title),
        }
        .to_owned()
    };
    let said = problem.clone();
    let text = move || match code {
        Code::NotFound => t_string!(i18n, not_found.text),
        _ => words::problem(i18n, &said),
    };
    let location = use_location();
    let visitor = move || here.me.with(|me| me.person.is_none()) && matches!(code, Code::NotFound | Code::SignIn);
    let sign_in = move || answer::sign_in_path(&location.pathname.get());
    let cut_off = code == Code::Unreachable;
    let home = if cut_off { "button" } else { "button button-strong" };
    let again = cut_off.then(|| {
        view! { <a class="button button-strong" rel="external" href=location.pathname>{t!(i18n, wrong.again)}</a> }
    });
    view! {
        {head::title(title)}
        <section class="page page-narrow lost">
            <div class="lost-mark" aria-hidden="true">{icon(if code == Code::NotFound { "compass" } else { "plugs" })}</div>
            {head::heading(title)}
            <p class="lead">{text}</p>
            {problem.instance.map(|id| view! { <p class="quiet">{t!(i18n, wrong.reference, id = id.clone())}</p> })}
            <div class="row">
                {again}
                <a class=home href="/">{t!(i18n, not_found.home)}</a>
                <Show when=visitor>
                    <a class="button" href=sign_in>{t!(i18n, nav.sign_in)}</a>
                </Show>
            </div>
        </section>
    }
    .into_any()
}

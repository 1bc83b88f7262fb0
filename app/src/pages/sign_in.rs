//! `/sign-in`: and back to where one came from.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared::api::{Me, SignIn};

use crate::{
    answer, api,
    i18n::{t, t_string, use_i18n},
    ui::{
        chrome,
        field::field,
        form::{Form, form, submit},
        head,
        icon::icon,
    },
    visit::here,
};

/// Where to go afterwards: a path of this site.
pub fn next() -> String {
    let next = use_query_map().with_untracked(|query| query.get("next"));
    answer::safe_next(next.as_deref())
}

/// A link to the other of the two pages, with the same way back.
pub fn with_next(path: &str, next: &str) -> String {
    if next == "/" { path.to_owned() } else { answer::sign_in_path(next).replacen("/sign-in", path, 1) }
}

/// The page where one signs in.
pub fn view() -> AnyView {
    let i18n = use_i18n();
    let next = next();
    if here().me.with_untracked(|me| me.person.is_some()) {
        answer::go(&next);
    }
    let title = move || t_string!(i18n, sign_in.title).to_owned();
    let state = Form::new("sign-in");
    let sign_up = with_next("/sign-up", &next);
    let drafting = next.ends_with("/propose");
    let voting = use_query_map().with_untracked(|query| query.get("for").as_deref() == Some("vote"));
    let send = move || {
        let request = SignIn { email: state.value("email"), password: state.raw("password") };
        let next = next.clone();
        state.send(async move { api::post::<Me>("/session", &request).await }, move |_| chrome::leave_to(&next));
    };
    let fields = view! {
        {field("email", t!(i18n, account.email)).kind("email").autocomplete("username").place(state)}
        {field("password", t!(i18n, account.password)).kind("password").autocomplete("current-password").place(state)}
    };
    let note = |colour: &'static str, symbol: &'static str, text: AnyView| {
        view! { <p class="note-bar" data-colour=colour>{icon(symbol)} <span>{text}</span></p> }
    };
    view! {
        {head::title(move || t_string!(i18n, nav.sign_in).to_owned())}
        <div class="page account">
            <header class="page-head">{head::heading(title)} <p class="lead">{t!(i18n, sign_in.lead)}</p></header>
            {voting.then(|| note("sky", "caret-up", t!(i18n, sign_in.to_vote).into_any()))}
            {drafting.then(|| note("amber", "lightbulb", t!(i18n, sign_in.draft_waits).into_any()))}
            <section class="panel">
                {form(state, send, fields.into_any(), submit(state, move || t_string!(i18n, sign_in.send)))}
            </section>
            <p class="account-other">
                {t!(i18n, sign_in.new_here)} " " <a href=sign_up>{t!(i18n, sign_in.make_account)}</a>
            </p>
        </div>
    }
    .into_any()
}

//! `/join/{secret}`: an invite link, followed by somebody new or by somebody with an account.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::api::{AcceptInvite, InvitePreview, Me};

use crate::{
    answer, api,
    i18n::{t, t_string, use_i18n},
    pages::sign_up,
    ui::{
        chrome,
        form::{Form, form, submit},
        head, load,
    },
    visit::here,
    words,
};

/// The page an invite link leads to.
pub fn view() -> AnyView {
    let secret = use_params_map().with_untracked(|params| params.get("secret").unwrap_or_default());
    let path = format!("/invites/preview/{secret}");
    let preview = load::ask::<InvitePreview>(move || path.clone());
    load::load(preview, move |invite| page(&invite, secret.clone()))
}

fn page(invite: &InvitePreview, secret: String) -> AnyView {
    let i18n = use_i18n();
    let role = invite.role;
    let by = invite.by.clone();
    let title = move || t_string!(i18n, join.title, name = by.clone());
    let board = invite.board.clone().map(|board| {
        view! { <span>{move || t_string!(i18n, join.board, board = board.clone())}</span> }
    });
    let person = here().me.with_untracked(|me| me.person.clone());
    let below = match person {
        Some(person) => accept(secret, person.name, person.role >= role),
        None => newcomer(secret),
    };
    view! {
        {head::title(title.clone())}
        <div class="page account">
            <header class="page-head">
                {head::heading(title)}
                <p class="lead">
                    {t!(i18n, join.role)} " " <strong>{move || words::role(i18n, role)}</strong> " " {board}
                </p>
                <p class="quiet">{move || words::role_hint(i18n, role)}</p>
            </header>
            {below}
        </div>
    }
    .into_any()
}

fn newcomer(secret: String) -> AnyView {
    let i18n = use_i18n();
    let state = Form::new("join");
    let back = answer::sign_in_path(&format!("/join/{secret}"));
    let send = move || sign_up::join(state, Some(secret.clone()), "/".to_owned());
    view! {
        <section class="panel">
            {form(state, send, sign_up::fields(state), submit(state, move || t_string!(i18n, join.send)))}
        </section>
        <p class="account-other">
            {t!(i18n, sign_up.have_account)} " " <a href=back>{t!(i18n, nav.sign_in)}</a>
        </p>
    }
    .into_any()
}

fn accept(secret: String, name: String, has_role: bool) -> AnyView {
    let i18n = use_i18n();
    let state = Form::new("accept");
    let send = move || {
        let request = AcceptInvite { token: secret.clone() };
        state.send(async move { api::post::<Me>("/invites/accept", &request).await }, |_| chrome::leave_to("/"));
    };
    let note = has_role.then(|| view! { <p class="quiet">{t!(i18n, join.has_role)}</p> });
    view! {
        <section class="panel">
            <p>{t!(i18n, join.signed_in_as, name = name.clone())}</p>
            {note}
            {form(state, send, ().into_any(), submit(state, move || t_string!(i18n, join.accept)))}
        </section>
    }
    .into_any()
}

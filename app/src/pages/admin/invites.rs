//! The links by which others join.

use leptos::prelude::*;
use shared::{
    Role,
    api::{InviteMade, InviteView, NewInvite},
    rules::{self, Act},
};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{
        copy, date,
        field::{Choice, choices, field},
        form::{Form, form, submit},
        load::{self, Loaded},
        toast,
    },
    visit::here,
    words,
};

/// The open links, and what makes one more: for whom somebody of this role may invite.
pub(super) fn view(mine: Role) -> AnyView {
    let i18n = use_i18n();
    let origin = here().origin();
    let made = RwSignal::new(None::<String>);
    let list = load::ask::<Vec<InviteView>>(|| "/invites".to_owned());
    let state = Form::new("invite");
    let make = move || {
        let request = NewInvite {
            role: Role::parse(&state.value("role")).unwrap_or(Role::Customer),
            board: None,
            uses: number(&state.value("uses")),
            days: number(&state.value("days")),
        };
        let origin = origin.clone();
        state.send(async move { api::post::<InviteMade>("/invites", &request).await }, move |invite| {
            made.set(Some(format!("{origin}{}", invite.path)));
            list.again();
        });
    };
    let roles: Vec<Choice> = Role::ALL
        .into_iter()
        .filter(|role| *role != Role::Owner && rules::may(Act::Invite(*role), Some(mine)).is_ok())
        .map(|role| Choice {
            value: role.as_str(),
            label: (move || words::role(i18n, role)).into_any(),
            hint: Some((move || words::role_hint(i18n, role)).into_any()),
        })
        .collect();
    let fields = view! {
        {choices(state, "role", t!(i18n, admin.invite_role), Role::Customer.as_str(), roles)}
        <div class="pair">
            {field("uses", t!(i18n, admin.invite_uses)).kind("number").value("1").place(state)}
            {field("days", t!(i18n, admin.invite_days)).kind("number").value("14").place(state)}
        </div>
    };
    let link = move || {
        made.get().map(|link| {
            view! {
                <div class="note-bar note-bar-tall" data-colour="leaf" role="status">
                    <p>{t!(i18n, admin.invite_made)}</p>
                    {copy::copy_field("invite-link", move || t_string!(i18n, admin.invite_link), link)}
                </div>
            }
        })
    };
    view! {
        <section class="panel" aria-labelledby="invites">
            <div class="panel-head">
                <h2 class="panel-title" id="invites">{t!(i18n, admin.invites)}</h2>
                <p class="quiet">{t!(i18n, admin.invites_hint)}</p>
            </div>
            {load::load(list, move |invites| invite_rows(invites, list))}
            {form(state, make, fields.into_any(), submit(state, move || t_string!(i18n, admin.invite_make)))}
            {link}
        </section>
    }
    .into_any()
}

/// What stands in a field for a number: nothing leaves it to the server, and what is no number is refused as none is.
fn number(text: &str) -> Option<u32> {
    (!text.is_empty()).then(|| text.parse().unwrap_or(0))
}

fn invite_rows(invites: Vec<InviteView>, list: Loaded<Vec<InviteView>>) -> AnyView {
    let i18n = use_i18n();
    if invites.is_empty() {
        return view! { <p class="quiet">{t!(i18n, admin.invites_empty)}</p> }.into_any();
    }
    let row = move |invite: InviteView| {
        let (id, role, ends, left) = (invite.id, invite.role, invite.expires_at, invite.uses_left);
        let by = words::name(i18n, &invite.by);
        let revoke = move |_| {
            leptos::task::spawn_local(async move {
                match api::delete(&format!("/invites/{id}")).await {
                    Ok(()) => toast::say(t_string!(i18n, admin.invite_revoked)),
                    Err(problem) => toast::warn(words::problem(i18n, &problem)),
                }
                list.again();
            });
        };
        view! {
            <li>
                <div class="line-main">
                    <span class="person-name">{move || words::role(i18n, role)}</span>
                    <span class="quiet">
                        {move || words::uses(i18n, left)} " · "
                        {t!(i18n, admin.invite_ends, ago = move || date::ago(ends))} " · "
                        {t!(i18n, admin.invite_by, name = by.clone())}
                    </span>
                </div>
                <button type="button" class="button button-small" on:click=revoke>{t!(i18n, admin.invite_revoke)}</button>
            </li>
        }
    };
    view! { <ul class="lines">{invites.into_iter().map(row).collect_view()}</ul> }.into_any()
}

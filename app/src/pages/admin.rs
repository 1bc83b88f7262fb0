//! `/admin`: who is here, what they may do, and the links by which others join.

use leptos::prelude::*;
use shared::{
    PersonId, Role,
    api::{EditPerson, InviteMade, InviteView, NewInvite, Page, PersonRecord},
    rules::{self, Act},
};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    pages::gate,
    ui::{
        avatar, copy, date,
        field::{Choice, choices, field},
        form::{Form, form, submit},
        head,
        load::{self, Loaded},
        toast,
    },
    visit::here,
    words,
};

/// The page of people and invites. Moderators invite customers; owners do the rest too.
pub fn view() -> AnyView {
    gate::at_least(Role::Moderator, |me| {
        let i18n = use_i18n();
        let owner = rules::may(Act::ManagePeople, Some(me.role)).is_ok();
        let title = move || t_string!(i18n, admin.title).to_owned();
        let lead = move || if owner { t_string!(i18n, admin.lead) } else { t_string!(i18n, admin.lead_moderator) };
        view! {
            {head::title(title)}
            <div class="page page-middle">
                <header class="page-head">{head::heading(title)} <p class="lead">{lead}</p></header>
                {invites(me.role)}
                {owner.then(|| people(me.id))}
            </div>
        }
        .into_any()
    })
}

fn invites(mine: Role) -> AnyView {
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
        let by = invite.by.name.clone();
        let revoke = move |_| {
            leptos::task::spawn_local(async move {
                match api::delete(&format!("/invites/{id}")).await {
                    Ok(()) => toast::say(t_string!(i18n, admin.invite_revoked)),
                    Err(problem) => toast::say(words::problem(i18n, &problem)),
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

fn people(me: PersonId) -> AnyView {
    let i18n = use_i18n();
    let first = load::ask::<Page<PersonRecord>>(|| "/people?limit=100".to_owned());
    view! {
        <section class="panel" aria-labelledby="people">
            <h2 class="panel-title" id="people">{t!(i18n, admin.people)}</h2>
            {load::load(first, move |page| roll(page, me))}
        </section>
    }
    .into_any()
}

fn roll(first: Page<PersonRecord>, me: PersonId) -> AnyView {
    let i18n = use_i18n();
    let next = RwSignal::new(first.next);
    let people = RwSignal::new(first.items);
    let more = move |_| {
        let Some(cursor) = next.get_untracked() else { return };
        leptos::task::spawn_local(async move {
            match api::get::<Page<PersonRecord>>(format!("/people?limit=100&cursor={cursor}")).await {
                Ok(page) => {
                    let _ = people.try_update(|people| people.extend(page.items));
                    let _ = next.try_set(page.next);
                }
                Err(problem) => toast::say(words::problem(i18n, &problem)),
            }
        });
    };
    view! {
        <ul class="lines">
            <For each=move || people.get() key=|record| (record.person.id, record.person.role) children=move |record| person_row(record, me, people) />
        </ul>
        <Show when=move || next.with(Option::is_some)>
            <p><button type="button" class="button" on:click=more>{t!(i18n, admin.more)}</button></p>
        </Show>
    }
    .into_any()
}

fn person_row(record: PersonRecord, me: PersonId, people: RwSignal<Vec<PersonRecord>>) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let id = record.person.id;
    let role = record.person.role;
    let name = StoredValue::new(record.person.name.clone());
    let field_id = format!("role-{id}");
    let node = NodeRef::<leptos::html::Select>::new();
    let change = move |event: leptos::ev::Event| {
        let Some(wanted) = Role::parse(&event_target_value(&event)) else { return };
        leptos::task::spawn_local(async move {
            match api::patch::<PersonRecord>(&format!("/people/{id}"), &EditPerson { role: wanted }).await {
                Ok(record) => {
                    toast::say(t_string!(i18n, admin.role_saved, name = name.get_value()));
                    if id == me {
                        here.me.update(|me| me.person = Some(record.person.clone()));
                    }
                    people.update(|people| {
                        if let Some(known) = people.iter_mut().find(|known| known.person.id == id) {
                            *known = record;
                        }
                    });
                }
                Err(problem) => {
                    // The choice goes back to what is true.
                    if let Some(select) = node.get_untracked() {
                        set_value(&select, role);
                    }
                    toast::say(words::problem(i18n, &problem));
                }
            }
        });
    };
    let options = Role::ALL
        .into_iter()
        .map(|offered| {
            view! { <option value=offered.as_str() selected=offered == role>{move || words::role(i18n, offered)}</option> }
        })
        .collect_view();
    view! {
        <li>
            <div class="line-main">
                {avatar::person(&record.person)}
                <span class="quiet people-more">{record.email} " · @" {record.person.handle.clone()} " · " {date::ago(record.created_at)}</span>
            </div>
            <label class="unseen" for=field_id.clone()>
                {move || t_string!(i18n, admin.role_of, name = name.get_value())}
            </label>
            <select class="input input-small people-role" id=field_id.clone() node_ref=node on:change=change disabled=move || !here.awake.get()>
                {options}
            </select>
        </li>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
fn set_value(select: &web_sys::HtmlSelectElement, role: Role) {
    select.set_value(role.as_str());
}

#[cfg(not(feature = "hydrate"))]
fn set_value<T>(_: &T, _: Role) {}

//! `/admin/people`: who is here, what they may do, and the links by which others join.

use leptos::prelude::*;
use shared::{
    PersonId, Role,
    api::{EditPerson, Page, PersonRecord, PersonView},
    rules::{self, Act},
};

use super::invites;
use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{avatar, date, load, toast},
    visit::here,
    words,
};

/// People and invites. Moderators invite customers; owners do the rest too.
pub(super) fn view(me: &PersonView) -> AnyView {
    let owner = rules::may(Act::ManagePeople, Some(me.role)).is_ok();
    let people = owner.then(|| people(me.id));
    view! { {invites::view(me.role)} {people} }.into_any()
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

//! `/admin/people`: who is here, what they may do, and the links by which others join.

use leptos::prelude::*;
use shared::{
    PersonId, Role,
    api::{EditPerson, Page, PersonRecord, PersonView, Suspend, Suspension},
    rules::{self, Act},
};

use super::{erase, invites};
use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{avatar, date, icon::icon, load, toast},
    visit::here,
    words,
};

/// People and invites. Moderators invite customers; owners do the rest too.
pub(super) fn view(me: &PersonView) -> AnyView {
    let owner = rules::may(Act::ManagePeople, Some(me.role)).is_ok();
    let people = owner.then(|| people(me.id));
    view! { {invites::view(me.role)} {people} }.into_any()
}

/// Which people are looked for, as the form says.
#[derive(Clone, Copy)]
struct Sought {
    words: RwSignal<String>,
    role: RwSignal<String>,
    suspended: RwSignal<bool>,
}

impl Sought {
    fn path(self, cursor: Option<&str>) -> String {
        let mut path = "/people?limit=50".to_owned();
        let words = self.words.get();
        for (name, value) in [("q", words.as_str()), ("role", &self.role.get()), ("cursor", cursor.unwrap_or_default())]
        {
            if !value.is_empty() {
                path.push_str(&format!("&{name}={}", encoded(value)));
            }
        }
        if self.suspended.get() {
            path.push_str("&suspended=true");
        }
        path
    }
}

/// A text as it may stand in an address.
pub(super) fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || byte == b'-' {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

fn people(me: PersonId) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let sought = Sought {
        words: RwSignal::new(String::new()),
        role: RwSignal::new(String::new()),
        suspended: RwSignal::new(false),
    };
    let first = load::ask::<Page<PersonRecord>>(move || sought.path(None));
    let roles = Role::ALL
        .map(|role| view! { <option value=role.as_str()>{move || words::role(i18n, role)}</option> })
        .into_iter()
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="people">
            <h2 class="panel-title" id="people">{t!(i18n, admin.people)}</h2>
            <div class="pair">
                <div class="field">
                    <label class="field-label" for="people-find">{t!(i18n, admin.find)}</label>
                    <input
                        class="input"
                        id="people-find"
                        type="search"
                        autocomplete="off"
                        maxlength=shared::limits::EMAIL
                        disabled=move || !here.awake.get()
                        on:change=move |event| sought.words.set(event_target_value(&event).trim().to_owned())
                    />
                </div>
                <div class="field">
                    <label class="field-label" for="people-role">{t!(i18n, admin.only_role)}</label>
                    <select
                        class="input"
                        id="people-role"
                        disabled=move || !here.awake.get()
                        on:change=move |event| sought.role.set(event_target_value(&event))
                    >
                        <option value="">{t!(i18n, admin.any_role)}</option>
                        {roles}
                    </select>
                </div>
            </div>
            <label class="tick">
                <input
                    type="checkbox"
                    disabled=move || !here.awake.get()
                    on:change=move |event| sought.suspended.set(event_target_checked(&event))
                />
                <span>{t!(i18n, admin.only_suspended)}</span>
            </label>
            {load::load(first, move |page| roll(page, me, sought))}
        </section>
    }
    .into_any()
}

fn roll(first: Page<PersonRecord>, me: PersonId, sought: Sought) -> AnyView {
    let i18n = use_i18n();
    if first.items.is_empty() {
        return view! { <p class="quiet" role="status">{t!(i18n, admin.nobody)}</p> }.into_any();
    }
    let next = RwSignal::new(first.next);
    let people = RwSignal::new(first.items);
    let more = move |_| {
        let Some(cursor) = next.get_untracked() else { return };
        let path = untrack(|| sought.path(Some(&cursor)));
        leptos::task::spawn_local(async move {
            match api::get::<Page<PersonRecord>>(path).await {
                Ok(page) => {
                    let _ = people.try_update(|people| people.extend(page.items));
                    let _ = next.try_set(page.next);
                }
                Err(problem) => toast::warn(words::problem(i18n, &problem)),
            }
        });
    };
    let key = |record: &PersonRecord| (record.person.id, record.person.role, record.suspended.is_some());
    view! {
        <ul class="lines">
            <For each=move || people.get() key=key children=move |record| person_row(record, me, people) />
        </ul>
        <Show when=move || next.with(Option::is_some)>
            <p><button type="button" class="button" on:click=more>{t!(i18n, admin.more)}</button></p>
        </Show>
    }
    .into_any()
}

/// Suspending somebody, or letting them come back.
fn suspension(record: &PersonRecord, people: RwSignal<Vec<PersonRecord>>) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let id = record.person.id;
    let name = StoredValue::new(record.person.name.clone());
    let path = StoredValue::new(format!("/people/{id}/suspension"));
    let set = move |suspended: Option<Suspension>| {
        let _ = people.try_update(|people| {
            if let Some(known) = people.iter_mut().find(|known| known.person.id == id) {
                known.suspended = suspended;
            }
        });
    };
    if let Some(Suspension { since, words: said }) = record.suspended.clone() {
        let lift = move |_| {
            leptos::task::spawn_local(async move {
                match api::delete(&path.get_value()).await {
                    Ok(()) => {
                        set(None);
                        toast::say(t_string!(i18n, admin.unsuspended_done, name = name.get_value()));
                    }
                    Err(problem) => toast::warn(words::problem(i18n, &problem)),
                }
            });
        };
        return view! {
            <div class="person-suspended">
                <p>
                    {icon("prohibit")} {t!(i18n, admin.suspended, ago = move || date::ago(since))} " " <q>{said}</q>
                </p>
                <button
                    type="button"
                    class="button button-small"
                    aria-label=move || t_string!(i18n, admin.unsuspend_of, name = name.get_value())
                    disabled=move || !here.awake.get()
                    on:click=lift
                >
                    {t!(i18n, admin.unsuspend)}
                </button>
            </div>
        }
        .into_any();
    }
    let words_id = format!("suspend-{id}");
    let said = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<String>);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let request = Suspend { words: said.get_untracked() };
        leptos::task::spawn_local(async move {
            match api::put_with::<()>(&path.get_value(), &request).await {
                Ok(()) => {
                    set(Some(Suspension { since: here.now.get_untracked(), words: request.words }));
                    toast::say(t_string!(i18n, admin.suspended_done, name = name.get_value()));
                }
                Err(problem) => {
                    let text = match problem.fields.get("words") {
                        Some(field) => words::field(i18n, field),
                        None => words::problem(i18n, &problem).to_owned(),
                    };
                    let _ = wrong.try_set(Some(text));
                }
            }
        });
    };
    view! {
        <details class="fold person-suspend">
            <summary aria-label=move || t_string!(i18n, admin.suspend_of, name = name.get_value())>
                {icon("prohibit")} {t!(i18n, admin.suspend)}
            </summary>
            <form class="form" novalidate="" on:submit=send>
                <label class="field-label" for=words_id.clone()>{t!(i18n, admin.suspend_words)}</label>
                <textarea
                    class="input"
                    id=words_id
                    rows="2"
                    maxlength=shared::limits::ORDER
                    on:input=move |event| said.set(event_target_value(&event))
                ></textarea>
                <p class="field-error" role="alert">{move || wrong.get()}</p>
                <button type="submit" class="button button-danger" disabled=move || !here.awake.get()>
                    {t!(i18n, admin.suspend)}
                </button>
            </form>
        </details>
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
                    toast::warn(words::problem(i18n, &problem));
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
                <span class="quiet people-more">{record.email.clone()} " · @" {record.person.handle.clone()} " · " {date::ago(record.created_at)}</span>
                {(id != me).then(|| suspension(&record, people))}
                {(id != me).then(|| erase::fold(&record, people))}
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

//! Faces: initials on the person's colour, with the mark of their role.

use leptos::prelude::*;
use shared::{
    Role,
    api::{Colour, PersonView},
};

use crate::{
    i18n::{t, use_i18n},
    ui::icon::icon,
    words,
};

/// The first letters of the first two words of a name.
fn initials(name: &str) -> String {
    name.split_whitespace().take(2).filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect()
}

/// The mark of the staff's roles: a shape each, so that it is seen without colour too. Customers have none.
fn mark(role: Role) -> Option<AnyView> {
    let shape = match role {
        Role::Customer => return None,
        Role::Employee => view! { <circle cx="6" cy="6" r="4" /> }.into_any(),
        Role::Researcher => view! { <path d="M6 1.2 11 10.4H1Z" /> }.into_any(),
        Role::Moderator => view! { <path d="M6 .8 11.2 6 6 11.2.8 6Z" /> }.into_any(),
        Role::Owner => {
            view! { <path d="m6 .6 1.6 3.5 3.8.5-2.8 2.6.7 3.8L6 9.1 2.7 11l.7-3.8L.6 4.6l3.8-.5Z" /> }.into_any()
        }
    };
    Some(
        view! { <svg class="face-mark" viewBox="0 0 12 12" data-role=role.as_str() aria-hidden="true">{shape}</svg> }
            .into_any(),
    )
}

/// A person's face, for the eye only: their name stands beside it or in a list that names them.
pub fn face(person: &PersonView) -> AnyView {
    face_in(person, Colour::of_person(person.id))
}

/// The same in a colour that tells them from others who are there.
pub fn face_in(person: &PersonView, colour: Colour) -> AnyView {
    view! {
        <span
            class="face"
            class:is-name=person.unclaimed || person.left
            data-colour=colour.as_str()
            aria-hidden="true"
        >
            {if person.left { icon("user") } else { initials(&person.name).into_any() }}
            {(!person.left).then(|| mark(person.role))}
        </span>
    }
    .into_any()
}

/// The address of a person's page.
#[must_use]
pub fn path(person: &PersonView) -> String {
    format!("/people/{}", person.handle)
}

/// A face with the name and, for the staff, the role, which leads to their page; for a name that came with an import, that
/// nobody is here.
pub fn person(person: &PersonView) -> AnyView {
    let i18n = use_i18n();
    let role = person.role;
    if person.left {
        // There is no page to lead to.
        return view! {
            <span class="person">
                {face(person)} <span class="person-text"><span class="person-name">{t!(i18n, person.left)}</span></span>
            </span>
        }
        .into_any();
    }
    view! {
        <a class="person" href=path(person)>
            {face(person)}
            <span class="person-text">
                <span class="person-name">{person.name.clone()}</span>
                {role.is_staff().then(|| view! { <span class="person-role">{move || words::role(i18n, role)}</span> })}
                {person.unclaimed.then(|| view! { <span class="person-role">{t!(i18n, import.not_here)}</span> })}
            </span>
        </a>
    }
    .into_any()
}

/// A face that leads to the person's page by hand. Whoever goes by keys or by ear has the name's own way there, from the
/// page that the face stands beside.
pub fn linked(person: &PersonView) -> AnyView {
    if person.left {
        return view! { <span class="face-link" title=words::name(use_i18n(), person)>{face(person)}</span> }
            .into_any();
    }
    view! {
        <a class="face-link" href=path(person) title=person.name.clone() tabindex="-1" aria-hidden="true">{face(person)}</a>
    }
    .into_any()
}

/// A name that leads to the person's page.
pub fn name(person: &PersonView) -> AnyView {
    let name = words::name(use_i18n(), person);
    if person.left {
        return view! { <span>{name}</span> }.into_any();
    }
    view! { <a href=path(person)>{name}</a> }.into_any()
}

/// Several faces in a row, named for those who do not see them; `total` counts those not shown too.
pub fn faces(people: &[PersonView], total: u32) -> AnyView {
    let i18n = use_i18n();
    let names = people.iter().map(|person| words::name(i18n, person)).collect::<Vec<_>>().join(", ");
    let hidden = total.saturating_sub(u32::try_from(people.len()).unwrap_or(u32::MAX));
    let title = names.clone();
    let label = move || words::and_more(i18n, &names, hidden);
    view! {
        <span class="faces" title=title>
            <span class="unseen">{t!(i18n, idea.shaped_by)} " " {label}</span>
            {people.iter().map(linked).collect_view()}
            {(hidden > 0).then(|| view! { <span class="face face-more" aria-hidden="true">{format!("+{hidden}")}</span> })}
        </span>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_two_letters_at_most() {
        assert_eq!(initials("Camille Le Goff"), "CL");
        assert_eq!(initials("émile"), "É");
        assert_eq!(initials("  "), "");
    }
}

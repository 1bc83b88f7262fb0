//! Who may open a page at all. The API decides again for everything done there.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use shared::{
    Role,
    api::{Code, PersonView, Problem},
};

use crate::{answer, pages::problem, visit::here};

/// A page for the signed-in: a visitor is led to sign in, and comes back.
pub fn signed_in(draw: impl FnOnce(PersonView) -> AnyView) -> AnyView {
    if let Some(person) = here().me.with_untracked(|me| me.person.clone()) {
        return draw(person);
    }
    let path = use_location().pathname.get_untracked();
    answer::go(&answer::sign_in_path(&path));
    ().into_any()
}

/// A page for a role and those above it.
pub fn at_least(role: Role, draw: impl FnOnce(PersonView) -> AnyView) -> AnyView {
    signed_in(|person| {
        if person.role >= role {
            draw(person)
        } else {
            problem::view(Problem::new(Code::Role, "Another role is needed."))
        }
    })
}

//! People named to something: a line for each with the means to take them off, and a form that names one more.

use leptos::prelude::*;
use shared::api::{Code, FieldCode, FieldProblem, PersonView, Problem};

use crate::{
    i18n::{t, use_i18n},
    ui::{
        avatar,
        field::field,
        form::{Form, form, submit},
        icon::icon,
    },
};

/// A list item with a person and something about them.
pub fn line(person: &PersonView, about: impl IntoView, end: Option<AnyView>) -> AnyView {
    view! {
        <li>
            {avatar::person(person)} <span class="line-end">{about.into_view()} {end}</span>
        </li>
    }
    .into_any()
}

/// The button at the end of a [`line()`].
pub fn remove(label: impl Fn() -> String + Send + Sync + 'static, act: impl Fn() + 'static) -> AnyView {
    view! {
        <button type="button" class="button-plain" aria-label=label on:click=move |_| act()>
            {icon("x")}
        </button>
    }
    .into_any()
}

/// A form that names a person by their handle: `put` asks the server, `done` shows what came of it.
pub fn name_one<F>(
    name: &'static str,
    label: impl Fn() -> &'static str + Send + Sync + Copy + 'static,
    put: impl Fn(String) -> F + 'static,
    done: impl Fn() + Copy + 'static,
) -> AnyView
where
    F: Future<Output = Result<(), Problem>> + 'static,
{
    name_one_as(Form::new(name), label, None, put, done)
}

/// The same, in a form that asks `more` about them.
pub fn name_one_as<F>(
    state: Form,
    label: impl Fn() -> &'static str + Send + Sync + Copy + 'static,
    more: Option<AnyView>,
    put: impl Fn(String) -> F + 'static,
    done: impl Fn() + Copy + 'static,
) -> AnyView
where
    F: Future<Output = Result<(), Problem>> + 'static,
{
    let i18n = use_i18n();
    let add = move || {
        let handle = state.value("handle").trim_start_matches('@').to_lowercase();
        let call = (!handle.is_empty()).then(|| put(handle));
        let call = async move {
            match call {
                Some(call) => call.await.map_err(unknown),
                None => Err(wrong(FieldCode::Required, "needed".to_owned())),
            }
        };
        state.send(call, move |()| {
            state.clear();
            done();
        });
    };
    let handle = field("handle", t!(i18n, board.member_handle)).hint(t!(i18n, board.member_handle_hint)).place(state);
    form(state, add, view! { {handle} {more} }.into_any(), submit(state, label))
}

fn wrong(code: FieldCode, detail: String) -> Problem {
    Problem::invalid([("handle".to_owned(), FieldProblem::new(code, detail))].into())
}

/// Says "there is no such person" beside the field that named them.
fn unknown(problem: Problem) -> Problem {
    match problem.code {
        Code::NotFound | Code::BadRequest => wrong(FieldCode::Unknown, problem.detail),
        _ => problem,
    }
}

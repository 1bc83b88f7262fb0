//! Forms: what is pending, what was wrong, and the way to the first wrong field.
//!
//! Fields keep their own text; nothing is written into them when the browser takes over, so what was typed before stays.

use std::{pin::Pin, sync::Arc};

use leptos::{html, prelude::*};
use shared::api::{Code, FieldProblem, Problem};

use crate::{
    i18n::{t, t_string, use_i18n},
    ui::icon::icon,
    visit::here,
    words,
};

/// What to do when all went well.
type Then = Box<dyn FnOnce()>;

/// A form's state. The name makes the ids of its fields, unique on the page.
#[derive(Clone, Copy)]
pub struct Form {
    name: &'static str,
    node: NodeRef<html::Form>,
    pending: RwSignal<bool>,
    problem: RwSignal<Option<Problem>>,
}

impl Form {
    /// An untouched form.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self { name, node: NodeRef::new(), pending: RwSignal::new(false), problem: RwSignal::new(None) }
    }

    /// The id of one of its fields.
    #[must_use]
    pub fn id(self, field: &str) -> String {
        format!("{}-{field}", self.name)
    }

    /// What is wrong with a field.
    #[must_use]
    pub fn wrong(self, field: &str) -> Option<FieldProblem> {
        self.problem.with(|problem| problem.as_ref().and_then(|problem| problem.fields.get(field).cloned()))
    }

    /// The person is correcting the field: what was said about it no longer holds.
    pub fn correct(self, field: &str) {
        if self
            .problem
            .with_untracked(|problem| problem.as_ref().is_some_and(|problem| problem.fields.contains_key(field)))
        {
            self.problem.update(|problem| {
                if let Some(known) = problem {
                    known.fields.remove(field);
                    if known.fields.is_empty() {
                        *problem = None;
                    }
                }
            });
        }
    }

    /// The text of a field now, without spaces around it.
    #[must_use]
    pub fn value(self, field: &str) -> String {
        self.raw(field).trim().to_owned()
    }

    /// The text of a field now, as it is.
    #[must_use]
    pub fn raw(self, field: &str) -> String {
        #[cfg(feature = "hydrate")]
        if let Some(form) = self.node.get_untracked() {
            return web_sys::FormData::new_with_form(&form)
                .ok()
                .and_then(|data| data.get(field).as_string())
                .unwrap_or_default();
        }
        let _ = field;
        String::new()
    }

    /// Every value of the fields of this name that are ticked now.
    #[must_use]
    pub fn ticked(self, field: &str) -> Vec<String> {
        #[cfg(feature = "hydrate")]
        if let Some(form) = self.node.get_untracked() {
            return web_sys::FormData::new_with_form(&form)
                .map(|data| data.get_all(field).iter().filter_map(|value| value.as_string()).collect())
                .unwrap_or_default();
        }
        let _ = field;
        Vec::new()
    }

    /// Empties every field.
    pub fn clear(self) {
        #[cfg(feature = "hydrate")]
        if let Some(form) = self.node.get_untracked() {
            form.reset();
        }
    }

    /// Whether an answer is awaited.
    #[must_use]
    pub fn pending(self) -> bool {
        self.pending.get()
    }

    /// Sends, and does `done` with the answer; or says what is wrong and leads there.
    pub fn send<T: 'static>(
        self,
        call: impl Future<Output = Result<T, Problem>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        self.send_off(Box::pin(async move {
            let answer = call.await?;
            Ok(Box::new(move || done(answer)) as Then)
        }));
    }

    fn send_off(self, call: Pin<Box<dyn Future<Output = Result<Then, Problem>>>>) {
        self.pending.set(true);
        self.problem.set(None);
        leptos::task::spawn_local(async move {
            let answer = call.await;
            // The person may have left the page meanwhile.
            let _ = self.pending.try_set(false);
            match answer {
                Ok(done) => done(),
                Err(problem) => {
                    let _ = self.problem.try_set(Some(problem));
                    self.lead();
                }
            }
        });
    }

    fn lead(self) {
        #[cfg(feature = "hydrate")]
        request_animation_frame(move || {
            use wasm_bindgen::JsCast;
            let Some(form) = self.node.try_get_untracked().flatten() else { return };
            let wrong = form.query_selector("[aria-invalid=true], .alert").ok().flatten();
            if let Some(element) = wrong.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
                let _ = element.focus();
            }
        });
    }

    /// What is wrong with the whole, where no field says it.
    fn alert(self) -> AnyView {
        let i18n = use_i18n();
        (move || {
            self.problem.get().filter(|problem| problem.code != Code::Invalid || problem.fields.is_empty()).map(
                |problem| {
                    // Why somebody decided so, in their words.
                    let reason = problem.reason.clone().map(|reason| view! { <q>{reason}</q> });
                    view! {
                        <p class="alert" role="alert" tabindex="-1">
                            {icon("warning")}
                            <span>{move || words::problem(i18n, &problem)} {reason}</span>
                        </p>
                    }
                },
            )
        })
        .into_any()
    }
}

/// The form itself: its fields, what is wrong with the whole, and its buttons.
pub fn form(form: Form, submit: impl Fn() + 'static, fields: AnyView, buttons: AnyView) -> AnyView {
    draw(form, Box::new(submit), fields, buttons)
}

fn draw(form: Form, submit: Box<dyn Fn()>, fields: AnyView, buttons: AnyView) -> AnyView {
    let i18n = use_i18n();
    view! {
        <form
            class="form"
            method="post"
            novalidate=true
            node_ref=form.node
            on:submit=move |event| {
                event.prevent_default();
                if !form.pending.get_untracked() {
                    submit();
                }
            }
        >
            {fields}
            {form.alert()}
            <noscript class="field-hint" inner_html=move || t_string!(i18n, ui.needs_script)></noscript>
            <div class="row form-buttons">{buttons}</div>
        </form>
    }
    .into_any()
}

/// The button that sends the form. It waits for the browser to take over: until then nobody would hear it.
pub fn submit(form: Form, label: impl Fn() -> &'static str + Send + Sync + 'static) -> AnyView {
    button(form, Arc::new(label))
}

fn button(form: Form, label: Arc<dyn Fn() -> &'static str + Send + Sync>) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    view! {
        <button
            type="submit"
            class="button button-strong"
            disabled=move || !here.awake.get()
            aria-busy=move || form.pending().then_some("true")
        >
            {move || if form.pending() { t!(i18n, ui.working).into_any() } else { label.clone().into_any() }}
        </button>
    }
    .into_any()
}

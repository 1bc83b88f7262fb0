//! Why an idea moves: the field that asks for it, and the words as they are shown.

use leptos::prelude::*;
use shared::{
    api::{FieldCode, Problem, StageKind, StageView},
    limits,
};

use crate::{
    i18n::{t, t_string, use_i18n},
    words::{self, Texts},
};

/// The field. `optional` tells whether it may stay empty.
pub(super) fn field(
    id: &'static str,
    reason: RwSignal<String>,
    wrong: RwSignal<Option<String>>,
    optional: impl Fn() -> bool + Send + Sync + 'static,
) -> AnyView {
    let i18n = use_i18n();
    let (hint, alert) = (format!("{id}-hint"), format!("{id}-wrong"));
    view! {
        <label class="field-label" for=id>
            {t!(i18n, idea.move_reason)}
            <Show when=move || optional()>
                <span class="field-optional">{t!(i18n, ui.optional)}</span>
            </Show>
        </label>
        <p class="field-hint" id=hint.clone()>{t!(i18n, idea.move_reason_hint)}</p>
        <textarea
            class="input"
            id=id
            rows="3"
            maxlength=limits::REASON
            aria-describedby=format!("{hint} {alert}")
            aria-invalid=move || wrong.with(Option::is_some).then_some("true")
            prop:value=move || reason.get()
            on:input=move |event| {
                reason.set(event_target_value(&event));
                wrong.set(None);
            }
        ></textarea>
        <p class="field-error" id=alert role="alert">{move || wrong.get()}</p>
    }
    .into_any()
}

/// What is wrong with a move, in words.
pub(super) fn refused(i18n: Texts, problem: &Problem) -> String {
    match problem.fields.get("reason") {
        Some(field) if field.code == FieldCode::Required => t_string!(i18n, idea.move_reason_needed).to_owned(),
        Some(field) => words::field(i18n, field),
        None => words::problem(i18n, problem).to_owned(),
    }
}

/// Leads to the field.
pub(super) fn focus(id: &str) {
    #[cfg(feature = "hydrate")]
    if let Some(area) = document().get_element_by_id(id) {
        use wasm_bindgen::JsCast;
        let _ = area.dyn_into::<web_sys::HtmlElement>().map(|area| area.focus());
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = id;
}

/// Why an idea came to this stage; nothing where nobody said.
pub(super) fn quoted(reason: &str, stage: &StageView) -> Option<AnyView> {
    let i18n = use_i18n();
    let title = (stage.kind == StageKind::Declined)
        .then(|| view! { <strong class="idea-why-title">{t!(i18n, idea.declined_why)}</strong> });
    (!reason.is_empty())
        .then(|| view! { <blockquote class="idea-why">{title} <p>{reason.to_owned()}</p></blockquote> }.into_any())
}

//! Fields: label, hint and what is wrong, tied together for everyone.

use leptos::prelude::*;

use crate::{
    i18n::{t, use_i18n},
    ui::form::Form,
    words,
};

/// A line or a paragraph of text.
pub struct Field {
    name: &'static str,
    label: AnyView,
    hint: Option<AnyView>,
    kind: &'static str,
    autocomplete: &'static str,
    value: String,
    lines: u32,
    optional: bool,
}

/// A field of this name in the request.
pub fn field(name: &'static str, label: impl IntoAny) -> Field {
    Field {
        name,
        label: label.into_any(),
        hint: None,
        kind: "text",
        autocomplete: "off",
        value: String::new(),
        lines: 1,
        optional: false,
    }
}

impl Field {
    /// A sentence that helps to fill it in.
    pub fn hint(mut self, hint: impl IntoAny) -> Self {
        self.hint = Some(hint.into_any());
        self
    }

    /// The kind of input: `email`, `password`, `number`.
    pub fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    /// What a browser may fill in.
    pub fn autocomplete(mut self, autocomplete: &'static str) -> Self {
        self.autocomplete = autocomplete;
        self
    }

    /// What it holds at first.
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// How many lines it shows; it grows with its text.
    pub fn lines(mut self, lines: u32) -> Self {
        self.lines = lines;
        self
    }

    /// It may stay empty.
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// The field in its form.
    pub fn place(self, form: Form) -> AnyView {
        let i18n = use_i18n();
        let Self { name, label, hint, kind, autocomplete, value, lines, optional } = self;
        let id = form.id(name);
        let hint_id = format!("{id}-hint");
        let error_id = format!("{id}-error");
        let invalid = move || form.wrong(name).is_some().then_some("true");
        let described = {
            let hint_id = hint.is_some().then(|| hint_id.clone());
            let error_id = error_id.clone();
            move || match (&hint_id, form.wrong(name).is_some()) {
                (Some(hint), true) => Some(format!("{error_id} {hint}")),
                (None, true) => Some(error_id.clone()),
                (hint, false) => hint.clone(),
            }
        };
        let input = if lines > 1 {
            view! {
                <textarea
                    class="input"
                    id=id.clone()
                    name=name
                    rows=lines
                    autocomplete=autocomplete
                    required=!optional
                    aria-invalid=invalid
                    aria-describedby=described
                    on:input=move |_| form.correct(name)
                >
                    {value}
                </textarea>
            }
            .into_any()
        } else {
            let shown = RwSignal::new(false);
            let kind_now = move || if shown.get() { "text" } else { kind };
            let input = view! {
                <input
                    class="input"
                    id=id.clone()
                    name=name
                    type=kind_now
                    value=value
                    autocomplete=autocomplete
                    required=!optional
                    aria-invalid=invalid
                    aria-describedby=described
                    on:input=move |_| form.correct(name)
                />
            };
            if kind == "password" { with_reveal(shown, input.into_any()) } else { input.into_any() }
        };
        view! {
            <div class="field">
                <label class="field-label" for=id>
                    {label}
                    {optional.then(|| view! { <span class="field-optional">{t!(i18n, ui.optional)}</span> })}
                </label>
                {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
                {input}
                {move || {
                    form.wrong(name)
                        .map(|problem| {
                            view! { <p class="field-error" id=error_id.clone()>{move || words::field(i18n, &problem)}</p> }
                        })
                }}
            </div>
        }
        .into_any()
    }
}

fn with_reveal(shown: RwSignal<bool>, input: AnyView) -> AnyView {
    let i18n = use_i18n();
    view! {
        <div class="reveal">
            {input}
            <button
                type="button"
                class="button-plain reveal-button"
                aria-pressed=move || if shown.get() { "true" } else { "false" }
                on:click=move |_| shown.update(|shown| *shown = !*shown)
            >
                {move || {
                    if shown.get() {
                        t!(i18n, account.hide_password).into_any()
                    } else {
                        t!(i18n, account.show_password).into_any()
                    }
                }}
            </button>
        </div>
    }
    .into_any()
}

/// One of several values, each explained on a card of its own.
pub struct Choice {
    /// The value in the request.
    pub value: &'static str,
    /// Its name.
    pub label: AnyView,
    /// What it means, where the name does not say it.
    pub hint: Option<AnyView>,
}

/// A choice among a few values that need a sentence each.
pub fn choices(form: Form, name: &'static str, legend: impl IntoAny, selected: &str, choices: Vec<Choice>) -> AnyView {
    let i18n = use_i18n();
    let error_id = format!("{}-error", form.id(name));
    let described = {
        let error_id = error_id.clone();
        move || form.wrong(name).map(|_| error_id.clone())
    };
    let class = if choices.iter().any(|choice| choice.hint.is_some()) { "choices" } else { "choices choices-short" };
    let cards = choices
        .into_iter()
        .map(|Choice { value, label, hint }| {
            let id = format!("{}-{value}", form.id(name));
            let hint_id = format!("{id}-hint");
            let described = hint.is_some().then(|| hint_id.clone());
            view! {
                <div class="choice">
                    <input
                        type="radio"
                        id=id.clone()
                        name=name
                        value=value
                        checked=value == selected
                        aria-describedby=described
                        on:change=move |_| form.correct(name)
                    />
                    <label for=id>
                        <span class="choice-label">{label}</span>
                        {hint.map(|hint| view! { <span class="choice-hint" id=hint_id>{hint}</span> })}
                    </label>
                </div>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field" aria-describedby=described>
            <legend class="field-label">{legend.into_any()}</legend>
            <div class=class>{cards}</div>
            {move || {
                form.wrong(name)
                    .map(|problem| {
                        view! { <p class="field-error" id=error_id.clone()>{move || words::field(i18n, &problem)}</p> }
                    })
            }}
        </fieldset>
    }
    .into_any()
}

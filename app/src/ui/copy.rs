//! A text to copy: shown whole, selected by a click, copied by a button.

use leptos::prelude::*;

use crate::{
    i18n::{t, use_i18n},
    ui::icon::icon,
    visit::here,
};

/// Puts a text on the clipboard. Says whether it is there.
#[cfg(feature = "hydrate")]
pub async fn copy(text: &str) -> bool {
    // Outside of https there is no clipboard.
    if !window().is_secure_context() {
        return false;
    }
    wasm_bindgen_futures::JsFuture::from(window().navigator().clipboard().write_text(text)).await.is_ok()
}

/// A field that holds `text` for copying.
pub fn copy_field(id: &'static str, label: impl Fn() -> &'static str + Send + 'static, text: String) -> AnyView {
    draw(id.to_owned(), Box::new(move || label().to_owned()), text)
}

/// The same, where there are several.
pub fn copy_named(id: String, label: impl Fn() -> String + Send + 'static, text: String) -> AnyView {
    draw(id, Box::new(label), text)
}

fn draw(id: String, label: Box<dyn Fn() -> String + Send>, text: String) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let copied = RwSignal::new(false);
    let value = text.clone();
    let name = StoredValue::new(id.clone());
    let copy = move |_| {
        #[cfg(feature = "hydrate")]
        {
            let text = text.clone();
            leptos::task::spawn_local(async move {
                if self::copy(&text).await {
                    copied.set(true);
                } else {
                    // It is selected for Ctrl+C.
                    select(&name.get_value());
                }
            });
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = (&text, copied, name);
    };
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>{move || label()}</label>
            <div class="copy">
                <input class="input copy-text" id=id readonly=true value=value on:focus=move |_| select(&name.get_value()) />
                <button type="button" class="button" on:click=copy disabled=move || !here.awake.get()>
                    {move || icon(if copied.get() { "check" } else { "copy" })}
                    <span aria-live="polite">
                        {move || if copied.get() { t!(i18n, ui.copied).into_any() } else { t!(i18n, ui.copy).into_any() }}
                    </span>
                </button>
            </div>
        </div>
    }
    .into_any()
}

fn select(id: &str) {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        if let Some(input) =
            document().get_element_by_id(id).and_then(|element| element.dyn_into::<web_sys::HtmlInputElement>().ok())
        {
            input.select();
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = id;
}

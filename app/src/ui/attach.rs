//! Pictures for a field of text: below it a button to choose some, and a row that shows them and asks what they show.
//! They can be pasted and dropped as well. The work is done by `app/js/attach.js`.

use leptos::prelude::*;

#[cfg(feature = "hydrate")]
use crate::words::Texts;
use crate::{
    i18n::{t, use_i18n},
    ui::icon::icon,
    visit::here,
};

/// What scripts say of pictures: by name, and by the code of a problem.
#[cfg(feature = "hydrate")]
pub fn words(i18n: Texts) -> Vec<(&'static str, &'static str)> {
    use shared::api::Code;

    use crate::{i18n::t_string, words};

    let said = |code| words::picture(i18n, code);
    vec![
        ("sending", t_string!(i18n, picture.sending)),
        ("again", t_string!(i18n, picture.again)),
        ("give_up", t_string!(i18n, picture.give_up)),
        ("remove", t_string!(i18n, picture.remove)),
        ("alt", t_string!(i18n, picture.alt)),
        ("alt_label", t_string!(i18n, picture.alt_label)),
        ("no_room", t_string!(i18n, picture.no_room)),
        ("too_large", said(Code::TooLarge)),
        ("too_many_pixels", said(Code::TooManyPixels)),
        ("no_picture", said(Code::NoPicture)),
        ("too_many", said(Code::TooMany)),
        ("sign_in", said(Code::SignIn)),
        ("not_found", said(Code::NotFound)),
        ("editing_rule", said(Code::EditingRule)),
        ("unreachable", said(Code::Unreachable)),
        ("unavailable", said(Code::Unavailable)),
        ("internal", said(Code::Internal)),
    ]
}

/// The pictures of a field.
#[derive(Clone, Copy)]
pub struct Pictures {
    /// Whether some are on their way.
    pub busy: RwSignal<bool>,
    /// Goes up when the text was changed by other hands than the person's.
    rewritten: RwSignal<u32>,
}

impl Pictures {
    /// No picture yet.
    #[must_use]
    pub fn new() -> Self {
        Self { busy: RwSignal::new(false), rewritten: RwSignal::new(0) }
    }

    /// Says that the text of the field was put in by the page.
    pub fn look_again(self) {
        let _ = self.rewritten.try_update(|times| *times += 1);
    }
}

impl Default for Pictures {
    fn default() -> Self {
        Self::new()
    }
}

/// The button and the row, for the field of this id, whose pictures are added to a board.
pub fn attach(pictures: Pictures, board: String, field: String) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let row = NodeRef::new();
    let add = NodeRef::new();
    #[cfg(feature = "hydrate")]
    in_browser::start(pictures, board, field, row, add);
    #[cfg(not(feature = "hydrate"))]
    let _ = (pictures, board, field);
    view! {
        <div class="attach">
            <div class="attach-row" node_ref=row></div>
            <p class="attach-add">
                <button type="button" class="button-plain" node_ref=add disabled=move || !here.awake.get()>
                    {icon("image")} {t!(i18n, picture.add)}
                </button>
                <span class="field-hint">{t!(i18n, picture.hint)}</span>
            </p>
        </div>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
mod in_browser {
    use js_sys::{Object, Reflect};
    use leptos::{html, prelude::*, task::spawn_local};
    use send_wrapper::SendWrapper;
    use shared::limits;
    use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};

    use super::{Pictures, words};
    use crate::{i18n::use_i18n, script, visit::here, words::Texts};

    #[wasm_bindgen]
    extern "C" {
        /// What `attach` gives.
        type Handle;

        #[wasm_bindgen(method)]
        fn sync(this: &Handle);
        #[wasm_bindgen(method, js_name = setWords)]
        fn set_words(this: &Handle, words: &Object);
        #[wasm_bindgen(method)]
        fn destroy(this: &Handle);
    }

    /// The script at work on a field, until it goes.
    struct Attached {
        handle: Handle,
        _busy: Closure<dyn Fn(bool)>,
    }

    impl Drop for Attached {
        fn drop(&mut self) {
            self.handle.destroy();
        }
    }

    fn set(object: &Object, key: &str, value: &JsValue) {
        // An object of ours takes what it is given.
        let _ = Reflect::set(object, &key.into(), value);
    }

    fn said(i18n: Texts) -> Object {
        let object = Object::new();
        for (key, text) in words(i18n) {
            set(&object, key, &text.into());
        }
        object
    }

    pub(super) fn start(
        pictures: Pictures,
        board: String,
        field: String,
        row: NodeRef<html::Div>,
        add: NodeRef<html::Button>,
    ) {
        let i18n = use_i18n();
        let address = here().asset("attach.js");
        let attached = StoredValue::new_local(None::<Attached>);
        Effect::new(move || {
            let (Some(row), Some(add)) = (row.get(), add.get()) else { return };
            let (board, field, address) = (board.clone(), field.clone(), address.clone());
            spawn_local(async move {
                // Without the script the text is written as before, only without pictures.
                let Ok(attach) = script::function(&address, "attach").await else { return };
                let Some(area) = document().get_element_by_id(&field) else { return };
                let busy = Closure::<dyn Fn(bool)>::new(move |busy| {
                    let _ = pictures.busy.try_set(busy);
                });
                let options = Object::new();
                set(&options, "board", &board.into());
                set(&options, "largest", &u32::try_from(limits::PICTURE).unwrap_or(u32::MAX).into());
                set(&options, "words", &said(i18n));
                set(&options, "busy", busy.as_ref());
                if let Ok(handle) = attach.call4(&JsValue::NULL, &area, &row, &add, &options) {
                    let made = Attached { handle: handle.unchecked_into(), _busy: busy };
                    attached.try_set_value(Some(made));
                }
            });
        });
        Effect::new(move || {
            pictures.rewritten.track();
            attached.with_value(|attached| attached.as_ref().map(|attached| attached.handle.sync()));
        });
        Effect::new(move || {
            let words = SendWrapper::new(said(i18n));
            attached.with_value(|attached| attached.as_ref().map(|attached| attached.handle.set_words(&words)));
        });
    }
}

//! The editors of `editor.js`, and splices as they travel to them and back.

use std::ops::Range;

use js_sys::{Array, Function, Object, Reflect};
use shared::{
    limits,
    live::{concept::Field, replica::Splice},
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::HtmlElement;

use crate::script;

#[wasm_bindgen]
extern "C" {
    /// An editor, as `mount` gives it.
    #[derive(Clone)]
    pub(super) type Handle;

    #[wasm_bindgen(method)]
    fn apply(this: &Handle, splices: &Array);
    #[wasm_bindgen(method, js_name = type)]
    fn enter(this: &Handle, splices: &Array) -> bool;
    #[wasm_bindgen(method, js_name = setCarets)]
    fn set_carets(this: &Handle, carets: &Array);
    #[wasm_bindgen(method, js_name = setPassages)]
    fn set_passages(this: &Handle, passages: &Array);
    #[wasm_bindgen(method)]
    pub(super) fn reveal(this: &Handle, comment: &str);
    #[wasm_bindgen(method, js_name = lookAt)]
    pub(super) fn look_at(this: &Handle, place: usize);
    #[wasm_bindgen(method, js_name = setReadOnly)]
    pub(super) fn set_read_only(this: &Handle, read_only: bool);
    #[wasm_bindgen(method, js_name = setWords)]
    fn set_words(this: &Handle, words: &Object);
    #[wasm_bindgen(method, js_name = setText)]
    pub(super) fn set_text(this: &Handle, text: &str);
    #[wasm_bindgen(method)]
    pub(super) fn turn(this: &Handle, again: bool) -> bool;
    #[wasm_bindgen(method)]
    pub(super) fn composing(this: &Handle) -> bool;
    #[wasm_bindgen(method)]
    pub(super) fn focus(this: &Handle);
    #[wasm_bindgen(method)]
    fn destroy(this: &Handle);
}

/// The editor's script, loaded.
pub(super) struct Script(Function);

impl Script {
    /// Loads it.
    pub async fn load(address: &str) -> Result<Self, JsValue> {
        script::function(address, "mount").await.map(Self)
    }

    /// Puts an editor into an element.
    pub fn mount(&self, parent: &HtmlElement, options: &Options, events: Events) -> Result<Editor, JsValue> {
        let callbacks = events.to_object();
        let handle = self.0.call3(&JsValue::NULL, parent, &options.to_object(), &callbacks)?;
        Ok(Editor { handle: handle.unchecked_into(), _events: events })
    }
}

/// What an editor is to be.
pub(super) struct Options {
    pub field: Field,
    pub text: String,
    pub limit: usize,
    /// The board that pictures are added to.
    pub board: String,
    pub nonce: String,
    /// What it says, as [`Labels::of`](super::labels::Labels::of) has it.
    pub words: Object,
}

impl Options {
    fn to_object(&self) -> Object {
        let object = Object::assign(&Object::new(), &self.words);
        let limit = u32::try_from(self.limit).unwrap_or(u32::MAX);
        let pictures = Object::new();
        set(&pictures, "board", &self.board.as_str().into());
        set(&pictures, "largest", &u32::try_from(limits::PICTURE).unwrap_or(u32::MAX).into());
        for (key, value) in [
            ("text", self.text.as_str().into()),
            ("nonce", self.nonce.as_str().into()),
            ("maxLength", limit.into()),
            ("pictures", pictures.into()),
            ("markdown", (self.field == Field::Body).into()),
            ("singleLine", (self.field == Field::Title).into()),
            ("readOnly", false.into()),
        ] {
            set(&object, key, &value);
        }
        object
    }
}

/// Sets a property of an object of ours, which cannot fail.
pub(super) fn set(object: &Object, key: &str, value: &JsValue) {
    let _ = Reflect::set(object, &key.into(), value);
}

/// What an editor calls.
pub(super) struct Events {
    pub splices: Closure<dyn Fn(Array)>,
    pub selection: Closure<dyn Fn(usize, usize)>,
    pub focus: Closure<dyn Fn()>,
    pub blur: Closure<dyn Fn()>,
    pub enter: Closure<dyn Fn()>,
    pub composition_end: Closure<dyn Fn()>,
    pub step: Closure<dyn Fn()>,
    pub turn: Closure<dyn Fn(bool)>,
}

impl Events {
    fn to_object(&self) -> Object {
        let object = Object::new();
        set(&object, "splices", self.splices.as_ref());
        set(&object, "selection", self.selection.as_ref());
        set(&object, "focus", self.focus.as_ref());
        set(&object, "blur", self.blur.as_ref());
        set(&object, "enter", self.enter.as_ref());
        set(&object, "compositionEnd", self.composition_end.as_ref());
        set(&object, "step", self.step.as_ref());
        set(&object, "turn", self.turn.as_ref());
        object
    }
}

/// An editor in the page; dropping it takes it away.
pub(super) struct Editor {
    handle: Handle,
    _events: Events,
}

impl Editor {
    /// Its handle, to use while nothing of ours is borrowed: the editor calls back.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.handle.destroy();
    }
}

impl Handle {
    /// Shows what others wrote.
    pub fn show<'a>(&self, splices: impl Iterator<Item = &'a Splice>) {
        let flat = flat(splices);
        if flat.length() > 0 {
            self.apply(&flat);
        }
    }

    /// Writes as the person does: it can be undone, and comes back as an event. Says whether there was room.
    pub fn write<'a>(&self, splices: impl Iterator<Item = &'a Splice>) -> bool {
        self.enter(&flat(splices))
    }

    /// Speaks another language from now on.
    pub fn speak(&self, words: &Object) {
        self.set_words(words);
    }

    /// Marks these passages and no others.
    pub fn show_passages(&self, passages: Vec<Marked>) {
        let list = Array::new();
        for Marked { comment, range, count, label } in passages {
            let object = Object::new();
            set(&object, "comment", &comment.into());
            set(&object, "from", &position(range.start));
            set(&object, "to", &position(range.end));
            set(&object, "count", &count.into());
            set(&object, "label", &label.into());
            list.push(&object);
        }
        self.set_passages(&list);
    }

    /// Shows these carets and no others.
    pub fn show_carets(&self, carets: impl Iterator<Item = Flag>) {
        let list = Array::new();
        for Flag { peer, name, colour, anchor, head } in carets {
            let object = Object::new();
            set(&object, "peer", &peer.into());
            set(&object, "name", &name.into());
            set(&object, "colour", &colour.into());
            set(&object, "anchor", &position(anchor));
            set(&object, "head", &position(head));
            list.push(&object);
        }
        self.set_carets(&list);
    }
}

/// A passage that a comment is about, as an editor shows it.
pub(super) struct Marked {
    pub comment: String,
    pub range: Range<usize>,
    pub count: u32,
    pub label: String,
}

/// Somebody's caret, as an editor shows it.
pub(super) struct Flag {
    pub peer: String,
    pub name: String,
    pub colour: &'static str,
    pub anchor: usize,
    pub head: usize,
}

fn position(at: usize) -> JsValue {
    // No text is longer than 2³² units.
    JsValue::from(u32::try_from(at).unwrap_or(u32::MAX))
}

fn flat<'a>(splices: impl Iterator<Item = &'a Splice>) -> Array {
    let list = Array::new();
    for Splice { at, delete, insert } in splices {
        list.push(&position(*at));
        list.push(&position(*delete));
        list.push(&insert.as_str().into());
    }
    list
}

/// The splices of an event.
pub(super) fn splices(flat: &Array) -> Vec<Splice> {
    let number = |value: JsValue| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a position in a text")]
        value.as_f64().map_or(0, |number| number as usize)
    };
    (0..flat.length() / 3)
        .map(|n| Splice {
            at: number(flat.get(3 * n)),
            delete: number(flat.get(3 * n + 1)),
            insert: flat.get(3 * n + 2).as_string().unwrap_or_default(),
        })
        .collect()
}

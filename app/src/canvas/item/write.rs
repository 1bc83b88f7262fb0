//! Where one writes on the stage: the words of a note, the title of a group, what a picture shows.

use leptos::{ev, html, prelude::*};
use shared::{
    canvas::{ItemKind, ItemRef},
    limits,
};

use crate::{canvas::scene::Scene, i18n::t_string};

/// How much may be written in something of this kind, in characters.
fn most(kind: ItemKind) -> usize {
    match kind {
        ItemKind::Group => limits::GROUP_TITLE,
        ItemKind::Picture => limits::ALT,
        _ => limits::NOTE,
    }
}

/// The field, with the caret ready.
pub(super) fn field(scene: Scene, of: StoredValue<ItemRef>) -> AnyView {
    let area = NodeRef::<html::Textarea>::new();
    let kind = of.with_value(|item| item.kind);
    // What the field was last in step with.
    let base = StoredValue::new(String::new());
    #[cfg(feature = "hydrate")]
    in_browser::start(scene, of, area, base);
    let label = move || match kind {
        ItemKind::Group => t_string!(scene.i18n, canvas.group_title),
        ItemKind::Picture => t_string!(scene.i18n, canvas.alt),
        _ => t_string!(scene.i18n, canvas.note_text),
    };
    let pressed = move |event: ev::KeyboardEvent| {
        #[cfg(feature = "hydrate")]
        in_browser::pressed(scene, of, &event);
        #[cfg(not(feature = "hydrate"))]
        let _ = event;
    };
    let typed = move |_: ev::Event| {
        #[cfg(feature = "hydrate")]
        in_browser::typed(scene, of, area, base);
        #[cfg(not(feature = "hydrate"))]
        let _ = base;
    };
    let left = move |_| {
        #[cfg(feature = "hydrate")]
        in_browser::left(scene, of);
    };
    view! {
        <textarea
            class="canvas-field"
            aria-label=label
            placeholder=label
            maxlength=most(kind)
            rows=if kind == ItemKind::Note { "4" } else { "1" }
            node_ref=area
            on:input=typed
            on:compositionstart=move |_| composes(area, true)
            on:compositionend=move |event| {
                composes(area, false);
                typed(event.into());
            }
            on:keydown=pressed
            on:blur=left
        ></textarea>
    }
    .into_any()
}

/// Whether an input method is at work on it: its words are no text yet.
fn composes(area: NodeRef<html::Textarea>, does: bool) {
    #[cfg(feature = "hydrate")]
    if let Some(area) = area.get_untracked() {
        let _ = area.toggle_attribute_with_force("data-composing", does);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (area, does);
}

#[cfg(feature = "hydrate")]
mod in_browser {
    use leptos::{html, prelude::*};
    use shared::{
        canvas::{ItemKind, ItemRef},
        live::replica::{Act, CanvasReplica, Splice},
    };
    use web_sys::KeyboardEvent;

    use crate::canvas::{
        focus::focus,
        keys,
        scene::{Scene, When},
    };

    /// Shows what others write in it too, and keeps the caret where it is in the words.
    pub(super) fn start(
        scene: Scene,
        of: StoredValue<ItemRef>,
        area: NodeRef<html::Textarea>,
        base: StoredValue<String>,
    ) {
        let look = of.with_value(|item| scene.look(item));
        Effect::new(move |begun: Option<bool>| {
            let _ = look.get();
            let Some(area) = area.get() else { return false };
            let now = text(scene, of);
            if begun != Some(true) {
                area.set_value(&now);
                base.set_value(now);
                let _ = area.focus();
                area.select();
                return true;
            }
            // While an input method composes, its words are not in the text yet.
            if !is_composing(&area) {
                show(&area, now, base);
            }
            true
        });
    }

    /// Shows the text as it is now, with the caret where it is in the words.
    fn show(area: &web_sys::HtmlTextAreaElement, now: String, base: StoredValue<String>) {
        let shown = area.value();
        if shown != now {
            let (start, end) = (area.selection_start().ok().flatten(), area.selection_end().ok().flatten());
            let change = CanvasReplica::difference(&shown, &now);
            area.set_value(&now);
            if let (Some(change), Some(start), Some(end)) = (change, start, end) {
                let _ = area.set_selection_range(moved(start, &change), moved(end, &change));
            }
        }
        base.set_value(now);
    }

    fn is_composing(area: &web_sys::HtmlTextAreaElement) -> bool {
        area.has_attribute("data-composing")
    }

    /// Where a place of a text is after a splice.
    fn moved(at: u32, change: &Splice) -> u32 {
        let at = at as usize;
        let after = if at <= change.at {
            at
        } else {
            let within = at.min(change.at + change.delete) == at;
            let kept = if within { change.at } else { at - change.delete };
            kept + change.insert.encode_utf16().count()
        };
        u32::try_from(after).unwrap_or(u32::MAX)
    }

    fn text(scene: Scene, of: StoredValue<ItemRef>) -> String {
        of.with_value(|item| scene.with(|canvas| canvas.text(item).map(str::to_owned))).flatten().unwrap_or_default()
    }

    /// The person typed.
    pub(super) fn typed(
        scene: Scene,
        of: StoredValue<ItemRef>,
        area: NodeRef<html::Textarea>,
        base: StoredValue<String>,
    ) {
        let Some(area) = area.get_untracked() else { return };
        if is_composing(&area) {
            return;
        }
        // What others wrote while an input method composed is not in the field.
        let splice = base.with_value(|base| CanvasReplica::rebase(base, &area.value(), &text(scene, of)));
        if let Some(splice) = splice {
            let (item, insert) = (of.get_value(), splice.insert.clone());
            // A letter that is refused was seen not to come; a passage is kept.
            if !scene.act(vec![Act::Write { item, splice }], When::Later) && insert.chars().count() > 1 {
                scene.keep(vec![insert]);
            }
        }
        show(&area, text(scene, of), base);
    }

    pub(super) fn pressed(scene: Scene, of: StoredValue<ItemRef>, event: &KeyboardEvent) {
        if event.is_composing() {
            return;
        }
        // What is typed here is text, and nothing else on the page hears of it.
        event.stop_propagation();
        let ends =
            event.key() == "Escape" || (event.key() == "Enter" && of.with_value(|item| item.kind) != ItemKind::Note);
        let next = event.key() == "Enter" && (event.ctrl_key() || event.meta_key());
        if ends || next {
            event.prevent_default();
            end(scene, of);
        }
        if next && of.with_value(|item| item.kind) == ItemKind::Note {
            keys::note_beside(scene, &of.get_value());
        }
    }

    /// The person has written it.
    fn end(scene: Scene, of: StoredValue<ItemRef>) {
        let item = of.get_value();
        left(scene, of);
        focus(scene, &item);
    }

    /// The caret leaves: what was written goes out, and a note that stayed empty goes.
    pub(super) fn left(scene: Scene, of: StoredValue<ItemRef>) {
        let item = of.get_value();
        if scene.editing.try_with_untracked(|editing| editing.as_ref() == Some(&item)) != Some(true) {
            return;
        }
        scene.editing.set(None);
        if let Some(painter) = scene.painter() {
            painter.commit();
        }
        if item.kind == ItemKind::Note && text(scene, of).is_empty() && scene.is_mine(&item) {
            scene.act(vec![Act::Remove(item)], When::Now);
        }
        scene.stir();
    }
}

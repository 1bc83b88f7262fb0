//! What is pasted and dropped on the canvas: a list makes notes, a picture is put there.

use leptos::{prelude::*, task::spawn_local};
use send_wrapper::SendWrapper;
use shared::{
    api::{Code, PictureView, Problem},
    canvas::{ItemKind, ItemRef, Spot, layout},
    limits,
    live::replica::Act,
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{ClipboardEvent, DragEvent, Element, Event, File, FileList, HtmlInputElement};

use super::{
    copy,
    deeds::{self, LINES},
    scene::{Scene, When},
};
use crate::{api, i18n::t_string, ui::toast, words};

/// How what is copied from a canvas is marked in the clipboard.
const COPIES: &str = "application/x-atelier-canvas";
/// How wide a picture is shown at first, at most, and at least.
const WIDE: (f64, f64) = (360.0, 160.0);

/// Listens as long as the stage is there.
pub(super) fn start(scene: Scene) {
    let pasted = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        if let Some(event) = event.dyn_ref::<ClipboardEvent>() {
            paste(scene, event);
        }
    });
    let copied = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        if let Some(event) = event.dyn_ref::<ClipboardEvent>() {
            copy_out(scene, event);
        }
    });
    let over = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        if on_stage(&event) {
            event.prevent_default();
        }
    });
    let dropped = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        if on_stage(&event)
            && let Some(files) =
                event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer).and_then(|data| data.files())
        {
            event.prevent_default();
            put_files(scene, &files);
        }
    });
    let target = document();
    let listeners = [("paste", pasted), ("copy", copied), ("dragover", over), ("drop", dropped)];
    for (name, listener) in &listeners {
        let _ = target.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
    }
    let parts = SendWrapper::new((target, listeners));
    on_cleanup(move || {
        let (target, listeners) = parts.take();
        for (name, listener) in listeners {
            let _ = target.remove_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        }
    });
}

fn on_stage(event: &Event) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.closest(".canvas-stage").ok().flatten().is_some())
}

/// Whether it happens where one writes.
fn writes(event: &ClipboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.closest("input, textarea, [contenteditable], dialog").ok().flatten().is_some())
}

/// What is selected goes to the clipboard: as what it is, and as text.
fn copy_out(scene: Scene, event: &ClipboardEvent) {
    let marked = window().get_selection().ok().flatten().is_some_and(|marked| !marked.is_collapsed());
    let (Some(data), false) = (event.clipboard_data(), marked || writes(event)) else { return };
    let acts = copy::copied(scene);
    let Ok(text) = serde_json::to_string(&acts) else { return };
    if acts.is_empty() || data.set_data(COPIES, &text).is_err() {
        return;
    }
    let _ = data.set_data("text/plain", &copy::words(scene));
    event.prevent_default();
    scene.say(t_string!(scene.i18n, canvas.in_clipboard));
}

fn paste(scene: Scene, event: &ClipboardEvent) {
    if writes(event) || !scene.may.get_untracked().note {
        return;
    }
    let Some(data) = event.clipboard_data() else { return };
    let copies = data.get_data(COPIES).ok().and_then(|copies| serde_json::from_str::<Vec<Act>>(&copies).ok());
    if let Some(copies) = copies {
        event.prevent_default();
        copy::put(scene, copies, None);
        return;
    }
    let text = data.get_data("text/plain").unwrap_or_default();
    let lines = lines(&text);
    if lines.is_empty() {
        if let Some(files) = data.files().filter(|files| files.length() > 0) {
            event.prevent_default();
            put_files(scene, &files);
        }
        return;
    }
    event.prevent_default();
    let too_many = lines.len() > LINES;
    deeds::new_notes(scene, &lines[..lines.len().min(LINES)]);
    if too_many {
        toast::warn(t_string!(scene.i18n, canvas.too_many_lines, count = LINES));
    }
}

/// The lines of a list, without what marks them as one; each no longer than a note.
fn lines(text: &str) -> Vec<String> {
    let unmarked = |line: &str| {
        let line = line.trim();
        let rest = line.trim_start_matches(['-', '*', '•', '–', '·', '+']).trim_start();
        let number =
            rest.find(|c: char| !c.is_ascii_digit()).filter(|at| *at > 0 && rest[*at..].starts_with(['.', ')']));
        let rest = number.map_or(rest, |at| rest[at + 1..].trim_start());
        let rest = ["[ ]", "[x]", "[X]"].iter().find_map(|mark| rest.strip_prefix(mark)).unwrap_or(rest).trim();
        if rest.is_empty() { line.to_owned() } else { rest.to_owned() }
    };
    let lines = text.lines().map(unmarked).filter(|line| !line.is_empty());
    // No word is dropped: what does not fit in one note goes on in the next.
    lines.flat_map(|line| parts(&line)).collect()
}

fn parts(line: &str) -> Vec<String> {
    let letters: Vec<char> = line.chars().collect();
    letters.chunks(limits::NOTE).map(|part| part.iter().collect()).collect()
}

/// Pictures were chosen.
pub(super) fn chosen(scene: Scene, input: &HtmlInputElement) {
    if let Some(files) = input.files() {
        put_files(scene, &files);
    }
    input.set_value("");
}

fn put_files(scene: Scene, files: &FileList) {
    for file in (0..files.length()).filter_map(|at| files.item(at)) {
        spawn_local(async move {
            match put(scene, file).await {
                Ok(()) => {}
                Err(problem) => toast::warn(words::picture(scene.i18n, problem.code)),
            }
        });
    }
}

async fn put(scene: Scene, file: File) -> Result<(), Problem> {
    if file.size() > limits::PICTURE as f64 {
        return Err(Problem::new(Code::TooLarge, "The picture is too large."));
    }
    scene.say(t_string!(scene.i18n, picture.sending));
    let slug = scene.slug.get_value();
    let path = format!("/boards/{slug}/pictures");
    let picture: PictureView = api::post_file(path, "application/octet-stream", &file).await?;
    let (width, height) = (f64::from(picture.width), f64::from(picture.height));
    let by = (WIDE.0 / width).min(1.0).max(WIDE.1 / width);
    let (w, h) = ((width * by).round(), (height * by).round());
    let Some((x, y)) = scene.with(|canvas| layout::free_spot(canvas, scene.middle(), (w, h))) else { return Ok(()) };
    let (id, spot) = (Scene::new_id(), Spot { x, y, z: scene.top() });
    let item = ItemRef::new(ItemKind::Picture, &id);
    if scene.act(vec![Act::AddPicture { id, picture: picture.path, alt: String::new(), spot, w, h }], When::Now) {
        scene.select([item.clone()]);
        scene.current.set(Some(item.clone()));
        // What it shows is asked at once: who does not see it learns it from that alone.
        scene.editing.set(Some(item));
    }
    Ok(())
}

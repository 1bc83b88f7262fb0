//! Copies of notes and groups, and of the links among them: beside what they are copied from, or on another canvas.

use std::collections::{BTreeSet, HashMap};

use leptos::prelude::*;
use shared::{
    canvas::{
        Canvas, ItemKind, ItemRef,
        layout::{self, Rect},
    },
    live::replica::Act,
};

use super::{
    deeds,
    scene::{Scene, When},
};
use crate::i18n::t_string;

/// How far from what it is a copy of a copy lies.
const ASIDE: f64 = 24.0;
/// Things that are copied at once, at most.
const MOST: usize = 200;

/// What makes what is selected once more, with what lies in the groups among it.
pub(super) fn copied(scene: Scene) -> Vec<Act> {
    let selected = deeds::placed(scene);
    scene.with(|canvas| copies(canvas, selected)).unwrap_or_default()
}

fn copies(canvas: &Canvas, selected: Vec<ItemRef>) -> Vec<Act> {
    let members = layout::members_among(canvas, &selected);
    let all: BTreeSet<ItemRef> = selected.into_iter().chain(members).collect();
    let is_among = |kind: ItemKind, id: &str| all.contains(&ItemRef::new(kind, id));
    let groups = canvas.groups.iter().filter(|(id, _)| is_among(ItemKind::Group, id)).map(|(id, group)| {
        let (id, title) = (id.clone(), group.title.clone());
        Act::AddGroup { id, title, spot: group.spot, w: group.w, h: group.h, colour: group.colour }
    });
    let notes = canvas.notes.iter().filter(|(id, _)| is_among(ItemKind::Note, id)).map(|(id, note)| {
        let group = note.group.clone().filter(|group| is_among(ItemKind::Group, group));
        Act::AddNote { id: id.clone(), text: note.text.clone(), spot: note.spot, colour: note.colour, group }
    });
    let links = canvas.links.iter().filter_map(|(id, link)| {
        let (from, to): (ItemRef, ItemRef) = (link.from.parse().ok()?, link.to.parse().ok()?);
        let is_copied = |end: &ItemRef| matches!(end.kind, ItemKind::Note | ItemKind::Group) && all.contains(end);
        (is_copied(&from) && is_copied(&to)).then(|| Act::AddLink { id: id.clone(), from, to })
    });
    groups.chain(notes).chain(links).take(MOST).collect()
}

/// What the selected things say, one after the other in reading order.
pub(super) fn words(scene: Scene) -> String {
    let mut items = deeds::placed(scene);
    scene.with(|canvas| layout::in_reading_order(canvas, &mut items));
    let text = |item: &ItemRef| scene.with(|canvas| canvas.text(item).map(str::to_owned)).flatten();
    items.iter().filter_map(text).collect::<Vec<_>>().join("\n")
}

/// Makes what is selected once more, beside it.
pub(super) fn duplicate(scene: Scene) {
    put(scene, copied(scene), Some((ASIDE, ASIDE)));
}

/// Where an act puts something, and how large.
fn rect(act: &Act) -> Option<Rect> {
    Some(match act {
        Act::AddNote { text, spot, .. } => Rect::new(spot.x, spot.y, layout::NOTE_WIDTH, layout::note_height(text)),
        Act::AddGroup { spot, w, h, .. } => Rect::new(spot.x, spot.y, *w, *h),
        _ => return None,
    })
}

/// Puts copies there, so far from what they are copies of, or else where there is room in the middle of what is seen. What
/// is no copy is left out.
pub(super) fn put(scene: Scene, acts: Vec<Act>, by: Option<(f64, f64)>) {
    let is_copy = |act: &Act| matches!(act, Act::AddNote { .. } | Act::AddGroup { .. } | Act::AddLink { .. });
    let acts: Vec<Act> = acts.into_iter().filter(is_copy).take(MOST).collect();
    let Some(around) = layout::around(acts.iter().filter_map(rect)) else { return };
    let by = by.or_else(|| {
        let (x, y) = scene.with(|canvas| layout::free_spot(canvas, scene.middle(), (around.w, around.h)))?;
        Some((x - around.x, y - around.y))
    });
    let Some((dx, dy)) = by else { return };
    let new = |act: &Act| (act.item(), ItemRef::new(act.item().kind, Scene::new_id()));
    let new: HashMap<ItemRef, ItemRef> = acts.iter().map(new).collect();
    let top = scene.top();
    let named = |group: &str| new.get(&ItemRef::new(ItemKind::Group, group)).map(|item| item.id.clone());
    let copy = |act: Act| {
        let at = rect(&act).map(|rect| rect.shifted(dx, dy));
        let id = new.get(&act.item())?.id.clone();
        Some(match act {
            Act::AddNote { text, mut spot, colour, group, .. } => {
                let at = at?;
                (spot.x, spot.y, spot.z) = (at.x, at.y, top);
                let lies_on = || scene.with(|canvas| layout::group_at(canvas, at.middle())).flatten();
                let group = group.as_deref().and_then(named).or_else(lies_on);
                Act::AddNote { id, text, spot, colour, group }
            }
            Act::AddGroup { title, mut spot, w, h, colour, .. } => {
                let at = at?;
                (spot.x, spot.y) = (at.x, at.y);
                Act::AddGroup { id, title, spot, w, h, colour }
            }
            Act::AddLink { from, to, .. } => {
                Act::AddLink { id, from: new.get(&from)?.clone(), to: new.get(&to)?.clone() }
            }
            _ => return None,
        })
    };
    let copies: Vec<Act> = acts.into_iter().filter_map(copy).collect();
    let made: Vec<ItemRef> = copies.iter().map(Act::item).filter(|item| item.kind != ItemKind::Link).collect();
    if scene.act(copies, When::Now) {
        scene.current.set(made.first().cloned());
        scene.say(t_string!(scene.i18n, canvas.copied, count = made.len()));
        scene.select(made);
    }
}

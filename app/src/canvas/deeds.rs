//! What can be done with what is on the canvas, whether by hand, by keys or by the bar.

use std::collections::BTreeSet;

use leptos::prelude::*;
use shared::{
    api::Colour,
    canvas::{
        ItemKind, ItemRef, Spot,
        layout::{self, Align, CARD_HEIGHT, CARD_WIDTH, GAP, GROUP_HEAD, NOTE_HEIGHT, NOTE_WIDTH, Rect},
    },
    live::replica::Act,
};

use super::{
    focus::{focus, focus_stage},
    names,
    scene::{Scene, Tool, When},
};
use crate::{
    i18n::t_string,
    ui::{card, chrome},
};

/// How much larger or smaller a group gets at once.
const SIZE_STEP: f64 = 40.0;
/// Lines that a pasted list may have, at most.
pub(super) const LINES: usize = 100;

/// What is selected, links left out.
pub(super) fn placed(scene: Scene) -> Vec<ItemRef> {
    let selected = scene.selected.get_untracked();
    selected.into_iter().filter(|item| item.kind != ItemKind::Link).collect()
}

/// What is selected, and what lies in the groups among it, as far as the person may move it. When they may move none of what
/// is selected, that is said.
pub(super) fn with_members(scene: Scene) -> BTreeSet<ItemRef> {
    let selected = placed(scene);
    let members = scene.with(|canvas| layout::members_among(canvas, &selected)).unwrap_or_default();
    let may = |item: &ItemRef| {
        let act = Act::Move { item: item.clone(), x: 0.0, y: 0.0 };
        scene.painter().is_some_and(|painter| painter.permit(&act).is_ok())
    };
    let held: BTreeSet<ItemRef> = selected.iter().filter(|item| may(item)).cloned().collect();
    if held.is_empty() {
        let moves = selected.into_iter().map(|item| Act::Move { item, x: 0.0, y: 0.0 });
        scene.permitted(moves.collect());
        return held;
    }
    held.into_iter().chain(members.into_iter().filter(may)).collect()
}

/// Moves these by so much, into the groups that they come to lie on.
pub(super) fn shift(scene: Scene, items: &BTreeSet<ItemRef>, (dx, dy): (f64, f64)) {
    if dx == 0.0 && dy == 0.0 {
        return;
    }
    let places = items.iter().filter_map(|item| {
        let rect = scene.rect(item)?;
        Some((item.clone(), (rect.x + dx, rect.y + dy)))
    });
    put(scene, places.collect(), When::Now);
}

/// Puts each of these there, above what it then lies on, and into the group.
pub(super) fn put(scene: Scene, places: Vec<(ItemRef, (f64, f64))>, when: When) -> bool {
    let items: BTreeSet<ItemRef> = places.iter().map(|(item, _)| item.clone()).collect();
    let top = scene.top();
    let lie: Vec<Rect> = scene
        .with_rects(|rects| {
            let others = rects.iter().filter(|(other, _)| other.kind != ItemKind::Group && !items.contains(*other));
            others.map(|(_, rect)| *rect).collect()
        })
        .unwrap_or_default();
    let mut acts = Vec::new();
    for (item, (x, y)) in places {
        let Some(rect) = scene.rect(&item) else { continue };
        let rect = Rect { x, y, ..rect };
        acts.push(Act::Move { item: item.clone(), x, y });
        if item.kind == ItemKind::Group {
            continue;
        }
        if lie.iter().any(|other| other.meets(rect)) {
            acts.push(Act::Raise { item: item.clone(), z: top });
        }
        let (before, now) = scene
            .with(|canvas| (canvas.group_of(&item).map(str::to_owned), layout::group_at(canvas, rect.middle())))
            .unwrap_or_default();
        // What moves with its group stays in it.
        let goes_along = before.as_ref().is_some_and(|group| items.contains(&ItemRef::new(ItemKind::Group, group)));
        if before != now && !goes_along {
            acts.push(Act::Gather { item, group: now });
        }
    }
    // What is done to something refused is refused with it.
    let moves: Vec<Act> = acts.iter().filter(|act| matches!(act, Act::Move { .. })).cloned().collect();
    let may: BTreeSet<ItemRef> = scene.permitted(moves).iter().map(Act::item).collect();
    acts.retain(|act| may.contains(&act.item()));
    !acts.is_empty() && scene.act(acts, when)
}

/// Makes a note around that place, or where there is room in the middle of what is seen, with the caret in it unless it says
/// something.
pub(super) fn new_note(scene: Scene, at: Option<(f64, f64)>, text: &str) -> Option<ItemRef> {
    let size = (NOTE_WIDTH, layout::note_height(text));
    let (x, y) = match at {
        Some((x, y)) => (x - size.0 / 2.0, y - NOTE_HEIGHT / 2.0),
        None => scene.with(|canvas| layout::free_spot(canvas, scene.middle(), size))?,
    };
    let id = Scene::new_id();
    let group = scene.with(|canvas| layout::group_at(canvas, (x + size.0 / 2.0, y + size.1 / 2.0))).flatten();
    let spot = Spot { x, y, z: scene.top() };
    let note = Act::AddNote { id: id.clone(), text: text.to_owned(), spot, colour: scene.colour.get_value(), group };
    let item = ItemRef::new(ItemKind::Note, id);
    // An empty note goes out with its first words.
    let when = if text.is_empty() { When::Later } else { When::Now };
    if !scene.act(vec![note], when) {
        return None;
    }
    scene.select([item.clone()]);
    scene.current.set(Some(item.clone()));
    if text.is_empty() {
        scene.editing.set(Some(item.clone()));
        scene.stir();
    }
    Some(item)
}

/// Makes a note of each line, in rows from the middle of what is seen on. Answers how many.
pub(super) fn new_notes(scene: Scene, lines: &[String]) -> usize {
    let rects: Vec<Rect> =
        lines.iter().map(|line| Rect::new(0.0, 0.0, NOTE_WIDTH, layout::note_height(line))).collect();
    let places = layout::grid(&rects, (0.0, 0.0));
    let around = layout::around(rects.iter().zip(&places).map(|(rect, (x, y))| rect.shifted(*x, *y)));
    let Some(around) = around else { return 0 };
    let corner = scene.with(|canvas| layout::free_spot(canvas, scene.middle(), (around.w, around.h)));
    let Some((left, top)) = corner else { return 0 };
    let (colour, z) = (scene.colour.get_value(), scene.top());
    let mut acts = Vec::new();
    for ((line, (x, y)), rect) in lines.iter().zip(places).zip(&rects) {
        let (x, y) = (left + x, top + y);
        let group = scene.with(|canvas| layout::group_at(canvas, rect.shifted(x, y).middle())).flatten();
        let (id, spot) = (Scene::new_id(), Spot { x, y, z });
        acts.push(Act::AddNote { id, text: line.clone(), spot, colour, group });
    }
    let made: Vec<ItemRef> = acts.iter().map(Act::item).collect();
    if !scene.act(acts, When::Now) {
        return 0;
    }
    scene.current.set(made.first().cloned());
    scene.select(made.iter().cloned());
    scene.say(t_string!(scene.i18n, canvas.pasted, count = made.len()));
    made.len()
}

/// Opens something: to write in it, or an idea to be read.
pub(super) fn open(scene: Scene, item: &ItemRef) {
    if item.kind == ItemKind::Card {
        if let Some(idea) = names::idea(scene, &item.id) {
            chrome::leave_to(&card::idea_path(&idea));
        }
        return;
    }
    let splice = shared::live::replica::Splice { at: 0, delete: 0, insert: String::new() };
    if item.kind != ItemKind::Link && !scene.permitted(vec![Act::Write { item: item.clone(), splice }]).is_empty() {
        scene.select([item.clone()]);
        scene.editing.set(Some(item.clone()));
        scene.stir();
    }
}

/// Takes away what is selected, as far as it may be.
pub(super) fn remove(scene: Scene) {
    let acts = scene.selected.get_untracked().into_iter().map(Act::Remove).collect();
    let acts = scene.permitted(acts);
    let count = acts.len();
    if count > 0 && scene.act(acts, When::Now) {
        scene.say(t_string!(scene.i18n, canvas.removed, count = count));
        focus_stage();
    }
}

/// Takes away a link.
pub(super) fn unlink(scene: Scene, id: &str) {
    let acts = scene.permitted(vec![Act::Remove(ItemRef::new(ItemKind::Link, id))]);
    if !acts.is_empty() && scene.act(acts, When::Now) {
        scene.say(t_string!(scene.i18n, canvas.unlinked));
    }
}

/// Makes a group around what is selected; an empty one, when nothing is.
pub(super) fn group(scene: Scene) {
    let items: Vec<ItemRef> = placed(scene).into_iter().filter(|item| item.kind != ItemKind::Group).collect();
    let around = layout::around(items.iter().filter_map(|item| scene.rect(item)));
    let rect = match around {
        Some(rect) => headed(rect),
        None => {
            let size = (480.0, 320.0);
            let Some((x, y)) = scene.with(|canvas| layout::free_spot(canvas, scene.middle(), size)) else { return };
            Rect::new(x, y, size.0, size.1)
        }
    };
    let id = Scene::new_id();
    let spot = Spot { x: rect.x, y: rect.y, z: 0.0 };
    let made =
        Act::AddGroup { id: id.clone(), title: String::new(), spot, w: rect.w, h: rect.h, colour: Colour::Slate };
    let gather = items.into_iter().map(|item| Act::Gather { item, group: Some(id.clone()) }).collect::<Vec<_>>();
    let gather = if gather.is_empty() { Vec::new() } else { scene.permitted(gather) };
    let acts = std::iter::once(made).chain(gather).collect();
    if scene.act(acts, When::Now) {
        let item = ItemRef::new(ItemKind::Group, id);
        scene.select([item.clone()]);
        scene.current.set(Some(item.clone()));
        scene.editing.set(Some(item));
    }
}

/// Lines up what is selected.
pub(super) fn line_up(scene: Scene, how: Align) {
    let items = placed(scene);
    let rects: Vec<Rect> = items.iter().filter_map(|item| scene.rect(item)).collect();
    if rects.len() < 2 || rects.len() != items.len() {
        return;
    }
    let places = layout::align(&rects, how);
    if put(scene, items.into_iter().zip(places).collect(), When::Now) {
        scene.say(t_string!(scene.i18n, canvas.lined_up));
    }
}

/// Gives what is selected another colour; new notes have it too.
pub(super) fn paint(scene: Scene, colour: Colour) {
    let items = placed(scene).into_iter().filter(|item| matches!(item.kind, ItemKind::Note | ItemKind::Group));
    let acts: Vec<Act> = items.map(|item| Act::Paint { item, colour }).collect();
    if acts.iter().any(|act| act.item().kind == ItemKind::Note) {
        scene.colour.set_value(colour);
    }
    let acts = scene.permitted(acts);
    if !acts.is_empty() {
        scene.act(acts, When::Now);
    }
}

/// Locks what is selected, or unlocks it when all of it is locked.
pub(super) fn lock(scene: Scene) {
    let items = placed(scene);
    let locked = scene.with(|canvas| items.iter().all(|item| canvas.is_locked(item))).unwrap_or_default();
    let acts = scene.permitted(items.into_iter().map(|item| Act::Lock { item, locked: !locked }).collect());
    if !acts.is_empty() && scene.act(acts, When::Now) {
        let said =
            if locked { t_string!(scene.i18n, canvas.is_unlocked) } else { t_string!(scene.i18n, canvas.is_locked) };
        scene.say(said);
    }
}

/// Makes the groups and pictures that are selected larger, or smaller.
pub(super) fn resize(scene: Scene, by: f64) {
    let sized = |item: ItemRef| {
        let rect = scene.rect(&item)?;
        let (w, h) = match item.kind {
            ItemKind::Group => {
                let size = |at: f64| (at + by * SIZE_STEP).max(layout::GROUP_LEAST);
                (size(rect.w), size(rect.h))
            }
            ItemKind::Picture => {
                let times: f64 = if by > 0.0 { 1.15 } else { 1.0 / 1.15 };
                let times = times.max(layout::PICTURE_LEAST / rect.w.min(rect.h));
                (rect.w * times, rect.h * times)
            }
            _ => return None,
        };
        Some(Act::Resize { item, w, h })
    };
    let acts: Vec<Act> = placed(scene).into_iter().filter_map(sized).collect();
    let acts = if acts.is_empty() { acts } else { scene.permitted(acts) };
    if !acts.is_empty() && scene.act(acts, When::Later) {
        let (larger, smaller) = (t_string!(scene.i18n, canvas.is_larger), t_string!(scene.i18n, canvas.is_smaller));
        scene.say(if by > 0.0 { larger } else { smaller });
    }
}

/// Makes the groups that are selected as large as what is in them.
pub(super) fn hug(scene: Scene) {
    let around = |item: &ItemRef| {
        let members = scene.with(|canvas| layout::members(canvas, &item.id))?;
        layout::around(members.iter().filter_map(|item| scene.rect(item))).map(headed)
    };
    let groups = placed(scene).into_iter().filter(|item| item.kind == ItemKind::Group);
    let acts = groups.filter_map(|item| Some((around(&item)?, item))).flat_map(|(rect, item)| {
        let Rect { x, y, w, h } = rect;
        [Act::Move { item: item.clone(), x, y }, Act::Resize { item, w, h }]
    });
    let acts: Vec<Act> = acts.collect();
    let acts = if acts.is_empty() { acts } else { scene.permitted(acts) };
    if !acts.is_empty() && scene.act(acts, When::Now) {
        scene.say(t_string!(scene.i18n, canvas.hugged));
    }
}

/// The group around these things.
fn headed(around: Rect) -> Rect {
    let rect = around.grown(GAP);
    Rect { y: rect.y - GROUP_HEAD, h: rect.h + GROUP_HEAD, ..rect }
}

/// Begins to link the one thing that is selected, or ends that.
pub(super) fn link(scene: Scene) {
    if scene.tool.get_untracked() == Tool::Link {
        scene.tool.set(Tool::Hand);
        return;
    }
    let items = placed(scene);
    match &items[..] {
        [from, to] => join(scene, from, to),
        [_] => {
            scene.tool.set(Tool::Link);
            scene.say(t_string!(scene.i18n, canvas.choose_end));
        }
        _ => crate::ui::toast::warn(t_string!(scene.i18n, canvas.choose_two)),
    }
}

/// The other end of the link that was begun.
pub(super) fn link_to(scene: Scene, to: &ItemRef) {
    scene.tool.set(Tool::Hand);
    if let [from] = &placed(scene)[..]
        && from != to
    {
        join(scene, from, to);
    }
}

fn join(scene: Scene, from: &ItemRef, to: &ItemRef) {
    let there = scene.with(|canvas| shared::canvas::outline::linked(canvas, from).contains(to)).unwrap_or_default();
    if there {
        return;
    }
    let link = Act::AddLink { id: Scene::new_id(), from: from.clone(), to: to.clone() };
    if scene.act(vec![link], When::Now) {
        let name = names::name(scene, to);
        scene.say(t_string!(scene.i18n, canvas.linked_to, name = name));
    }
}

/// Puts these ideas on the canvas, in rows from the middle of what is seen on; those that are there already stay where they
/// are. Answers how many came.
pub(super) fn add_ideas(scene: Scene, ideas: &[shared::api::IdeaCard]) -> usize {
    let is_new = |idea: &&shared::api::IdeaCard| {
        scene.with(|canvas| !canvas.cards.contains_key(&idea.id.to_string())) == Some(true)
    };
    let ideas: Vec<&shared::api::IdeaCard> = ideas.iter().filter(is_new).collect();
    let rects = vec![Rect::new(0.0, 0.0, CARD_WIDTH, CARD_HEIGHT); ideas.len()];
    let places = layout::grid(&rects, (0.0, 0.0));
    let around = layout::around(rects.iter().zip(&places).map(|(rect, (x, y))| rect.shifted(*x, *y)));
    let Some(around) = around else { return 0 };
    let Some((left, top)) = scene.with(|canvas| layout::free_spot(canvas, scene.middle(), (around.w, around.h))) else {
        return 0;
    };
    scene.ideas.update(|known| known.extend(ideas.iter().map(|idea| (idea.id.to_string(), (*idea).clone()))));
    let z = scene.top();
    let cards = ideas.iter().zip(places).map(|(idea, (x, y))| {
        let spot = Spot { x: left + x, y: top + y, z };
        Act::AddCard { id: idea.id.to_string(), spot, group: None }
    });
    let acts: Vec<Act> = cards.collect();
    let made: Vec<ItemRef> = acts.iter().map(Act::item).collect();
    if !scene.act(acts, When::Now) {
        return 0;
    }
    scene.current.set(made.first().cloned());
    scene.select(made.iter().cloned());
    scene.show(around.shifted(left, top).grown(48.0), 1.0);
    scene.say(t_string!(scene.i18n, canvas.ideas_added, count = made.len()));
    made.len()
}

/// Puts an idea on the canvas, or shows where it is.
pub(super) fn add_idea(scene: Scene, idea: &shared::api::IdeaCard) {
    let item = ItemRef::new(ItemKind::Card, idea.id.to_string());
    if scene.with(|canvas| canvas.has(&item)) == Some(true) {
        show(scene, &item);
        return;
    }
    scene.ideas.update(|ideas| {
        ideas.insert(item.id.clone(), idea.clone());
    });
    let size = (CARD_WIDTH, CARD_HEIGHT);
    let Some((x, y)) = scene.with(|canvas| layout::free_spot(canvas, scene.middle(), size)) else { return };
    let group = scene.with(|canvas| layout::group_at(canvas, (x + size.0 / 2.0, y + size.1 / 2.0))).flatten();
    let card = Act::AddCard { id: item.id.clone(), spot: Spot { x, y, z: scene.top() }, group };
    if scene.act(vec![card], When::Now) {
        let name = names::name(scene, &item);
        scene.say(t_string!(scene.i18n, canvas.added, name = name));
        scene.select([item.clone()]);
        scene.current.set(Some(item));
    }
}

/// Brings something into sight, and the keyboard to it.
pub(super) fn show(scene: Scene, item: &ItemRef) {
    let (Some(rect), (w, h)) = (scene.rect(item), scene.window.get_untracked()) else { return };
    let camera = scene.camera.get_untracked();
    let view = camera.view((w, h));
    if view.with(rect) != view {
        scene.leave_view();
        let (x, y) = rect.middle();
        let zoom = camera.zoom.max(0.5);
        scene.camera.set(super::camera::Camera { x: w / 2.0 - x * zoom, y: h / 2.0 - y * zoom, zoom });
    }
    scene.select([item.clone()]);
    focus(scene, item);
}

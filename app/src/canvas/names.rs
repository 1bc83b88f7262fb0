//! What things on a canvas are called, and where their elements are.

use leptos::prelude::*;
use shared::{
    api::{IdeaCard, PersonView},
    canvas::{ItemKind, ItemRef},
};

use super::scene::Scene;
use crate::{
    i18n::t_string,
    words::{self, Texts},
};

/// How something is called in a sentence: what it is and what it says.
pub(super) fn name(scene: Scene, item: &ItemRef) -> String {
    let i18n = scene.i18n;
    let text = scene.with(|canvas| canvas.text(item).map(str::to_owned)).flatten().unwrap_or_default();
    let text = short(&text);
    match item.kind {
        ItemKind::Note if text.is_empty() => t_string!(i18n, canvas.empty_note).to_owned(),
        ItemKind::Note => t_string!(i18n, canvas.note_named, text = text),
        ItemKind::Group if text.is_empty() => t_string!(i18n, canvas.empty_group).to_owned(),
        ItemKind::Group => t_string!(i18n, canvas.group_named, text = text),
        ItemKind::Picture if text.is_empty() => t_string!(i18n, canvas.empty_picture).to_owned(),
        ItemKind::Picture => t_string!(i18n, canvas.picture_named, text = text),
        ItemKind::Link => t_string!(i18n, canvas.link).to_owned(),
        ItemKind::Card => match idea(scene, &item.id) {
            Some(card) => t_string!(i18n, canvas.idea_named, text = card.title),
            None => t_string!(i18n, canvas.unseen_idea).to_owned(),
        },
    }
}

/// The idea of this id, as it stands on the canvas; nothing while it is not known, or where it is not seen.
pub(super) fn idea(scene: Scene, id: &str) -> Option<IdeaCard> {
    scene.ideas.with(|ideas| ideas.get(id).cloned())
}

/// The beginning of what something says.
pub(super) fn short(text: &str) -> String {
    const LETTERS: usize = 60;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= LETTERS {
        return text;
    }
    text.chars().take(LETTERS).chain(['…']).collect()
}

/// Names of people in a row.
pub(super) fn people(i18n: Texts, people: &[PersonView]) -> String {
    people.iter().map(|person| words::name(i18n, person)).collect::<Vec<_>>().join(", ")
}

/// Puts the element of something where it is: where it stands, or as far away as somebody carries it.
#[cfg(feature = "hydrate")]
pub(super) fn place(scene: Scene, item: &ItemRef) {
    let Some(rect) = scene.rect(item) else { return };
    let (dx, dy) = offset(scene, item);
    scene.elements.with_value(|elements| {
        if let Some(element) = elements.get(item) {
            let style = element.style();
            // The element takes any length.
            let _ = style.set_property("transform", &format!("translate({}px,{}px)", rect.x + dx, rect.y + dy));
        }
    });
    super::links::redraw(scene, item);
}

/// How far something is carried just now, by whomever.
#[cfg(feature = "hydrate")]
pub(super) fn offset(scene: Scene, item: &ItemRef) -> (f64, f64) {
    let own = scene.drag.get_value().filter(|_| scene.held.with_value(|held| held.contains(item)));
    own.or_else(|| scene.carried.with_value(|carried| carried.get(item).copied())).unwrap_or_default()
}

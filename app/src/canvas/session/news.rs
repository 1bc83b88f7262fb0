//! What the others do, said to who does not see it: gathered for a while, so that it can be heard out.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use leptos::prelude::*;
use shared::canvas::{ItemKind, ItemRef};

use super::Session;
use crate::{i18n::t_string, words};

/// How long it is gathered, in milliseconds.
const GATHER: u64 = 3_000;

/// What has not been said yet.
#[derive(Default)]
pub(super) struct News {
    /// How much came from each, by their actor.
    added: BTreeMap<String, usize>,
    removed: usize,
    came: BTreeSet<String>,
    left: BTreeSet<String>,
    waits: bool,
}

impl Session {
    /// These came, went or changed on the canvas, by others' hands.
    pub(super) fn note_news(&self, items: &BTreeSet<ItemRef>) {
        let scene = self.scene;
        // What is there when one comes is no news.
        if scene.saving.try_get_untracked().is_none_or(|saving| saving == super::Saving::Opening) {
            return;
        }
        let said: Vec<&ItemRef> = items.iter().filter(|item| item.kind != ItemKind::Link).collect();
        let stood = |item: &ItemRef| scene.with(|canvas| canvas.has(item)).unwrap_or_default();
        {
            let mut core = self.core.borrow_mut();
            let core = &mut *core;
            let Some(canvas) = core.replica.as_ref().map(|replica| replica.canvas()) else { return };
            for item in said {
                match (stood(item), canvas.has(item)) {
                    (false, true) => {
                        let maker = canvas.maker(item).unwrap_or_default().to_owned();
                        *core.news.added.entry(maker).or_default() += 1;
                    }
                    (true, false) => core.news.removed += 1,
                    _ => continue,
                }
            }
        }
        self.schedule_news();
    }

    /// These people came, and these left.
    pub(super) fn note_people(&self, came: BTreeSet<String>, left: BTreeSet<String>) {
        {
            let mut core = self.core.borrow_mut();
            core.news.came.extend(came);
            core.news.left.extend(left);
        }
        self.schedule_news();
    }

    fn schedule_news(&self) {
        let mut core = self.core.borrow_mut();
        let news = &mut core.news;
        let is_empty = news.added.is_empty() && news.removed == 0 && news.came.is_empty() && news.left.is_empty();
        if !is_empty
            && !std::mem::replace(&mut news.waits, true)
            && let Some(this) = self.this.upgrade()
        {
            set_timeout(move || this.say_news(), Duration::from_millis(GATHER));
        }
    }

    fn say_news(&self) {
        let news = std::mem::take(&mut self.core.borrow_mut().news);
        let scene = self.scene;
        if scene.said.try_get_untracked().is_none() {
            return;
        }
        let i18n = scene.i18n;
        let names = |names: BTreeSet<String>| names.into_iter().collect::<Vec<_>>().join(", ");
        let mut said = Vec::new();
        // Who only lost the connection for a moment neither left nor came.
        let came: BTreeSet<String> = news.came.difference(&news.left).cloned().collect();
        let left: BTreeSet<String> = news.left.difference(&news.came).cloned().collect();
        if !came.is_empty() {
            said.push(t_string!(i18n, canvas.came, names = names(came)));
        }
        if !left.is_empty() {
            said.push(t_string!(i18n, canvas.left, names = names(left)));
        }
        // Who they are was asked for when the first of it came.
        let mut added = BTreeMap::<String, usize>::new();
        for (actor, count) in news.added {
            let name =
                scene.makers.try_with_untracked(|makers| makers.get(&actor).map(|maker| words::name(i18n, maker)));
            *added.entry(name.flatten().unwrap_or_default()).or_default() += count;
        }
        for (name, count) in added {
            said.push(match name.is_empty() {
                true => t_string!(i18n, canvas.others_added, count = count),
                false => t_string!(i18n, canvas.added_by, name = name, count = count),
            });
        }
        if news.removed > 0 {
            said.push(t_string!(i18n, canvas.removed, count = news.removed));
        }
        if !said.is_empty() {
            scene.say(said.join(" "));
        }
    }
}

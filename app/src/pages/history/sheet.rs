//! The texts of a concept in a version, each passage in the tint of whoever wrote it; or what became of them since another.
//!
//! A text is parted into blocks that hold the same letters whichever version is looked at ([`blocks`]), so that another version
//! changes few of them. What changes is painted block by block, those in sight first, and never for so long that the browser
//! could not answer to hands meanwhile.

use leptos::{html, prelude::*};
use shared::{
    api::History,
    field::Field,
    history::{Block, Mark, Shape, Tag, View, blocks, shapes},
    passage::escape,
};

use super::list::Ink;
use crate::{
    i18n::{t_string, use_i18n},
    words::Texts,
};

/// How a block was painted: what of it is there, and how it is laid out.
type Painted = (u64, Shape);

/// The texts, and what of them is looked at.
#[derive(Clone, Copy)]
pub(super) struct Sheet {
    pub i18n: Texts,
    view: Memo<View>,
    /// Whose words alone are tinted.
    pub only: RwSignal<Option<u32>>,
    inks: StoredValue<Vec<Ink>>,
    blocks: StoredValue<[Vec<Block>; 3]>,
    painted: StoredValue<[Vec<Painted>; 3]>,
    nodes: [NodeRef<html::Div>; 3],
    /// Counts what was begun to be painted: what is not the last is left.
    #[cfg(feature = "hydrate")]
    turn: StoredValue<u32>,
}

impl Sheet {
    pub fn new(history: &History, view: Memo<View>, inks: StoredValue<Vec<Ink>>) -> Self {
        Self {
            i18n: use_i18n(),
            view,
            only: RwSignal::new(None),
            inks,
            blocks: StoredValue::new(Field::ALL.map(|field| blocks(history.runs(field)))),
            painted: StoredValue::new([const { Vec::new() }; 3]),
            nodes: Field::ALL.map(|_| NodeRef::new()),
            #[cfg(feature = "hydrate")]
            turn: StoredValue::new(0),
        }
    }

    /// How the blocks of a text are to be painted.
    fn wanted(self, field: Field, view: View, only: Option<u32>) -> Vec<Painted> {
        // Another name for another choice of whose words are tinted.
        let choice = only.map_or(0, |by| (u64::from(by) + 1) << 32);
        self.blocks.with_value(|blocks| {
            let blocks = &blocks[field as usize];
            let shapes = shapes(blocks, view, field == Field::Body);
            let painted = |(block, shape): (&Block, Shape)| match shape {
                Shape::Hidden | Shape::Fold => (0, shape),
                Shape::Lines | Shape::Inline => (block.sign(view) ^ choice, shape),
            };
            blocks.iter().zip(shapes).map(painted).collect()
        })
    }

    /// The inside of a block.
    fn html(self, field: Field, at: usize, shape: Shape, view: View, tags: &mut Tags) -> String {
        if matches!(shape, Shape::Hidden | Shape::Fold) {
            return String::new();
        }
        self.blocks.with_value(|blocks| {
            let block = blocks[field as usize].get(at);
            block.map(|block| block.html(view, |mark, by| tags.of(self, mark, by))).unwrap_or_default()
        })
    }

    fn tag(self, mark: Mark, by: u32, only: Option<u32>) -> Option<Tag> {
        if mark == Mark::Same {
            return None;
        }
        self.inks.with_value(|inks| {
            let ink = inks.get(by as usize)?;
            let name = ink.name.clone();
            let (element, close, title) = match mark {
                Mark::Added => ("ins", "</ins>", t_string!(self.i18n, history.added_by, name = name)),
                Mark::Removed => ("del", "</del>", t_string!(self.i18n, history.removed_by, name = name)),
                Mark::Stands | Mark::Same => ("span", "</span>", t_string!(self.i18n, history.written_by, name = name)),
            };
            let dim = if only.is_some_and(|only| only != by) { " is-dim" } else { "" };
            let (attributes, title) = (ink.attributes(), escape(&title));
            Some(Tag { open: format!("<{element} class=\"ink{dim}\" {attributes} title=\"{title}\">"), close })
        })
    }

    /// A text, whole.
    fn whole(self, field: Field) -> String {
        let (view, only) = (self.view.get_untracked(), self.only.get_untracked());
        let wanted = self.wanted(field, view, only);
        let (mut html, mut tags) = (String::new(), Tags::new(only));
        for (at, (_, shape)) in wanted.iter().enumerate() {
            let inside = untrack(|| self.html(field, at, *shape, view, &mut tags));
            html.push_str(&format!("<div data-shape=\"{}\">{inside}</div>", shape.as_str()));
        }
        self.painted.update_value(|painted| painted[field as usize] = wanted);
        html
    }
}

/// What passages are put between: a text has thousands, of few kinds.
struct Tags {
    only: Option<u32>,
    known: Vec<((Mark, u32), Option<Tag>)>,
}

impl Tags {
    fn new(only: Option<u32>) -> Self {
        Self { only, known: Vec::new() }
    }

    fn of(&mut self, sheet: Sheet, mark: Mark, by: u32) -> Option<Tag> {
        if let Some((_, tag)) = self.known.iter().find(|(of, _)| *of == (mark, by)) {
            return tag.clone();
        }
        let tag = sheet.tag(mark, by, self.only);
        self.known.push(((mark, by), tag.clone()));
        tag
    }
}

/// The texts.
pub(super) fn sheet(sheet: Sheet) -> AnyView {
    let i18n = sheet.i18n;
    #[cfg(feature = "hydrate")]
    painting::start(sheet);
    let part = move |field: Field| {
        let name = move || match field {
            Field::Title => t_string!(i18n, live.title),
            Field::Pitch => t_string!(i18n, change.pitch),
            Field::Body => t_string!(i18n, live.body),
        };
        // Painted anew as a whole only in another language.
        let html = move || {
            let _ = i18n.get_locale();
            sheet.whole(field)
        };
        let any = move || {
            let view = sheet.view.get();
            sheet.wanted(field, view, None).iter().any(|(_, shape)| *shape != Shape::Hidden)
        };
        view! {
            <section class="history-part" data-field=field.key() hidden=move || !any()>
                <h2 class="facts-title">{name}</h2>
                <div class="history-text" inner_html=html node_ref=sheet.nodes[field as usize]></div>
            </section>
        }
    };
    view! {
        <article class="history-sheet" class:is-comparing=move || sheet.view.get().since.is_some()>
            {Field::ALL.map(part).into_iter().collect_view()}
        </article>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
mod painting {
    use std::time::Duration;

    use leptos::prelude::*;
    use shared::{field::Field, history::View};
    use wasm_bindgen::JsCast;
    use web_sys::HtmlElement;

    use super::{Painted, Sheet, Tags};
    use crate::visit::elapsed;

    /// Milliseconds after which the browser has its turn.
    const SLICE: f64 = 8.0;

    /// What is to be painted.
    struct Job {
        turn: u32,
        view: View,
        tags: Tags,
        /// The nearest last.
        left: Vec<(Field, usize, Painted, HtmlElement)>,
    }

    /// Paints what changes from now on.
    pub(super) fn start(sheet: Sheet) {
        Effect::new(move |before: Option<()>| {
            let (view, only) = (sheet.view.get(), sheet.only.get());
            // At first it is as the server drew it.
            if before.is_some() {
                begin(sheet, view, only);
            }
        });
    }

    fn begin(sheet: Sheet, view: View, only: Option<u32>) {
        let Some(turn) = sheet.turn.try_update_value(|turn| {
            *turn += 1;
            *turn
        }) else {
            return;
        };
        let mut left = Vec::new();
        for field in Field::ALL {
            let Some(node) = sheet.nodes[field as usize].get_untracked() else { continue };
            let wanted = sheet.wanted(field, view, only);
            let elements = children(&node);
            let seen = elements.iter().position(is_below_the_top).unwrap_or_default();
            let changed = sheet.painted.with_value(|painted| {
                let painted = &painted[field as usize];
                let others = wanted.into_iter().zip(elements).enumerate();
                others.filter(|(at, (wanted, _))| painted.get(*at) != Some(wanted)).collect::<Vec<_>>()
            });
            let distance = |at: usize| if at < seen { 2 * (seen - at) } else { at - seen };
            left.extend(
                changed.into_iter().map(|(at, (wanted, element))| (distance(at), (field, at, wanted, element))),
            );
        }
        left.sort_by_key(|(distance, (_, at, ..))| std::cmp::Reverse((*distance, *at)));
        let left = left.into_iter().map(|(_, one)| one).collect();
        go_on(sheet, Job { turn, view, tags: Tags::new(only), left });
    }

    fn go_on(sheet: Sheet, mut job: Job) {
        let until = elapsed() + SLICE;
        while let Some((field, at, wanted, element)) = job.left.pop() {
            if sheet.turn.try_get_value() != Some(job.turn) {
                return;
            }
            let html = untrack(|| sheet.html(field, at, wanted.1, job.view, &mut job.tags));
            element.set_inner_html(&html);
            let _ = element.set_attribute("data-shape", wanted.1.as_str());
            sheet.painted.update_value(|painted| {
                if let Some(painted) = painted[field as usize].get_mut(at) {
                    *painted = wanted;
                }
            });
            if elapsed() > until {
                set_timeout(move || go_on(sheet, job), Duration::ZERO);
                return;
            }
        }
    }

    fn children(node: &HtmlElement) -> Vec<HtmlElement> {
        let children = node.children();
        (0..children.length()).filter_map(|at| children.item(at)?.dyn_into().ok()).collect()
    }

    fn is_below_the_top(element: &HtmlElement) -> bool {
        let rect = element.get_bounding_client_rect();
        rect.height() > 0.0 && rect.bottom() > 0.0
    }
}

//! Templates to start from: groups with a question each.

use leptos::prelude::*;
use shared::{
    api::Colour,
    canvas::{
        ItemKind, ItemRef, Spot,
        layout::{self, GAP},
    },
    live::replica::Act,
};

use super::scene::{Scene, When};
use crate::{
    i18n::{t, t_string},
    ui::icon::icon,
};

/// A template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Template {
    Empty,
    Affinity,
    Journey,
    TwoByTwo,
    LikeWishWhatIf,
}

/// A group of it: what it is called, its colour, its column and row, and its size.
type Sketch = (&'static str, Colour, (f64, f64), (f64, f64));

impl Template {
    const ALL: [Self; 5] = [Self::Empty, Self::Affinity, Self::Journey, Self::TwoByTwo, Self::LikeWishWhatIf];

    fn mark(self) -> &'static str {
        match self {
            Self::Empty => "square",
            Self::Affinity => "bounding-box",
            Self::Journey => "path",
            Self::TwoByTwo => "grid-four",
            Self::LikeWishWhatIf => "columns",
        }
    }

    fn word(self, scene: Scene) -> &'static str {
        match self {
            Self::Empty => t_string!(scene.i18n, template.empty),
            Self::Affinity => t_string!(scene.i18n, template.affinity),
            Self::Journey => t_string!(scene.i18n, template.journey),
            Self::TwoByTwo => t_string!(scene.i18n, template.two_by_two),
            Self::LikeWishWhatIf => t_string!(scene.i18n, template.like),
        }
    }

    fn hint(self, scene: Scene) -> &'static str {
        match self {
            Self::Empty => t_string!(scene.i18n, template.empty_hint),
            Self::Affinity => t_string!(scene.i18n, template.affinity_hint),
            Self::Journey => t_string!(scene.i18n, template.journey_hint),
            Self::TwoByTwo => t_string!(scene.i18n, template.two_by_two_hint),
            Self::LikeWishWhatIf => t_string!(scene.i18n, template.like_hint),
        }
    }

    /// Its groups.
    fn groups(self, scene: Scene) -> Vec<Sketch> {
        let i18n = scene.i18n;
        let row = |titles: &[(&'static str, Colour)], size: (f64, f64)| {
            titles
                .iter()
                .zip(0_u8..)
                .map(|((title, colour), at)| (*title, *colour, (f64::from(at), 0.0), size))
                .collect()
        };
        match self {
            Self::Empty => Vec::new(),
            Self::Affinity => row(
                &[
                    (t_string!(i18n, template.theme_one), Colour::Sky),
                    (t_string!(i18n, template.theme_two), Colour::Leaf),
                    (t_string!(i18n, template.theme_three), Colour::Plum),
                    (t_string!(i18n, template.unsorted), Colour::Slate),
                ],
                (480.0, 480.0),
            ),
            Self::Journey => row(
                &[
                    (t_string!(i18n, template.before), Colour::Sky),
                    (t_string!(i18n, template.arrive), Colour::Teal),
                    (t_string!(i18n, template.during), Colour::Leaf),
                    (t_string!(i18n, template.after), Colour::Amber),
                    (t_string!(i18n, template.again), Colour::Coral),
                ],
                (264.0, 640.0),
            ),
            Self::TwoByTwo => {
                let size = (520.0, 400.0);
                vec![
                    (t_string!(i18n, template.quick), Colour::Leaf, (0.0, 0.0), size),
                    (t_string!(i18n, template.bet), Colour::Amber, (1.0, 0.0), size),
                    (t_string!(i18n, template.fill), Colour::Slate, (0.0, 1.0), size),
                    (t_string!(i18n, template.skip), Colour::Rose, (1.0, 1.0), size),
                ]
            }
            Self::LikeWishWhatIf => row(
                &[
                    (t_string!(i18n, template.i_like), Colour::Leaf),
                    (t_string!(i18n, template.i_wish), Colour::Amber),
                    (t_string!(i18n, template.what_if), Colour::Plum),
                ],
                (480.0, 560.0),
            ),
        }
    }
}

/// Puts the groups where there is room, and shows them.
fn begin(scene: Scene, template: Template) {
    let groups = template.groups(scene);
    if groups.is_empty() {
        #[cfg(feature = "hydrate")]
        super::deeds::new_note(scene, None, "");
        return;
    }
    let place = |(column, row): (f64, f64), (w, h): (f64, f64)| (column * (w + GAP), row * (h + GAP));
    let rects = groups.iter().map(|(_, _, at, size)| {
        let (x, y) = place(*at, *size);
        layout::Rect::new(x, y, size.0, size.1)
    });
    let Some(around) = layout::around(rects) else { return };
    let free = scene.with(|canvas| {
        let bounds = layout::bounds(canvas);
        // Below what is there: a template lies on nothing.
        bounds.map_or((-around.w / 2.0, -around.h / 2.0), |bounds| (bounds.x, bounds.y + bounds.h + GAP * 2.0))
    });
    let Some((left, top)) = free else { return };
    let acts: Vec<Act> = groups
        .into_iter()
        .map(|(title, colour, at, (w, h))| {
            let (x, y) = place(at, (w, h));
            let spot = Spot { x: left + x, y: top + y, z: 0.0 };
            Act::AddGroup { id: Scene::new_id(), title: title.to_owned(), spot, w, h, colour }
        })
        .collect();
    let made: Vec<ItemRef> = acts.iter().map(Act::item).collect();
    if scene.act(acts, When::Now) {
        scene.show(around.shifted(left, top).grown(48.0), 1.0);
        scene.current.set(made.iter().find(|item| item.kind == ItemKind::Group).cloned());
        scene.say(t_string!(scene.i18n, template.ready));
    }
}

fn choice(scene: Scene, template: Template, class: &'static str) -> AnyView {
    view! {
        <li>
            <button
                type="button"
                class=class
                popovertarget="canvas-templates"
                popovertargetaction="hide"
                on:click=move |_| begin(scene, template)
            >
                {icon(template.mark())}
                <span>
                    <strong>{move || template.word(scene)}</strong> <span class="canvas-template-hint">{move || template.hint(scene)}</span>
                </span>
            </button>
        </li>
    }
    .into_any()
}

/// The templates, on an empty canvas.
pub(super) fn offer(scene: Scene) -> AnyView {
    view! {
        <ul class="canvas-templates">
            {Template::ALL.map(|template| choice(scene, template, "canvas-template")).collect_view()}
        </ul>
    }
    .into_any()
}

/// The tool that offers them.
pub(super) fn tool(scene: Scene) -> AnyView {
    let offered = Template::ALL.into_iter().filter(|template| *template != Template::Empty);
    view! {
        <button type="button" class="canvas-tool" popovertarget="canvas-templates" title=move || t_string!(scene.i18n, template.title)>
            {icon("layout")} <span class="canvas-tool-word">{t!(scene.i18n, template.title)}</span>
        </button>
        <div class="menu canvas-menu canvas-menu-wide" id="canvas-templates" popover="auto">
            <ul>{offered.map(|template| choice(scene, template, "menu-item")).collect_view()}</ul>
        </div>
    }
    .into_any()
}

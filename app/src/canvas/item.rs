//! What stands on the stage: notes, the cards of ideas, groups and pictures.

mod write;

use leptos::prelude::*;
use shared::{
    canvas::{Card, Group, Item, ItemKind, ItemRef, Note, Picture},
    picture::Address,
};

use super::{names, scene::Scene, vote};
use crate::{
    i18n::{t, t_string},
    live::facts,
    ui::{avatar, bar, card, icon::icon, pill, reaction, vote as wants},
    words,
};

/// Something on the stage: by hand and by keys it is one thing.
pub(super) fn item(scene: Scene, item: ItemRef) -> AnyView {
    let (look, kind) = (scene.look(&item), item.kind);
    let element = NodeRef::<leptos::html::Div>::new();
    #[cfg(feature = "hydrate")]
    in_place(scene, &item, element, look.clone());
    let of = StoredValue::new(item.clone());
    let is = move |of_those: RwSignal<Option<ItemRef>>| {
        move || of_those.with(|one| of.with_value(|item| one.as_ref() == Some(item)))
    };
    let selected = Memo::new(move |_| scene.selected.with(|selected| of.with_value(|item| selected.contains(item))));
    let (current, editing, shaken) = (is(scene.current), is(scene.editing), is(scene.shaken));
    let locked = {
        let look = look.clone();
        Memo::new(move |_| match look.get() {
            Some(Item::Note(Note { locked, .. }) | Item::Group(Group { locked, .. })) => locked,
            Some(Item::Card(Card { locked, .. }) | Item::Picture(Picture { locked, .. })) => locked,
            _ => false,
        })
    };
    let colour = {
        let look = look.clone();
        move || match look.get() {
            Some(Item::Note(Note { colour, .. }) | Item::Group(Group { colour, .. })) => Some(colour.as_str()),
            _ => None,
        }
    };
    let back = move || kind == ItemKind::Card && of.with_value(|item| scene.steps_back(&item.id));
    let tab = move || if current() { "0" } else { "-1" };
    let label = move || of.with_value(|item| label(scene, item, selected.get()));
    let inside = match kind {
        ItemKind::Note => note(scene, of),
        ItemKind::Card => idea(scene, of),
        ItemKind::Group => group(scene, of),
        ItemKind::Picture => picture(scene, of),
        ItemKind::Link => ().into_any(),
    };
    view! {
        <div
            class="canvas-item"
            class:is-selected=move || selected.get()
            class:is-editing=editing
            class:is-shaken=shaken
            class:is-back=back
            class:is-locked=move || locked.get()
            data-item=item.to_string()
            data-kind=kind.key()
            data-colour=colour
            role="group"
            aria-roledescription=move || kind_name(scene, kind)
            aria-label=label
            tabindex=tab
            node_ref=element
            on:focus=move |_| of.with_value(|item| came_to(scene, item))
            on:animationend=move |_| scene.shaken.set(None)
        >
            {inside}
            <Show when=move || locked.get()>
                <span class="canvas-lock" title=move || t_string!(scene.i18n, canvas.locked)>{icon("lock-simple")}</span>
            </Show>
        </div>
    }
    .into_any()
}

fn kind_name(scene: Scene, kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Note => t_string!(scene.i18n, canvas.note),
        ItemKind::Card => t_string!(scene.i18n, canvas.idea),
        ItemKind::Group => t_string!(scene.i18n, canvas.group),
        ItemKind::Picture => t_string!(scene.i18n, canvas.picture),
        ItemKind::Link => t_string!(scene.i18n, canvas.link),
    }
}

/// What is said of something when the keyboard comes to it.
fn label(scene: Scene, item: &ItemRef, is_selected: bool) -> String {
    // Of all that changes on the canvas, this follows what it names.
    let follow = |item: &ItemRef| scene.look(item).track();
    follow(item);
    scene.links.track();
    let mut said = names::name(scene, item);
    let more = |said: &mut String, words: &str| {
        said.push_str(", ");
        said.push_str(words);
    };
    if let Some(maker) = scene.maker(item).filter(|_| item.kind == ItemKind::Note) {
        more(&mut said, &t_string!(scene.i18n, canvas.by, name = words::name(scene.i18n, &maker)));
    }
    let group = scene.with(|canvas| canvas.group_of(item).map(|group| ItemRef::new(ItemKind::Group, group))).flatten();
    let group = group.and_then(|group| {
        follow(&group);
        scene.with(|canvas| canvas.text(&group).map(names::short)).flatten()
    });
    if let Some(group) = group.filter(|group| !group.is_empty()) {
        more(&mut said, &t_string!(scene.i18n, canvas.in_group, name = group));
    }
    if is_selected {
        more(&mut said, t_string!(scene.i18n, canvas.is_selected));
    }
    if scene.with(|canvas| canvas.is_locked(item)) == Some(true) {
        more(&mut said, t_string!(scene.i18n, canvas.locked));
    }
    let linked = scene.with(|canvas| shared::canvas::outline::linked(canvas, item)).unwrap_or_default();
    for other in linked.iter().take(3) {
        follow(other);
        let other = names::name(scene, other);
        more(&mut said, &t_string!(scene.i18n, canvas.linked_to, name = other));
    }
    if let Some(dots) = vote::said(scene, item) {
        more(&mut said, &dots);
    }
    said
}

/// The keyboard, or a finger, is at something now.
fn came_to(scene: Scene, item: &ItemRef) {
    if scene.current.with_untracked(|current| current.as_ref() != Some(item)) {
        scene.current.set(Some(item.clone()));
    }
}

/// Keeps the element where the thing is, as large and as near.
#[cfg(feature = "hydrate")]
fn in_place(scene: Scene, item: &ItemRef, element: NodeRef<leptos::html::Div>, look: ArcRwSignal<Option<Item>>) {
    use send_wrapper::SendWrapper;

    let of = item.clone();
    Effect::new(move |_| {
        let Some(div) = element.get() else { return };
        let look = look.get();
        let known = scene.elements.try_update_value(|elements| {
            elements.entry(of.clone()).or_insert_with(|| SendWrapper::new(web_sys::HtmlElement::clone(&div)));
        });
        if known.is_none() {
            return;
        }
        let div: &web_sys::HtmlElement = &div;
        let style = div.style();
        let set = |name: &str, value: String| {
            // The element takes any length.
            let _ = style.set_property(name, &value);
        };
        match look {
            Some(Item::Group(group)) => {
                set("width", format!("{}px", group.w));
                set("height", format!("{}px", group.h));
                set("z-index", format!("{:.0}", -(group.w * group.h) / 1e4));
            }
            Some(Item::Picture(picture)) => {
                set("width", format!("{}px", picture.w));
                set("height", format!("{}px", picture.h));
                set("z-index", format!("{:.0}", picture.spot.z));
            }
            Some(Item::Note(note)) => {
                set("min-height", format!("{}px", shared::canvas::layout::note_height(&note.text)));
                set("z-index", format!("{:.0}", note.spot.z));
            }
            Some(Item::Card(card)) => set("z-index", format!("{:.0}", card.spot.z)),
            Some(Item::Link(_)) | None => {}
        }
        names::place(scene, &of);
    });
    let of = item.clone();
    on_cleanup(move || {
        let _ = scene.elements.try_update_value(|elements| elements.remove(&of));
    });
}

fn is_editing(scene: Scene, of: StoredValue<ItemRef>) -> impl Fn() -> bool + Copy + Send + Sync + 'static {
    move || scene.editing.with(|editing| of.with_value(|item| editing.as_ref() == Some(item)))
}

fn note(scene: Scene, of: StoredValue<ItemRef>) -> AnyView {
    let look = of.with_value(|item| scene.look(item));
    let text = move || match look.get() {
        Some(Item::Note(note)) => note.text,
        _ => String::new(),
    };
    let words = text.clone();
    let maker = move || of.with_value(|item| scene.maker(item));
    let editing = is_editing(scene, of);
    view! {
        <Show when=move || !editing()>
            <p class="canvas-words" class:is-empty={
                let text = text.clone();
                move || text().is_empty()
            }>{words.clone()}</p>
        </Show>
        <Show when=editing>{write::field(scene, of)}</Show>
        <div class="canvas-foot">
            <span class="canvas-by">{move || maker().map(|maker| words::name(scene.i18n, &maker))}</span>
            {promoted(scene, of)}
            {reactions(scene, of)}
        </div>
        {vote::dots(scene, of)}
    }
    .into_any()
}

/// The idea that a note became.
fn promoted(scene: Scene, of: StoredValue<ItemRef>) -> impl Fn() -> Option<AnyView> + Send + 'static {
    move || {
        let number = scene.promoted.with(|promoted| of.with_value(|item| promoted.get(&item.id).copied()))?;
        let link = view! {
            <a class="canvas-promoted" href=card::path(number, "") tabindex="-1">
                {icon("lightbulb")} {t!(scene.i18n, canvas.became, number = number)}
            </a>
        };
        Some(link.into_any())
    }
}

/// How people reacted to a note.
fn reactions(scene: Scene, of: StoredValue<ItemRef>) -> impl Fn() -> Option<AnyView> + Send + 'static {
    move || {
        let all = scene.reactions.with(|all| of.with_value(|item| all.get(&item.id).cloned()))?;
        if all.is_empty() {
            return None;
        }
        let one = |one: &shared::api::ReactionCount| {
            let (kind, count) = (one.kind, one.count);
            view! {
                <li class:is-mine=one.mine title=move || reaction::word(scene.i18n, kind)>
                    {icon(reaction::symbol(kind))} {count}
                    <span class="unseen">{move || reaction::word(scene.i18n, kind)}</span>
                </li>
            }
        };
        Some(view! { <ul class="canvas-reactions">{all.iter().map(one).collect_view()}</ul> }.into_any())
    }
}

/// The same card as in the list, smaller.
fn idea(scene: Scene, of: StoredValue<ItemRef>) -> AnyView {
    let known = Memo::new(move |_| of.with_value(|item| names::idea(scene, &item.id)));
    view! {
        {move || match known.get() {
            None => {
                view! { <p class="canvas-unseen quiet">{icon("eye-slash")} " " {t!(scene.i18n, canvas.unseen_idea)}</p> }
                    .into_any()
            }
            Some(idea) => {
                let news = facts::of(idea.number);
                let stage = facts::stage(news, idea.stage.clone());
                let percent = facts::latest(news, idea.percent, |facts| facts.percent);
                view! {
                    {wants::vote_inside(&idea)}
                    <div class="canvas-idea">
                        <p class="canvas-idea-title">{idea.title.clone()}</p>
                        {bar::thin(percent)}
                        <div class="canvas-idea-foot">
                            {pill::standing(stage)}
                            {avatar::faces(&idea.shaped_by, idea.shapers)}
                        </div>
                    </div>
                }
                    .into_any()
            }
        }}
        {vote::dots(scene, of)}
    }
    .into_any()
}

fn group(scene: Scene, of: StoredValue<ItemRef>) -> AnyView {
    let look = of.with_value(|item| scene.look(item));
    let title = move || match look.get() {
        Some(Item::Group(group)) if group.title.is_empty() => t_string!(scene.i18n, canvas.untitled).to_owned(),
        Some(Item::Group(group)) => group.title,
        _ => String::new(),
    };
    let count = move || {
        scene.version.track();
        let members = |canvas: &shared::canvas::Canvas| {
            of.with_value(|item| shared::canvas::layout::members(canvas, &item.id).len())
        };
        scene.with(members).unwrap_or_default()
    };
    let editing = is_editing(scene, of);
    view! {
        <div class="canvas-group-head">
            <Show when=move || !editing()>
                <p class="canvas-group-title">{title.clone()}</p>
                <span class="canvas-group-count" aria-hidden="true">{count}</span>
            </Show>
            <Show when=editing>{write::field(scene, of)}</Show>
        </div>
        <span class="canvas-handle" aria-hidden="true" data-handle=""></span>
    }
    .into_any()
}

fn picture(scene: Scene, of: StoredValue<ItemRef>) -> AnyView {
    let look = of.with_value(|item| scene.look(item));
    let shown = Memo::new(move |_| match look.get() {
        Some(Item::Picture(picture)) => Some((picture.picture, picture.alt)),
        _ => None,
    });
    let editing = is_editing(scene, of);
    view! {
        {move || {
            let (address, alt) = shown.get()?;
            // Nothing but an address of ours is asked for.
            let address: Address = address.parse().ok()?;
            Some(view! {
                <img src=address.to_string() alt=alt width=address.width height=address.height draggable="false" loading="lazy" />
            })
        }}
        <Show when=editing>
            <div class="canvas-alt">{write::field(scene, of)}</div>
        </Show>
        <span class="canvas-handle" aria-hidden="true" data-handle=""></span>
    }
    .into_any()
}

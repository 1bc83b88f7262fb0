//! What can be done with what is selected: a bar at the foot of the stage, the same for the hand and for keys.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    api::{Colour, IdeaView, Reaction},
    canvas::{ItemKind, ItemRef, layout::Align},
};

use super::{
    deeds,
    focus::focus,
    names,
    scene::{Scene, Tool},
    stage::selection_name,
};
use crate::{
    api,
    i18n::{t, t_string},
    ui::{card, icon::icon, reaction, toast},
    words,
};

/// The bar; nothing while nothing is selected.
pub(super) fn bar(scene: Scene) -> AnyView {
    let shown = move || !scene.selected.with(|selected| selected.is_empty()) && scene.editing.with(Option::is_none);
    view! {
        <Show when=shown>
            <div class="canvas-bar" role="toolbar" aria-label=move || t_string!(scene.i18n, canvas.bar)>
                <p class="canvas-bar-name">{move || selection_name(scene)}</p>
                {move || acts(scene)}
            </div>
        </Show>
    }
    .into_any()
}

/// Which acts are offered, by what is selected.
fn acts(scene: Scene) -> AnyView {
    let selected: Vec<ItemRef> = scene.selected.get().into_iter().collect();
    scene.version.track();
    let may = scene.may.get();
    let placed = selected.iter().filter(|item| item.kind != ItemKind::Link).count();
    let coloured = selected.iter().any(|item| matches!(item.kind, ItemKind::Note | ItemKind::Group));
    let only = if let [item] = &selected[..] { Some(item.clone()) } else { None };
    let note = only.clone().filter(|item| item.kind == ItemKind::Note);
    let idea = only.as_ref().filter(|item| item.kind == ItemKind::Card).and_then(|item| names::idea(scene, &item.id));
    let locked = scene.with(|canvas| placed > 0 && selected.iter().all(|item| canvas.is_locked(item))).unwrap_or(false);
    let sizes = may.note && selected.iter().any(|item| matches!(item.kind, ItemKind::Group | ItemKind::Picture));
    let hugs = selected.iter().any(|item| item.kind == ItemKind::Group);
    let writes = only.clone().filter(|item| {
        matches!(item.kind, ItemKind::Note | ItemKind::Group | ItemKind::Picture) && (may.tidy || scene.is_mine(item))
    });
    view! {
        {idea.map(|idea| view! {
            <a class="button button-small" href=card::idea_path(&idea)>{icon("arrow-square-out")} {t!(scene.i18n, canvas.open)}</a>
        })}
        {writes.map(|item| act(scene, "pencil-simple", move || t_string!(scene.i18n, canvas.edit), move || deeds::open(scene, &item)))}
        {(may.note && coloured).then(|| colours(scene))}
        {(may.note && placed == 1 || placed == 2)
            .then(|| act(scene, "line-segment", move || t_string!(scene.i18n, canvas.do_link), move || deeds::link(scene)))}
        {(may.note && placed > 0)
            .then(|| act(scene, "bounding-box", move || t_string!(scene.i18n, canvas.do_group), move || deeds::group(scene)))}
        {(may.note && placed > 1).then(|| alignment(scene))}
        {sizes.then(|| sizes_of(scene, hugs))}
        {only.as_ref().filter(|_| may.note).and_then(|item| unlink(scene, item))}
        {note.clone().filter(|_| may.note).map(|item| reacts(scene, item))}
        {note.and_then(|item| promote(scene, item))}
        {(may.tidy && placed > 0).then(|| {
            let (mark, word): (_, fn(Scene) -> &'static str) = if locked {
                ("lock-simple-open", |scene| t_string!(scene.i18n, canvas.unlock))
            } else {
                ("lock-simple", |scene| t_string!(scene.i18n, canvas.lock))
            };
            act(scene, mark, move || word(scene), move || deeds::lock(scene))
        })}
        {may.note.then(|| act(scene, "trash", move || t_string!(scene.i18n, canvas.remove), move || deeds::remove(scene)))}
    }
    .into_any()
}

/// One act of the bar: an icon with its word.
fn act(
    scene: Scene,
    mark: &'static str,
    word: impl Fn() -> &'static str + Copy + Send + Sync + 'static,
    does: impl Fn() + 'static,
) -> AnyView {
    let linking = move || mark == "line-segment" && scene.tool.get() == Tool::Link;
    view! {
        <button
            type="button"
            class="canvas-act"
            class:is-on=linking
            aria-pressed=move || linking().then_some("true")
            title=word
            on:click=move |_| does()
        >
            {icon(mark)} <span class="canvas-act-word">{word}</span>
        </button>
    }
    .into_any()
}

fn colours(scene: Scene) -> AnyView {
    let one = |colour: Colour| {
        view! {
            <button
                type="button"
                class="canvas-swatch"
                data-colour=colour.as_str()
                aria-label=move || words::colour(scene.i18n, colour)
                title=move || words::colour(scene.i18n, colour)
                on:click=move |_| deeds::paint(scene, colour)
            ></button>
        }
    };
    view! {
        <div class="canvas-swatches" role="group" aria-label=move || t_string!(scene.i18n, canvas.colour)>
            {Colour::ALL.map(one).collect_view()}
        </div>
    }
    .into_any()
}

fn align_word(scene: Scene, how: Align) -> &'static str {
    match how {
        Align::Left => t_string!(scene.i18n, canvas.align_left),
        Align::Centre => t_string!(scene.i18n, canvas.align_centre),
        Align::Right => t_string!(scene.i18n, canvas.align_right),
        Align::Top => t_string!(scene.i18n, canvas.align_top),
        Align::Middle => t_string!(scene.i18n, canvas.align_middle),
        Align::Bottom => t_string!(scene.i18n, canvas.align_bottom),
        Align::Across => t_string!(scene.i18n, canvas.align_across),
        Align::Down => t_string!(scene.i18n, canvas.align_down),
        Align::Grid => t_string!(scene.i18n, canvas.align_grid),
    }
}

fn align_mark(how: Align) -> &'static str {
    match how {
        Align::Left => "align-left",
        Align::Centre => "align-center-horizontal",
        Align::Right => "align-right",
        Align::Top => "align-top",
        Align::Middle => "align-center-vertical",
        Align::Bottom => "align-bottom",
        Align::Across => "arrows-horizontal",
        Align::Down => "arrows-vertical",
        Align::Grid => "grid-four",
    }
}

fn alignment(scene: Scene) -> AnyView {
    let one = |how: Align| {
        view! {
            <li>
                <button
                    type="button"
                    class="menu-item"
                    popovertarget="canvas-align"
                    popovertargetaction="hide"
                    on:click=move |_| deeds::line_up(scene, how)
                >
                    {icon(align_mark(how))} {move || align_word(scene, how)}
                </button>
            </li>
        }
    };
    let word = move || t_string!(scene.i18n, canvas.align);
    menu("canvas-align", "align-left", word, Align::ALL.map(one).collect_view().into_any())
}

/// A menu of the bar: the button that opens it, and what it offers.
fn menu(
    id: &'static str,
    mark: &'static str,
    word: impl Fn() -> &'static str + Copy + Send + Sync + 'static,
    offers: AnyView,
) -> AnyView {
    view! {
        <button type="button" class="canvas-act" popovertarget=id title=word>
            {icon(mark)} <span class="canvas-act-word">{word}</span>
        </button>
        <div class="menu canvas-menu" id=id popover="auto">
            <ul>{offers}</ul>
        </div>
    }
    .into_any()
}

/// Larger and smaller, for what has a size, and a group as large as what is in it.
fn sizes_of(scene: Scene, hugs: bool) -> AnyView {
    let one = move |mark: &'static str, key: &'static str, word: fn(Scene) -> &'static str, does: fn(Scene)| {
        view! {
            <li>
                <button type="button" class="menu-item" aria-keyshortcuts=(!key.is_empty()).then_some(key) on:click=move |_| does(scene)>
                    {icon(mark)} {move || word(scene)} <span class="menu-key" aria-hidden="true">{key}</span>
                </button>
            </li>
        }
    };
    let offers = view! {
        {one("plus", "]", |scene| t_string!(scene.i18n, canvas.larger), |scene| deeds::resize(scene, 1.0))}
        {one("minus", "[", |scene| t_string!(scene.i18n, canvas.smaller), |scene| deeds::resize(scene, -1.0))}
        {hugs.then(|| one("bounding-box", "", |scene| t_string!(scene.i18n, canvas.hug), deeds::hug))}
    };
    menu("canvas-size", "corners-out", move || t_string!(scene.i18n, canvas.size), offers.into_any())
}

/// The links of something, each with the means to remove it.
fn unlink(scene: Scene, item: &ItemRef) -> Option<AnyView> {
    let links = scene.links_of(item);
    let name = item.to_string();
    let one = |(id, link): (String, shared::canvas::Link)| {
        let other = if link.from == name { &link.to } else { &link.from };
        let other = other.parse().map(|other| names::name(scene, &other)).unwrap_or_default();
        view! {
            <li>
                <button
                    type="button"
                    class="menu-item"
                    popovertarget="canvas-unlink"
                    popovertargetaction="hide"
                    on:click={
                        let item = item.clone();
                        move |_| {
                            deeds::unlink(scene, &id);
                            // What was pressed goes with the link.
                            focus(scene, &item);
                        }
                    }
                >
                    {icon("trash")} {t!(scene.i18n, canvas.unlink_from, name = other.clone())}
                </button>
            </li>
        }
    };
    (!links.is_empty()).then(|| {
        let word = move || t_string!(scene.i18n, canvas.links);
        menu("canvas-unlink", "line-segment", word, links.into_iter().map(one).collect_view().into_any())
    })
}

/// Reacts to a note in a way, or no longer.
pub(super) fn react(scene: Scene, note: &str, kind: Reaction, wanted: bool) {
    let (slug, note) = (scene.slug.get_value(), note.to_owned());
    let change = move |wanted: bool| {
        scene.reactions.try_update(|all| {
            let reactions = all.entry(note.clone()).or_default();
            let count = reactions.iter().find(|one| one.kind == kind).map_or(0, |one| one.count);
            let count = if wanted { count + 1 } else { count.saturating_sub(1) };
            reactions.retain(|one| one.kind != kind);
            if count > 0 {
                reactions.push(shared::api::ReactionCount { kind, count, mine: wanted });
                reactions.sort_by_key(|one| Reaction::ALL.iter().position(|kind| *kind == one.kind));
            }
        });
        note.clone()
    };
    let note = change(wanted);
    let path = format!("/boards/{slug}/canvas/notes/{note}/reactions/{}", kind.as_str());
    if !scene.reacts.want(&path, wanted) {
        return;
    }
    spawn_local(async move {
        let send = async |wanted: &bool| if *wanted { api::put(&path).await } else { api::delete(&path).await };
        if let Err((asked, problem)) = scene.reacts.ask(&path, wanted, send).await {
            change(!asked);
            toast::warn(words::problem(scene.i18n, &problem));
        }
    });
}

fn reacts(scene: Scene, item: ItemRef) -> AnyView {
    let item = StoredValue::new(item);
    let one = |kind: &Reaction| {
        let kind = *kind;
        let mine = move || {
            scene.reactions.with(|all| {
                let of = item.with_value(|item| all.get(&item.id));
                of.is_some_and(|all| all.iter().any(|one| one.kind == kind && one.mine))
            })
        };
        view! {
            <button
                type="button"
                class="canvas-react"
                aria-pressed=move || mine().to_string()
                aria-label=move || reaction::word(scene.i18n, kind)
                title=move || reaction::word(scene.i18n, kind)
                on:click=move |_| item.with_value(|item| react(scene, &item.id, kind, !mine()))
            >
                {icon(reaction::symbol(kind))}
            </button>
        }
    };
    view! {
        <div class="canvas-reacts" role="group" aria-label=move || t_string!(scene.i18n, canvas.react)>
            {Reaction::ALL.iter().map(one).collect_view()}
        </div>
    }
    .into_any()
}

/// Makes an idea of a note, where the person may and it is none yet.
fn promote(scene: Scene, item: ItemRef) -> Option<AnyView> {
    let mine = scene.is_mine(&item);
    let may = if mine { scene.may_propose } else { scene.may.get().promote };
    let done = scene.promoted.with(|promoted| promoted.contains_key(&item.id));
    let says = scene.with(|canvas| canvas.text(&item).is_some_and(|text| !text.trim().is_empty())).unwrap_or(false);
    (may && !done && says).then(|| {
        let note = item.id.clone();
        act(scene, "lightbulb", move || t_string!(scene.i18n, canvas.promote), move || make_idea(scene, note.clone()))
    })
}

fn make_idea(scene: Scene, note: String) {
    let slug = scene.slug.get_value();
    spawn_local(async move {
        // What it says goes out first: the server takes the words from the canvas.
        if let Some(painter) = scene.painter() {
            painter.commit();
        }
        let path = format!("/boards/{slug}/canvas/notes/{note}/promote");
        match api::post::<IdeaView>(&path, &()).await {
            Ok(idea) => {
                let number = idea.card.number;
                let said = t_string!(
                    scene.i18n,
                    canvas.promoted,
                    name = words::name(scene.i18n, &idea.card.author),
                    number = number
                );
                scene.ideas.try_update(|ideas| ideas.insert(idea.card.id.to_string(), idea.card.clone()));
                scene.promoted.try_update(|promoted| promoted.insert(note, number));
                toast::say(said);
            }
            Err(problem) => toast::warn(words::problem(scene.i18n, &problem)),
        }
    });
}

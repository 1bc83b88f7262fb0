//! The canvas as a text: the same content, for small screens, for who does not see it, and for who has no script.

use leptos::{ev::SubmitEvent, prelude::*};
use shared::{
    canvas::{
        Canvas, ItemKind, ItemRef, Spot,
        layout::{self, GROUP_HEAD, NOTE_HEIGHT, NOTE_WIDTH, PADDING},
        outline::{Part, linked, outline as parts_of},
    },
    limits,
    live::replica::Act,
    picture::Address,
};

use super::{
    bar, deeds, names,
    scene::{Draft, Saving, Scene, When},
    vote,
};
use crate::{
    i18n::{t, t_string},
    live::facts,
    ui::{card, icon::icon, pill, reaction},
    visit::here,
    words,
};

/// The outline. Where there is room for the stage, whose things say the same, it is beside it when asked for.
pub(super) fn outline(scene: Scene, room: RwSignal<bool>, outlined: RwSignal<bool>) -> AnyView {
    let apart = move || room.get() && !outlined.get();
    let parts = Memo::new(move |_| {
        // What nobody sees is not kept true.
        if apart() {
            return Vec::new();
        }
        scene.version.track();
        scene.with(parts_of).unwrap_or_default()
    });
    let empty = move || parts.with(Vec::is_empty);
    let may = move || scene.may.with(|may| may.note);
    view! {
        <section class="outline" hidden=apart aria-labelledby="outline">
            <h2 class="outline-title" id="outline">{t!(scene.i18n, canvas.outline)}</h2>
            <Show when=move || may() && here().awake.get()>{add(scene, parts)}</Show>
            <Show when=empty>
                <p class="quiet">{t!(scene.i18n, canvas.empty)}</p>
            </Show>
            <For each=move || parts.get() key=|part| part.group.clone() let:part>
                {section(scene, parts, part.group)}
            </For>
        </section>
    }
    .into_any()
}

fn title(scene: Scene, group: Option<&str>) -> String {
    let Some(group) = group else { return t_string!(scene.i18n, canvas.ungrouped).to_owned() };
    let item = ItemRef::new(ItemKind::Group, group);
    let title = scene.with(|canvas| canvas.text(&item).map(str::to_owned)).flatten().unwrap_or_default();
    if title.trim().is_empty() { t_string!(scene.i18n, canvas.untitled).to_owned() } else { title }
}

fn section(scene: Scene, parts: Memo<Vec<Part>>, group: Option<String>) -> AnyView {
    let of = StoredValue::new(group);
    let items = move || {
        parts.with(|parts| {
            let part = parts.iter().find(|part| of.with_value(|group| part.group == *group));
            part.map(|part| part.items.clone()).unwrap_or_default()
        })
    };
    let heading = move || {
        scene.version.track();
        of.with_value(|group| title(scene, group.as_deref()))
    };
    let nothing = move || items().is_empty();
    view! {
        <section class="outline-part">
            <h3 class="outline-group">{heading}</h3>
            {lock(scene, move || of.get_value().map(|group| ItemRef::new(ItemKind::Group, group)))}
            <Show when=nothing>
                <p class="quiet">{t!(scene.i18n, canvas.empty_part)}</p>
            </Show>
            <ul class="outline-items">
                <For each=items key=Clone::clone let:item>
                    {line(scene, item)}
                </For>
            </ul>
        </section>
    }
    .into_any()
}

fn line(scene: Scene, item: ItemRef) -> AnyView {
    let kind = item.kind;
    let of = StoredValue::new(item);
    let colour = move || {
        scene.version.track();
        of.with_value(|item| scene.with(|canvas| canvas.notes.get(&item.id).map(|note| note.colour.as_str()))).flatten()
    };
    let back = move || kind == ItemKind::Card && of.with_value(|item| scene.steps_back(&item.id));
    let inside = match kind {
        ItemKind::Note => note(scene, of),
        ItemKind::Card => idea(scene, of),
        _ => picture(scene, of),
    };
    let links = move || {
        scene.version.track();
        let linked = of.with_value(|item| scene.with(|canvas| linked(canvas, item))).unwrap_or_default();
        let names = linked.iter().map(|item| names::name(scene, item)).collect::<Vec<_>>().join(" · ");
        (!names.is_empty()).then(|| {
            view! { <p class="outline-links quiet">{icon("line-segment")} {t!(scene.i18n, canvas.linked_to, name = names.clone())}</p> }
        })
    };
    view! {
        <li class="outline-item" class:is-back=back data-kind=kind.key() data-colour=colour>
            {inside}
            {links}
            {lock(scene, move || Some(of.get_value()))}
        </li>
    }
    .into_any()
}

/// Says that it is locked, where it is.
fn lock(scene: Scene, of: impl Fn() -> Option<ItemRef> + Send + 'static) -> impl IntoView {
    move || {
        scene.version.track();
        let locked = of().and_then(|item| scene.with(|canvas| canvas.is_locked(&item))).unwrap_or_default();
        locked.then(|| {
            view! { <p class="outline-links quiet">{icon("lock-simple")} {t!(scene.i18n, canvas.locked)}</p> }
        })
    }
}

fn text(scene: Scene, of: StoredValue<ItemRef>) -> impl Fn() -> String + Copy + Send + Sync + 'static {
    move || {
        scene.version.track();
        of.with_value(|item| scene.with(|canvas| canvas.text(item).map(str::to_owned))).flatten().unwrap_or_default()
    }
}

fn note(scene: Scene, of: StoredValue<ItemRef>) -> AnyView {
    let text = text(scene, of);
    let by = move || {
        scene.version.track();
        of.with_value(|item| scene.maker(item)).map(|maker| words::name(scene.i18n, &maker))
    };
    let id = of.with_value(|item| item.id.clone());
    // What is written outlives the line: the note may move to another group meanwhile.
    let writes = Memo::new(move |_| scene.drafts.with(|drafts| drafts.contains_key(&id)));
    let may = move || {
        scene.version.track();
        let locked = of.with_value(|item| scene.with(|canvas| canvas.is_locked(item))) == Some(true);
        let may = scene.may.get();
        may.tidy || (may.note && !locked && of.with_value(|item| scene.is_mine(item)))
    };
    let became = move || {
        scene.promoted.with(|promoted| of.with_value(|item| promoted.get(&item.id).copied())).map(|number| {
            view! {
                <a class="canvas-promoted" href=card::path(number, "")>
                    {icon("lightbulb")} {t!(scene.i18n, canvas.became, number = number)}
                </a>
            }
        })
    };
    let awake = here().awake;
    view! {
        <Show when=move || !writes.get()>
            <p class="outline-words">{text}</p>
        </Show>
        <Show when=move || writes.get()>{write(scene, of)}</Show>
        <div class="outline-foot">
            <span class="quiet">{by}</span>
            {became}
            <Show when=move || may() && awake.get() && !writes.get()>
                <span class="outline-acts">
                <button
                    type="button"
                    class="button-plain"
                    aria-label=move || t_string!(scene.i18n, canvas.edit_named, name = names::short(&text()))
                    on:click=move |_| begin(scene, of)
                >
                    {icon("pencil-simple")}
                </button>
                <button
                    type="button"
                    class="button-plain"
                    aria-label=move || t_string!(scene.i18n, canvas.remove_named, name = names::short(&text()))
                    on:click=move |_| {
                        scene.act(vec![Act::Remove(of.get_value())], When::Now);
                    }
                >
                    {icon("trash")}
                </button>
                </span>
            </Show>
        </div>
        <div class="outline-foot">
            {reactions(scene, of)}
            <Show when=move || awake.get()>{vote::dots(scene, of)}</Show>
        </div>
    }
    .into_any()
}

/// How people reacted, and to who may the means to react.
fn reactions(scene: Scene, of: StoredValue<ItemRef>) -> AnyView {
    let counted =
        move || scene.reactions.with(|all| of.with_value(|item| all.get(&item.id).cloned())).unwrap_or_default();
    let awake = here().awake;
    let one = move |kind: shared::api::Reaction| {
        let count =
            move || counted().iter().find(|one| one.kind == kind).map_or((0, false), |one| (one.count, one.mine));
        let shown = move || count().0 > 0 || scene.may.with(|may| may.note);
        view! {
            <Show when=shown>
                <button
                    type="button"
                    class="canvas-react"
                    aria-pressed=move || count().1.to_string()
                    aria-label=move || t_string!(scene.i18n, talk.pressed, name = reaction::word(scene.i18n, kind), count = count().0)
                    title=move || reaction::word(scene.i18n, kind)
                    disabled=move || !awake.get() || !scene.may.with(|may| may.note)
                    on:click=move |_| of.with_value(|item| bar::react(scene, &item.id, kind, !count().1))
                >
                    {icon(reaction::symbol(kind))} {move || (count().0 > 0).then(|| count().0)}
                </button>
            </Show>
        }
    };
    view! { <span class="canvas-reacts">{shared::api::Reaction::ALL.iter().copied().map(one).collect_view()}</span> }
        .into_any()
}

fn begin(scene: Scene, of: StoredValue<ItemRef>) {
    let base = untrack(text(scene, of));
    let draft = Draft { words: base.clone(), base };
    scene.drafts.update(|drafts| drop(drafts.insert(of.with_value(|item| item.id.clone()), draft)));
}

/// A field in place of the words of a note.
fn write(scene: Scene, of: StoredValue<ItemRef>) -> AnyView {
    let id = StoredValue::new(of.with_value(|item| item.id.clone()));
    let words = move || scene.drafts.with(|drafts| id.with_value(|id| drafts.get(id).map(|draft| draft.words.clone())));
    let typed = move |event| {
        let now = event_target_value(&event);
        scene.drafts.update(|drafts| {
            if let Some(draft) = id.with_value(|id| drafts.get_mut(id)) {
                draft.words = now;
            }
        });
    };
    let end = move || scene.drafts.update(|drafts| drop(id.with_value(|id| drafts.remove(id))));
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        #[cfg(feature = "hydrate")]
        {
            use shared::live::replica::CanvasReplica;
            let draft = scene.drafts.with_untracked(|drafts| id.with_value(|id| drafts.get(id).cloned()));
            let Some(Draft { base, words }) = draft else { return };
            // Others may have written in it since.
            let now = untrack(text(scene, of));
            let splice = CanvasReplica::rebase(&base, &words, &now);
            if splice.is_none_or(|splice| scene.act(vec![Act::Write { item: of.get_value(), splice }], When::Now)) {
                end();
            }
        }
    };
    view! {
        <form class="outline-form" on:submit=send>
            <textarea
                class="input"
                rows="3"
                maxlength=limits::NOTE
                aria-label=move || t_string!(scene.i18n, canvas.note_text)
                prop:value=move || words().unwrap_or_default()
                on:input=typed
            ></textarea>
            <div class="row">
                <button type="submit" class="button button-small">{t!(scene.i18n, canvas.keep)}</button>
                <button type="button" class="button-plain" on:click=move |_| end()>
                    {t!(scene.i18n, ui.cancel)}
                </button>
            </div>
        </form>
    }
    .into_any()
}

fn idea(scene: Scene, of: StoredValue<ItemRef>) -> AnyView {
    let known = Memo::new(move |_| of.with_value(|item| names::idea(scene, &item.id)));
    let awake = here().awake;
    view! {
        {move || match known.get() {
            Some(idea) => {
                let news = facts::of(idea.number);
                let votes = facts::latest(news, idea.votes, |facts| facts.votes);
                let stage = facts::stage(news, idea.stage.clone());
                let percent = facts::latest(news, idea.percent, |facts| facts.percent);
                view! {
                    <p class="outline-idea">
                        <a href=card::idea_path(&idea)>{icon("lightbulb")} {idea.title.clone()}</a>
                    </p>
                    {crate::ui::bar::thin(percent)}
                    <div class="outline-foot">
                        {move || stage.with(pill::stage)}
                        <span class="quiet">{move || words::votes(scene.i18n, votes())}</span>
                        <Show when=move || awake.get()>{vote::dots(scene, of)}</Show>
                    </div>
                }
                    .into_any()
            }
            None => view! { <p class="quiet">{t!(scene.i18n, canvas.unseen_idea)}</p> }.into_any(),
        }}
    }
    .into_any()
}

fn picture(scene: Scene, of: StoredValue<ItemRef>) -> AnyView {
    let address = move || {
        scene.version.track();
        let address =
            of.with_value(|item| scene.with(|canvas| canvas.pictures.get(&item.id).map(|one| one.picture.clone())));
        address.flatten().and_then(|address| address.parse::<Address>().ok())
    };
    let alt = text(scene, of);
    let image = move || {
        let address = address()?;
        Some(view! { <img src=address.small() alt=alt width=address.width height=address.height loading="lazy" /> })
    };
    view! {
        {image}
        <p class="quiet">{alt}</p>
    }
    .into_any()
}

/// Adds a note, to a group or to none.
fn add(scene: Scene, parts: Memo<Vec<Part>>) -> AnyView {
    let words = RwSignal::new(String::new());
    let group = RwSignal::new(String::new());
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let text = words.get_untracked().trim().to_owned();
        if text.is_empty() {
            return;
        }
        let into = group.get_untracked();
        let done = match scene.with(|canvas| beside(canvas, &into, &text)).flatten() {
            Some((spot, group)) => {
                let (id, colour) = (Scene::new_id(), scene.colour.get_value());
                let spot = Spot { z: scene.top(), ..spot };
                scene.act(vec![Act::AddNote { id, text, spot, colour, group }], When::Now)
            }
            None => deeds::new_note(scene, None, &text).is_some(),
        };
        if done {
            words.set(String::new());
            scene.say(t_string!(scene.i18n, canvas.note_added));
        }
    };
    let groups = move || {
        let parts = parts.get();
        let option = |id: String| {
            let named = id.clone();
            view! { <option value=id>{move || title(scene, Some(&named))}</option> }
        };
        parts.into_iter().filter_map(|part| part.group).map(option).collect_view()
    };
    let some = move || parts.with(|parts| parts.iter().any(|part| part.group.is_some()));
    view! {
        <form class="outline-form" on:submit=send>
            <label class="field-label" for="outline-note">{t!(scene.i18n, canvas.new_note)}</label>
            <textarea
                class="input"
                id="outline-note"
                rows="2"
                maxlength=limits::NOTE
                prop:value=move || words.get()
                on:input=move |event| words.set(event_target_value(&event))
            ></textarea>
            <div class="row">
                <Show when=some>
                    <select
                        class="input input-small"
                        aria-label=move || t_string!(scene.i18n, canvas.into_group)
                        on:change=move |event| group.set(event_target_value(&event))
                    >
                        <option value="">{t!(scene.i18n, canvas.ungrouped)}</option>
                        {groups}
                    </select>
                </Show>
                <button type="submit" class="button button-strong button-small" disabled=move || words.with(|words| words.trim().is_empty()) || scene.saving.get() == Saving::Opening>
                    {t!(scene.i18n, canvas.add)}
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// A free place in a group; nothing when there is no such group.
fn beside(canvas: &Canvas, group: &str, text: &str) -> Option<(Spot, Option<String>)> {
    let of = canvas.groups.get(group)?;
    let size = (NOTE_WIDTH, layout::note_height(text).max(NOTE_HEIGHT));
    let near = (of.spot.x + PADDING + size.0 / 2.0, of.spot.y + GROUP_HEAD + size.1 / 2.0);
    let (x, y) = layout::free_spot(canvas, near, size);
    Some((Spot { x, y, z: 0.0 }, Some(group.to_owned())))
}

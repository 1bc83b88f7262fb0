//! The tags of a board: added, renamed, coloured and removed.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use shared::{
    api::{BoardView, Colour, Problem, SetTag, TagView},
    limits,
};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{
        colour,
        dialog::{self, Dialog},
        icon::icon,
        toast,
    },
    visit::here,
    words::{self, Texts},
};

/// What the parts of the section share.
#[derive(Clone, Copy)]
struct Tags {
    i18n: Texts,
    path: StoredValue<String>,
    list: RwSignal<Vec<TagView>>,
    wrong: RwSignal<Option<String>>,
    /// Which tag the person is about to remove.
    removing: RwSignal<Option<TagView>>,
    sure: Dialog,
}

impl Tags {
    /// Takes in what the server answers to a change.
    fn take(self, answer: Result<BoardView, Problem>) -> bool {
        let i18n = self.i18n;
        match answer {
            Ok(board) => {
                let _ = self.wrong.try_set(None);
                let _ = self.list.try_set(board.tags);
                true
            }
            Err(problem) => {
                let text = match problem.fields.values().next() {
                    Some(field) => words::field(i18n, field),
                    None => words::problem(i18n, &problem).to_owned(),
                };
                let _ = self.wrong.try_set(Some(text));
                false
            }
        }
    }
}

/// The tags there are, and a form for one more.
pub(super) fn section(board: &BoardView) -> AnyView {
    let i18n = use_i18n();
    let tags = Tags {
        i18n,
        path: StoredValue::new(format!("/boards/{}/tags", board.slug)),
        list: RwSignal::new(board.tags.clone()),
        wrong: RwSignal::new(None),
        removing: RwSignal::new(None),
        sure: Dialog::new(),
    };
    let remove = move || {
        let Some(tag) = tags.removing.get_untracked() else { return };
        spawn_local(async move {
            let path = format!("{}/{}", tags.path.get_value(), tag.id);
            tags.take(api::delete_for(&path).await);
        });
    };
    let sure = move || {
        let name = tags.removing.with(|tag| tag.as_ref().map(|tag| tag.name.clone())).unwrap_or_default();
        t_string!(i18n, tag.remove_title, name = name)
    };
    view! {
        <section class="panel" aria-labelledby="tags">
            <div class="panel-head">
                <h2 class="panel-title" id="tags">{t!(i18n, tag.title)}</h2>
                <p class="quiet">{t!(i18n, tag.hint)}</p>
            </div>
            <Show when=move || tags.list.with(|list| !list.is_empty())>
                <ul class="tag-rows">
                    <For each=move || tags.list.get() key=|tag| (tag.id, tag.name.clone(), tag.colour.as_str()) let:tag>
                        {row(tags, &tag)}
                    </For>
                </ul>
            </Show>
            {add(tags)}
            <p class="field-error" role="alert">{move || tags.wrong.get()}</p>
            {dialog::confirm(tags.sure, sure, move || t_string!(i18n, tag.remove).to_owned(), remove)}
        </section>
    }
    .into_any()
}

fn row(tags: Tags, tag: &TagView) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let (id, name) = (tag.id, tag.name.clone());
    let (text, colour) = (RwSignal::new(name.clone()), RwSignal::new(tag.colour));
    let before = (name.clone(), tag.colour);
    let changed = move || (text.get(), colour.get()) != before;
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let wanted = SetTag { name: text.get_untracked(), colour: colour.get_untracked() };
        spawn_local(async move {
            let path = format!("{}/{id}", tags.path.get_value());
            if tags.take(api::put_with(&path, &wanted).await) {
                toast::say(t_string!(i18n, tag.saved));
            }
        });
    };
    let gone = tag.clone();
    let remove = move |_| {
        tags.removing.set(Some(gone.clone()));
        tags.sure.open();
    };
    let (named, of, label) = (name.clone(), name.clone(), name);
    view! {
        <li>
            <form class="tag-row" on:submit=save>
                <input
                    class="input input-small"
                    aria-label=move || t_string!(i18n, tag.name_of, name = named.clone())
                    maxlength=limits::TAG
                    prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))
                />
                {colour::choose(move || t_string!(i18n, tag.colour_of, name = of.clone()), colour)}
                <button type="submit" class="button button-small" disabled=move || !here.awake.get() || !changed()>
                    {t!(i18n, settings.save)}
                </button>
                <button
                    type="button"
                    class="button-plain"
                    aria-label=move || t_string!(i18n, tag.remove_one, name = label.clone())
                    disabled=move || !here.awake.get()
                    on:click=remove
                >
                    {icon("trash")}
                </button>
            </form>
        </li>
    }
    .into_any()
}

fn add(tags: Tags) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let (text, colour) = (RwSignal::new(String::new()), RwSignal::new(Colour::Sky));
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let wanted = SetTag { name: text.get_untracked(), colour: colour.get_untracked() };
        spawn_local(async move {
            if tags.take(api::post(&tags.path.get_value(), &wanted).await) {
                let _ = text.try_set(String::new());
            }
        });
    };
    view! {
        <form class="tag-row" on:submit=send>
            <input
                class="input input-small"
                aria-label=move || t_string!(i18n, tag.new_name)
                placeholder=move || t_string!(i18n, tag.new_name)
                maxlength=limits::TAG
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
            />
            {colour::choose(move || t_string!(i18n, tag.new_colour).to_owned(), colour)}
            <button type="submit" class="button button-small" disabled=move || !here.awake.get()>
                {icon("plus")} {t!(i18n, tag.add)}
            </button>
        </form>
    }
    .into_any()
}

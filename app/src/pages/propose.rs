//! `/b/{board}/propose`: a title first; nothing written is ever lost.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use shared::api::{BoardView, Code, IdeaView, NewIdea, TagView};

use crate::{
    answer, api,
    i18n::{t, t_string, use_i18n},
    pages::{board, draft::Draft, similar::Similar},
    ui::{
        attach::{Pictures, attach},
        card, chrome,
        field::field,
        form::{Form, form, submit},
        head,
        icon::icon,
        toast,
    },
    visit::here,
    words,
};

/// The page where an idea is proposed.
pub fn view() -> AnyView {
    board::of_address(|board| {
        let visitor = here().me.with_untracked(|me| me.person.is_none());
        if board.may_propose || visitor { page(&board, visitor) } else { board::refused(Code::Role) }
    })
}

fn read(form: Form) -> NewIdea {
    let tags = form.ticked("tags").iter().filter_map(|id| id.parse().ok()).collect();
    NewIdea { title: form.raw("title"), pitch: form.raw("pitch"), body: form.raw("body"), tags }
}

fn page(board: &BoardView, visitor: bool) -> AnyView {
    let i18n = use_i18n();
    let navigate = use_navigate();
    let title = move || t_string!(i18n, propose.title).to_owned();
    let state = Form::new("idea");
    let slug = StoredValue::new(board.slug.clone());
    // Whether what is written is kept; nothing while nothing is written.
    let kept = RwSignal::new(None::<bool>);
    let similar = Similar::new(board.slug.clone());
    let found = RwSignal::new(false);
    let draft = StoredValue::new(Draft::default());
    let pictures = Pictures::new();

    // What was typed before the browser took over counts more than an older draft.
    Effect::new(move || {
        let typed = Draft::of(read(state));
        if !typed.is_blank() {
            kept.set(Some(typed.keep(&slug.get_value())));
            similar.typed(&typed.idea.title);
            draft.set_value(typed);
        } else if let Some(old) = Draft::find(&slug.get_value()).filter(|old| !old.is_blank()) {
            fill(state, &old.idea);
            similar.typed(&old.idea.title);
            pictures.look_again();
            draft.set_value(old);
            kept.set(Some(true));
            found.set(true);
        }
    });
    let typed = move || {
        let now = Draft::of(read(state));
        if now.is_blank() {
            Draft::forget(&slug.get_value());
            kept.set(None);
        } else {
            kept.set(Some(now.keep(&slug.get_value())));
        }
        similar.typed(&now.idea.title);
        draft.set_value(now);
    };
    let afresh = move |_| {
        Draft::forget(&slug.get_value());
        draft.set_value(Draft::default());
        fill(state, &NewIdea::default());
        similar.typed("");
        pictures.look_again();
        kept.set(None);
        found.set(false);
    };
    let send = move || {
        let now = draft.get_value();
        let now = if now.key.is_empty() { Draft::of(read(state)) } else { now };
        let board = slug.get_value();
        // What a picture adds to the text is part of the idea.
        if pictures.busy.get_untracked() {
            toast::warn(t_string!(i18n, picture.wait));
            return;
        }
        if visitor {
            now.keep(&board);
            chrome::leave_to(&answer::sign_in_path(&format!("/b/{board}/propose")));
            return;
        }
        let navigate = navigate.clone();
        let path = format!("/boards/{board}/ideas");
        state.send(async move { api::post_once::<IdeaView>(&path, &now.idea, &now.key).await }, move |idea| {
            Draft::forget(&board);
            toast::say(t_string!(i18n, propose.sent));
            navigate(&card::idea_path(&idea.card), Default::default());
        });
    };
    #[cfg(feature = "hydrate")]
    ask_before_leaving(kept);
    let label = move || if visitor { t_string!(i18n, propose.sign_in) } else { t_string!(i18n, propose.send) };
    let fields = view! {
        {field("title", t!(i18n, propose.field_title)).hint(t!(i18n, propose.field_title_hint)).place(state)}
        {similar.view()}
        {field("pitch", t!(i18n, propose.field_pitch))
            .hint(t!(i18n, propose.field_pitch_hint))
            .lines(3)
            .optional()
            .place(state)}
        {field("body", t!(i18n, propose.field_body))
            .hint(t!(i18n, propose.field_body_hint))
            .lines(6)
            .optional()
            .place(state)}
        {(!visitor).then(|| attach(pictures, board.slug.clone(), state.id("body")))}
        {tags(state, &board.tags)}
    };
    let buttons = view! {
        {submit(state, label)}
        <span class="quiet propose-kept" aria-live="polite">
            {move || match kept.get() {
                Some(true) => view! { {icon("check")} {t!(i18n, propose.draft_kept)} }.into_any(),
                Some(false) => view! { {icon("warning")} {t!(i18n, propose.draft_unkept)} }.into_any(),
                None => ().into_any(),
            }}
        </span>
    };
    let board_title = board.title.clone();
    view! {
        {head::title(title)}
        <div class="page page-narrow propose">
            <header class="page-head">
                <a class="back" href=format!("/b/{}", board.slug)>
                    {icon("arrow-left")} {board_title}
                </a>
                {head::heading(title)}
                <p class="lead">{t!(i18n, propose.lead)}</p>
            </header>
            {move || {
                found
                    .get()
                    .then(|| {
                        view! {
                            <p class="note-bar" data-colour="amber">
                                <span>{t!(i18n, propose.draft_found)}</span>
                                <button type="button" class="button-plain" on:click=afresh>
                                    {t!(i18n, propose.draft_clear)}
                                </button>
                            </p>
                        }
                    })
            }}
            {visitor
                .then(|| {
                    view! {
                        <p class="note-bar" data-colour="sky">
                            <span>
                                <strong>{t!(i18n, propose.sign_in_first)}</strong>
                                " "
                                {t!(i18n, propose.sign_in_hint)}
                            </span>
                        </p>
                    }
                })}
            <div on:input=move |_| typed()>{form(state, send, fields.into_any(), buttons.into_any())}</div>
        </div>
    }
    .into_any()
}

/// The tags of the board, to choose from; nothing where it has none.
fn tags(state: Form, tags: &[TagView]) -> Option<AnyView> {
    let i18n = use_i18n();
    let choice = |tag: &TagView| {
        view! {
            <label class="tag-choice" data-colour=tag.colour.as_str()>
                <input type="checkbox" name="tags" id=state.id(&format!("tag-{}", tag.id)) value=tag.id.to_string() />
                {tag.name.clone()}
            </label>
        }
    };
    let wrong = move || state.wrong("tags").map(|problem| words::field(i18n, &problem));
    (!tags.is_empty()).then(|| {
        view! {
            <fieldset class="field">
                <legend class="field-label">
                    {t!(i18n, propose.field_tags)} <span class="field-optional">{t!(i18n, ui.optional)}</span>
                </legend>
                <div class="tag-choices">{tags.iter().map(choice).collect_view()}</div>
                {move || wrong().map(|text| view! { <p class="field-error">{text}</p> })}
            </fieldset>
        }
        .into_any()
    })
}

/// What is only on this page is not left without a question.
#[cfg(feature = "hydrate")]
fn ask_before_leaving(kept: RwSignal<Option<bool>>) {
    let asking = window_event_listener(leptos::ev::beforeunload, move |event| {
        if kept.try_get_untracked().flatten() == Some(false) {
            event.prevent_default();
        }
    });
    on_cleanup(move || asking.remove());
}

/// Writes the texts into the fields.
fn fill(form: Form, idea: &NewIdea) {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        let element = |name: &str| document().get_element_by_id(&form.id(name));
        if let Some(title) = element("title").and_then(|element| element.dyn_into::<web_sys::HtmlInputElement>().ok()) {
            title.set_value(&idea.title);
        }
        if let Ok(boxes) = document().query_selector_all("input[name=tags]") {
            for at in 0..boxes.length() {
                if let Some(tick) = boxes.item(at).and_then(|node| node.dyn_into::<web_sys::HtmlInputElement>().ok()) {
                    tick.set_checked(idea.tags.iter().any(|tag| tag.to_string() == tick.value()));
                }
            }
        }
        for (name, text) in [("pitch", &idea.pitch), ("body", &idea.body)] {
            if let Some(area) =
                element(name).and_then(|element| element.dyn_into::<web_sys::HtmlTextAreaElement>().ok())
            {
                area.set_value(text);
            }
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (form, idea);
}

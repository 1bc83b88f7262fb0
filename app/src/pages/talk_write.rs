//! Writing in a discussion: a comment, an answer or a note, a reply, and other words for what one said.

use leptos::{ev::KeyboardEvent, html, prelude::*, task::spawn_local};
use shared::{
    CommentId, Role,
    api::{CommentKind, CommentView, EditComment, NewComment, Problem},
    limits,
    rules::{BoardAct, BoardRules, Standing, may_on_board},
};

use super::{
    draft::{keep_text, kept_text, key},
    talk::Talk,
};
use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{
        attach::{Pictures, attach},
        icon::icon,
        toast,
    },
    visit::here,
    words,
};

/// Whether somebody of this role who sees a board may do this there, whatever else the board's rules are.
fn may(role: Option<Role>, act: BoardAct) -> bool {
    may_on_board(act, Standing { role, ..Standing::default() }, BoardRules::default()).is_ok()
}

/// What a comment being written is, while it is.
#[derive(Clone, Copy)]
struct Writing {
    text: NodeRef<html::Textarea>,
    pending: RwSignal<bool>,
    problem: RwSignal<Option<Problem>>,
    pictures: Pictures,
}

impl Writing {
    fn new() -> Self {
        Self {
            text: NodeRef::new(),
            pending: RwSignal::new(false),
            problem: RwSignal::new(None),
            pictures: Pictures::new(),
        }
    }

    /// Whether it cannot be sent just now: it is being sent, or a picture is still on its way.
    fn waits(self) -> bool {
        self.pending.get() || self.pictures.busy.get()
    }

    fn value(self) -> String {
        self.text.get_untracked().map(|text| text.value()).unwrap_or_default()
    }

    /// What is wrong, beside the text, which stays.
    fn alert(self) -> AnyView {
        let i18n = use_i18n();
        let text = move |problem: &Problem| match problem.fields.get("body") {
            Some(field) => words::field(i18n, field),
            None => words::problem(i18n, problem).to_owned(),
        };
        (move || {
            self.problem.get().map(|problem| {
                view! { <p class="alert" role="alert">{icon("warning")} <span>{move || text(&problem)}</span></p> }
            })
        })
        .into_any()
    }
}

fn sends(event: &KeyboardEvent) -> bool {
    event.key() == "Enter" && (event.ctrl_key() || event.meta_key())
}

/// The place to say something: under a comment, or to begin a thread. `done` runs once it is said, or given up.
pub(super) fn composer(
    talk: Talk,
    parent: Option<CommentId>,
    done: impl Fn() + Copy + Send + Sync + 'static,
) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let writing = Writing::new();
    let role = talk.me.with_value(|me| me.as_ref().map(|me| me.role));
    let under_note = parent.is_some_and(|parent| {
        talk.comment(parent).with_untracked(|first| first.as_ref().is_some_and(|first| first.kind == CommentKind::Note))
    });
    let kind = RwSignal::new(if under_note { CommentKind::Note } else { CommentKind::Comment });
    let name = parent.map_or_else(|| talk.number.to_string(), |parent| parent.to_string());
    let kept = StoredValue::new(format!("atelier.talk.{name}"));
    let once = StoredValue::new(String::new());
    Effect::new(move |_| {
        let Some(text) = writing.text.get() else { return };
        let before = kept.with_value(|kept| kept_text(kept));
        if text.value().is_empty() {
            text.set_value(&before);
            writing.pictures.look_again();
        }
        if parent.is_some() {
            let _ = text.focus();
        }
    });
    let typed = move || {
        once.set_value(String::new());
        writing.problem.set(None);
        kept.with_value(|kept| keep_text(kept, &writing.value()));
    };
    let send = move || {
        if untrack(|| writing.waits()) {
            return;
        }
        // The same words in the same voice are the same comment, however often they are sent.
        if once.with_value(String::is_empty) {
            once.set_value(key());
        }
        let new = NewComment { body: writing.value(), kind: kind.get_untracked(), parent };
        writing.pending.set(true);
        spawn_local(async move {
            let path = format!("/ideas/{}/comments", talk.number);
            let made = api::post_once::<CommentView>(&path, &new, &once.get_value()).await;
            let _ = writing.pending.try_set(false);
            match made {
                Ok(_) => {
                    once.set_value(String::new());
                    kept.with_value(|kept| keep_text(kept, ""));
                    if let Some(text) = writing.text.get_untracked() {
                        text.set_value("");
                    }
                    writing.pictures.look_again();
                    toast::say(t_string!(i18n, talk.said));
                    let _ = talk.refresh().await;
                    done();
                }
                Err(problem) => {
                    let _ = writing.problem.try_set(Some(problem));
                }
            }
        });
    };
    let label = move || match (kind.get(), parent) {
        (CommentKind::Answer, _) => t_string!(i18n, talk.write_answer),
        (CommentKind::Note, _) => t_string!(i18n, talk.write_note),
        (CommentKind::Comment, None) => t_string!(i18n, talk.write),
        (CommentKind::Comment, Some(_)) => t_string!(i18n, talk.reply_to),
    };
    let button = move || match (kind.get(), parent) {
        (CommentKind::Answer, _) => t_string!(i18n, talk.send_answer),
        (CommentKind::Note, _) => t_string!(i18n, talk.send_note),
        (CommentKind::Comment, None) => t_string!(i18n, talk.send),
        (CommentKind::Comment, Some(_)) => t_string!(i18n, talk.send_reply),
    };
    let voices = (may(role, BoardAct::Answer) && !under_note).then(|| voices(&name, kind, parent.is_some(), once));
    let id = format!("talk-{name}");
    let cancel = parent.map(|_| {
        view! { <button type="button" class="button" on:click=move |_| done()>{t!(i18n, ui.cancel)}</button> }
    });
    view! {
        <form
            class="talk-write"
            class:is-answer=move || kind.get() == CommentKind::Answer
            class:is-note=move || kind.get() == CommentKind::Note
            method="post"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            {voices}
            <label class="field-label" for=id.clone()>{label}</label>
            <textarea
                class="input"
                id=id.clone()
                name="body"
                rows="3"
                maxlength=limits::COMMENT
                aria-describedby=format!("{id}-hint")
                node_ref=writing.text
                on:input=move |_| typed()
                on:keydown=move |event| if sends(&event) { event.prevent_default(); send() }
            ></textarea>
            <p class="field-hint" id=format!("{id}-hint")>{t!(i18n, talk.hint)}</p>
            {attach(writing.pictures, talk.board.get_value(), id)}
            {writing.alert()}
            <noscript class="field-hint" inner_html=move || t_string!(i18n, ui.needs_script)></noscript>
            <div class="row">
                <button
                    type="submit"
                    class="button button-strong"
                    disabled=move || !here.awake.get()
                    aria-busy=move || writing.waits().then_some("true")
                >
                    {button}
                </button>
                {cancel}
            </div>
        </form>
    }
    .into_any()
}

/// In which voice the staff write.
fn voices(name: &str, kind: RwSignal<CommentKind>, replies: bool, once: StoredValue<String>) -> AnyView {
    let i18n = use_i18n();
    let group = format!("voice-{name}");
    let voice = |voice: &CommentKind| {
        let voice = *voice;
        let text = move || match voice {
            CommentKind::Comment => t_string!(i18n, talk.comment),
            CommentKind::Answer => t_string!(i18n, talk.answer),
            CommentKind::Note => t_string!(i18n, talk.note),
        };
        view! {
            <label class="talk-voice">
                <input
                    type="radio"
                    name=group.clone()
                    value=voice.as_str()
                    checked=voice == CommentKind::Comment
                    on:change=move |_| {
                        once.set_value(String::new());
                        kind.set(voice);
                    }
                />
                <span>{text}</span>
            </label>
        }
    };
    // An answer stands by itself.
    let offered = CommentKind::ALL.iter().filter(|kind| !replies || **kind != CommentKind::Answer);
    view! {
        <fieldset class="talk-voices">
            <legend class="unseen">{t!(i18n, talk.voice)}</legend>
            {offered.map(voice).collect_view()}
        </fieldset>
    }
    .into_any()
}

/// Other words for a comment, in its place.
pub(super) fn editor(
    talk: Talk,
    id: CommentId,
    body: String,
    done: impl Fn() + Copy + Send + Sync + 'static,
) -> AnyView {
    let i18n = use_i18n();
    let writing = Writing::new();
    let field = format!("talk-edit-{id}");
    Effect::new(move |_| {
        if let Some(text) = writing.text.get() {
            let _ = text.focus();
        }
    });
    let save = move || {
        if untrack(|| writing.waits()) {
            return;
        }
        writing.pending.set(true);
        let edit = EditComment { body: writing.value() };
        spawn_local(async move {
            let saved = api::patch::<CommentView>(&format!("/comments/{id}"), &edit).await;
            let _ = writing.pending.try_set(false);
            match saved {
                Ok(_) => {
                    let _ = talk.refresh().await;
                    done();
                }
                Err(problem) => {
                    let _ = writing.problem.try_set(Some(problem));
                }
            }
        });
    };
    view! {
        <form
            class="talk-edit"
            method="post"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                save();
            }
        >
            <textarea
                class="input"
                id=field.clone()
                name="body"
                rows="3"
                maxlength=limits::COMMENT
                aria-label=move || t_string!(i18n, talk.edit_label)
                node_ref=writing.text
                on:keydown=move |event| {
                    if sends(&event) {
                        event.prevent_default();
                        save();
                    } else if event.key() == "Escape" {
                        done();
                    }
                }
            >
                {body}
            </textarea>
            {attach(writing.pictures, talk.board.get_value(), field)}
            {writing.alert()}
            <div class="row">
                <button type="submit" class="button button-strong button-small">{t!(i18n, talk.save)}</button>
                <button type="button" class="button button-small" on:click=move |_| done()>{t!(i18n, ui.cancel)}</button>
            </div>
        </form>
    }
    .into_any()
}

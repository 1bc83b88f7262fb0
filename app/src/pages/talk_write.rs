//! Writing in a discussion: a comment, an answer or a note, a reply, and other words for what one said.

use leptos::{ev::KeyboardEvent, html, prelude::*, task::spawn_local};
use shared::{
    CommentId, Role,
    api::{CommentKind, CommentView, EditComment, NewComment, Problem},
    limits,
    outbox::{Deed, Entry},
    rules::{BoardAct, BoardRules, Standing, may_on_board},
};

use super::{
    draft::{keep_text, kept_text, key},
    talk::Talk,
    talk_mention::Mention,
};
use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    live::Quoted,
    outbox,
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

    /// Begins the text with a quote of these words.
    fn quote(self, words: &str) {
        let Some(text) = self.text.get_untracked() else { return };
        let quote: String = words.lines().map(|line| format!("> {line}\n")).collect();
        text.set_value(&format!("{quote}\n{}", text.value()));
    }

    /// What is wrong, beside the text, which stays.
    fn alert(self) -> AnyView {
        let i18n = use_i18n();
        let text = move |problem: &Problem| match (problem.fields.get("body"), problem.fields.get("anchor")) {
            (Some(field), _) => words::field(i18n, field),
            (None, Some(_)) => t_string!(i18n, passage.lost).to_owned(),
            (None, None) => words::problem(i18n, problem).to_owned(),
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

/// Says something, or keeps it until the server can be reached; then nothing is answered.
async fn say(idea: u32, title: String, new: NewComment, key: String) -> Result<Option<CommentView>, Problem> {
    // What says nothing is not worth keeping: the server would say so.
    let keeps = outbox::keeps(None) && !new.body.trim().is_empty();
    let entry = |tried| {
        let deed = Deed::Comment { idea, new: new.clone() };
        Entry { tried, ..Entry::new(key.clone(), deed, title.clone()) }
    };
    if keeps {
        return outbox::keep(entry(false)).await.map(|()| None);
    }
    match api::post_once(&format!("/ideas/{idea}/comments"), &new, &key).await {
        Ok(said) => Ok(Some(said)),
        // It may have arrived.
        Err(problem) if outbox::is_out_of_reach(&problem) => {
            outbox::keep(entry(true)).await.map(|()| None).map_err(|_| problem)
        }
        Err(problem) => Err(problem),
    }
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
    let mention = Mention::new(talk.number, writing.text);
    let role = talk.me.with_value(|me| me.as_ref().map(|me| me.role));
    let under_note = parent.is_some_and(|parent| {
        talk.comment(parent).with_untracked(|first| first.as_ref().is_some_and(|first| first.kind == CommentKind::Note))
    });
    let kind = RwSignal::new(if under_note { CommentKind::Note } else { CommentKind::Comment });
    let name = parent.map_or_else(|| talk.number.to_string(), |parent| parent.to_string());
    let kept = StoredValue::new(format!("atelier.talk.{name}"));
    let kept_quote = StoredValue::new(format!("atelier.talk.{name}.passage"));
    // Only what begins a thread is about a passage.
    let chosen = talk.quoting.chosen;
    let about = move || chosen.get_untracked().filter(|_| parent.is_none());
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
        } else if let Ok(quoted) = serde_json::from_str(&kept_quote.with_value(|kept| kept_text(kept))) {
            chosen.set(Some(quoted));
        }
    });
    if parent.is_none() {
        Effect::new(move |before: Option<Option<Quoted>>| {
            let now = chosen.get();
            if before.is_some_and(|before| before != now) {
                once.set_value(String::new());
                let text = now.as_ref().and_then(|now| serde_json::to_string(now).ok()).unwrap_or_default();
                kept_quote.with_value(|kept| keep_text(kept, &text));
            }
            now
        });
        Effect::new(move |before: Option<()>| {
            talk.quoting.asked.track();
            if let (Some(()), Some(text)) = (before, writing.text.get_untracked()) {
                let _ = text.focus();
            }
        });
    }
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
        let anchor = about().map(|quoted| quoted.anchor);
        let new = NewComment { body: writing.value(), kind: kind.get_untracked(), parent, anchor };
        let said = move || {
            once.set_value(String::new());
            kept.with_value(|kept| keep_text(kept, ""));
            if parent.is_none() {
                chosen.try_set(None);
            }
            if let Some(text) = writing.text.get_untracked() {
                text.set_value("");
            }
            writing.pictures.look_again();
        };
        writing.pending.set(true);
        let title = talk.title.get_value();
        spawn_local(async move {
            let made = say(talk.number, title, new, once.get_value()).await;
            let _ = writing.pending.try_set(false);
            match made {
                Ok(None) => {
                    said();
                    toast::say(t_string!(i18n, waits.said));
                    done();
                }
                Ok(Some(made)) => {
                    said();
                    toast::say(if made.away.is_some() {
                        t_string!(i18n, talk.held)
                    } else {
                        t_string!(i18n, talk.said)
                    });
                    let _ = talk.refresh().await;
                    done();
                }
                Err(problem) => {
                    if problem.fields.contains_key("anchor")
                        && let Some(quoted) = chosen.try_get_untracked().flatten()
                    {
                        // Its words stay, as the person's own.
                        writing.quote(&quoted.words);
                        chosen.set(None);
                        typed();
                    }
                    let _ = writing.problem.try_set(Some(problem));
                }
            }
        });
    };
    let label = move || match (kind.get(), parent) {
        (CommentKind::Answer, _) => t_string!(i18n, talk.write_answer),
        (CommentKind::Note, _) => t_string!(i18n, talk.write_note),
        (CommentKind::Question, _) => t_string!(i18n, talk.write_question),
        (CommentKind::Comment, None) => t_string!(i18n, talk.write),
        (CommentKind::Comment, Some(_)) => t_string!(i18n, talk.reply_to),
    };
    let button = move || match (kind.get(), parent) {
        (CommentKind::Answer, _) => t_string!(i18n, talk.send_answer),
        (CommentKind::Note, _) => t_string!(i18n, talk.send_note),
        (CommentKind::Question, _) => t_string!(i18n, talk.send_question),
        (CommentKind::Comment, None) => t_string!(i18n, talk.send),
        (CommentKind::Comment, Some(_)) => t_string!(i18n, talk.send_reply),
    };
    let offered = CommentKind::ALL.iter().copied().filter(|kind| match kind {
        CommentKind::Comment | CommentKind::Note => true,
        // An answer or a question stands by itself.
        CommentKind::Answer => parent.is_none(),
        CommentKind::Question => parent.is_none() && talk.may_ask,
    });
    let offered: Vec<CommentKind> = offered.collect();
    let voices = (may(role, BoardAct::Answer) && !under_note).then(|| voices(&name, kind, &offered, once));
    let id = format!("talk-{name}");
    let cancel = parent.map(|_| {
        view! { <button type="button" class="button" on:click=move |_| done()>{t!(i18n, ui.cancel)}</button> }
    });
    view! {
        <form
            class="talk-write"
            class:is-answer=move || kind.get() == CommentKind::Answer
            class:is-note=move || kind.get() == CommentKind::Note
            class:is-question=move || kind.get() == CommentKind::Question
            method="post"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            {voices}
            {parent.is_none().then(|| quoted(chosen))}
            <label class="field-label" for=id.clone()>{label}</label>
            <textarea
                class="input"
                id=id.clone()
                name="body"
                rows="3"
                maxlength=limits::COMMENT
                aria-describedby=format!("{id}-hint")
                node_ref=writing.text
                aria-autocomplete="list"
                aria-controls=format!("{id}-mentions")
                aria-activedescendant={
                    let list = format!("{id}-mentions");
                    move || mention.active(&list)
                }
                on:input=move |_| {
                    typed();
                    mention.look();
                }
                on:blur=move |_| mention.close()
                on:keydown=move |event| if !mention.key(&event) && sends(&event) { event.prevent_default(); send() }
            ></textarea>
            {mention.list(format!("{id}-mentions"))}
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

/// The passage that is about to be commented on.
fn quoted(chosen: RwSignal<Option<Quoted>>) -> AnyView {
    let i18n = use_i18n();
    let words = move |quoted: Quoted| {
        view! {
            <div class="talk-about">
                <p class="field-hint">{t!(i18n, passage.about)}</p>
                <blockquote class="said-about"><p>{quoted.words}</p></blockquote>
                <button
                    type="button"
                    class="button-plain"
                    aria-label=move || t_string!(i18n, passage.leave_out)
                    title=move || t_string!(i18n, passage.leave_out)
                    on:click=move |_| chosen.set(None)
                >
                    {icon("x")}
                </button>
            </div>
        }
    };
    (move || chosen.get().map(words)).into_any()
}

/// In which voice the staff write.
fn voices(name: &str, kind: RwSignal<CommentKind>, offered: &[CommentKind], once: StoredValue<String>) -> AnyView {
    let i18n = use_i18n();
    let group = format!("voice-{name}");
    let voice = |voice: &CommentKind| {
        let voice = *voice;
        let text = move || match voice {
            CommentKind::Comment => t_string!(i18n, talk.comment),
            CommentKind::Answer => t_string!(i18n, talk.answer),
            CommentKind::Note => t_string!(i18n, talk.note),
            CommentKind::Question => t_string!(i18n, talk.question),
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
    view! {
        <fieldset class="talk-voices">
            <legend class="unseen">{t!(i18n, talk.voice)}</legend>
            {offered.iter().map(voice).collect_view()}
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
    let mention = Mention::new(talk.number, writing.text);
    let list = format!("edit-{id}-mentions");
    let active = list.clone();
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
                aria-autocomplete="list"
                aria-controls=list.clone()
                aria-activedescendant=move || mention.active(&active)
                on:input=move |_| mention.look()
                on:blur=move |_| mention.close()
                on:keydown=move |event| {
                    if mention.key(&event) {
                        return;
                    }
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
            {mention.list(list)}
            {writing.alert()}
            <div class="row">
                <button type="submit" class="button button-strong button-small">{t!(i18n, talk.save)}</button>
                <button type="button" class="button button-small" on:click=move |_| done()>{t!(i18n, ui.cancel)}</button>
            </div>
        </form>
    }
    .into_any()
}

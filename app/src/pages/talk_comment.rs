//! One thread of a discussion, and each comment in it.

use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};
use shared::{
    CommentId,
    api::{AnchorView, CommentKind, CommentView, Deleter, IdeaName, PassageState, Reaction, Subject},
    outbox::{Deed, Entry, Thing},
};

use super::{
    talk::Talk,
    talk_waiting::waiting,
    talk_write::{composer, editor},
};
use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    live::mark_id,
    outbox::{self, marks::marks},
    pages::idea_merge,
    ui::{avatar, date, icon::icon, order, reaction, toast},
    visit::here,
    words,
};

/// What somebody said first, what others replied, and the means to reply.
pub(super) fn thread(talk: Talk, id: CommentId) -> AnyView {
    let replying = RwSignal::new(false);
    let first = talk.comment(id);
    let replies = move || {
        talk.threads.with(|threads| {
            let thread = threads.iter().find(|thread| thread.comment.id == id);
            thread.map(|thread| thread.replies.iter().map(|reply| reply.id).collect::<Vec<_>>()).unwrap_or_default()
        })
    };
    let pinned = move || first.with(|first| first.as_ref().is_some_and(CommentView::is_pinned));
    view! {
        <li class="talk-thread" class:is-pinned=pinned>
            {comment(talk, id, replying)}
            <ol class="talk-replies">
                <For each=replies key=|id| *id let:reply>
                    <li>{comment(talk, reply, replying)}</li>
                </For>
            </ol>
            {waiting(talk, Some(id))}
            <Show when=move || replying.get()>{composer(talk, Some(id), move || replying.set(false))}</Show>
        </li>
    }
    .into_any()
}

fn comment(talk: Talk, id: CommentId, replying: RwSignal<bool>) -> AnyView {
    let now = talk.comment(id);
    let Some(said) = now.get_untracked() else { return ().into_any() };
    let editing = RwSignal::new(false);
    let standing = Memo::new(move |_| {
        now.with(|now| now.as_ref().and_then(|now| now.away.map(|away| (away, now.because.clone()))))
    });
    let deleted = Memo::new(move |_| now.with(|now| now.as_ref().and_then(|now| now.deleted_by)));
    let html = move || now.with(|now| now.as_ref().map(|now| now.body_html.clone()).unwrap_or_default());
    let body = move || now.with_untracked(|now| now.as_ref().map(|now| now.body.clone()).unwrap_or_default());
    let kind = said.kind;
    let stands = move || deleted.get().is_none();
    view! {
        <article
            class="said"
            class:is-led=move || talk.led.get() == Some(id)
            id=format!("c-{id}")
            class:is-answer=move || kind == CommentKind::Answer && stands()
            class:is-note=move || kind == CommentKind::Note && stands()
            class:is-question=move || kind == CommentKind::Question && stands()
        >
            {move || match deleted.get() {
                Some(by) => trace(by),
                None => {
                    view! {
                        {label(kind, move || now.with(|now| now.as_ref().is_some_and(|now| now.waits)))}
                        {head(talk, &said, now)}
                        {said.from.as_ref().map(from)}
                        {move || standing.get().map(|(away, because)| {
                            order::mark(away, because.as_ref(), Subject::Comment(id), move || spawn_local(async move {
                                let _ = talk.refresh().await;
                            }))
                        })}
                        {move || now.with(|now| now.as_ref().and_then(|now| about(talk, now)))}
                        {move || {
                            if editing.get() {
                                editor(talk, id, body(), move || editing.set(false))
                            } else {
                                view! { <div class="prose" inner_html=html></div> }.into_any()
                            }
                        }}
                        {foot(talk, now, id, replying, editing)}
                    }
                        .into_any()
                }
            }}
        </article>
    }
    .into_any()
}

fn trace(by: Deleter) -> AnyView {
    let i18n = use_i18n();
    let text = move || match by {
        Deleter::Author => t_string!(i18n, talk.deleted_author),
        Deleter::Moderator => t_string!(i18n, talk.deleted_moderator),
    };
    view! { <p class="said-trace">{icon("trash")} {text}</p> }.into_any()
}

/// The idea about which it was said, before that was merged into this one.
fn from(idea: &IdeaName) -> AnyView {
    let i18n = use_i18n();
    let title = idea.title.clone();
    view! {
        <p class="said-from quiet">
            <a href=idea_merge::as_it_was_path(idea) rel="external">{move || t_string!(i18n, merge.said_about, title = title.clone())}</a>
        </p>
    }
    .into_any()
}

/// The passage of the concept it is about, and the way to it.
fn about(talk: Talk, said: &CommentView) -> Option<AnyView> {
    let i18n = use_i18n();
    let (id, AnchorView { quote, state, .. }) = (said.id, said.anchor.as_ref()?);
    let quote = quote.clone();
    let quoted = match state {
        PassageState::Stands => {
            let lead = move |event: MouseEvent| {
                // What the page would lead to is out of sight then, and following the link would take the editor's focus.
                if talk.quoting.in_editors.get_untracked() {
                    event.prevent_default();
                }
                talk.quoting.sought.set(Some(id));
            };
            view! {
                <a href=format!("#{}", mark_id(id)) rel="external" title=move || t_string!(i18n, passage.lead) on:click=lead>
                    {quote}
                </a>
            }
            .into_any()
        }
        _ => view! { <p>{quote}</p> }.into_any(),
    };
    let lost = match state {
        PassageState::Stands => None,
        PassageState::Gone => Some(view! { <p class="said-lost">{t!(i18n, passage.gone)}</p> }.into_any()),
        PassageState::Elsewhere => Some(view! { <p class="said-lost">{t!(i18n, passage.elsewhere)}</p> }.into_any()),
    };
    Some(view! { <blockquote class="said-about">{quoted} {lost}</blockquote> }.into_any())
}

/// In whose voice it is said, where that is not the person's own.
fn label(kind: CommentKind, waits: impl Fn() -> bool + Send + 'static) -> Option<AnyView> {
    let i18n = use_i18n();
    let workspace = here().me.with_untracked(|me| me.workspace.name.clone());
    match kind {
        CommentKind::Comment => None,
        CommentKind::Answer => {
            let text = move || t_string!(i18n, talk.answer_from, name = workspace.clone());
            Some(view! { <p class="said-voice">{icon("seal-check")} {text}</p> }.into_any())
        }
        CommentKind::Question => {
            let text = move || {
                if waits() { t_string!(i18n, talk.question_waits) } else { t_string!(i18n, talk.question_asked) }
            };
            Some(view! { <p class="said-voice">{icon("question")} {text}</p> }.into_any())
        }
        CommentKind::Note => {
            Some(view! { <p class="said-voice">{icon("lock-simple")} {t!(i18n, talk.only_team)}</p> }.into_any())
        }
    }
}

fn head(talk: Talk, said: &CommentView, now: Memo<Option<CommentView>>) -> AnyView {
    let i18n = use_i18n();
    let id = said.id;
    let edited = move || now.with(|now| now.as_ref().is_some_and(|now| now.edited_at.is_some()));
    view! {
        <header class="said-head">
            {avatar::person(&said.author)}
            <a class="said-date quiet" href=format!("#c-{id}") title=move || t_string!(i18n, talk.permalink) rel="external">
                {date::ago(said.created_at)}
            </a>
            <Show when=edited>
                <button type="button" class="said-act" on:click=move |_| talk.show_history(id)>
                    {t!(i18n, talk.edited)}
                </button>
            </Show>
        </header>
    }
    .into_any()
}

/// What one can do with a comment: react, reply, change and delete it.
fn foot(
    talk: Talk,
    now: Memo<Option<CommentView>>,
    id: CommentId,
    replying: RwSignal<bool>,
    editing: RwSignal<bool>,
) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let signed_in = talk.me.with_value(Option::is_some);
    let open = RwSignal::new(false);
    let may_edit = move || now.with(|now| now.as_ref().is_some_and(|now| now.may_edit));
    let may_delete = move || now.with(|now| now.as_ref().is_some_and(|now| now.may_delete));
    let others = talk.me.with_value(|me| {
        me.as_ref().is_some_and(|me| now.with_untracked(|now| now.as_ref().is_some_and(|now| now.author.id != me.id)))
    });
    let stands = move || now.with(|now| now.as_ref().is_some_and(|now| now.away.is_none()));
    let pills = move || Reaction::ALL.iter().map(|kind| pill(talk, now, id, *kind, open)).collect_view();
    view! {
        <footer class="said-foot">
            {pills()}
            {signed_in.then(|| view! {
                <button
                    type="button"
                    class="said-act"
                    aria-expanded=move || open.get().to_string()
                    disabled=move || !here.awake.get()
                    on:click=move |_| open.update(|open| *open = !*open)
                >
                    {icon("smiley")} {t!(i18n, talk.react)}
                </button>
                <button
                    type="button"
                    class="said-act"
                    disabled=move || !here.awake.get()
                    on:click=move |_| replying.set(true)
                >
                    {icon("arrow-bend-up-left")} {t!(i18n, talk.reply)}
                </button>
            })}
            {helpful(talk, now, id)}
            <Show when=may_edit>
                <button type="button" class="said-act" on:click=move |_| editing.set(true)>
                    {icon("pencil-simple")} {t!(i18n, talk.edit)}
                </button>
            </Show>
            <Show when=may_delete>
                <button type="button" class="said-act" on:click=move |_| talk.delete(id)>
                    {icon("trash")} {t!(i18n, talk.delete)}
                </button>
            </Show>
            {others.then(|| order::acts(talk.asks, Subject::Comment(id), "said-act", stands))}
        </footer>
        {marks(move |deed| matches!(deed, Deed::React { comment, .. } if *comment == id))}
    }
    .into_any()
}

/// That it helped: said to everyone, and for who may say so, a press. Once said it stands as a contribution to the idea.
fn helpful(talk: Talk, now: Memo<Option<CommentView>>, id: CommentId) -> AnyView {
    let i18n = use_i18n();
    let marks = Memo::new(move |_| {
        now.with(|now| now.as_ref().map_or((false, false, false), |now| (now.helpful, now.helped_me, now.may_thank)))
    });
    let press = move |_| {
        let (_, mine, _) = marks.get_untracked();
        spawn_local(async move {
            let path = format!("/comments/{id}/helpful");
            let done = if mine { api::delete(&path).await } else { api::put(&path).await };
            if let Err(problem) = done {
                toast::warn(words::problem(i18n, &problem));
            }
            let _ = talk.refresh().await;
        });
    };
    let words = move || if marks.get().0 { t_string!(i18n, credit.helped) } else { t_string!(i18n, credit.thank) };
    (move || match marks.get() {
        (_, mine, true) => view! {
            <button
                type="button"
                class="said-act said-helpful"
                aria-pressed=mine.to_string()
                title=move || t_string!(i18n, credit.thank_hint)
                on:click=press
            >
                {icon("seal-check")} {words}
            </button>
        }
        .into_any(),
        (true, _, false) => view! { <span class="said-helped">{icon("seal-check")} {words}</span> }.into_any(),
        (false, _, false) => ().into_any(),
    })
    .into_any()
}

/// A reaction: shown once somebody reacted so, or while one chooses how to.
fn pill(talk: Talk, now: Memo<Option<CommentView>>, id: CommentId, kind: Reaction, open: RwSignal<bool>) -> AnyView {
    let i18n = use_i18n();
    let told = Memo::new(move |_| {
        let found = now.with(|now| {
            now.as_ref().and_then(|now| now.reactions.iter().find(|reaction| reaction.kind == kind).copied())
        });
        found.map_or((0, false), |found| (found.count, found.mine))
    });
    let waits = outbox::word(Thing::React(id, kind));
    // What waits to be sent counts already.
    let counted = Memo::new(move |_| {
        let (count, mine) = told.get();
        match waits.with(|word| outbox::wanted(word.as_ref())) {
            Some(true) if !mine => (count + 1, true),
            Some(false) if mine => (count.saturating_sub(1), false),
            _ => (count, mine),
        }
    });
    let signed_in = talk.me.with_value(Option::is_some);
    let press = move |_| {
        let (_, mine) = counted.get_untracked();
        open.set(false);
        let deed = Deed::React { idea: talk.number, comment: id, kind, on: !mine };
        let entry = Entry { was: told.get_untracked().1, ..Entry::new(outbox::key(), deed, talk.title.get_value()) };
        spawn_local(async move {
            if let Err(problem) = outbox::set(entry, |_| ()).await {
                toast::warn(words::problem(i18n, &problem));
            }
            let _ = talk.refresh().await;
        });
    };
    let label = move || t_string!(i18n, talk.pressed, name = reaction::word(i18n, kind), count = counted.get().0);
    view! {
        <button
            type="button"
            class="said-reaction"
            hidden=move || counted.get().0 == 0 && !open.get()
            disabled=!signed_in
            aria-pressed=move || counted.get().1.to_string()
            aria-label=label
            title=move || reaction::word(i18n, kind)
            on:click=press
        >
            {icon(reaction::symbol(kind))}
            {move || counted.get().0}
        </button>
    }
    .into_any()
}

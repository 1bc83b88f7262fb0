//! `/admin/outbox`: the mails that go out, for owners.

use leptos::prelude::*;
use shared::{
    MailId,
    api::{Colour, MailHead, MailKind, MailState, MailView, Outbox},
};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{avatar, date, empty::empty, load, more::More, pill, toast},
    visit::here,
    words::{self, Texts},
};

/// The outbox, with the means to look only for mails of which one thing became.
pub(super) fn view() -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let state = RwSignal::new(String::new());
    let first = load::ask::<Outbox>(move || path(&state.get(), None));
    let options = MailState::ALL
        .iter()
        .map(|offered| view! { <option value=offered.as_str()>{move || became(i18n, *offered)}</option> })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="outbox">
            <h2 class="unseen" id="outbox">{t!(i18n, outbox.title)}</h2>
            <div class="field">
                <label class="field-label" for="outbox-state">{t!(i18n, outbox.state)}</label>
                <select
                    class="input"
                    id="outbox-state"
                    disabled=move || !here.awake.get()
                    on:change=move |event| state.set(event_target_value(&event))
                >
                    <option value="">{t!(i18n, outbox.any)}</option>
                    {options}
                </select>
            </div>
            {load::load(first, move |page| mails(page, state))}
        </section>
    }
    .into_any()
}

fn path(state: &str, cursor: Option<&str>) -> String {
    let part = |name: &str, value: &str| match value {
        "" => String::new(),
        value => format!("&{name}={value}"),
    };
    format!("/outbox?limit=50{}{}", part("state", state), part("cursor", cursor.unwrap_or_default()))
}

fn mails(page: Outbox, state: RwSignal<String>) -> AnyView {
    let i18n = use_i18n();
    let kept = (!page.sends).then(|| {
        view! { <p class="note-bar" data-colour="sky">{t!(i18n, outbox.not_sent)}</p> }
    });
    if page.items.is_empty() {
        let (title, hint) = (move || t_string!(i18n, outbox.empty), move || t_string!(i18n, outbox.empty_hint));
        return view! { {kept} {empty("envelope-simple", title, hint, None)} }.into_any();
    }
    let more = More::<MailHead>::after(page.next);
    let ask = move |_| more.ask(i18n, |cursor| path(&state.get_untracked(), Some(cursor)));
    view! {
        {kept}
        <ol class="lines">
            {page.items.into_iter().map(mail).collect_view()}
            <For each=move || more.items() key=|mail| mail.id let(one)>
                {mail(one)}
            </For>
        </ol>
        <Show when=move || more.is_there()>
            <p><button type="button" class="button" on:click=ask>{t!(i18n, outbox.more)}</button></p>
        </Show>
    }
    .into_any()
}

fn mail(head: MailHead) -> AnyView {
    let i18n = use_i18n();
    let MailHead { id, kind, created_at, attempts, .. } = head;
    let now = RwSignal::new(head.state);
    let named = format!("mail-{id}");
    // Written in the language of whom it is to, which the outbox does not keep.
    let lang = head.subject.is_some().then_some("");
    let title = head.subject.map_or_else(|| t!(i18n, outbox.unwritten).into_any(), IntoAny::into_any);
    let what = move || match kind {
        MailKind::Decision => t_string!(i18n, outbox.decision),
        MailKind::Digest => t_string!(i18n, outbox.digest),
        MailKind::Address => t_string!(i18n, outbox.address),
    };
    let error = (!head.error.is_empty()).then(|| view! { <q class="quiet" lang="">{head.error.clone()}</q> });
    let unsure = move || {
        (now.get() == MailState::Unsure).then(|| view! { <span class="quiet">{t!(i18n, outbox.unsure_hint)}</span> })
    };
    let state = move || pill::pill(colour(now.get()), move || became(i18n, now.get()).to_owned());
    let to = head.to;
    let attempts = (attempts > 1).then(|| view! { " · " {t!(i18n, outbox.attempts, count = attempts)} });
    let read = RwSignal::new(None::<String>);
    view! {
        <li>
            <div class="line-main">
                <span class="person-name" id=named.clone() lang=lang>{title}</span>
                <span class="quiet">
                    {what} " · " {t!(i18n, outbox.to)} " " {avatar::name(&to)} " · "
                    {date::ago(created_at)} {attempts}
                </span>
                {error}
                {unsure}
            </div>
            <div class="row">
                {state}
                {again(id, now)}
                {reads(id, named, read)}
            </div>
            {move || read.get().map(|text| view! { <pre class="outbox-text" lang="">{text}</pre> })}
        </li>
    }
    .into_any()
}

/// The step by which the text of a mail is read, and put away.
fn reads(id: MailId, named: String, read: RwSignal<Option<String>>) -> AnyView {
    let i18n = use_i18n();
    let flip = move |_| {
        if read.with_untracked(Option::is_some) {
            read.set(None);
            return;
        }
        leptos::task::spawn_local(async move {
            match api::get::<MailView>(format!("/outbox/{id}")).await {
                Ok(mail) => {
                    let text = mail.text.unwrap_or_else(|| t_string!(i18n, outbox.unwritten).to_owned());
                    let _ = read.try_set(Some(text));
                }
                Err(problem) => toast::warn(words::problem(i18n, &problem)),
            }
        });
    };
    view! {
        <button
            type="button"
            class="button button-small"
            disabled=move || !here().awake.get()
            aria-describedby=named
            aria-expanded=move || if read.with(Option::is_some) { "true" } else { "false" }
            on:click=flip
        >
            {move || if read.with(Option::is_some) { t_string!(i18n, outbox.hide) } else { t_string!(i18n, outbox.read) }}
        </button>
    }
    .into_any()
}

/// The step by which a mail is sent again.
fn again(id: MailId, now: RwSignal<MailState>) -> AnyView {
    let i18n = use_i18n();
    let press = move |_| {
        leptos::task::spawn_local(async move {
            match api::post::<MailView>(&format!("/outbox/{id}/again"), &()).await {
                Ok(mail) => {
                    let _ = now.try_set(mail.head.state);
                    toast::say(t_string!(i18n, outbox.again_done));
                }
                Err(problem) => toast::warn(words::problem(i18n, &problem)),
            }
        });
    };
    view! {
        <Show when=move || now.get().may_go_again()>
            <button type="button" class="button button-small" disabled=move || !here().awake.get() on:click=press>
                {t!(i18n, outbox.again)}
            </button>
        </Show>
    }
    .into_any()
}

fn became(i18n: Texts, state: MailState) -> &'static str {
    match state {
        MailState::Waiting => t_string!(i18n, outbox.waiting),
        MailState::Sending => t_string!(i18n, outbox.sending),
        MailState::Sent => t_string!(i18n, outbox.sent),
        MailState::Failed => t_string!(i18n, outbox.failed),
        MailState::Kept => t_string!(i18n, outbox.kept),
        MailState::Held => t_string!(i18n, outbox.held),
        MailState::Dropped => t_string!(i18n, outbox.dropped),
        MailState::Unsure => t_string!(i18n, outbox.unsure),
    }
}

fn colour(state: MailState) -> Colour {
    match state {
        MailState::Waiting | MailState::Sending => Colour::Sky,
        MailState::Sent => Colour::Leaf,
        MailState::Failed => Colour::Coral,
        MailState::Kept | MailState::Dropped => Colour::Slate,
        MailState::Held | MailState::Unsure => Colour::Amber,
    }
}

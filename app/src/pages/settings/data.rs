//! `/settings/data`: what is kept of a person, and what they can do with it: correct it, take it along, leave.

use std::time::Duration;

use leptos::prelude::*;
use shared::api::{ChangeAddress, ChosenIn, ConsentView, Digest, ExportState, ExportView, Fate, Leave, PersonView};

use super::panel;
use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    live::facts,
    pages::gate,
    ui::{
        bar, chrome, date,
        field::{Choice, choices, field},
        form::{Form, form, submit},
        head,
        icon::icon,
        load::{self, Loaded},
        toast,
    },
    visit::here,
    words::{self, Texts},
};

/// How often the page asks how far a file is.
const LOOK: Duration = Duration::from_millis(1_500);

/// The page.
pub fn view() -> AnyView {
    gate::signed_in(|person| {
        let i18n = use_i18n();
        let title = move || t_string!(i18n, data.title).to_owned();
        view! {
            {head::title(title)}
            <div class="page page-narrow">
                <header class="page-head">
                    <a class="back" href="/settings">{icon("arrow-left")} {t!(i18n, settings.title)}</a>
                    {head::heading(title)}
                    <p class="lead">{t!(i18n, data.lead)} " " <a href="/privacy">{t!(i18n, data.lead_privacy)}</a></p>
                </header>
                {kept()}
                {address()}
                {take()}
                {agreed()}
                {leave(&person)}
            </div>
        }
        .into_any()
    })
}

/// What is kept, and where each thing is corrected.
fn kept() -> AnyView {
    let i18n = use_i18n();
    let row = |what: AnyView, how: AnyView| view! { <div><dt>{what}</dt> <dd>{how}</dd></div> };
    let settings = |part: &str, words: AnyView| {
        view! { <a href=format!("/settings#{part}") rel="external">{words}</a> }.into_any()
    };
    let handle = here().me.with_untracked(|me| me.person.as_ref().map(|me| me.handle.clone())).unwrap_or_default();
    let own = format!("/people/{handle}");
    let content = view! {
        <dl class="facts data-kept">
            {row(t!(i18n, data.kept_profile).into_any(), settings("profile", t!(i18n, data.in_profile).into_any()))}
            {row(t!(i18n, data.kept_address).into_any(), view! { <a href="#address" rel="external">{t!(i18n, data.below)}</a> }.into_any())}
            {row(t!(i18n, data.kept_language).into_any(), settings("looks", t!(i18n, data.in_looks).into_any()))}
            {row(t!(i18n, data.kept_mail).into_any(), settings("mail", t!(i18n, data.in_mail).into_any()))}
            {row(t!(i18n, data.kept_sessions).into_any(), settings("sessions", t!(i18n, data.in_sessions).into_any()))}
            {row(t!(i18n, data.kept_words).into_any(), view! { <a href=own>{t!(i18n, data.on_own_page)}</a> }.into_any())}
        </dl>
    };
    panel("kept", t!(i18n, data.kept).into_any(), Some(t!(i18n, data.kept_hint).into_any()), content.into_any())
}

/// Another e-mail address.
fn address() -> AnyView {
    let i18n = use_i18n();
    let state = Form::new("address");
    let now = here().me.with_untracked(|me| me.email.clone()).unwrap_or_default();
    let send = move || {
        let request = ChangeAddress { email: state.value("email"), password: state.raw("password") };
        state.send(async move { api::post::<()>("/me/address", &request).await }, move |()| {
            state.clear();
            toast::say(t_string!(i18n, data.address_asked));
        });
    };
    let fields = view! {
        {field("email", t!(i18n, data.address_new)).kind("email").autocomplete("email").place(state)}
        {field("password", t!(i18n, settings.password_current)).kind("password").autocomplete("current-password").place(state)}
    };
    let content = form(state, send, fields.into_any(), submit(state, move || t_string!(i18n, data.address_change)));
    panel(
        "address",
        t!(i18n, account.email).into_any(),
        Some(t!(i18n, data.address_hint, address = now).into_any()),
        content,
    )
}

/// A file of everything.
fn take() -> AnyView {
    let i18n = use_i18n();
    let files = load::ask::<Vec<ExportView>>(|| "/me/exports".to_owned());
    let told = facts::inbox();
    Effect::new(move |before: Option<()>| {
        told.track();
        if before.is_some() {
            files.again();
        }
    });
    let content = load::load(files, move |found: Vec<ExportView>| drawn(i18n, &found, files));
    panel("take", t!(i18n, data.take).into_any(), Some(t!(i18n, data.take_hint).into_any()), content)
}

fn drawn(i18n: Texts, found: &[ExportView], files: Loaded<Vec<ExportView>>) -> AnyView {
    let making = found.iter().any(|one| one.state == ExportState::Making);
    if making {
        set_timeout(move || files.again(), LOOK);
    }
    let ask = move |_| {
        leptos::task::spawn_local(async move {
            if let Err(problem) = api::post::<ExportView>("/me/exports", &()).await {
                toast::warn(words::problem(i18n, &problem));
            }
            files.again();
        });
    };
    let button = (!making).then(|| {
        view! {
            <div class="row">
                <button type="button" class="button" disabled=move || !here().awake.get() on:click=ask>
                    {icon("download-simple")} {t!(i18n, data.take_ask)}
                </button>
            </div>
            <noscript class="field-hint" inner_html=move || t_string!(i18n, ui.needs_script)></noscript>
        }
    });
    let rows = found.iter().map(|one| file(i18n, one, files)).collect_view();
    let list = (!found.is_empty()).then(|| view! { <ul class="lines">{rows}</ul> });
    view! {
        <div class="data-files" role="status">{list}</div>
        {button}
    }
    .into_any()
}

fn file(i18n: Texts, one: &ExportView, files: Loaded<Vec<ExportView>>) -> AnyView {
    let ExportView { id, state, asked_at, done, parts, kept_until, size, .. } = one.clone();
    let remove = move |_| {
        leptos::task::spawn_local(async move {
            if let Err(problem) = api::delete(&format!("/me/exports/{id}")).await {
                toast::warn(words::problem(i18n, &problem));
            }
            files.again();
        });
    };
    match state {
        ExportState::Making => view! {
            <li>
                <div class="line-main">
                    <span class="person-name">{t!(i18n, data.making)}</span>
                    <span class="quiet">{t!(i18n, data.making_parts, done = done, parts = parts)}</span>
                    {bar::with_figure(move || u8::try_from(done * 100 / parts.max(1)).ok())}
                </div>
            </li>
        }
        .into_any(),
        ExportState::Failed => view! {
            <li>
                <div class="line-main">
                    <span class="person-name">{t!(i18n, data.failed)}</span>
                    <span class="quiet">{date::ago(asked_at)}</span>
                </div>
            </li>
        }
        .into_any(),
        ExportState::Made => {
            let kilobytes = size.unwrap_or_default().div_ceil(1024);
            let until = kept_until.map(|until| {
                view! { <span class="quiet">{t!(i18n, data.kept_until, when = move || date::ago(until))} " · " {t!(i18n, data.size, size = kilobytes)}</span> }
            });
            view! {
                <li>
                    <div class="line-main">
                        <span class="person-name">{t!(i18n, data.made, when = move || date::ago(asked_at))}</span>
                        {until}
                    </div>
                    <a class="button button-small" href=format!("/api/v1/me/exports/{id}/file") rel="external" download="atelier.zip">
                        {icon("download-simple")} {t!(i18n, data.download)}
                    </a>
                    <button
                        type="button"
                        class="button-plain"
                        aria-label=move || t_string!(i18n, data.remove_file)
                        disabled=move || !here().awake.get()
                        on:click=remove
                    >
                        {icon("trash")}
                    </button>
                </li>
            }
            .into_any()
        }
    }
}

/// What one agreed to.
fn agreed() -> AnyView {
    let i18n = use_i18n();
    let list = load::ask::<Vec<ConsentView>>(|| "/me/consents".to_owned());
    let row = move |one: ConsentView| {
        let (at, wording) = (one.at, one.wording.clone());
        let what = move || match (one.digest, one.given) {
            (Some(Digest::Daily), _) => t_string!(i18n, data.agreed_daily),
            (Some(Digest::Weekly), _) => t_string!(i18n, data.agreed_weekly),
            (Some(Digest::Never), _) => t_string!(i18n, data.agreed_never),
            (None, true) => t_string!(i18n, data.agreed_decisions),
            (None, false) => t_string!(i18n, data.agreed_no_decisions),
        };
        let place = move || match one.given_in {
            ChosenIn::SignUp => t_string!(i18n, data.in_sign_up),
            ChosenIn::Settings => t_string!(i18n, data.in_settings),
            ChosenIn::Inbox => t_string!(i18n, data.in_inbox),
            ChosenIn::Mail => t_string!(i18n, data.in_a_mail),
        };
        view! {
            <li>
                <div class="line-main">
                    <span class="person-name">{what}</span>
                    <span class="quiet">{date::ago(at)} " · " {place} " · " {t!(i18n, data.wording, number = wording.clone())}</span>
                </div>
            </li>
        }
    };
    let content = load::load(list, move |found: Vec<ConsentView>| {
        if found.is_empty() {
            return view! { <p class="quiet">{t!(i18n, data.agreed_none)}</p> }.into_any();
        }
        view! { <ul class="lines">{found.into_iter().map(row).collect_view()}</ul> }.into_any()
    });
    panel("agreed", t!(i18n, data.agreed).into_any(), Some(t!(i18n, data.agreed_hint).into_any()), content)
}

/// What becomes of words of one kind, to be chosen. Nothing is chosen for somebody that cannot be undone.
pub(crate) fn fate(
    i18n: Texts,
    form: Form,
    name: &'static str,
    legend: AnyView,
    keep: AnyView,
    remove: AnyView,
) -> AnyView {
    let offered =
        [(Fate::Keep, t!(i18n, data.keep).into_any(), keep), (Fate::Remove, t!(i18n, data.remove).into_any(), remove)];
    let offered =
        offered.into_iter().map(|(fate, label, hint)| Choice { value: fate.as_str(), label, hint: Some(hint) });
    choices(form, name, legend, Fate::Keep.as_str(), offered.collect())
}

/// What was chosen.
pub(crate) fn chosen(form: Form, name: &str) -> Fate {
    Fate::parse(&form.value(name)).unwrap_or_default()
}

/// Leaving.
fn leave(person: &PersonView) -> AnyView {
    let i18n = use_i18n();
    let state = Form::new("leave");
    let staff = person.role.is_staff().then(|| view! { <p>{t!(i18n, data.leave_staff)}</p> });
    let send = move || {
        let request = Leave {
            password: state.raw("password"),
            word: state.value("word"),
            comments: chosen(state, "comments"),
            texts: chosen(state, "texts"),
        };
        state.send(async move { api::post::<()>("/me/erasure", &request).await }, move |()| {
            chrome::leave_to("/");
        });
    };
    let fields = view! {
        {fate(
            i18n,
            state,
            "comments",
            t!(i18n, data.comments).into_any(),
            t!(i18n, data.comments_keep).into_any(),
            t!(i18n, data.comments_remove).into_any(),
        )}
        {fate(
            i18n,
            state,
            "texts",
            t!(i18n, data.texts).into_any(),
            t!(i18n, data.texts_keep).into_any(),
            t!(i18n, data.texts_remove).into_any(),
        )}
        {field("password", t!(i18n, settings.password_current)).kind("password").autocomplete("current-password").place(state)}
        {field("word", t!(i18n, data.word)).hint(t!(i18n, data.word_hint, word = move || t_string!(i18n, data.word_typed))).place(state)}
    };
    let content = view! {
        <div class="prose data-leave">
            <p>{t!(i18n, data.leave_goes)}</p>
            <p>{t!(i18n, data.leave_stays)}</p>
            <p>{t!(i18n, data.leave_again)}</p>
            {staff}
        </div>
        {form(state, send, fields.into_any(), submit(state, move || t_string!(i18n, data.leave_now)))}
    };
    panel("leave", t!(i18n, data.leave).into_any(), Some(t!(i18n, data.leave_hint).into_any()), content.into_any())
}

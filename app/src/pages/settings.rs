//! `/settings`: a person's profile, and the keys to it.

pub mod data;
mod feeds;
mod recognition;

use leptos::prelude::*;
use shared::{
    api::{ChangePassword, EditMe, Me, NewToken, PersonView, SessionView, TokenMade, TokenView},
    limits,
};

use crate::{
    api,
    i18n::{Locale, t, t_string, use_i18n},
    live::facts,
    pages::{gate, mail},
    ui::{
        avatar, chrome, copy, date,
        dialog::{self, Dialog},
        field::{Choice, choices, field},
        form::{Form, form, submit},
        head,
        icon::icon,
        load::{self, Loaded},
        toast,
    },
    visit::{Theme, here, shared_locale},
};

/// The page of one's own settings.
pub fn view() -> AnyView {
    gate::signed_in(|person| {
        facts::follow(Vec::new());
        let i18n = use_i18n();
        let title = move || t_string!(i18n, settings.title).to_owned();
        view! {
            {head::title(title)}
            <div class="page page-narrow">
                <header class="page-head">{head::heading(title)} <p class="lead">{t!(i18n, settings.lead)}</p></header>
                {profile(person)}
                {looks()}
                {mails()}
                {recognition::section()}
                {password()}
                {sessions()}
                {feeds::section()}
                {tokens()}
                {own_data()}
            </div>
        }
        .into_any()
    })
}

fn panel(id: &'static str, title: AnyView, hint: Option<AnyView>, content: AnyView) -> AnyView {
    view! {
        <section class="panel" aria-labelledby=id>
            <div class="panel-head">
                <h2 class="panel-title" id=id>{title}</h2>
                {hint.map(|hint| view! { <p class="quiet">{hint}</p> })}
            </div>
            {content}
        </section>
    }
    .into_any()
}

fn profile(person: PersonView) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let state = Form::new("profile");
    let save = move || {
        let about = Some(state.value("about"));
        let change = EditMe { name: Some(state.value("name")), about, ..EditMe::default() };
        state.send(async move { api::patch::<Me>("/me", &change).await }, move |me| {
            here.me.set(me);
            toast::say(t_string!(i18n, settings.saved));
        });
    };
    let (email, about) = here.me.with_untracked(|me| (me.email.clone(), me.about.clone()));
    let path = avatar::path(&person);
    let content = view! {
        <dl class="facts facts-row">
            <div>
                <dt>{t!(i18n, account.email)}</dt>
                <dd>{email.unwrap_or_default()}</dd>
            </div>
            <div>
                <dt>{t!(i18n, settings.handle)}</dt>
                <dd><a href=path>"@" {person.handle.clone()}</a></dd>
            </div>
        </dl>
        {form(
            state,
            save,
            view! {
                {field("name", t!(i18n, account.name))
                    .hint(t!(i18n, account.name_hint))
                    .autocomplete("name")
                    .value(person.name)
                    .place(state)}
                {field("about", t!(i18n, account.about))
                    .hint(t!(i18n, account.about_hint, limit = limits::ABOUT))
                    .value(about.unwrap_or_default())
                    .lines(3)
                    .optional()
                    .place(state)}
            }
            .into_any(),
            submit(state, move || t_string!(i18n, settings.save)),
        )}
    };
    panel("profile", t!(i18n, settings.profile).into_any(), None, content.into_any())
}

/// Language and theme apply at once: there is nothing to send.
fn looks() -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let form = Form::new("looks");
    let languages = [Locale::fr, Locale::en].into_iter().map(|locale| Choice {
        value: shared_locale(locale).tag(),
        label: match locale {
            Locale::fr => t!(i18n, language.fr).into_any(),
            Locale::en => t!(i18n, language.en).into_any(),
        },
        hint: None,
    });
    let themes = Theme::ALL.into_iter().map(|theme| Choice {
        value: theme.as_str(),
        label: match theme {
            Theme::System => t!(i18n, theme.system).into_any(),
            Theme::Light => t!(i18n, theme.light).into_any(),
            Theme::Dark => t!(i18n, theme.dark).into_any(),
        },
        hint: None,
    });
    let language = shared_locale(i18n.get_locale_untracked()).tag();
    let theme = here.theme.get_untracked().as_str();
    let chosen = move |event: leptos::ev::Event| {
        let word = event_target_value(&event);
        if let Some(locale) = shared::Locale::from_tag(&word) {
            chrome::speak(i18n, here, crate::visit::text_locale(locale));
        } else if let Some(theme) = Theme::parse(&word) {
            chrome::wear(here, theme);
        }
    };
    let both = here.me.with_untracked(|me| me.workspace.languages.len() > 1);
    let content = view! {
        <div class="form" on:change=chosen>
            {both.then(|| choices(form, "language", t!(i18n, nav.language), language, languages.collect()))}
            {choices(form, "theme", t!(i18n, nav.theme), theme, themes.collect())}
        </div>
    };
    panel("looks", t!(i18n, settings.looks).into_any(), None, content.into_any())
}

fn own_data() -> AnyView {
    let i18n = use_i18n();
    let content = view! {
        <div class="row">
            <a class="button" href="/settings/data">{icon("arrow-right")} {t!(i18n, settings.data_open)}</a>
            <a class="button-plain" href="/privacy">{t!(i18n, nav.privacy)}</a>
        </div>
    };
    panel(
        "data",
        t!(i18n, settings.data_title).into_any(),
        Some(t!(i18n, settings.data_hint).into_any()),
        content.into_any(),
    )
}

fn mails() -> AnyView {
    let i18n = use_i18n();
    panel("mail", t!(i18n, mail.title).into_any(), Some(t!(i18n, mail.hint).into_any()), mail::chosen())
}

fn password() -> AnyView {
    let i18n = use_i18n();
    let state = Form::new("password");
    let change = move || {
        let request = ChangePassword { current: state.raw("current"), new: state.raw("new") };
        state.send(async move { api::post::<()>("/me/password", &request).await }, move |()| {
            state.clear();
            toast::say(t_string!(i18n, settings.password_changed));
        });
    };
    let fields = view! {
        {field("current", t!(i18n, settings.password_current)).kind("password").autocomplete("current-password").place(state)}
        {field("new", t!(i18n, settings.password_new))
            .hint(t!(i18n, account.password_hint, min = limits::PASSWORD_MIN))
            .kind("password")
            .autocomplete("new-password")
            .place(state)}
    };
    let content =
        form(state, change, fields.into_any(), submit(state, move || t_string!(i18n, settings.password_change)));
    panel("password", t!(i18n, settings.password).into_any(), None, content)
}

fn sessions() -> AnyView {
    let i18n = use_i18n();
    let list = load::ask::<Vec<SessionView>>(|| "/sessions".to_owned());
    let end = move |id: shared::SessionId| {
        leptos::task::spawn_local(async move {
            match api::delete(&format!("/sessions/{id}")).await {
                Ok(()) => toast::say(t_string!(i18n, settings.session_ended)),
                Err(problem) => toast::warn(crate::words::problem(i18n, &problem)),
            }
            list.again();
        });
    };
    let row = move |session: SessionView| {
        let id = session.id;
        let (here, seen) = (session.current, session.seen_at);
        let device = match session.device {
            known if known.is_empty() => t!(i18n, settings.session_unknown).into_any(),
            known => known.into_any(),
        };
        let state = if here {
            view! { <span class="pill" data-colour="leaf">{icon("check")} {t!(i18n, settings.session_here)}</span> }
                .into_any()
        } else {
            view! {
                <button type="button" class="button button-small" on:click=move |_| end(id)>
                    {t!(i18n, settings.session_end)}
                </button>
            }
            .into_any()
        };
        view! {
            <li>
                <div class="line-main">
                    <span class="person-name">{device}</span>
                    <span class="quiet">{t!(i18n, settings.session_seen, ago = move || date::ago(seen))}</span>
                </div>
                {state}
            </li>
        }
    };
    let content = load::load(list, move |sessions: Vec<SessionView>| {
        view! { <ul class="lines">{sessions.into_iter().map(row).collect_view()}</ul> }.into_any()
    });
    panel(
        "sessions",
        t!(i18n, settings.sessions).into_any(),
        Some(t!(i18n, settings.sessions_hint).into_any()),
        content,
    )
}

fn tokens() -> AnyView {
    let i18n = use_i18n();
    let made = RwSignal::new(None::<String>);
    let list = load::ask::<Vec<TokenView>>(|| "/tokens".to_owned());
    let state = Form::new("token");
    let make = move || {
        let request = NewToken { name: state.value("name") };
        state.send(async move { api::post::<TokenMade>("/tokens", &request).await }, move |token| {
            state.clear();
            made.set(Some(token.secret));
            list.again();
        });
    };
    let secret = move || {
        made.get().map(|secret| {
            view! {
                <div class="note-bar note-bar-tall" data-colour="leaf" role="status">
                    <p>{t!(i18n, settings.token_made)}</p>
                    {copy::copy_field("token-secret", move || t_string!(i18n, settings.token_secret), secret)}
                </div>
            }
        })
    };
    let content = view! {
        {load::load(list, move |tokens| token_rows(tokens, list))}
        {secret}
        {form(
            state,
            make,
            field("name", t!(i18n, settings.token_name)).hint(t!(i18n, settings.token_name_hint)).place(state),
            submit(state, move || t_string!(i18n, settings.token_make)),
        )}
    };
    panel(
        "tokens",
        t!(i18n, settings.tokens).into_any(),
        Some(t!(i18n, settings.tokens_hint).into_any()),
        content.into_any(),
    )
}

fn token_rows(tokens: Vec<TokenView>, list: Loaded<Vec<TokenView>>) -> AnyView {
    let i18n = use_i18n();
    if tokens.is_empty() {
        return view! { <p class="quiet">{t!(i18n, settings.tokens_empty)}</p> }.into_any();
    }
    let row = move |token: TokenView| {
        let id = token.id;
        let asking = Dialog::new();
        let name = token.name.clone();
        let what = move || t_string!(i18n, settings.token_revoke, name = name.clone());
        let label = what.clone();
        let yes = move || t_string!(i18n, settings.token_revoke_yes).to_owned();
        let revoke = move || {
            leptos::task::spawn_local(async move {
                match api::delete(&format!("/tokens/{id}")).await {
                    Ok(()) => toast::say(t_string!(i18n, settings.token_revoked)),
                    Err(problem) => toast::warn(crate::words::problem(i18n, &problem)),
                }
                list.again();
            });
        };
        let used = match token.used_at {
            Some(at) => t!(i18n, settings.token_used, ago = move || date::ago(at)).into_any(),
            None => t!(i18n, settings.token_unused).into_any(),
        };
        let made = token.created_at;
        view! {
            <li>
                <div class="line-main">
                    <span class="person-name">{token.name}</span>
                    <span class="quiet">{t!(i18n, settings.created, ago = move || date::ago(made))} " · " {used}</span>
                </div>
                <button type="button" class="button-plain" aria-label=label on:click=move |_| asking.open()>
                    {icon("trash")}
                </button>
                {dialog::confirm(asking, what, yes, revoke)}
            </li>
        }
    };
    view! { <ul class="lines">{tokens.into_iter().map(row).collect_view()}</ul> }.into_any()
}

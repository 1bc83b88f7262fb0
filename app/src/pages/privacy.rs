//! `/privacy`: what this place keeps about people, in plain words, for everybody.

use leptos::prelude::*;

use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{head, icon::icon},
    visit::here,
};

/// The page.
pub fn view() -> AnyView {
    let i18n = use_i18n();
    let title = move || t_string!(i18n, privacy.title).to_owned();
    let signed_in = here().me.with_untracked(|me| me.person.is_some());
    let part = |title: AnyView, text: AnyView| view! { <h2>{title}</h2> <p>{text}</p> };
    let step = signed_in.then(|| {
        view! {
            <p>
                <a class="button" href="/settings/data">{icon("gear-six")} {t!(i18n, settings.data_open)}</a>
            </p>
        }
    });
    view! {
        {head::public(title, move || t_string!(i18n, privacy.lead).to_owned(), "/privacy".to_owned())}
        <div class="page page-narrow">
            <header class="page-head">{head::heading(title)} <p class="lead">{t!(i18n, privacy.lead)}</p></header>
            <div class="panel prose">
                {part(t!(i18n, privacy.account).into_any(), t!(i18n, privacy.account_text).into_any())}
                {part(t!(i18n, privacy.words).into_any(), t!(i18n, privacy.words_text).into_any())}
                {part(t!(i18n, privacy.marks).into_any(), t!(i18n, privacy.marks_text).into_any())}
                {part(t!(i18n, privacy.mail).into_any(), t!(i18n, privacy.mail_text).into_any())}
                {part(t!(i18n, privacy.sessions).into_any(), t!(i18n, privacy.sessions_text).into_any())}
                {part(t!(i18n, privacy.who).into_any(), t!(i18n, privacy.who_text).into_any())}
                {part(t!(i18n, privacy.how_long).into_any(), t!(i18n, privacy.how_long_text).into_any())}
                {part(t!(i18n, privacy.rights).into_any(), t!(i18n, privacy.rights_text).into_any())}
                {part(t!(i18n, privacy.never).into_any(), t!(i18n, privacy.never_text).into_any())}
                {step}
            </div>
        </div>
    }
    .into_any()
}

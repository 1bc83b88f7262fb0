//! `/mail/off/{secret}` and `/mail/confirm/{secret}`: where the links in mails lead. The button is a plain form, which works
//! without JavaScript, and whoever shows the mail may send it by one click.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map};
use shared::api::{LinkKind, MailLink};

use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{head, load},
};

/// The page of a link in a mail.
pub fn view() -> AnyView {
    let secret = use_params_map().with_untracked(|params| params.get("secret").unwrap_or_default());
    let path = use_location().pathname.get_untracked();
    let link = load::ask::<MailLink>(move || format!("/mail/links/{secret}"));
    load::load(link, move |link| page(link, path.clone()))
}

fn page(link: MailLink, path: String) -> AnyView {
    let i18n = use_i18n();
    let title = move || t_string!(i18n, mail.link_title).to_owned();
    let (says, step) = match link.kind {
        LinkKind::Address if link.done => (t!(i18n, mail.link_confirm_done), None),
        LinkKind::Address => (t!(i18n, mail.link_address), Some(t!(i18n, mail.link_confirm).into_any())),
        _ if link.done => (t!(i18n, mail.link_off_done), None),
        LinkKind::Decisions => (t!(i18n, mail.link_decisions), Some(t!(i18n, mail.link_off).into_any())),
        LinkKind::Digest => (t!(i18n, mail.link_digest), Some(t!(i18n, mail.link_off).into_any())),
    };
    let button = step.map(|step| {
        view! {
            <form method="post" action=path>
                <button type="submit" class="button button-strong">{step}</button>
            </form>
        }
    });
    let other = match link.kind {
        LinkKind::Address => view! { <a href="/">{t!(i18n, mail.link_home)}</a> }.into_any(),
        _ => view! { <a href="/settings#mail">{t!(i18n, mail.link_choices)}</a> }.into_any(),
    };
    view! {
        {head::title(title)}
        <div class="page account">
            <header class="page-head">{head::heading(title)}</header>
            <section class="panel"><p role="status">{says}</p> {button}</section>
            <p class="account-other">{other}</p>
        </div>
    }
    .into_any()
}

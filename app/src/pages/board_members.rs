//! The people named members of a board.

use leptos::prelude::*;
use shared::api::{MemberView, Page};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{date, load, named},
    words,
};

/// Those there are, and a form that names one more.
pub(super) fn members(slug: String) -> AnyView {
    let i18n = use_i18n();
    let path = format!("/boards/{slug}/members?limit=100");
    let list = load::ask::<Page<MemberView>>(move || path.clone());
    let add = {
        let slug = slug.clone();
        move |handle: String| {
            let path = format!("/boards/{slug}/members/{handle}");
            async move { api::put(&path).await }
        }
    };
    let added = move || list.again();
    let remove = move |path: String| {
        leptos::task::spawn_local(async move {
            // Whether it worked shows in the list.
            let _ = api::delete(&path).await;
            list.again();
        });
    };
    let rows = move |members: Page<MemberView>| {
        if members.items.is_empty() {
            return view! { <p class="quiet">{t!(i18n, board.members_empty)}</p> }.into_any();
        }
        let row = |member: MemberView| {
            let name = words::name(i18n, &member.person);
            let path = format!("/boards/{slug}/members/{}", member.person.handle);
            let label = move || t_string!(i18n, board.remove_member, name = name.clone());
            let end = named::remove(label, move || remove(path.clone()));
            named::line(&member.person, view! { <span class="quiet">{date::ago(member.since)}</span> }, Some(end))
        };
        view! { <ul class="lines">{members.items.into_iter().map(row).collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="panel" aria-labelledby="members">
            <div class="panel-head">
                <h2 class="panel-title" id="members">{t!(i18n, board.members)}</h2>
                <p class="quiet">{t!(i18n, board.members_hint)}</p>
            </div>
            {load::load(list, rows)}
            {named::name_one("member", move || t_string!(i18n, board.add_member), add, added)}
        </section>
    }
    .into_any()
}

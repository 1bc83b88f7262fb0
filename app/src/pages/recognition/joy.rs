//! A moment of joy: what one was just given, or while one was away; once.

use leptos::prelude::*;
use shared::api::{FreshView, SeenUntil};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    live::facts,
    ui::{avatar, badge, bell, card, icon::icon},
    words,
};

/// How many slips of paper fly.
const SLIPS: usize = 14;

/// What one was given and was not shown yet, one after the other.
pub fn view() -> AnyView {
    let fresh = RwSignal::new(Vec::<FreshView>::new());
    let told = facts::inbox();
    Effect::new(move |_| {
        told.track();
        leptos::task::spawn_local(async move {
            if let Ok(found) = api::get::<Vec<FreshView>>("/me/recognition/fresh".to_owned()).await {
                let _ = fresh.try_set(found);
            }
        });
    });
    let first = Memo::new(move |_| fresh.with(|fresh| fresh.first().cloned()));
    let close = move || {
        let Some(FreshView { at, .. }) = first.get_untracked() else { return };
        fresh.update(|fresh| fresh.retain(|one| one.at > at));
        let is_last = fresh.with_untracked(Vec::is_empty);
        leptos::task::spawn_local(async move {
            // If it does not arrive, it is shown once more at the next visit.
            let _ = api::post::<()>("/me/recognition/seen", &SeenUntil { at }).await;
        });
        if is_last {
            bell::fresh().set(false);
        }
    };
    (move || first.get().map(|one| shown(&one, close))).into_any()
}

fn shown(one: &FreshView, close: impl Fn() + Copy + 'static) -> AnyView {
    let i18n = use_i18n();
    let FreshView { by, idea, given, words: said, .. } = one;
    let name = words::name(i18n, by);
    let (revoked, thanks) = (given.revoked, given.thanks);
    let title = move || match (revoked, thanks) {
        (true, _) => t_string!(i18n, recognition.joy_taken, name = name.clone()),
        (false, true) => t_string!(i18n, recognition.joy_thanks, name = name.clone()),
        (false, false) => t_string!(i18n, recognition.joy_gift, name = name.clone()),
    };
    let slips = (!revoked).then(|| {
        view! {
            <div class="joy-paper" aria-hidden="true">{(0..SLIPS).map(|_| view! { <i></i> }).collect_view()}</div>
        }
    });
    let idea = idea.as_ref().map(|idea| {
        let path = format!("{}#recognised", card::path(idea.number, &idea.slug));
        view! { <p class="joy-idea">{t!(i18n, recognition.joy_for)} " " <a href=path>{idea.title.clone()}</a></p> }
    });
    let count = u32::try_from(given.points.unsigned_abs()).unwrap_or(u32::MAX);
    let points = (count > 0).then(|| {
        view! {
            <li class="joy-points"><strong>{move || words::whole_points(i18n.get_locale(), count)}</strong></li>
        }
    });
    let perk = given.perk.clone().map(|perk| {
        view! { <li>{icon("hand-heart")} " " {move || words::either(i18n.get_locale(), &perk.fr, &perk.en)}</li> }
    });
    let medal = given.badge.as_ref().map(|badge| view! { <li>{badge::badge(badge)}</li> });
    let any = points.is_some() || perk.is_some() || medal.is_some();
    let gifts = any.then(|| view! { <ul class="joy-gifts">{medal} {points} {perk}</ul> });
    let said = (!said.is_empty()).then(|| view! { <blockquote class="joy-words">{said.clone()}</blockquote> });
    view! {
        <section class="joy" class:is-taken=revoked aria-label=move || t_string!(i18n, recognition.joy_region)>
            {slips}
            <div class="joy-head">{avatar::face(by)} <p class="joy-title">{title}</p></div>
            {idea}
            {said}
            {gifts}
            <div class="row joy-acts">
                <button type="button" class="button button-strong" on:click=move |_| close()>
                    {if revoked {
                        t!(i18n, recognition.joy_understood).into_any()
                    } else {
                        t!(i18n, recognition.joy_close).into_any()
                    }}
                </button>
                <a class="button button-quiet" href="/recognition/mine" on:click=move |_| close()>
                    {t!(i18n, recognition.joy_see)}
                </a>
            </div>
        </section>
    }
    .into_any()
}

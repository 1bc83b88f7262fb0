//! The badges there are.

use leptos::prelude::*;
use shared::api::{BadgeIcon, BadgeView, WrittenBadge};

use super::{keep, panel};
use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{
        badge,
        field::field,
        form::{Form, form, submit},
        icon::icon,
        load::{self, Loaded},
        toast,
    },
    visit::here,
    words::{self, Texts},
};

fn picture(i18n: Texts, icon: BadgeIcon) -> &'static str {
    match icon {
        BadgeIcon::Sprout => t_string!(i18n, recognition.icon_sprout),
        BadgeIcon::Pens => t_string!(i18n, recognition.icon_pens),
        BadgeIcon::Wave => t_string!(i18n, recognition.icon_wave),
        BadgeIcon::Balloon => t_string!(i18n, recognition.icon_balloon),
        BadgeIcon::Question => t_string!(i18n, recognition.icon_question),
        BadgeIcon::Flask => t_string!(i18n, recognition.icon_flask),
        BadgeIcon::Lantern => t_string!(i18n, recognition.icon_lantern),
        BadgeIcon::Bridge => t_string!(i18n, recognition.icon_bridge),
        BadgeIcon::Heart => t_string!(i18n, recognition.icon_heart),
        BadgeIcon::Star => t_string!(i18n, recognition.icon_star),
    }
}

/// The section.
pub(super) fn section() -> AnyView {
    let i18n = use_i18n();
    let all = load::ask::<Vec<BadgeView>>(|| "/badges".to_owned());
    let content = view! {
        {load::load(all, move |badges: Vec<BadgeView>| {
            view! { <ul class="lines">{badges.into_iter().map(|one| row(one, all)).collect_view()}</ul> }.into_any()
        })}
        <details class="fold">
            <summary>{icon("plus")} {t!(i18n, recognition.badge_add)}</summary>
            {write(None, all)}
        </details>
    };
    panel(
        "badges",
        t!(i18n, recognition.badges).into_any(),
        t!(i18n, recognition.badges_hint).into_any(),
        content.into_any(),
    )
}

fn row(one: BadgeView, all: Loaded<Vec<BadgeView>>) -> AnyView {
    let i18n = use_i18n();
    let known = StoredValue::new(one.clone());
    let title = move || known.with_value(|badge| words::either(i18n.get_locale(), &badge.fr, &badge.en));
    let meaning =
        move || known.with_value(|badge| words::either(i18n.get_locale(), &badge.meaning_fr, &badge.meaning_en));
    let retired = one.retired;
    let open = RwSignal::new(false);
    let turn = move |_| {
        let BadgeView { id, icon, fr, en, meaning_fr, meaning_en, retired } = known.get_value();
        let written = WrittenBadge { icon, fr, en, meaning_fr, meaning_en, retired: !retired };
        leptos::task::spawn_local(async move {
            match api::put_with::<BadgeView>(&format!("/badges/{id}"), &written).await {
                Ok(_) => toast::say(t_string!(i18n, recognition.kept)),
                Err(problem) => toast::warn(words::problem(i18n, &problem)),
            }
            all.again();
        });
    };
    let label = move || {
        if retired {
            t_string!(i18n, recognition.bring_back_of, title = title())
        } else {
            t_string!(i18n, recognition.retire_of, title = title())
        }
    };
    let sleeps = move || !here().awake.get();
    view! {
        <li class="catalogue-line">
            {badge::medal(one.icon)}
            <div class="line-main">
                <span class="person-name">{title}</span>
                <span class="quiet">{meaning}</span>
                {retired.then(|| view! { <span class="pill" data-colour="slate">{t!(i18n, recognition.retired)}</span> })}
                <Show when=move || open.get()>{write(Some(known.get_value()), all)}</Show>
            </div>
            <div class="row">
                <button
                    type="button"
                    class="button button-small"
                    aria-expanded=move || open.get().to_string()
                    aria-label=move || t_string!(i18n, recognition.edit_of, title = title())
                    disabled=sleeps
                    on:click=move |_| open.update(|open| *open = !*open)
                >
                    {t!(i18n, recognition.edit)}
                </button>
                <button type="button" class="button button-small button-quiet" aria-label=label disabled=sleeps on:click=turn>
                    {if retired {
                        t!(i18n, recognition.bring_back).into_any()
                    } else {
                        t!(i18n, recognition.retire).into_any()
                    }}
                </button>
            </div>
        </li>
    }
    .into_any()
}

/// The form in which a badge is written: a new one, or one there is.
fn write(known: Option<BadgeView>, all: Loaded<Vec<BadgeView>>) -> AnyView {
    let i18n = use_i18n();
    let state = Form::new(if known.is_some() { "badge-edit" } else { "badge-new" });
    let retired = known.as_ref().is_some_and(|badge| badge.retired);
    let id = known.as_ref().map(|badge| badge.id);
    let save = move || {
        let written = WrittenBadge {
            icon: BadgeIcon::parse(&state.value("icon")).unwrap_or(BadgeIcon::Star),
            fr: state.value("fr"),
            en: state.value("en"),
            meaning_fr: state.value("meaning_fr"),
            meaning_en: state.value("meaning_en"),
            retired,
        };
        keep::<BadgeView, _>(i18n, state, "/badges", id.map(|id| id.to_string()), written, all);
    };
    let now = known.as_ref().map_or(BadgeIcon::Star, |badge| badge.icon);
    let text = |of: fn(&BadgeView) -> &String| known.as_ref().map(|badge| of(badge).clone()).unwrap_or_default();
    let pictures = BadgeIcon::ALL
        .iter()
        .map(|one| {
            let id = format!("{}-{}", state.id("icon"), one.as_str());
            view! {
                <div class="choice">
                    <input type="radio" id=id.clone() name="icon" value=one.as_str() checked=*one == now />
                    <label for=id>
                        <span class="badge">{badge::medal(*one)} <span>{move || picture(i18n, *one)}</span></span>
                    </label>
                </div>
            }
        })
        .collect_view();
    let content = view! {
        <fieldset class="field">
            <legend class="field-label">{t!(i18n, recognition.icon)}</legend>
            <div class="choices choices-short">{pictures}</div>
        </fieldset>
        <div class="pair">
            {field("fr", t!(i18n, recognition.badge_fr)).value(text(|badge| &badge.fr)).place(state)}
            {field("en", t!(i18n, recognition.badge_en)).value(text(|badge| &badge.en)).place(state)}
        </div>
        <div class="pair">
            {field("meaning_fr", t!(i18n, recognition.meaning_fr)).value(text(|badge| &badge.meaning_fr)).place(state)}
            {field("meaning_en", t!(i18n, recognition.meaning_en)).value(text(|badge| &badge.meaning_en)).place(state)}
        </div>
    };
    form(state, save, content.into_any(), submit(state, move || t_string!(i18n, recognition.save)))
}

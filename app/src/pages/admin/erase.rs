//! Erasing somebody, as an owner: when they ask for it, or the law does.

use leptos::prelude::*;
use shared::{
    PersonId,
    api::{ErasePerson, EraseReason, Fate, PersonRecord},
};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{icon::icon, toast},
    visit::here,
    words::{self, Texts},
};

/// The means to erase somebody, folded away.
pub(super) fn fold(record: &PersonRecord, people: RwSignal<Vec<PersonRecord>>) -> AnyView {
    let i18n = use_i18n();
    let id = record.person.id;
    let name = StoredValue::new(record.person.name.clone());
    let reason = RwSignal::new(EraseReason::Asked);
    let (comments, texts, sure) = (RwSignal::new(Fate::Keep), RwSignal::new(Fate::Keep), RwSignal::new(false));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let request = ErasePerson {
            reason: reason.get_untracked(),
            comments: comments.get_untracked(),
            texts: texts.get_untracked(),
        };
        leptos::task::spawn_local(async move {
            match api::post::<()>(&format!("/people/{id}/erasure"), &request).await {
                Ok(()) => {
                    let _ = people.try_update(|people| people.retain(|known| known.person.id != id));
                    toast::say(t_string!(i18n, erase.done));
                }
                Err(problem) => toast::warn(words::problem(i18n, &problem)),
            }
        });
    };
    let reasons = EraseReason::ALL
        .iter()
        .map(|offered| {
            let offered = *offered;
            view! { <option value=offered.as_str()>{move || why(i18n, offered)}</option> }
        })
        .collect_view();
    let reason_id = format!("erase-{id}");
    view! {
        <details class="fold person-suspend">
            <summary aria-label=move || t_string!(i18n, erase.of, name = name.get_value())>
                {icon("trash")} {t!(i18n, erase.erase)}
            </summary>
            <form class="form" novalidate="" on:submit=send>
                <p class="field-hint">{t!(i18n, erase.hint)}</p>
                <div class="field">
                    <label class="field-label" for=reason_id.clone()>{t!(i18n, erase.reason)}</label>
                    <select
                        class="input"
                        id=reason_id
                        on:change=move |event| {
                            if let Some(chosen) = EraseReason::parse(&event_target_value(&event)) {
                                reason.set(chosen);
                            }
                        }
                    >
                        {reasons}
                    </select>
                </div>
                {tick(id, "comments", t!(i18n, erase.comments).into_any(), comments)}
                {tick(id, "texts", t!(i18n, erase.texts).into_any(), texts)}
                <label class="tick">
                    <input type="checkbox" name=format!("sure-{id}") on:change=move |event| sure.set(event_target_checked(&event)) />
                    <span>{t!(i18n, erase.sure)}</span>
                </label>
                <button type="submit" class="button button-danger" disabled=move || !here().awake.get() || !sure.get()>
                    {t!(i18n, erase.erase)}
                </button>
            </form>
        </details>
    }
    .into_any()
}

fn tick(id: PersonId, name: &str, label: AnyView, fate: RwSignal<Fate>) -> AnyView {
    let flip = move |event| fate.set(if event_target_checked(&event) { Fate::Remove } else { Fate::Keep });
    view! {
        <label class="tick">
            <input type="checkbox" name=format!("{name}-{id}") on:change=flip />
            <span>{label}</span>
        </label>
    }
    .into_any()
}

/// A reason, in words.
pub(super) fn why(i18n: Texts, reason: EraseReason) -> &'static str {
    match reason {
        EraseReason::Asked => t_string!(i18n, erase.asked),
        EraseReason::Died => t_string!(i18n, erase.died),
        EraseReason::Law => t_string!(i18n, erase.law),
        EraseReason::Unused => t_string!(i18n, erase.unused),
    }
}

//! What one is sent by mail: chosen in the settings, or where the inbox offers it.

use leptos::prelude::*;
use shared::api::{AddressState, ChooseMail, ChosenIn, Digest, MailChoices};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{
        field::{Choice, choices},
        form::Form,
        load::{self, Loaded},
        toast,
    },
    visit::here,
    words,
};

/// What is chosen, in the settings.
pub fn chosen() -> AnyView {
    let asked = load::ask::<MailChoices>(|| "/me/mail".to_owned());
    load::load(asked, move |now| view! { {address(now.address, asked)} {wanted(now, asked)} }.into_any())
}

/// Sends what is chosen, and then does what is to follow.
fn choose(choice: ChooseMail, asked: Loaded<MailChoices>, then: impl FnOnce() + 'static) {
    let i18n = use_i18n();
    leptos::task::spawn_local(async move {
        match api::put_with::<MailChoices>("/me/mail", &choice).await {
            Ok(_) => {
                toast::say(t_string!(i18n, mail.saved));
                then();
            }
            Err(problem) => {
                toast::warn(words::problem(i18n, &problem));
                asked.again();
            }
        }
    });
}

fn wanted(now: MailChoices, asked: Loaded<MailChoices>) -> AnyView {
    let i18n = use_i18n();
    let form = Form::new("mail");
    let (decisions, digest) = (RwSignal::new(now.decisions), RwSignal::new(now.digest));
    let send = move || {
        let choice = ChooseMail {
            decisions: decisions.get_untracked(),
            digest: digest.get_untracked(),
            chosen_in: ChosenIn::Settings,
        };
        choose(choice, asked, || ());
    };
    let flip = move |event| {
        decisions.set(event_target_checked(&event));
        send();
    };
    let turn = move |event: leptos::ev::Event| {
        if let Some(chosen) = Digest::parse(&event_target_value(&event)) {
            digest.set(chosen);
            send();
        }
    };
    let offered = Digest::ALL.iter().map(|every| Choice {
        value: every.as_str(),
        label: match every {
            Digest::Never => t!(i18n, mail.never).into_any(),
            Digest::Daily => t!(i18n, mail.daily).into_any(),
            Digest::Weekly => t!(i18n, mail.weekly).into_any(),
        },
        hint: Some(match every {
            Digest::Never => t!(i18n, mail.never_hint).into_any(),
            Digest::Daily => t!(i18n, mail.daily_hint).into_any(),
            Digest::Weekly => t!(i18n, mail.weekly_hint).into_any(),
        }),
    });
    view! {
        <div class="form">
            <label class="tick">
                <input
                    type="checkbox"
                    name="decisions"
                    checked=now.decisions
                    disabled=move || !here().awake.get()
                    on:change=flip
                />
                <span>{t!(i18n, mail.decisions)}</span>
            </label>
            <div on:change=turn>
                {choices(form, "digest", t!(i18n, mail.digest), now.digest.as_str(), offered.collect())}
            </div>
        </div>
    }
    .into_any()
}

/// What is known of the address, and the step by which one confirms it.
fn address(state: AddressState, asked: Loaded<MailChoices>) -> AnyView {
    let i18n = use_i18n();
    let address = here().me.with_untracked(|me| me.email.clone()).unwrap_or_default();
    let ask = move |_| {
        leptos::task::spawn_local(async move {
            match api::post::<MailChoices>("/me/mail/confirmation", &()).await {
                Ok(_) => toast::say(t_string!(i18n, mail.address_sent)),
                Err(problem) => toast::warn(words::problem(i18n, &problem)),
            }
            asked.again();
        });
    };
    let (says, step) = match state {
        AddressState::Unused => return ().into_any(),
        AddressState::Confirmed => {
            return view! { <p class="quiet">{t!(i18n, mail.address_confirmed, address = address)}</p> }.into_any();
        }
        AddressState::Unasked => {
            (t!(i18n, mail.address_unasked, address = address).into_any(), t!(i18n, mail.address_ask).into_any())
        }
        AddressState::Asked => {
            (t!(i18n, mail.address_asked, address = address).into_any(), t!(i18n, mail.address_again).into_any())
        }
    };
    view! {
        <div class="note-bar note-bar-tall" data-colour="amber">
            <p>{says}</p>
            <button type="button" class="button button-small" disabled=move || !here().awake.get() on:click=ask>
                {step}
            </button>
        </div>
    }
    .into_any()
}

/// Offers the weekly digest in the inbox, to who never chose.
pub fn offer() -> AnyView {
    let i18n = use_i18n();
    let asked = load::ask::<MailChoices>(|| "/me/mail".to_owned());
    load::load(asked, move |now| {
        if now.chosen_at.is_some() {
            return ().into_any();
        }
        let answer = move |digest| {
            let choice = ChooseMail { decisions: now.decisions, digest, chosen_in: ChosenIn::Inbox };
            choose(choice, asked, move || asked.again());
        };
        view! {
            <section class="panel" aria-labelledby="mail-offer">
                <div class="panel-head">
                    <h2 class="panel-title" id="mail-offer">{t!(i18n, mail.offer)}</h2>
                    <p class="quiet">{t!(i18n, mail.offer_hint)}</p>
                </div>
                <div class="row">
                    <button
                        type="button"
                        class="button button-strong"
                        disabled=move || !here().awake.get()
                        on:click=move |_| answer(Digest::Weekly)
                    >
                        {t!(i18n, mail.offer_yes)}
                    </button>
                    <button
                        type="button"
                        class="button"
                        disabled=move || !here().awake.get()
                        on:click=move |_| answer(Digest::Never)
                    >
                        {t!(i18n, mail.offer_no)}
                    </button>
                </div>
            </section>
        }
        .into_any()
    })
}

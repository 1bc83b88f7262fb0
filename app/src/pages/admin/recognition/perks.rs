//! The catalogue of perks, with their stock and codes.

use leptos::prelude::*;
use shared::api::{CodesAdded, PastedCodes, PerkKind, PerkView, WrittenPerk};

use super::{keep, panel};
use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{
        field::field,
        form::{Form, form, submit},
        icon::icon,
        load::{self, Loaded},
        toast,
    },
    visit::here,
    words,
};

/// The section.
pub(super) fn section() -> AnyView {
    let i18n = use_i18n();
    let all = load::ask::<Vec<PerkView>>(|| "/perks".to_owned());
    let content = view! {
        {load::load(all, move |perks: Vec<PerkView>| {
            if perks.is_empty() {
                return view! { <p class="quiet">{t!(i18n, recognition.catalogue_empty)}</p> }.into_any();
            }
            view! { <ul class="lines">{perks.into_iter().map(|one| row(one, all)).collect_view()}</ul> }.into_any()
        })}
        <details class="fold">
            <summary>{icon("plus")} {t!(i18n, recognition.perk_add)}</summary>
            {write(None, all)}
        </details>
    };
    panel(
        "catalogue",
        t!(i18n, recognition.catalogue).into_any(),
        t!(i18n, recognition.catalogue_hint).into_any(),
        content.into_any(),
    )
}

/// What of a perk is open below it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    Texts,
    Codes,
}

fn row(one: PerkView, all: Loaded<Vec<PerkView>>) -> AnyView {
    let i18n = use_i18n();
    let known = StoredValue::new(one.clone());
    let title = move || known.with_value(|perk| words::either(i18n.get_locale(), &perk.fr, &perk.en));
    let PerkView { kind, price, stock, coded, retired, .. } = one;
    let open = RwSignal::new(Open::Nothing);
    let turn = move |_| {
        let PerkView { id, kind, fr, en, about_fr, about_en, price, coded, retired, .. } = known.get_value();
        let written = WrittenPerk { kind, fr, en, about_fr, about_en, price, stock: None, coded, retired: !retired };
        leptos::task::spawn_local(async move {
            match api::put_with::<PerkView>(&format!("/perks/{id}"), &written).await {
                Ok(_) => toast::say(t_string!(i18n, recognition.kept)),
                Err(problem) => toast::warn(words::problem(i18n, &problem)),
            }
            all.again();
        });
    };
    let costs = move || match price {
        Some(price) => words::whole_points(i18n.get_locale(), price),
        None => t_string!(i18n, recognition.perk_given).to_owned(),
    };
    let left = move || match stock {
        0 => t_string!(i18n, recognition.gone).to_owned(),
        1 => t_string!(i18n, recognition.stock_one).to_owned(),
        count => t_string!(i18n, recognition.stock_many, count = count),
    };
    let sleeps = move || !here().awake.get();
    let step = move |part: Open, label: AnyView, name: Box<dyn Fn() -> String + Send>| {
        view! {
            <button
                type="button"
                class="button button-small"
                aria-expanded=move || (open.get() == part).to_string()
                aria-label=name
                disabled=sleeps
                on:click=move |_| open.update(|open| *open = if *open == part { Open::Nothing } else { part })
            >
                {label}
            </button>
        }
    };
    let retire = move || {
        if retired {
            t_string!(i18n, recognition.bring_back_of, title = title())
        } else {
            t_string!(i18n, recognition.retire_of, title = title())
        }
    };
    view! {
        <li class="catalogue-line">
            <div class="line-main">
                <span class="person-name">{title}</span>
                <span class="quiet">
                    {move || words::perk(i18n, kind)} " · " {costs} " · " {left}
                </span>
                {retired.then(|| view! { <span class="pill" data-colour="slate">{t!(i18n, recognition.retired)}</span> })}
                {move || match open.get() {
                    Open::Nothing => ().into_any(),
                    Open::Texts => write(Some(known.get_value()), all),
                    Open::Codes => codes(&known.get_value(), all),
                }}
            </div>
            <div class="row">
                {coded.then(|| step(
                    Open::Codes,
                    t!(i18n, recognition.codes_add).into_any(),
                    Box::new(move || t_string!(i18n, recognition.codes_add_of, title = title())),
                ))}
                {step(
                    Open::Texts,
                    t!(i18n, recognition.edit).into_any(),
                    Box::new(move || t_string!(i18n, recognition.edit_of, title = title())),
                )}
                <button type="button" class="button button-small button-quiet" aria-label=retire disabled=sleeps on:click=turn>
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

/// The form in which codes are pasted.
fn codes(perk: &PerkView, all: Loaded<Vec<PerkView>>) -> AnyView {
    let i18n = use_i18n();
    let state = Form::new("codes");
    let id = perk.id;
    let add = move || {
        let pasted = PastedCodes { codes: state.raw("codes") };
        let call = async move { api::post::<CodesAdded>(&format!("/perks/{id}/codes"), &pasted).await };
        state.send(call, move |CodesAdded { added, repeated, .. }| {
            state.clear();
            toast::say(t_string!(i18n, recognition.codes_added, added = added, repeated = repeated));
            all.again();
        });
    };
    let content =
        field("codes", t!(i18n, recognition.codes_add)).hint(t!(i18n, recognition.codes_hint)).lines(5).place(state);
    form(state, add, content, submit(state, move || t_string!(i18n, recognition.codes_add)))
}

/// The form in which a perk is written: a new one, or one there is.
fn write(known: Option<PerkView>, all: Loaded<Vec<PerkView>>) -> AnyView {
    let i18n = use_i18n();
    let state = Form::new(if known.is_some() { "perk-edit" } else { "perk-new" });
    let coded = RwSignal::new(known.as_ref().is_some_and(|perk| perk.coded));
    let retired = known.as_ref().is_some_and(|perk| perk.retired);
    let id = known.as_ref().map(|perk| perk.id);
    let save = move || {
        let written = WrittenPerk {
            kind: PerkKind::parse(&state.value("kind")).unwrap_or(PerkKind::Other),
            fr: state.value("fr"),
            en: state.value("en"),
            about_fr: state.value("about_fr"),
            about_en: state.value("about_en"),
            price: state.value("price").parse().ok(),
            stock: if coded.get_untracked() { None } else { state.value("stock").parse().ok() },
            coded: coded.get_untracked(),
            retired,
        };
        keep::<PerkView, _>(i18n, state, "/perks", id.map(|id| id.to_string()), written, all);
    };
    let now = known.as_ref().map_or(PerkKind::Coffee, |perk| perk.kind);
    let text = |of: fn(&PerkView) -> String| known.as_ref().map(of).unwrap_or_default();
    let kinds = PerkKind::ALL
        .iter()
        .map(|kind| {
            view! { <option value=kind.as_str() selected=*kind == now>{move || words::perk(i18n, *kind)}</option> }
        })
        .collect_view();
    let stock = text(|perk| perk.stock.to_string());
    let kind_id = state.id("kind");
    let content = view! {
        <div class="field">
            <label class="field-label" for=kind_id.clone()>{t!(i18n, recognition.perk_kind)}</label>
            <select class="input" id=kind_id name="kind">{kinds}</select>
        </div>
        <div class="pair">
            {field("fr", t!(i18n, recognition.perk_fr)).value(text(|perk| perk.fr.clone())).place(state)}
            {field("en", t!(i18n, recognition.perk_en)).value(text(|perk| perk.en.clone())).place(state)}
        </div>
        <div class="pair">
            {field("about_fr", t!(i18n, recognition.about_fr))
                .value(text(|perk| perk.about_fr.clone()))
                .lines(2)
                .optional()
                .place(state)}
            {field("about_en", t!(i18n, recognition.about_en))
                .value(text(|perk| perk.about_en.clone()))
                .lines(2)
                .optional()
                .place(state)}
        </div>
        <div class="pair">
            {field("price", t!(i18n, recognition.perk_price))
                .hint(t!(i18n, recognition.perk_price_hint))
                .kind("number")
                .value(text(|perk| perk.price.map(|price| price.to_string()).unwrap_or_default()))
                .optional()
                .place(state)}
            <div class:is-away=move || coded.get()>
                {field("stock", t!(i18n, recognition.perk_stock)).kind("number").value(stock).optional().place(state)}
            </div>
        </div>
        {known.is_none().then(|| view! {
            <label class="tick">
                <input
                    type="checkbox"
                    disabled=move || !here().awake.get()
                    on:change=move |event| coded.set(event_target_checked(&event))
                />
                <span>{t!(i18n, recognition.perk_coded)}</span>
            </label>
        })}
    };
    form(state, save, content.into_any(), submit(state, move || t_string!(i18n, recognition.save)))
}

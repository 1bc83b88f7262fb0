//! `/i/{number}/{slug}/recognise`: a moderator recognises those who shaped an idea.

use leptos::{html, prelude::*};
use leptos_router::hooks::use_params_map;
use shared::{
    Role,
    api::{PerkView, Proposed, Recipient, Recognise, RecognitionProposal, RecognitionView},
    limits,
    shares::split,
};

use crate::{
    answer, api,
    i18n::{t, t_string, use_i18n},
    pages::{draft, gate},
    ui::{
        avatar, badge, card,
        empty::empty,
        field::field,
        form::{Form, form, submit},
        head,
        icon::icon,
        load, toast,
    },
    visit::here,
    words,
};

/// The page.
pub fn view() -> AnyView {
    gate::at_least(Role::Moderator, |_| {
        let i18n = use_i18n();
        let params = use_params_map();
        let number = move || params.with(|params| params.get("number").unwrap_or_default());
        let title = move || t_string!(i18n, recognition.form_title).to_owned();
        let proposal = load::ask::<RecognitionProposal>(move || format!("/ideas/{}/recognition/proposal", number()));
        view! {
            {head::title(title)}
            <div class="page page-narrow">{load::load(proposal, draw)}</div>
        }
        .into_any()
    })
}

/// One of those who could be recognised, as the form has them.
#[derive(Clone, Copy)]
struct Row {
    percent: u32,
    chosen: RwSignal<bool>,
    points: RwSignal<u32>,
}

fn draw(proposal: RecognitionProposal) -> AnyView {
    let i18n = use_i18n();
    let path = card::path(proposal.idea.number, &proposal.idea.slug);
    let name = proposal.idea.title.clone();
    let back = path.clone();
    let top = view! {
        <header class="page-head">
            <a class="back" href=back>{icon("arrow-left")} {t!(i18n, recognition.form_back)}</a>
            {head::heading(move || t_string!(i18n, recognition.form_title).to_owned())}
            <p class="lead">{name}</p>
        </header>
    };
    if proposal.people.is_empty() {
        let nobody = empty(
            "hand-heart",
            move || t_string!(i18n, recognition.form_nobody),
            move || t_string!(i18n, recognition.form_nobody_hint),
            None,
        );
        return view! { {top} {nobody} }.into_any();
    }
    view! { {top} <p class="give-lead">{t!(i18n, recognition.form_lead)}</p> {filled(proposal, path)} }.into_any()
}

/// The words that are proposed: about what became of the idea.
fn proposed_words(proposal: &RecognitionProposal) -> String {
    let i18n = use_i18n();
    let title = proposal.idea.title.as_str();
    match &proposal.milestone {
        _ if proposal.launched => t_string!(i18n, recognition.words_launched, title = title),
        Some(milestone) => t_string!(i18n, recognition.words_milestone, title = title, milestone = milestone.as_str()),
        None => t_string!(i18n, recognition.words_plain, title = title),
    }
}

fn filled(proposal: RecognitionProposal, path: String) -> AnyView {
    let i18n = use_i18n();
    let state = Form::new("give");
    let said = proposed_words(&proposal);
    let RecognitionProposal { idea, people, left, badges, perks, .. } = proposal;
    let number = idea.number;
    let rows: Vec<Row> = people
        .iter()
        .map(|one| Row { percent: one.percent, chosen: RwSignal::new(true), points: RwSignal::new(one.points) })
        .collect();
    let rows = StoredValue::new(rows);
    let who = StoredValue::new(people.iter().map(|one| one.person.clone()).collect::<Vec<_>>());
    let total = RwSignal::new(people.iter().map(|one| one.points).sum::<u32>());
    let sum = Memo::new(move |_| {
        rows.with_value(|rows| {
            rows.iter().filter(|row| row.chosen.get()).map(|row| row.points.get()).fold(0, u32::saturating_add)
        })
    });
    let share = move || {
        rows.with_value(|rows| {
            let weights: Vec<u32> =
                rows.iter().map(|row| if row.chosen.get_untracked() { row.percent } else { 0 }).collect();
            for (row, points) in rows.iter().zip(split(total.get_untracked(), &weights)) {
                row.points.set(points);
            }
        });
    };
    let thanks = RwSignal::new(true);
    let private = RwSignal::new(false);
    let key = StoredValue::new(draft::key());
    let path = StoredValue::new(path);
    let send = move || {
        let to: Vec<Recipient> = rows.with_value(|rows| {
            let chosen = who.get_value().into_iter().zip(rows.iter()).filter(|(_, row)| row.chosen.get_untracked());
            chosen.map(|(person, row)| Recipient { person: person.id, points: row.points.get_untracked() }).collect()
        });
        let names: Vec<String> = rows.with_value(|rows| {
            let chosen = who.get_value().into_iter().zip(rows.iter()).filter(|(_, row)| row.chosen.get_untracked());
            chosen.map(|(person, _)| person.name).collect()
        });
        let request = Recognise {
            idea: Some(number),
            board: None,
            words: state.value("words"),
            private: private.get_untracked(),
            thanks: thanks.get_untracked(),
            badge: state.value("badge").parse().ok(),
            perk: state.value("perk").parse().ok(),
            to,
        };
        state.send(
            async move { api::post_once::<Vec<RecognitionView>>("/recognition", &request, &key.get_value()).await },
            move |_| {
                toast::say(match names.as_slice() {
                    [one] => t_string!(i18n, recognition.form_sent_one, name = one.clone()),
                    all => t_string!(i18n, recognition.form_sent_many, count = all.len()),
                });
                answer::go(&path.get_value());
            },
        );
    };
    let anew = move |_| {
        // What was refused may be asked for otherwise: that is another request.
        key.set_value(draft::key());
    };
    let list =
        people.iter().enumerate().map(|(place, one)| person(one, rows.with_value(|rows| rows[place]))).collect_view();
    let wrong = move |name: &'static str| {
        move || {
            state.wrong(name).map(|problem| {
                view! { <p class="field-error" role="alert">{move || words::field(i18n, &problem)}</p> }
            })
        }
    };
    let shared_out = view! {
        <div class="give-total">
            <div class="field">
                <label class="field-label" for="give-total">{t!(i18n, recognition.form_total)}</label>
                <input
                    class="input"
                    id="give-total"
                    type="number"
                    min="0"
                    max=limits::POINTS
                    inputmode="numeric"
                    prop:value=move || total.get().to_string()
                    value=total.get_untracked().to_string()
                    disabled=move || !here().awake.get()
                    on:input=move |event| total.set(event_target_value(&event).parse().unwrap_or_default())
                />
            </div>
            <button type="button" class="button" disabled=move || !here().awake.get() on:click=move |_| share()>
                {t!(i18n, recognition.form_split)}
            </button>
            <p class="quiet" aria-live="polite">
                {move || t_string!(i18n, recognition.form_sum, count = sum.get())} " · "
                {t!(i18n, recognition.form_left, count = left)}
            </p>
        </div>
    };
    let tick = move |signal: RwSignal<bool>, text: AnyView, hint: Option<AnyView>| {
        view! {
            <label class="tick">
                <input
                    type="checkbox"
                    checked=signal.get_untracked()
                    disabled=move || !here().awake.get()
                    on:change=move |event| signal.set(event_target_checked(&event))
                />
                <span>{text} {hint.map(|hint| view! { <small class="quiet give-hint">{hint}</small> })}</span>
            </label>
        }
    };
    let content = view! {
        <fieldset class="field" on:input=anew>
            <legend class="field-label">{t!(i18n, recognition.form_whom)}</legend>
            <ul class="give-people">{list}</ul>
            {shared_out}
            {wrong("points")}
            {wrong("to")}
        </fieldset>
        <fieldset class="field" on:change=anew>
            <legend class="field-label">{t!(i18n, recognition.form_what)}</legend>
            <div class="give-what">
                {tick(thanks, t!(i18n, recognition.form_thanks).into_any(), None)}
                {medals(&badges)}
                {wrong("badge")}
                {(!perks.is_empty()).then(|| offers(perks))}
                {wrong("perk")}
            </div>
        </fieldset>
        <div on:input=anew>
            {field("words", t!(i18n, recognition.form_words))
                .hint(t!(i18n, recognition.form_words_hint))
                .value(said)
                .lines(4)
                .place(state)}
        </div>
        <div on:change=anew>
            {tick(
                private,
                t!(i18n, recognition.form_private).into_any(),
                Some(t!(i18n, recognition.form_private_hint).into_any()),
            )}
        </div>
    };
    form(state, send, content.into_any(), submit(state, move || t_string!(i18n, recognition.form_send)))
}

fn person(one: &Proposed, row: Row) -> AnyView {
    let i18n = use_i18n();
    let percent = one.percent;
    let Row { chosen, points, .. } = row;
    let id = format!("points-{}", one.person.handle);
    let name = one.person.name.clone();
    let label = {
        let name = name.clone();
        move || t_string!(i18n, recognition.form_points_of, name = name.clone())
    };
    let private = one.private.then(|| {
        view! { " · " {icon("lock-simple")} " " {t!(i18n, recognition.form_keeps_private)} }
    });
    let input = NodeRef::<html::Input>::new();
    view! {
        <li class="give-person">
            <label class="tick give-name">
                <input
                    type="checkbox"
                    checked=true
                    disabled=move || !here().awake.get()
                    on:change=move |event| chosen.set(event_target_checked(&event))
                />
                {avatar::face(&one.person)}
                <span class="line-main">
                    <span class="person-name">{name}</span>
                    <span class="quiet">{t!(i18n, recognition.form_share, percent = percent)} {private}</span>
                </span>
            </label>
            <div class="give-points">
                <label class="unseen" for=id.clone()>{label}</label>
                <input
                    class="input"
                    id=id
                    type="number"
                    min="0"
                    max=limits::POINTS
                    inputmode="numeric"
                    node_ref=input
                    value=points.get_untracked().to_string()
                    prop:value=move || points.get().to_string()
                    disabled=move || !here().awake.get() || !chosen.get()
                    on:input=move |event| points.set(event_target_value(&event).parse().unwrap_or_default())
                />
                <span class="quiet" aria-hidden="true">{t!(i18n, recognition.form_points)}</span>
            </div>
        </li>
    }
    .into_any()
}

/// The badges to choose among, and none.
fn medals(badges: &[shared::api::BadgeView]) -> AnyView {
    let i18n = use_i18n();
    let choice = |value: String, content: AnyView, first: bool| {
        let id = format!("badge-{value}");
        view! {
            <div class="choice">
                <input type="radio" id=id.clone() name="badge" value=value checked=first />
                <label for=id>{content}</label>
            </div>
        }
    };
    let each = badges.iter().map(|held| choice(held.id.to_string(), badge::badge(held), false)).collect_view();
    view! {
        <fieldset class="field">
            <legend class="field-label">{t!(i18n, recognition.form_badge)}</legend>
            <div class="choices choices-short">{choice(String::new(), t!(i18n, recognition.form_none).into_any(), true)} {each}</div>
        </fieldset>
    }
    .into_any()
}

/// The perks to choose among, and none.
fn offers(perks: Vec<PerkView>) -> AnyView {
    let i18n = use_i18n();
    let option = |perk: PerkView| {
        let stock = perk.stock;
        let text = move || {
            let title = words::either(i18n.get_locale(), &perk.fr, &perk.en);
            let left = match stock {
                0 => t_string!(i18n, recognition.gone).to_owned(),
                1 => t_string!(i18n, recognition.stock_one).to_owned(),
                count => t_string!(i18n, recognition.stock_many, count = count),
            };
            format!("{title} · {left}")
        };
        view! { <option value=perk.id.to_string() disabled=stock == 0>{text}</option> }
    };
    view! {
        <div class="field">
            <label class="field-label" for="give-perk">{t!(i18n, recognition.form_perk)}</label>
            <select class="input" id="give-perk" name="perk">
                <option value="">{t!(i18n, recognition.form_none)}</option>
                {perks.into_iter().map(option).collect_view()}
            </select>
        </div>
    }
    .into_any()
}

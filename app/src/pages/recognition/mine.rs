//! `/recognition/mine`: what one was given, and what one's points are for.

use leptos::prelude::*;
use shared::api::{Code, HeldPerk, OwnRecognition, Page, PerkView, RecognitionKind, RecognitionView};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    live::facts,
    pages::gate,
    ui::{
        badge, card, copy, date,
        empty::empty,
        head,
        icon::icon,
        load::{self, Loaded},
        more::More,
        toast,
    },
    visit::here,
    words,
};

/// What the page shows and changes.
#[derive(Clone, Copy)]
struct Things {
    own: Loaded<OwnRecognition>,
    perks: Loaded<Vec<PerkView>>,
    entries: Loaded<Page<RecognitionView>>,
}

impl Things {
    fn again(self) {
        self.own.again();
        self.perks.again();
        self.entries.again();
    }
}

/// The page.
pub fn view() -> AnyView {
    gate::signed_in(|_| {
        facts::follow(Vec::new());
        let i18n = use_i18n();
        let title = move || t_string!(i18n, recognition.mine).to_owned();
        let things = Things {
            own: load::ask(|| "/me/recognition".to_owned()),
            perks: load::ask(|| "/perks".to_owned()),
            entries: load::ask(|| "/me/recognition/entries?limit=25".to_owned()),
        };
        view! {
            {head::title(title)}
            <div class="page page-middle">
                <header class="page-head">
                    {head::heading(title)} <p class="lead">{t!(i18n, recognition.mine_lead)}</p>
                </header>
                {load::load(things.own, move |own| above(&own, things))}
                <section class="panel" aria-labelledby="entries">
                    <h2 class="panel-title" id="entries">{t!(i18n, recognition.entries)}</h2>
                    {load::load(things.entries, entries)}
                </section>
                <p class="row own-choices">
                    <a class="button button-small" href="/settings#recognition">
                        {icon("gear-six")} {t!(i18n, recognition.settings_link)}
                    </a>
                </p>
            </div>
        }
        .into_any()
    })
}

/// The points, what they are for, and what one has.
fn above(own: &OwnRecognition, things: Things) -> AnyView {
    let i18n = use_i18n();
    let points = own.points;
    let held = if own.perks.is_empty() {
        view! { <p class="quiet">{t!(i18n, recognition.held_empty)}</p> }.into_any()
    } else {
        view! { <ul class="lines">{own.perks.iter().map(held).collect_view()}</ul> }.into_any()
    };
    view! {
        <p class="points-have">
            {t!(i18n, recognition.have)} " " <strong>{move || words::whole_points(i18n.get_locale(), points)}</strong>
        </p>
        <section class="panel" aria-labelledby="held">
            <h2 class="panel-title" id="held">{t!(i18n, recognition.held)}</h2>
            {held}
        </section>
        <section class="panel" aria-labelledby="perks">
            <h2 class="panel-title" id="perks">{t!(i18n, recognition.perks)}</h2>
            {load::load(things.perks, move |perks| catalogue(&perks, points, things))}
        </section>
    }
    .into_any()
}

fn held(held: &HeldPerk) -> AnyView {
    let i18n = use_i18n();
    let perk = held.perk.clone();
    let title = move || words::either(i18n.get_locale(), &perk.fr, &perk.en);
    let (about_fr, about_en) = (held.about_fr.clone(), held.about_en.clone());
    let about = move || words::either(i18n.get_locale(), &about_fr, &about_en);
    let at = held.at;
    let code = match held.code.clone() {
        Some(code) => view! {
            {copy::copy_named(format!("code-{}", held.entry), move || t_string!(i18n, recognition.code).to_owned(), code)}
            <p class="quiet marked">{icon("lock-simple")} <span>{t!(i18n, recognition.code_hint)}</span></p>
        }
        .into_any(),
        None => view! { <p class="quiet">{t!(i18n, recognition.no_code)}</p> }.into_any(),
    };
    view! {
        <li class="held">
            <div class="line-main">
                <span class="person-name">{title}</span>
                <span>{about}</span>
                {code}
                <span class="quiet">{date::ago(at)}</span>
            </div>
        </li>
    }
    .into_any()
}

fn catalogue(perks: &[PerkView], points: u32, things: Things) -> AnyView {
    let i18n = use_i18n();
    let offered: Vec<_> = perks.iter().filter(|perk| !perk.retired && perk.price.is_some()).cloned().collect();
    if offered.is_empty() {
        return view! { <p class="quiet">{t!(i18n, recognition.perks_empty)}</p> }.into_any();
    }
    let row = move |perk: PerkView| offer(perk, points, things);
    view! { <ul class="perks">{offered.into_iter().map(row).collect_view()}</ul> }.into_any()
}

fn offer(perk: PerkView, points: u32, things: Things) -> AnyView {
    let i18n = use_i18n();
    let PerkView { id, kind, stock, claimed, .. } = perk;
    let price = perk.price.unwrap_or_default();
    let (fr, en) = (perk.fr, perk.en);
    let name = StoredValue::new((fr, en));
    let title = move || name.with_value(|(fr, en)| words::either(i18n.get_locale(), fr, en));
    let about = move || words::either(i18n.get_locale(), &perk.about_fr, &perk.about_en);
    let busy = RwSignal::new(false);
    let claim = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        leptos::task::spawn_local(async move {
            // The same press twice, or in two tabs, is the same claim: of the perk that comes after those one has.
            let key = format!("claim-{id}-{claimed}");
            match api::post_once::<HeldPerk>(&format!("/perks/{id}/claims"), &(), &key).await {
                Ok(_) => toast::say(t_string!(i18n, recognition.claimed, title = title())),
                Err(problem) if problem.code == Code::Revoked => {}
                Err(problem) => toast::warn(words::problem(i18n, &problem)),
            }
            let _ = busy.try_set(false);
            things.again();
        });
    };
    let missing = price.saturating_sub(points);
    let state = match (stock, missing) {
        (0, _) => view! { <span class="pill" data-colour="slate">{t!(i18n, recognition.gone)}</span> }.into_any(),
        (_, 0) => view! {
            <button
                type="button"
                class="button button-strong"
                aria-label=move || t_string!(i18n, recognition.claim_of, title = title())
                aria-busy=move || busy.get().then_some("true")
                disabled=move || !here().awake.get()
                on:click=claim
            >
                {t!(i18n, recognition.claim)}
            </button>
        }
        .into_any(),
        _ => view! { <span class="quiet">{t!(i18n, recognition.missing_points, count = missing)}</span> }.into_any(),
    };
    let left = (stock > 0).then(|| {
        let text = move || match stock {
            1 => t_string!(i18n, recognition.stock_one).to_owned(),
            count => t_string!(i18n, recognition.stock_many, count = count),
        };
        view! { <span>" · " {text}</span> }
    });
    view! {
        <li class="perk" data-kind=kind.as_str()>
            <div class="line-main">
                <h3 class="perk-title">{title}</h3>
                <p>{about}</p>
                <p class="quiet">
                    {move || words::whole_points(i18n.get_locale(), price)} " · " {move || words::perk(i18n, kind)} {left}
                </p>
            </div>
            {state}
        </li>
    }
    .into_any()
}

fn entries(page: Page<RecognitionView>) -> AnyView {
    let i18n = use_i18n();
    if page.items.is_empty() {
        return empty(
            "hand-heart",
            move || t_string!(i18n, recognition.entries_empty),
            move || t_string!(i18n, recognition.entries_empty_hint),
            None,
        );
    }
    let more = More::<RecognitionView>::after(page.next);
    let ask = move |_| more.ask(i18n, |cursor| format!("/me/recognition/entries?limit=25&cursor={cursor}"));
    view! {
        <ol class="lines">
            {page.items.iter().map(entry).collect_view()}
            <For each=move || more.items() key=|entry| entry.id let(one)>
                {entry(&one)}
            </For>
        </ol>
        <Show when=move || more.is_there()>
            <p><button type="button" class="button" on:click=ask>{t!(i18n, recognition.more)}</button></p>
        </Show>
    }
    .into_any()
}

fn entry(entry: &RecognitionView) -> AnyView {
    let i18n = use_i18n();
    let RecognitionView { kind, points, private, revoked, at, .. } = *entry;
    let what = match (&entry.badge, &entry.perk) {
        (Some(held), _) => badge::badge(held),
        (None, Some(perk)) => {
            let perk = perk.clone();
            view! { <span>{move || words::either(i18n.get_locale(), &perk.fr, &perk.en)}</span> }.into_any()
        }
        (None, None) => ().into_any(),
    };
    let name = words::name(i18n, &entry.by);
    let from = (kind != RecognitionKind::Claim).then(|| view! { {t!(i18n, recognition.by_whom, name = name)} " · " });
    let idea = entry.idea.as_ref().map(|idea| {
        view! { <a href=card::path(idea.number, &idea.slug)>{idea.title.clone()}</a> " · " }
    });
    let said = (!entry.words.is_empty()).then(|| view! { <q class="entry-words">{entry.words.clone()}</q> });
    let sum = (points != 0).then(|| view! { <span class="entry-points">{format!("{points:+}")}</span> });
    let marks = [(private && kind != RecognitionKind::Claim, 0), (revoked, 1)].into_iter().filter(|(so, _)| *so).map(
        |(_, which)| {
            let text = move || match which {
                0 => t_string!(i18n, recognition.private_mark),
                _ => t_string!(i18n, recognition.revoked_mark),
            };
            view! { <span class="pill" data-colour="slate">{text}</span> }
        },
    );
    view! {
        <li>
            <div class="line-main">
                <span class="row entry-what">
                    <strong>{move || words::recognition(i18n, kind)}</strong> {what} {marks.collect_view()}
                </span>
                {said}
                <span class="quiet">{idea} {from} {date::ago(at)}</span>
            </div>
            {sum}
        </li>
    }
    .into_any()
}

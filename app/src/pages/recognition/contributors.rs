//! Who contributes: customers by how much, the company's people by their names. Nobody is ranked against the other.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared::api::{Contributors, ContributorsBy, ContributorsSince};

use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{avatar, load},
    words::{self, Texts},
};

/// What of it somebody wants to see. It stands in the address.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Wish {
    by: ContributorsBy,
    since: ContributorsSince,
}

impl Wish {
    fn query(self) -> String {
        format!("?by={}&since={}", self.by.as_str(), self.since.as_str())
    }
}

fn by(i18n: Texts, by: ContributorsBy) -> &'static str {
    match by {
        ContributorsBy::Contribution => t_string!(i18n, recognition.by_contribution),
        ContributorsBy::Helpfulness => t_string!(i18n, recognition.by_helpfulness),
    }
}

fn since(i18n: Texts, since: ContributorsSince) -> &'static str {
    match since {
        ContributorsSince::Month => t_string!(i18n, recognition.since_month),
        ContributorsSince::Ever => t_string!(i18n, recognition.since_ever),
    }
}

/// The section.
pub(super) fn section() -> AnyView {
    let i18n = use_i18n();
    let query = use_query_map();
    let wish = Memo::new(move |_| {
        query.with(|query| Wish {
            by: query.get("by").and_then(|word| ContributorsBy::parse(&word)).unwrap_or_default(),
            since: query.get("since").and_then(|word| ContributorsSince::parse(&word)).unwrap_or_default(),
        })
    });
    let found = load::ask::<Contributors>(move || format!("/recognition/contributors{}", wish.get().query()));
    let chip = move |to: Box<dyn Fn(Wish) -> Wish + Send + Sync>, text: Box<dyn Fn() -> &'static str + Send>| {
        let to = StoredValue::new(to);
        let target = move || to.with_value(|to| to(wish.get()));
        let current = move || (target() == wish.get()).then_some("true");
        view! {
            <li>
                <a class="chip" href=move || target().query() data-noscroll="" aria-current=current>{move || text()}</a>
            </li>
        }
    };
    let ways = ContributorsBy::ALL
        .iter()
        .map(|way| chip(Box::new(|wish| Wish { by: *way, ..wish }), Box::new(move || by(i18n, *way))));
    let times = ContributorsSince::ALL
        .iter()
        .map(|time| chip(Box::new(|wish| Wish { since: *time, ..wish }), Box::new(move || since(i18n, *time))));
    view! {
        <section class="contributors" aria-labelledby="contributors">
            <h2 class="section-title" id="contributors">{t!(i18n, recognition.contributors)}</h2>
            <nav class="tools" aria-label=move || t_string!(i18n, recognition.by)>
                <ul class="chips">{ways.collect_view()}</ul>
            </nav>
            <nav class="tools" aria-label=move || t_string!(i18n, recognition.since)>
                <ul class="chips">{times.collect_view()}</ul>
            </nav>
            {load::load(found, groups)}
            <p><a href="/credit">{t!(i18n, recognition.how_credit)}</a></p>
        </section>
    }
    .into_any()
}

fn groups(found: Contributors) -> AnyView {
    let i18n = use_i18n();
    let customers = if found.customers.is_empty() {
        view! { <p class="quiet">{t!(i18n, recognition.none_customers)}</p> }.into_any()
    } else {
        let row = |(place, one): (usize, &shared::api::Contributor)| {
            let points = one.points;
            view! {
                <li>
                    <span class="contributor-place" aria-hidden="true">{place + 1}</span>
                    {avatar::person(&one.person)}
                    <span class="contributor-points">{move || words::points(i18n, points)}</span>
                </li>
            }
        };
        view! { <ol class="contributors-list">{found.customers.iter().enumerate().map(row).collect_view()}</ol> }
            .into_any()
    };
    let team = if found.team.is_empty() {
        view! { <p class="quiet">{t!(i18n, recognition.none_team)}</p> }.into_any()
    } else {
        let row = |person| view! { <li>{avatar::person(person)}</li> };
        view! {
            <p class="quiet">{t!(i18n, recognition.team_hint)}</p>
            <ul class="contributors-team">{found.team.iter().map(row).collect_view()}</ul>
        }
        .into_any()
    };
    view! {
        <div class="panel">
            <h3 class="panel-title">{t!(i18n, recognition.customers)}</h3>
            {customers}
        </div>
        <div class="panel">
            <h3 class="panel-title">{t!(i18n, recognition.team)}</h3>
            {team}
        </div>
    }
    .into_any()
}

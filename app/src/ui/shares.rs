//! People's shares in something, as one bar of many colours with its legend beneath: the bar is for the eye, the legend says
//! the same in words.

use leptos::prelude::*;
use shared::{
    PersonId,
    api::{Colour, Share},
};

use super::avatar;
use crate::{
    i18n::{t, t_string, use_i18n},
    words,
};

/// How many people the legend names at first.
const NAMED: usize = 5;

/// The bar and its legend.
pub fn shares(shares: &[Share]) -> AnyView {
    let i18n = use_i18n();
    let colours = Colour::of_people(shares.iter().map(|share| share.person.id));
    let colour = |id: PersonId| colours.get(&id).copied().unwrap_or_default();
    let row = |share: &Share| row(share, colour(share.person.id));
    let (named, others) = shares.split_at(shares.len().min(NAMED));
    let rest = (!others.is_empty()).then(|| {
        let count = u32::try_from(others.len()).unwrap_or(u32::MAX);
        let label = move || match count {
            1 => t_string!(i18n, credit.others_one).to_owned(),
            _ => t_string!(i18n, credit.others_many, count = count),
        };
        view! {
            <details class="fold">
                <summary>{label}</summary>
                <ul class="shares-list">{others.iter().map(row).collect_view()}</ul>
            </details>
        }
    });
    view! {
        {bar(shares, colour)}
        <ul class="shares-list">{named.iter().map(row).collect_view()}</ul>
        {rest}
    }
    .into_any()
}

/// The bar alone, for where the same is said beside it.
pub fn bar(shares: &[Share], colour: impl Fn(PersonId) -> Colour) -> AnyView {
    let points: u64 = shares.iter().map(|share| u64::from(share.points)).sum::<u64>().max(1);
    let mut from = 0;
    let parts = shares
        .iter()
        .map(|share| {
            // Of a thousand, so that small ones are still seen.
            let upto = from + u64::from(share.points);
            let (x, end) = (from * 1000 / points, upto * 1000 / points);
            from = upto;
            let width = (end - x).to_string();
            view! {
                <rect class="shares-part" data-colour=colour(share.person.id).as_str() x=x.to_string() width=width height="10" />
            }
        })
        .collect_view();
    view! {
        <svg class="shares-bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
            {parts}
        </svg>
    }
    .into_any()
}

/// Somebody's share, and behind it what they gave.
fn row(share: &Share, colour: Colour) -> AnyView {
    let i18n = use_i18n();
    let percent = share.percent;
    let figure = move || match percent {
        0 => t_string!(i18n, credit.under_one).to_owned(),
        _ => t_string!(i18n, credit.percent, percent = percent),
    };
    let given = share.given.clone().into_iter().map(|given| {
        view! {
            <li>
                <span>{move || words::contribution(i18n, given.kind, given.amount)}</span>
                <span class="quiet">{move || words::points(i18n, given.points)}</span>
            </li>
        }
    });
    let page = (!share.person.left).then(|| {
        view! { <a class="share-person" href=avatar::path(&share.person)>{t!(i18n, credit.page_of)}</a> }
    });
    view! {
        <li>
            <details class="share">
                <summary>
                    <span class="share-swatch" data-colour=colour.as_str() aria-hidden="true"></span>
                    <span class="share-name">{words::name(i18n, &share.person)}</span>
                    <span class="share-figure">{figure}</span>
                </summary>
                <ul class="share-given">{given.collect_view()}</ul>
                {page}
            </details>
        </li>
    }
    .into_any()
}

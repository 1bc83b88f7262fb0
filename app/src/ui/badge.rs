//! Badges: a picture of ours on a round of paper, with the name beside it.

use leptos::prelude::*;
use shared::api::{BadgeIcon, BadgeView};

use crate::{i18n::use_i18n, words};

/// The lines of a picture, on a square of 32.
fn lines(icon: BadgeIcon) -> &'static [&'static str] {
    match icon {
        BadgeIcon::Sprout => {
            &["M16 27V14", "M16 19c0-5-4-8-9-8 0 5 3.6 8 9 8Z", "M16 15c0-5 4-9 9.5-9 0 5.6-4 9-9.5 9Z", "M9 27h14"]
        }
        BadgeIcon::Pens => &[
            "m7 25 1.6-5.6L20.4 7.6a2.8 2.8 0 0 1 4 4L12.6 23.4Z",
            "m11.6 15.6-4-4a2.8 2.8 0 0 1 4-4l4 4",
            "m20.4 16.4 3 3L25 25l-5.6-1.6-3-3",
        ],
        BadgeIcon::Wave => &[
            "M4 21c4 0 5.5-3 6-6.5a7.5 7.5 0 0 1 13.5-3.5c-4-.8-6.5 1.5-6 4.5.5 3.2 4 5.5 10.5 5.5",
            "M4 26c3 0 3-1.5 6-1.5s3 1.5 6 1.5 3-1.5 6-1.5 3 1.5 6 1.5",
        ],
        BadgeIcon::Balloon => &[
            "M16 4a8.5 8.5 0 0 1 8.5 8.5c0 4.5-4 7-6 9.5h-5c-2-2.5-6-5-6-9.5A8.5 8.5 0 0 1 16 4Z",
            "M16 4c-3 4-3 12-1 18",
            "M16 4c3 4 3 12 1 18",
            "M13.5 25.5h5V28h-5Z",
        ],
        BadgeIcon::Question => {
            &["M6 7h20v14H15l-6 5v-5H6Z", "M13.4 12.2a2.6 2.6 0 1 1 3.9 2.2c-.9.5-1.3 1-1.3 1.8", "M16 18.5v.1"]
        }
        BadgeIcon::Flask => {
            &["M12.5 5h7", "M14 5v8L7.6 24a2 2 0 0 0 1.7 3h13.4a2 2 0 0 0 1.7-3L18 13V5", "M10.5 20.5h11"]
        }
        BadgeIcon::Lantern => &[
            "M12 9.5h8l2 3.5v10.5l-2 3.5h-8l-2-3.5V13Z",
            "M12 9.5a4 4 0 0 1 8 0",
            "M16 14.5c2 2 2.5 3.3 2.5 4.6a2.5 2.5 0 0 1-5 0c0-1.3.5-2.6 2.5-4.6Z",
        ],
        BadgeIcon::Bridge => {
            &["M3 22h26", "M3 14c2 3 6 5 13 5s11-2 13-5", "M8 8v18", "M24 8v18", "M13 19v3", "M19 19v3"]
        }
        BadgeIcon::Heart => &["M16 26S5 19.5 5 12.5A5.6 5.6 0 0 1 16 10.8a5.6 5.6 0 0 1 11 1.7C27 19.5 16 26 16 26Z"],
        BadgeIcon::Star => &["m16 5 3.3 7 7.7.9-5.7 5.2 1.5 7.6-6.8-3.8-6.8 3.8 1.5-7.6L5 12.9l7.7-.9Z"],
    }
}

/// The paper it stands on.
fn colour(icon: BadgeIcon) -> &'static str {
    match icon {
        BadgeIcon::Sprout => "leaf",
        BadgeIcon::Pens => "sky",
        BadgeIcon::Wave => "teal",
        BadgeIcon::Balloon => "coral",
        BadgeIcon::Question => "plum",
        BadgeIcon::Flask | BadgeIcon::Lantern | BadgeIcon::Star => "amber",
        BadgeIcon::Bridge => "slate",
        BadgeIcon::Heart => "rose",
    }
}

/// The picture of a badge, for the eye only: its name stands beside it.
pub fn medal(icon: BadgeIcon) -> AnyView {
    view! {
        <span class="medal" data-colour=colour(icon) aria-hidden="true">
            <svg viewBox="0 0 32 32" focusable="false">
                {lines(icon).iter().map(|line| view! { <path d=*line /> }).collect_view()}
            </svg>
        </span>
    }
    .into_any()
}

/// A badge with its name, and what it means for whoever asks.
pub fn badge(badge: &BadgeView) -> AnyView {
    let i18n = use_i18n();
    let (fr, en) = (badge.fr.clone(), badge.en.clone());
    let (meaning_fr, meaning_en) = (badge.meaning_fr.clone(), badge.meaning_en.clone());
    view! {
        <span class="badge" title=move || words::either(i18n.get_locale(), &meaning_fr, &meaning_en)>
            {medal(badge.icon)} <span class="badge-name">{move || words::either(i18n.get_locale(), &fr, &en)}</span>
        </span>
    }
    .into_any()
}

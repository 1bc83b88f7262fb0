//! The clock of an answer that was promised.

use leptos::prelude::*;
use shared::api::ClockView;

use crate::{
    i18n::{t_string, use_i18n},
    ui::{date, icon::icon},
    visit::here,
};

/// Until when an answer was promised, or that the time is over, or that the author was asked something; nothing where
/// nothing was promised, or it was answered.
pub fn clock(clock: impl Fn() -> Option<ClockView> + Copy + Send + Sync + 'static) -> AnyView {
    let i18n = use_i18n();
    let here = here();
    let drawn = move |clock: ClockView| {
        let ClockView { due_at, paused_at } = clock;
        let late = move || clock.is_late(here.now.get());
        let text = move || {
            let at = date::relative(i18n, due_at, here.now.get());
            match (late(), paused_at) {
                (true, _) => t_string!(i18n, promise.overdue, at = at),
                (false, Some(_)) => t_string!(i18n, promise.paused).to_owned(),
                (false, None) => t_string!(i18n, promise.due, at = at),
            }
        };
        let title = move || {
            let day = date::day(i18n, due_at, here.now.get());
            if paused_at.is_some() {
                t_string!(i18n, promise.paused_hint).to_owned()
            } else {
                t_string!(i18n, promise.due_hint, day = day)
            }
        };
        view! {
            <span class="clock" class:is-late=late class:is-paused=move || paused_at.is_some() && !late() title=title>
                {icon(if paused_at.is_some() { "pause" } else { "clock" })} {text}
            </span>
        }
    };
    (move || clock().map(drawn)).into_any()
}

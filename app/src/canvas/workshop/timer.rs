//! The timer of a workshop.

use leptos::prelude::*;
use shared::api::{SetTimer, TimerView};

use super::{Way, send};
use crate::{
    canvas::scene::Scene,
    i18n::{t, t_string},
    ui::icon::icon,
};

/// What is offered, in minutes.
const MINUTES: [u32; 6] = [1, 3, 5, 10, 15, 30];

/// Seconds as a clock shows them.
fn clock(seconds: i64) -> String {
    let seconds = seconds.max(0);
    if seconds >= 3600 {
        return format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// The milliseconds that are left, by the server's clock.
fn left(timer: &TimerView, now: i64) -> i64 {
    match (timer.ends_at, timer.left) {
        (Some(ends_at), _) => ends_at - now,
        (None, Some(left)) => left,
        (None, None) => 0,
    }
}

/// The timer as it runs, while there is one.
pub(super) fn shown(scene: Scene) -> AnyView {
    let now = RwSignal::new(0_i64);
    #[cfg(feature = "hydrate")]
    in_browser::tick(scene, now);
    let seconds = Memo::new(move |_| {
        let now = now.get();
        scene.workshop.with(|workshop| workshop.timer.as_ref().map(|timer| (left(timer, now) + 999) / 1000))
    });
    let timer = Memo::new(move |_| scene.workshop.with(|workshop| workshop.timer.clone()));
    // The end, and a minute before it, are said; not each second.
    let told = move || match seconds.get() {
        Some(seconds) if seconds <= 0 => t_string!(scene.i18n, workshop.time_is_up),
        Some(seconds) if (51..=60).contains(&seconds) => t_string!(scene.i18n, workshop.a_minute_left),
        _ => "",
    };
    view! {
        {move || {
            let timer = timer.get()?;
            let paused = timer.ends_at.is_none();
            let over = move || seconds.get().is_some_and(|seconds| seconds <= 0);
            let soon = move || seconds.get().is_some_and(|seconds| (1..=60).contains(&seconds));
            Some(
                view! {
                    <p class="workshop-timer" class:is-over=over class:is-soon=soon class:is-paused=paused>
                        {icon("timer")} <span class="unseen">{t!(scene.i18n, workshop.timer)}</span>
                        <time class="workshop-clock">{move || clock(seconds.get().unwrap_or_default())}</time>
                        {paused.then(|| view! { <span class="quiet">{t!(scene.i18n, workshop.paused)}</span> })}
                        <Show when=over>
                            <strong>{t!(scene.i18n, workshop.time_is_up)}</strong>
                        </Show>
                    </p>
                },
            )
        }}
        <span class="unseen" role="status">{told}</span>
    }
    .into_any()
}

/// The means to set it.
pub(super) fn menu(scene: Scene) -> AnyView {
    let set = move |act: SetTimer| send(scene, Way::Put, "timer", act);
    let start = move |minutes: u32| {
        view! {
            <li>
                <button
                    type="button"
                    class="menu-item"
                    popovertarget="workshop-timer"
                    popovertargetaction="hide"
                    on:click=move |_| set(SetTimer::Start { seconds: minutes * 60 })
                >
                    {t!(scene.i18n, workshop.minutes, count = minutes)}
                </button>
            </li>
        }
    };
    let timer = Memo::new(move |_| scene.workshop.with(|workshop| workshop.timer.clone()));
    let runs = move || timer.with(Option::is_some);
    let paused = move || timer.with(|timer| timer.as_ref().is_some_and(|timer| timer.ends_at.is_none()));
    view! {
        <button type="button" class="button button-small" popovertarget="workshop-timer">
            {icon("timer")} {t!(scene.i18n, workshop.timer)}
        </button>
        <div class="menu canvas-menu" id="workshop-timer" popover="auto">
            <ul>
                {MINUTES.map(start).collect_view()}
                <Show when=runs>
                    <li>
                        <button
                            type="button"
                            class="menu-item"
                            on:click=move |_| set(if paused() { SetTimer::Resume } else { SetTimer::Pause })
                        >
                            {move || icon(if paused() { "play" } else { "pause" })}
                            {move || if paused() { t_string!(scene.i18n, workshop.resume) } else { t_string!(scene.i18n, workshop.pause) }}
                        </button>
                    </li>
                    <li>
                        <button type="button" class="menu-item" on:click=move |_| set(SetTimer::Extend { seconds: 60 })>
                            {icon("plus")} {t!(scene.i18n, workshop.extend)}
                        </button>
                    </li>
                    <li>
                        <button
                            type="button"
                            class="menu-item"
                            popovertarget="workshop-timer"
                            popovertargetaction="hide"
                            on:click=move |_| send(scene, Way::Delete, "timer", ())
                        >
                            {icon("x")} {t!(scene.i18n, workshop.put_away)}
                        </button>
                    </li>
                </Show>
            </ul>
        </div>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
mod in_browser {
    use std::time::Duration;

    use leptos::prelude::*;

    use crate::canvas::scene::Scene;

    /// Keeps the time by the server's clock while there is a timer.
    pub(super) fn tick(scene: Scene, now: RwSignal<i64>) {
        let read = move || {
            #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a clock")]
            let here = js_sys::Date::now() as i64;
            let _ = now.try_set(here + scene.behind.try_get_untracked().unwrap_or_default());
        };
        Effect::new(move |_| {
            let runs = scene.workshop.with(|workshop| {
                workshop.timer.as_ref().is_some_and(|timer| timer.ends_at.is_some())
                    || workshop.vote.as_ref().is_some_and(|vote| vote.ends_at.is_some() && vote.ended_at.is_none())
            });
            scene.behind.track();
            read();
            if runs && let Ok(handle) = set_interval_with_handle(read, Duration::from_millis(250)) {
                on_cleanup(move || handle.clear());
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::clock;

    #[test]
    fn a_clock_counts_minutes_and_seconds() {
        assert_eq!([0, 59, 60, 3_599, 3_600, -4].map(clock), ["0:00", "0:59", "1:00", "59:59", "1:00:00", "0:00"]);
    }
}

//! Going through time: a slider over versions, steps to either side, and playing them one after the other.

use leptos::{html, prelude::*};

use crate::{
    i18n::{t_string, use_i18n},
    ui::icon::icon,
    visit::here,
};

/// How long all versions take to play, in milliseconds, and the least and the most that one of them does.
#[cfg(feature = "hydrate")]
const WHOLE: u64 = 30_000;
#[cfg(feature = "hydrate")]
const STEP: (u64, u64) = (60, 900);

/// Which of some versions is looked at, from 1 on.
#[derive(Clone, Copy)]
pub struct Player {
    count: u32,
    at: RwSignal<u32>,
    playing: RwSignal<bool>,
}

impl Player {
    /// Looks at one of so many.
    pub fn new(count: u32, at: u32) -> Self {
        Self { count, at: RwSignal::new(at.clamp(1, count.max(1))), playing: RwSignal::new(false) }
    }

    /// Which.
    pub fn at(self) -> u32 {
        self.at.get()
    }

    /// Which, where nothing follows it.
    pub fn at_untracked(self) -> u32 {
        self.at.get_untracked()
    }

    /// Whether it is the last.
    pub fn is_last(self) -> bool {
        self.at.get() == self.count
    }

    /// Looks at another, and plays no longer.
    pub fn go(self, to: u32) {
        self.playing.set(false);
        self.put(to);
    }

    fn put(self, to: u32) {
        let to = to.clamp(1, self.count.max(1));
        if self.at.get_untracked() != to {
            self.at.set(to);
        }
    }

    fn step(self, on: bool) {
        let at = self.at.get_untracked();
        self.go(if on { at.saturating_add(1) } else { at.saturating_sub(1) });
    }

    fn play(self) {
        if self.playing.get_untracked() {
            return self.playing.set(false);
        }
        if self.at.get_untracked() == self.count {
            self.put(1);
        }
        self.playing.set(true);
    }
}

/// The bar with all of that. `said` says in words which version is looked at.
pub fn player(player: Player, said: impl Fn(u32) -> String + Copy + Send + Sync + 'static) -> AnyView {
    let i18n = use_i18n();
    let (here, Player { count, at, playing }) = (here(), player);
    let slider = NodeRef::<html::Input>::new();
    #[cfg(feature = "hydrate")]
    in_browser::start(player);
    let asleep = move || !here.awake.get();
    let moved = move |_| {
        if let Some(to) = slider.get_untracked().and_then(|slider| slider.value().parse().ok()) {
            player.go(to);
        }
    };
    let name = move || if playing.get() { t_string!(i18n, history.pause) } else { t_string!(i18n, history.play) };
    let mark = move || icon(if playing.get() { "pause" } else { "play" });
    let counted = move || t_string!(i18n, history.of, at = at.get(), count = count);
    view! {
        <div class="history-player" role="group" aria-label=move || t_string!(i18n, history.through)>
            <button type="button" class="button button-icon" aria-label=name title=name disabled=asleep on:click=move |_| player.play()>
                {mark}
            </button>
            <button
                type="button"
                class="button button-icon"
                aria-label=move || t_string!(i18n, history.back)
                title=move || t_string!(i18n, history.back)
                disabled=move || asleep() || at.get() == 1
                on:click=move |_| player.step(false)
            >
                {icon("arrow-left")}
            </button>
            <input
                type="range"
                class="history-slider"
                min="1"
                max=count.to_string()
                value=at.get_untracked().to_string()
                prop:value=move || at.get().to_string()
                aria-label=move || t_string!(i18n, history.version)
                aria-valuetext=move || said(at.get())
                disabled=asleep
                node_ref=slider
                on:input=moved
            />
            <button
                type="button"
                class="button button-icon"
                aria-label=move || t_string!(i18n, history.forth)
                title=move || t_string!(i18n, history.forth)
                disabled=move || asleep() || at.get() == count
                on:click=move |_| player.step(true)
            >
                {icon("arrow-right")}
            </button>
            <p class="history-now"><strong>{counted}</strong> <span>{move || said(at.get())}</span></p>
        </div>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
mod in_browser {
    use std::time::Duration;

    use leptos::{ev, prelude::*};
    use send_wrapper::SendWrapper;
    use wasm_bindgen::JsCast;

    use super::{Player, STEP, WHOLE};

    /// Plays, and hears ← and → wherever they mean nothing else.
    pub(super) fn start(player: Player) {
        Effect::new(move |_| {
            if !player.playing.get() {
                return;
            }
            let step = (WHOLE / u64::from(player.count.max(1))).clamp(STEP.0, STEP.1);
            let on = move || {
                let Some(at) = player.at.try_get_untracked() else { return };
                player.put(at + 1);
                if at + 1 >= player.count {
                    player.playing.set(false);
                }
            };
            if let Ok(timer) = set_interval_with_handle(on, Duration::from_millis(step)) {
                on_cleanup(move || timer.clear());
            }
        });
        let keys = window_event_listener(ev::keydown, move |event| {
            if event.default_prevented() || event.alt_key() || event.ctrl_key() || event.meta_key() || event.shift_key()
            {
                return;
            }
            let on = match event.key().as_str() {
                "ArrowLeft" => false,
                "ArrowRight" => true,
                _ => return,
            };
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            // The slider itself has them by the browser.
            if target.is_some_and(|target| {
                target.matches("input, select, textarea, [contenteditable], [role=application] *, [role=application]")
                    == Ok(true)
            }) {
                return;
            }
            event.prevent_default();
            player.step(on);
        });
        let keys = SendWrapper::new(keys);
        on_cleanup(move || keys.take().remove());
    }
}

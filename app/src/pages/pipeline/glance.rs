//! Where the work is, at a glance: a bar with a part for each stage, and below it their names and counts, which lead to
//! the columns.

use leptos::prelude::*;
use shared::api::StageView;

use super::{board::Board, lanes};
use crate::{
    i18n::{t_string, use_i18n},
    words,
};

/// The id of a stage's column.
pub(super) fn anchor(stage: &StageView) -> String {
    format!("stage-{}", stage.id)
}

/// The bar and the names.
pub(super) fn view(board: Board) -> AnyView {
    let i18n = use_i18n();
    let stages: Vec<StageView> =
        board.lanes.with_untracked(|lanes| lanes.columns.iter().map(|column| column.stage.clone()).collect());
    let counts = Memo::new(move |_| {
        board.lanes.with(|lanes| lanes.columns.iter().map(|column| column.ideas).collect::<Vec<u32>>())
    });
    let shares = Memo::new(move |_| lanes::shares(&counts.get()));
    let count = move |at: usize| counts.with(|counts| counts.get(at).copied().unwrap_or_default());
    let part = |(at, stage): (usize, &StageView)| {
        let share = move || shares.with(|shares| shares.get(at).copied().unwrap_or_default());
        view! {
            <rect
                data-colour=stage.colour.as_str()
                x=move || format!("{:.3}%", share().0)
                width=move || format!("{:.3}%", share().1)
                height="100%"
            />
        }
    };
    let name = |(at, stage): (usize, &StageView)| {
        let (target, stage) = (anchor(stage), stage.clone());
        let (href, colour) = (format!("#{target}"), stage.colour.as_str());
        view! {
            <li>
                <a class="glance-stage" href=href rel="external" data-colour=colour on:click=move |event| lead(&event, &target)>
                    <span class="chip-dot" aria-hidden="true"></span>
                    {move || words::stage(i18n, &stage)}
                    " "
                    <span class="glance-count">{move || count(at)}</span>
                </a>
            </li>
        }
    };
    let said = move || {
        let (all, open) = board.lanes.with(lanes::Lanes::counts);
        let ideas = words::ideas(i18n, all);
        if all == 0 { ideas } else { t_string!(i18n, pipeline.glance, all = ideas, open = open) }
    };
    view! {
        <nav class="glance" aria-label=move || t_string!(i18n, pipeline.jump)>
            <svg class="glance-bar" role="img" aria-label=said width="100%" height="12">
                {stages.iter().enumerate().map(part).collect_view()}
            </svg>
            <p class="glance-said" aria-hidden="true">{said}</p>
            <ul class="glance-stages">{stages.iter().enumerate().map(name).collect_view()}</ul>
        </nav>
    }
    .into_any()
}

/// Brings a column into sight, without moving the page up or down more than it must.
fn lead(event: &leptos::ev::MouseEvent, target: &str) {
    #[cfg(feature = "hydrate")]
    if let Some(lane) = document().get_element_by_id(target) {
        use wasm_bindgen::JsCast;
        event.prevent_default();
        crate::ui::sight::bring(&lane, web_sys::ScrollLogicalPosition::Start);
        let title = lane.query_selector(".lane-title").ok().flatten();
        if let Some(title) = title.and_then(|title| title.dyn_into::<web_sys::HtmlElement>().ok()) {
            let quietly = web_sys::FocusOptions::new();
            quietly.set_prevent_scroll(true);
            let _ = title.focus_with_options(&quietly);
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (event, target);
}

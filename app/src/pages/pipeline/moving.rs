//! The ways to move a card but by dragging: keys, a menu of the stages, and the dialog that asks why not now.

use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    prelude::*,
    task::spawn_local,
};
use shared::api::StageView;

use super::{
    board::{Board, Declined},
    lanes::Way,
};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::reason,
    ui::icon::icon,
    words,
};

/// The id of the menu.
const MENU: &str = "pipeline-menu";
/// The id of the field that asks why.
const REASON: &str = "decline-reason";

/// A key was pressed among the columns.
pub(super) fn press(board: Board, event: &KeyboardEvent) {
    let plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
    let alt = event.alt_key() && !event.ctrl_key() && !event.meta_key() && !event.shift_key();
    // On many keyboards the brackets are typed with a modifier.
    let typed = plain || event.get_modifier_state("AltGraph");
    let way = match event.key().as_str() {
        "[" if typed => Way::Back,
        "]" if typed => Way::On,
        "ArrowLeft" if alt => Way::Back,
        "ArrowRight" if alt => Way::On,
        _ => return,
    };
    if let Some(number) = board.may_move.get_untracked().then(|| of_card(event)).flatten() {
        event.prevent_default();
        board.shift(number, way);
    }
}

/// The number of the card that something happened in.
fn of_card(event: &KeyboardEvent) -> Option<u32> {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
        target.closest("[data-number]").ok().flatten()?.get_attribute("data-number")?.parse().ok()
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = event;
        None
    }
}

/// Opens the menu of stages for a card, beside its button.
pub(super) fn open(board: Board, number: u32) {
    board.menu.set(Some(number));
    #[cfg(feature = "hydrate")]
    request_animation_frame(move || {
        let Some(menu) = menu() else { return };
        let button = document().query_selector(&format!(".lanes [data-number='{number}'] .lane-move")).ok().flatten();
        let Some(button) = button else { return };
        let _ = menu.show_popover();
        // Below the button, or above where there is no room; never beyond the screen.
        let (at, own) = (button.get_bounding_client_rect(), menu.get_bounding_client_rect());
        let size = |side: Result<wasm_bindgen::JsValue, _>| side.ok().and_then(|side| side.as_f64()).unwrap_or(0.0);
        let (wide, high) = (size(window().inner_width()), size(window().inner_height()));
        let below = at.bottom() + 4.0;
        let top = if below + own.height() > high { (at.top() - own.height() - 4.0).max(8.0) } else { below };
        let left = (at.right() - own.width()).clamp(8.0, (wide - own.width() - 8.0).max(8.0));
        let _ = menu.style().set_property("top", &format!("{top}px"));
        let _ = menu.style().set_property("left", &format!("{left}px"));
        step(&menu, 0, true);
    });
}

#[cfg(feature = "hydrate")]
fn menu() -> Option<web_sys::HtmlElement> {
    use wasm_bindgen::JsCast;
    document().get_element_by_id(MENU)?.dyn_into().ok()
}

fn close() {
    #[cfg(feature = "hydrate")]
    if let Some(menu) = menu() {
        let _ = menu.hide_popover();
    }
}

/// Goes to the item so many further on; to the one that is `fresh` where nothing has the focus yet.
#[cfg(feature = "hydrate")]
fn step(menu: &web_sys::HtmlElement, by: i32, fresh: bool) {
    use wasm_bindgen::JsCast;
    let Ok(items) = menu.query_selector_all("[role=menuitemradio]") else { return };
    let all: Vec<web_sys::HtmlElement> = (0..items.length()).filter_map(|at| items.item(at)?.dyn_into().ok()).collect();
    let active = document().active_element();
    let here = all.iter().position(|item| {
        if fresh {
            item.get_attribute("aria-checked").as_deref() == Some("true")
        } else {
            active.as_ref().is_some_and(|active| item.is_same_node(Some(active)))
        }
    });
    let length = i32::try_from(all.len()).unwrap_or(i32::MAX).max(1);
    let to = here.and_then(|at| i32::try_from(at).ok()).unwrap_or(0).saturating_add(by).rem_euclid(length);
    if let Some(item) = usize::try_from(to).ok().and_then(|to| all.get(to)) {
        let _ = item.focus();
    }
}

/// A key was pressed in the menu.
fn choose(event: &KeyboardEvent) {
    #[cfg(feature = "hydrate")]
    if let Some(menu) = menu() {
        match event.key().as_str() {
            "ArrowDown" => step(&menu, 1, false),
            "ArrowUp" => step(&menu, -1, false),
            "Tab" => return close(),
            _ => return,
        }
        event.prevent_default();
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = event;
}

/// The menu, the dialog, and what is said of moves.
pub(super) fn view(board: Board, stages: &[StageView]) -> AnyView {
    let i18n = use_i18n();
    let named = Memo::new(move |_| {
        let number = board.menu.get()?;
        board.lanes.with(|lanes| {
            lanes.card(number).map(|item| item.card.title.clone()).zip(lanes.stage(number).map(|stage| stage.id))
        })
    });
    let item = |stage: &StageView| {
        let (id, colour, target, stage) = (stage.id, stage.colour.as_str(), stage.clone(), stage.clone());
        let here = move || named.with(|named| named.as_ref().is_some_and(|(_, at)| *at == id));
        let go = move |_| {
            let number = board.menu.get_untracked();
            close();
            if let Some(number) = number {
                board.go(number, &target, None);
            }
        };
        view! {
            <button
                type="button"
                class="menu-item"
                role="menuitemradio"
                tabindex="-1"
                aria-checked=move || here().to_string()
                on:click=go
            >
                <span class="chip-dot" data-colour=colour aria-hidden="true"></span>
                {move || words::stage(i18n, &stage)}
                {icon("check")}
            </button>
        }
    };
    let label = move || {
        let title = named.with(|named| named.as_ref().map(|(title, _)| title.clone())).unwrap_or_default();
        t_string!(i18n, pipeline.menu, title = title)
    };
    view! {
        <div class="menu lane-menu" id=MENU popover="auto" role="menu" aria-label=label on:keydown=|event| choose(&event)>
            {stages.iter().map(item).collect_view()}
        </div>
        {decline(board)}
        <p class="unseen" role="status" aria-live="polite">{move || board.said.get()}</p>
    }
    .into_any()
}

/// Asks why an idea will not be done. Left without an answer, the card goes back.
fn decline(board: Board) -> AnyView {
    let i18n = use_i18n();
    let why = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let title = move || {
        let title = board.declined.with(|asked| asked.as_ref().map(|asked| asked.title.clone())).unwrap_or_default();
        t_string!(i18n, pipeline.decline, title = title)
    };
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let asked = board.declined.get_untracked().filter(|_| !busy.get_untracked());
        let Some(Declined { number, to, .. }) = asked else { return };
        let reason = why.get_untracked();
        busy.set(true);
        spawn_local(async move {
            match board.send(number, &to, reason).await {
                Ok(_) => {
                    board.say_where(number);
                    let _ = board.declined.try_set(None);
                    board.dialog.close();
                }
                // Who may no longer is told so here: the words stay at hand.
                Err(problem) => {
                    let _ = wrong.try_set(Some(reason::refused(i18n, &problem)));
                    reason::focus(REASON);
                }
            }
            let _ = busy.try_set(false);
        });
    };
    let number = StoredValue::new(None::<u32>);
    Effect::new(move || {
        if let Some(asked) = board.declined.get() {
            number.set_value(Some(asked.number));
            why.set(String::new());
            wrong.set(None);
        }
    });
    let closed = move |_| {
        if let Some(asked) = board.declined.get_untracked() {
            board.declined.set(None);
            board.reconsider(&asked);
        }
        #[cfg(feature = "hydrate")]
        if let Some(number) = number.get_value() {
            request_animation_frame(move || super::motion::focus_on(number, ".card-link"));
        }
    };
    view! {
        <dialog class="dialog" aria-label=title node_ref=board.dialog.node() on:close=closed>
            <p class="dialog-title">{title}</p>
            <form class="idea-move" method="dialog" novalidate="" on:submit=send>
                {reason::field(REASON, why, wrong, || false)}
                <div class="row row-end">
                    <button type="button" class="button" on:click=move |_| board.dialog.close()>
                        {t!(i18n, ui.cancel)}
                    </button>
                    <button type="submit" class="button button-strong" aria-busy=move || busy.get().then_some("true")>
                        {t!(i18n, idea.move_send)}
                    </button>
                </div>
            </form>
        </dialog>
    }
    .into_any()
}

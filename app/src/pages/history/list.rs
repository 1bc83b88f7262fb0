//! The list of versions. It is written as one piece of HTML: of a thousand, the browser then takes over none one by one.

use leptos::{ev, html, prelude::*};
use shared::{
    api::{Extent, Millis},
    passage::escape,
};

use crate::{
    i18n::{t_string, use_i18n},
    ui::date,
    visit::here,
    words::Texts,
};

/// Somebody whose words are tinted.
#[derive(Clone, Debug)]
pub struct Ink {
    /// What they are called.
    pub name: String,
    /// Their colour.
    pub colour: &'static str,
    /// How their words are underlined: who shares a colour does not share that too.
    pub line: usize,
}

impl Ink {
    /// The attributes by which the styles know them.
    pub fn attributes(&self) -> String {
        format!("data-colour=\"{}\" data-line=\"{}\"", self.colour, self.line)
    }

    /// A swatch for the eye.
    pub fn swatch(&self) -> String {
        format!("<span class=\"history-swatch\" {} aria-hidden=\"true\"></span>", self.attributes())
    }
}

/// A version, as the list shows it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Who made it.
    pub by: Vec<Ink>,
    /// When it ended.
    pub at: Millis,
    /// What it did to the text, where it is of one.
    pub extent: Option<Extent>,
    /// How many things it changed, where it is of a canvas.
    pub things: Option<u32>,
}

impl Row {
    /// Who made it.
    pub fn names(&self) -> String {
        self.by.iter().map(|ink| ink.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// Who made it, when, and what it did: in words.
    pub fn said(&self, i18n: Texts) -> String {
        format!("{}, {}, {}", self.names(), when(i18n, self.at), self.did(i18n))
    }

    fn did(&self, i18n: Texts) -> String {
        match (self.extent, self.things) {
            (Some(Extent { added, removed }), _) => t_string!(i18n, history.did, added = added, removed = removed),
            (None, Some(1)) => t_string!(i18n, history.thing).to_owned(),
            (None, count) => t_string!(i18n, history.things, count = count.unwrap_or_default()),
        }
    }

    fn figures(&self) -> String {
        match (self.extent, self.things) {
            (Some(Extent { added, removed }), _) => format!("+{added} −{removed}"),
            (None, count) => count.unwrap_or_default().to_string(),
        }
    }
}

/// A day and a time of that day, where the person is; the server, which does not know where that is, says which it means.
pub fn when(i18n: Texts, at: Millis) -> String {
    let here = here();
    let shift = if here.awake.get() { shift(at) } else { None };
    let local = at + shift.unwrap_or_default();
    let minutes = local.div_euclid(60_000).rem_euclid(24 * 60);
    let clock = format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let day = date::day(i18n, local, here.now.get_untracked());
    let zone = if shift.is_none() { "\u{a0}UTC" } else { "" };
    format!("{day}, {clock}{zone}")
}

/// How far the clocks of the person are ahead of UTC at a moment.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "minutes, and times since 1970")]
fn shift(at: Millis) -> Option<Millis> {
    #[cfg(feature = "hydrate")]
    {
        Some(-js_sys::Date::new(&(at as f64).into()).get_timezone_offset() as Millis * 60_000)
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = at;
        None
    }
}

/// Rows with the version each is of, the last first.
pub fn last_first(rows: &[Row]) -> impl Iterator<Item = (&Row, u32)> {
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    rows.iter().rev().zip((1..=count).rev())
}

/// The versions, the last first. `address` is where each is shown; `chosen` is told of one that is clicked.
pub fn list(
    rows: StoredValue<Vec<Row>>,
    at: Signal<u32>,
    address: impl Fn(u32) -> String + Copy + Send + Sync + 'static,
    chosen: impl Fn(u32) + Copy + 'static,
) -> AnyView {
    let i18n = use_i18n();
    let node = NodeRef::<html::Ol>::new();
    #[cfg(feature = "hydrate")]
    in_browser::follow(node, at);
    let html = move || {
        // In the language of the moment, and by the person's own clock once it is known.
        let _ = i18n.get_locale();
        let now = at.get_untracked();
        rows.with_value(|rows| {
            let rows = last_first(rows);
            rows.map(|(row, version)| one(i18n, row, version, now == version, &address(version))).collect::<String>()
        })
    };
    let clicked = move |event: ev::MouseEvent| {
        #[cfg(feature = "hydrate")]
        if let Some(version) = in_browser::clicked(&event) {
            event.prevent_default();
            chosen(version);
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = (&event, &chosen);
    };
    view! { <ol class="history-list" node_ref=node reversed="" inner_html=html on:click=clicked></ol> }.into_any()
}

fn one(i18n: Texts, row: &Row, version: u32, current: bool, address: &str) -> String {
    let current = if current { " aria-current=\"true\"" } else { "" };
    let swatches: String = row.by.iter().take(4).map(Ink::swatch).collect();
    format!(
        "<li><a href=\"{}\" data-noscroll=\"\" data-version=\"{version}\"{current}>\
         <span class=\"history-who\">{swatches}{}</span> <span class=\"history-when\">{}</span> \
         <span class=\"history-did\" aria-hidden=\"true\">{}</span><span class=\"unseen\">{}</span></a></li>",
        escape(address),
        escape(&row.names()),
        escape(&when(i18n, row.at)),
        escape(&row.figures()),
        escape(&row.did(i18n)),
    )
}

#[cfg(feature = "hydrate")]
mod in_browser {
    use leptos::{ev, html, prelude::*};
    use wasm_bindgen::JsCast;

    /// Marks the version that is looked at, and keeps it in sight within the list.
    pub(super) fn follow(list: NodeRef<html::Ol>, at: Signal<u32>) {
        Effect::new(move |_| {
            let at = at.get();
            let Some(list) = list.get() else { return };
            if let Ok(Some(before)) = list.query_selector("[aria-current]") {
                let _ = before.remove_attribute("aria-current");
            }
            let Ok(Some(link)) = list.query_selector(&format!("[data-version=\"{at}\"]")) else { return };
            let _ = link.set_attribute("aria-current", "true");
            let (inside, row) = (list.get_bounding_client_rect(), link.get_bounding_client_rect());
            // Never the page itself: somebody may be reading.
            if row.top() < inside.top() || row.bottom() > inside.bottom() {
                let middle = row.top() - inside.top() - inside.height() / 2.0;
                #[expect(clippy::cast_possible_truncation, reason = "pixels of a page")]
                list.set_scroll_top(list.scroll_top() + middle as i32);
            }
        });
    }

    /// Which version is clicked, to be shown here.
    pub(super) fn clicked(event: &ev::MouseEvent) -> Option<u32> {
        if event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0 {
            return None;
        }
        let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
        target.closest("[data-version]").ok()??.get_attribute("data-version")?.parse().ok()
    }
}

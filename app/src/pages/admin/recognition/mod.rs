//! `/admin/recognition`: budgets, badges, perks and the ledger, for owners.

mod badges;
mod budgets;
mod ledger;
mod perks;

use leptos::prelude::*;

/// Everything owners settle and read of recognition.
pub(super) fn view() -> AnyView {
    view! { {ledger::section()} {budgets::section()} {badges::section()} {perks::section()} }.into_any()
}

/// A part of the page.
fn panel(id: &'static str, title: AnyView, hint: AnyView, content: AnyView) -> AnyView {
    view! {
        <section class="panel" aria-labelledby=id>
            <div class="panel-head">
                <h2 class="panel-title" id=id>{title}</h2>
                <p class="quiet">{hint}</p>
            </div>
            {content}
        </section>
    }
    .into_any()
}

//! How many points each board gives in a month.

use leptos::prelude::*;
use shared::{
    api::{BudgetView, SetBudget},
    limits,
};

use super::panel;
use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{load, toast},
    visit::here,
    words,
};

/// The section.
pub(super) fn section() -> AnyView {
    let i18n = use_i18n();
    let found = load::ask::<Vec<BudgetView>>(|| "/recognition/budgets".to_owned());
    let content = load::load(found, move |budgets: Vec<BudgetView>| {
        view! { <ul class="lines">{budgets.into_iter().map(row).collect_view()}</ul> }.into_any()
    });
    panel("budgets", t!(i18n, recognition.budgets).into_any(), t!(i18n, recognition.budgets_hint).into_any(), content)
}

fn row(budget: BudgetView) -> AnyView {
    let i18n = use_i18n();
    let BudgetView { board, board_title, monthly, spent } = budget;
    let wanted = RwSignal::new(monthly);
    let title = StoredValue::new(board_title.clone());
    let path = StoredValue::new(format!("/recognition/budgets/{board}"));
    let set = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let monthly = wanted.get_untracked();
        leptos::task::spawn_local(async move {
            match api::put_with::<Vec<BudgetView>>(&path.get_value(), &SetBudget { monthly }).await {
                Ok(_) => {
                    toast::say(t_string!(i18n, recognition.budget_kept, board = title.get_value(), count = monthly));
                }
                Err(problem) => toast::warn(words::problem(i18n, &problem)),
            }
        });
    };
    let id = format!("budget-{board}");
    view! {
        <li>
            <div class="line-main">
                <a class="person-name" href=format!("/b/{board}")>{board_title}</a>
                <span class="quiet">{t!(i18n, recognition.budget_spent, count = spent)}</span>
            </div>
            <form class="row budget" novalidate="" on:submit=set>
                <label class="unseen" for=id.clone()>
                    {move || t_string!(i18n, recognition.budget_of, board = title.get_value())}
                </label>
                <input
                    class="input"
                    id=id
                    type="number"
                    min="0"
                    max=limits::BUDGET
                    inputmode="numeric"
                    value=monthly.to_string()
                    disabled=move || !here().awake.get()
                    on:input=move |event| wanted.set(event_target_value(&event).parse().unwrap_or_default())
                />
                <button type="submit" class="button button-small" disabled=move || !here().awake.get()>
                    {t!(i18n, recognition.budget_set)}
                </button>
            </form>
        </li>
    }
    .into_any()
}

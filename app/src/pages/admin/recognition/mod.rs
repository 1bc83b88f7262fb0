//! `/admin/recognition`: budgets, badges, perks and the ledger, for owners.

mod badges;
mod budgets;
mod ledger;
mod perks;

use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    api,
    i18n::t_string,
    ui::{form::Form, load::Loaded, toast},
    words::Texts,
};

/// Everything owners settle and read of recognition.
pub(super) fn view() -> AnyView {
    view! { {ledger::section()} {budgets::section()} {badges::section()} {perks::section()} }.into_any()
}

/// Sends what a form says of something new under `path`, or of what has this id there, and asks for all anew.
fn keep<T: DeserializeOwned + 'static, L: 'static>(
    i18n: Texts,
    state: Form,
    path: &'static str,
    id: Option<String>,
    written: impl Serialize + 'static,
    all: Loaded<L>,
) {
    let call = async move {
        match id {
            Some(id) => api::put_with::<T>(&format!("{path}/{id}"), &written).await,
            None => api::post::<T>(path, &written).await,
        }
    };
    state.send(call, move |_| {
        state.clear();
        toast::say(t_string!(i18n, recognition.kept));
        all.again();
    });
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

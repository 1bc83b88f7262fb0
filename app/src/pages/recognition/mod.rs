//! `/recognition`: who was thanked lately, and who contributes.

mod contributors;
mod give;
pub mod joy;
mod mine;
pub mod strip;
pub mod thanks;

pub use give::view as give;
pub use mine::view as mine;

use leptos::prelude::*;
use shared::api::{Page, RecognitionView};

use crate::{
    i18n::{t, t_string, use_i18n},
    live::facts,
    ui::{empty::empty, head, icon::icon, load},
    visit::here,
};

/// How many thanks at first, and how many more each time.
const STEP: u32 = 12;

/// The page.
pub fn view() -> AnyView {
    facts::follow(Vec::new());
    let i18n = use_i18n();
    let here = here();
    let title = move || t_string!(i18n, recognition.title).to_owned();
    let name = move || here.me.with(|me| me.workspace.name.clone());
    let recent = load::ask::<Page<RecognitionView>>(|| format!("/recognition?limit={STEP}"));
    let signed_in = here.me.with_untracked(|me| me.person.is_some());
    let mine = signed_in.then(|| {
        view! {
            <p class="row"><a class="button" href="/recognition/mine">{icon("hand-heart")} {t!(i18n, recognition.mine_link)}</a></p>
        }
    });
    view! {
        {head::public(title, move || t_string!(i18n, recognition.description, name = name()), "/recognition".to_owned())}
        <div class="page recognition-page">
            <header class="page-head">
                {head::heading(title)} <p class="lead">{t!(i18n, recognition.lead)}</p> {mine}
            </header>
            <div class="recognition-parts">
                <section aria-labelledby="recent">
                    <h2 class="section-title" id="recent">{t!(i18n, recognition.recent)}</h2>
                    {load::load(recent, list)}
                </section>
                {contributors::section()}
            </div>
        </div>
    }
    .into_any()
}

fn list(page: Page<RecognitionView>) -> AnyView {
    let i18n = use_i18n();
    if page.items.is_empty() {
        let step = view! { <a class="button" href="/">{t!(i18n, recognition.to_ideas)}</a> }.into_any();
        return empty(
            "hand-heart",
            move || t_string!(i18n, recognition.recent_empty),
            move || t_string!(i18n, recognition.recent_empty_hint),
            Some(step),
        );
    }
    thanks::list(page, |cursor| format!("/recognition?limit={STEP}&cursor={cursor}"))
}

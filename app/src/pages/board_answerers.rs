//! Who answers the ideas of a board, or those of one of its tags.

use leptos::prelude::*;
use shared::{
    TagId,
    api::{AnswererView, BoardView, SetAnswerer, TagView},
};

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{form::Form, load, named, tag, toast},
    words,
};

/// Those who answer, and a form that names one more.
pub(super) fn answerers(board: &BoardView) -> AnyView {
    let i18n = use_i18n();
    let path = StoredValue::new(format!("/boards/{}/answerers", board.slug));
    let list = load::ask::<Vec<AnswererView>>(move || path.get_value());
    let remove = move |path: String| {
        leptos::task::spawn_local(async move {
            if let Err(problem) = api::delete(&path).await {
                toast::warn(words::problem(i18n, &problem));
            }
            list.again();
        });
    };
    let row = move |answerer: AnswererView| {
        let AnswererView { person, tag, reserve } = answerer;
        let name = words::name(i18n, &person);
        let of_tag = tag.as_ref().map(|tag| format!("?tag={}", tag.id)).unwrap_or_default();
        let path = format!("{}/{}{of_tag}", path.get_value(), person.handle);
        let label = move || t_string!(i18n, board.remove_answerer, name = name.clone());
        let about = view! {
            {tag.as_ref().map(tag::one)}
            {reserve.then(|| view! { <span class="quiet">{t!(i18n, board.in_reserve)}</span> })}
        };
        named::line(&person, about, Some(named::remove(label, move || remove(path.clone()))))
    };
    let rows = move |answerers: Vec<AnswererView>| {
        if answerers.is_empty() {
            return view! { <p class="quiet">{t!(i18n, board.answerers_empty)}</p> }.into_any();
        }
        view! { <ul class="lines">{answerers.into_iter().map(row).collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="panel" aria-labelledby="answerers">
            <div class="panel-head">
                <h2 class="panel-title" id="answerers">{t!(i18n, board.answerers)}</h2>
                <p class="quiet">{t!(i18n, board.answerers_hint)}</p>
            </div>
            {load::load(list, rows)}
            {name_one(path, board.tags.clone(), move || list.again())}
        </section>
    }
    .into_any()
}

/// A form that names one more.
fn name_one(path: StoredValue<String>, tags: Vec<TagView>, done: impl Fn() + Copy + 'static) -> AnyView {
    let i18n = use_i18n();
    let state = Form::new("answerer");
    let put = move |handle: String| {
        let tag: Option<TagId> = state.value("tag").parse().ok();
        let wanted = SetAnswerer { tag, reserve: !state.value("reserve").is_empty() };
        async move {
            let path = format!("{}/{handle}", path.get_value());
            api::put_with::<Vec<AnswererView>>(&path, &wanted).await.map(drop)
        }
    };
    let chosen = (!tags.is_empty()).then(|| {
        let options = tags.iter().map(|tag| view! { <option value=tag.id.to_string()>{tag.name.clone()}</option> });
        view! {
            <label class="field-label" for="answerer-tag">{t!(i18n, board.answerer_tag)}</label>
            <select class="input" id="answerer-tag" name="tag">
                <option value="">{t!(i18n, board.answerer_any)}</option>
                {options.collect_view()}
            </select>
        }
    });
    let more = view! {
        {chosen}
        <label class="tick">
            <input type="checkbox" name="reserve" aria-describedby="answerer-reserve-hint" />
            <span>{t!(i18n, board.answerer_reserve)}</span>
        </label>
        <p class="field-hint" id="answerer-reserve-hint">{t!(i18n, board.answerer_reserve_hint)}</p>
    };
    named::name_one_as(state, move || t_string!(i18n, board.add_answerer), Some(more.into_any()), put, done)
}

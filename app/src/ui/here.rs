//! Who is in an idea or on a canvas just now.

use leptos::prelude::*;
use shared::api::{PersonHere, PersonView, PlaceHere};

use crate::{
    i18n::{t, t_string, use_i18n},
    ui::avatar,
    words,
};

/// The faces of those who are in a place just now; nothing while nobody is. What leads there stands around it or beside it.
pub fn faces(here: Memo<Option<PlaceHere>>) -> AnyView {
    let i18n = use_i18n();
    let drawn = move |PlaceHere { people, others, .. }: PlaceHere| {
        let names = people.iter().map(|person| person.name.clone()).collect::<Vec<_>>().join(", ");
        let names = move || words::and_more(i18n, &names, others);
        let title = names.clone();
        let face = |PersonHere { id, name, role }: PersonHere| avatar::face(&PersonView::here(id, name, role));
        view! {
            <span class="here-now" title=move || format!("{} {}", t_string!(i18n, live.here), title())>
                <span class="unseen">{t!(i18n, live.here)} " " {names}</span>
                <span class="faces" aria-hidden="true">
                    {people.into_iter().take(3).map(face).collect_view()}
                </span>
            </span>
        }
    };
    view! { {move || here.get().map(drawn)} }.into_any()
}

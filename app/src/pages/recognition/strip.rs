//! Beside an idea: who was thanked for it, and with which badges; for moderators, the way to do so.

use std::collections::HashMap;

use leptos::prelude::*;
use shared::{
    PersonId, Role,
    api::{BadgeView, PersonView, RecognitionView},
};

use crate::{
    i18n::{t, use_i18n},
    live::facts,
    ui::{
        avatar, badge,
        icon::icon,
        load::{self, Loaded},
    },
    visit::here,
    words,
};

/// What is asked for beside an idea.
pub type Asked = Loaded<Vec<RecognitionView>>;

/// Asks who was recognised for the idea of this number; again when something became of it, or may have.
pub fn ask(number: Memo<String>) -> Asked {
    let asked = load::ask::<Vec<RecognitionView>>(move || format!("/ideas/{}/recognition", number.get()));
    let (told, listening) = (facts::progress(), facts::listening());
    Effect::new(move |before: Option<()>| {
        told.track();
        listening.track();
        if before.is_some() {
            asked.again();
        }
    });
    asked
}

/// One person with all they were given.
struct Thanked {
    person: PersonView,
    badges: Vec<BadgeView>,
    words: Vec<(String, String)>,
    private: bool,
}

/// The section; nothing where nobody was recognised, but for moderators. `path`: that of the idea.
pub fn section(asked: Asked, path: String) -> AnyView {
    let moderates = here().me.with_untracked(|me| me.person.as_ref().is_some_and(|me| me.role >= Role::Moderator));
    load::load(asked, move |found| draw(&found, moderates.then(|| format!("{path}/recognise"))))
}

fn draw(found: &[RecognitionView], give: Option<String>) -> AnyView {
    let i18n = use_i18n();
    if found.is_empty() && give.is_none() {
        return ().into_any();
    }
    let mut places: HashMap<PersonId, usize> = HashMap::new();
    let mut all: Vec<Thanked> = Vec::new();
    for entry in found {
        let place = *places.entry(entry.person.id).or_insert_with(|| {
            all.push(Thanked { person: entry.person.clone(), badges: Vec::new(), words: Vec::new(), private: false });
            all.len() - 1
        });
        let one = &mut all[place];
        one.private |= entry.private;
        one.badges.extend(entry.badge.clone());
        let said = (entry.words.clone(), words::name(i18n, &entry.by));
        if !entry.words.is_empty() && !one.words.contains(&said) {
            one.words.push(said);
        }
    }
    let list = (!all.is_empty()).then(|| view! { <ul class="strip">{all.iter().map(one).collect_view()}</ul> });
    let give = give.map(|path| {
        view! { <a class="button button-small" href=path>{icon("hand-heart")} {t!(i18n, recognition.strip_lead)}</a> }
    });
    view! {
        <section class="idea-coauthors" id="recognised" aria-labelledby="recognised-title">
            <h3 class="facts-title" id="recognised-title"><a href="/recognition">{t!(i18n, recognition.strip)}</a></h3>
            {list}
            {give}
        </section>
    }
    .into_any()
}

fn one(thanked: &Thanked) -> AnyView {
    let i18n = use_i18n();
    let private = thanked.private.then(|| {
        view! { <span class="quiet marked">{icon("lock-simple")} {t!(i18n, recognition.private_mark)}</span> }
    });
    let badges = (!thanked.badges.is_empty()).then(|| {
        let each = thanked.badges.iter().map(|held| view! { <li>{badge::badge(held)}</li> }).collect_view();
        view! { <ul class="badges">{each}</ul> }
    });
    let said = thanked.words.iter().map(|(words, name)| {
        let name = name.clone();
        view! {
            <blockquote class="strip-words">
                {words.clone()} " " <span class="quiet">{t!(i18n, recognition.thanked_by, name = name)}</span>
            </blockquote>
        }
    });
    view! { <li>{avatar::person(&thanked.person)} {private} {badges} {said.collect_view()}</li> }.into_any()
}

//! What awaits the person looking: what they have not read, their ideas, and for the company's people what nobody
//! answered.

use leptos::prelude::*;
use shared::{
    Role,
    api::{IdeaCard, NoticeView, Page, PersonView, StageKind},
};

use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{card, date, icon::icon, load, pill},
    visit::here,
    words,
};

/// So many lines of each.
const LINES: usize = 3;

/// What awaits a person.
pub fn section(person: &PersonView) -> AnyView {
    let i18n = use_i18n();
    let notices = load::ask::<Page<NoticeView>>(|| "/inbox?limit=20".to_owned());
    let own = load::ask::<Page<IdeaCard>>(|| format!("/ideas?involved=mine&limit={LINES}"));
    let unanswered = person
        .role
        .is_staff()
        .then(|| load::ask::<Page<IdeaCard>>(|| format!("/ideas?sort=unanswered&limit={}", LINES + 1)));
    view! {
        <section class="section waits" aria-labelledby="waits">
            <h2 class="unseen" id="waits">{t!(i18n, home.waits)}</h2>
            {load::load(notices, |page| news(&page.items))}
            {match unanswered {
                Some(ideas) => load::load(ideas, |page| to_answer(&page.items)),
                None => load::load(own, |page| yours(&page.items)),
            }}
        </section>
    }
    .into_any()
}

/// One of the things that wait: its name, its lines, the way to all of it.
fn panel(
    symbol: &'static str,
    title: impl IntoView,
    lines: Vec<AnyView>,
    nothing: impl IntoView,
    all: AnyView,
) -> AnyView {
    let nothing = lines.is_empty().then(|| view! { <p class="quiet">{nothing}</p> });
    view! {
        <div class="panel waits-panel">
            <h3 class="waits-title">{icon(symbol)} <span>{title}</span></h3>
            {nothing}
            <ul class="waits-lines">{lines}</ul>
            <p class="waits-all">{all}</p>
        </div>
    }
    .into_any()
}

fn line(path: String, title: String, more: AnyView) -> AnyView {
    view! {
        <li>
            <a class="waits-link" href=path>{title}</a>
            <span class="waits-more">{more}</span>
        </li>
    }
    .into_any()
}

fn news(notices: &[NoticeView]) -> AnyView {
    let i18n = use_i18n();
    let lines = notices
        .iter()
        .filter(|notice| !notice.read)
        .take(LINES)
        .map(|notice| {
            let (told, by, at) = ((*notice).clone(), words::name(i18n, &notice.by), notice.at);
            let declined = notice.stage.as_ref().is_some_and(|stage| stage.kind == StageKind::Declined);
            let stage = notice.stage.as_ref().filter(|_| !declined).map(pill::stage);
            let into = notice.into.as_ref().map(|into| into.title.clone());
            let more = view! { {by} " " {move || words::notice(i18n, &told)} " " {stage} {into} " " {date::ago(at)} };
            line(card::notice_path(notice), notice.title.clone(), more.into_any())
        })
        .collect();
    let all = view! { <a href="/inbox">{t!(i18n, home.to_inbox)}</a> }.into_any();
    panel("bell", t!(i18n, home.news), lines, t!(i18n, home.no_news), all)
}

fn yours(ideas: &[IdeaCard]) -> AnyView {
    let i18n = use_i18n();
    let lines = ideas.iter().map(|idea| standing(idea, pill::stage(&idea.stage))).collect();
    let all = view! { <a href="/b">{t!(i18n, home.propose)}</a> }.into_any();
    panel("lightbulb", t!(i18n, home.yours), lines, t!(i18n, home.no_yours), all)
}

fn to_answer(ideas: &[IdeaCard]) -> AnyView {
    let i18n = use_i18n();
    let more = ideas.len() > LINES;
    let lines = ideas.iter().take(LINES).map(|idea| standing(idea, date::ago(idea.created_at))).collect();
    let title = move || if more { t_string!(i18n, home.to_answer_many) } else { t_string!(i18n, home.to_answer) };
    let all = if here().role() >= Some(Role::Moderator) {
        view! { <a href="/desk">{t!(i18n, nav.desk)}</a> }.into_any()
    } else {
        view! { <a href="/b">{t!(i18n, boards.title)}</a> }.into_any()
    };
    panel("hand-heart", title, lines, t!(i18n, home.no_to_answer), all)
}

fn standing(idea: &IdeaCard, mark: AnyView) -> AnyView {
    let i18n = use_i18n();
    let votes = idea.votes;
    let more =
        view! { {mark} <span>{move || words::votes(i18n, votes)}</span> <span>{idea.board_title.clone()}</span> };
    line(card::idea_path(idea), idea.title.clone(), more.into_any())
}

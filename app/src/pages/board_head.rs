//! What stands above a board in each of its views: its title, what one may do, the way to the other views, the filters.

use leptos::prelude::*;
use shared::{
    api::{BoardView, IdeaSort, Involved, PromiseRecord, TagView},
    rules::Audience,
};

use super::board_list::Wish;
use crate::{
    i18n::{t, t_string, use_i18n},
    live::facts,
    ui::{date, feed, head, icon::icon, tag, vote},
    visit::here,
    words::{self, Texts},
};

/// More tags than these are folded away, so that the ideas stay in sight.
const TAGS: usize = 8;

/// A way to look at the ideas of a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Cards, one after another.
    List,
    /// A column for each stage.
    Pipeline,
    /// Cards and notes on a table.
    Canvas,
}

impl View {
    /// Every view, in the order the screens offer them.
    const ALL: [Self; 3] = [Self::List, Self::Pipeline, Self::Canvas];

    /// Its address for a board.
    pub fn path(self, slug: &str) -> String {
        match self {
            Self::List => format!("/b/{slug}"),
            Self::Pipeline => format!("/b/{slug}/pipeline"),
            Self::Canvas => format!("/b/{slug}/canvas"),
        }
    }

    fn icon(self) -> &'static str {
        match self {
            Self::List => "list-bullets",
            Self::Pipeline => "kanban",
            Self::Canvas => "note",
        }
    }

    fn name(self, i18n: Texts) -> &'static str {
        match self {
            Self::List => t_string!(i18n, board.view_list),
            Self::Pipeline => t_string!(i18n, board.view_pipeline),
            Self::Canvas => t_string!(i18n, board.view_canvas),
        }
    }
}

/// Whether the person may propose an idea. A visitor may too: they write first and sign in at the end.
pub fn may_propose(board: &BoardView) -> bool {
    board.may_propose || here().me.with_untracked(|me| me.person.is_none())
}

/// The head of a board's page. Where the ideas need the room, it says no more than it must.
pub fn head(board: &BoardView, at: View, wish: Memo<Wish>) -> AnyView {
    let i18n = use_i18n();
    let (title, purpose, count) = (board.title.clone(), board.purpose.clone(), board.ideas);
    let description = move || if purpose.is_empty() { words::ideas(i18n, count) } else { purpose.clone() };
    let tab = title.clone();
    let tab = move || match at {
        View::List => tab.clone(),
        _ => format!("{tab} · {}", at.name(i18n)),
    };
    let compact = at != View::List;
    let propose = may_propose(board).then(|| {
        view! {
            <a
                class="button button-strong board-propose"
                class:button-large=!compact
                href=format!("/b/{}/propose", board.slug)
            >
                {icon("lightbulb")} <span>{t!(i18n, board.propose)}</span>
            </a>
        }
    });
    let settings = board.may_govern.then(|| {
        view! {
            <a class="button button-quiet board-govern" href=format!("/b/{}/settings", board.slug)>
                {icon("gear-six")} <span>{t!(i18n, board.settings)}</span>
            </a>
        }
    });
    view! {
        {head::public(tab, description, at.path(&board.slug))}
        {(board.audience == Audience::Public)
            .then(|| head::feed(move || t_string!(i18n, feed.board_link), &format!("/b/{}/feed.atom", board.slug)))}
        <header class="page-head board-head" class:is-compact=compact>
            <div class="board-intro">
                {head::heading(move || title.clone())}
                <p class="lead">{board.purpose.clone()}</p>
                {(!compact).then(|| rules(board))}
                {(!compact).then(|| board.record.map(|record| kept(&board.slug, record)))}
            </div>
            <div class="board-acts">{propose} {settings}</div>
            {views(&board.slug, at, wish)}
        </header>
    }
    .into_any()
}

/// Who reads the board, and who writes.
fn rules(board: &BoardView) -> AnyView {
    let i18n = use_i18n();
    let (audience, editing) = (board.audience, board.editing);
    let promise = board.promise.map(|promise| {
        view! {
            <div>
                <dt>{icon("clock")} {t!(i18n, promise.promised)}</dt>
                <dd>{move || words::within(i18n, promise.days)}</dd>
            </div>
        }
    });
    view! {
        <dl class="board-rules">
            <div>
                <dt>{icon("eye")} {t!(i18n, board.read_by)}</dt>
                <dd title=move || words::audience_hint(i18n, audience)>{move || words::audience(i18n, audience)}</dd>
            </div>
            <div>
                <dt>{icon("pencil-simple")} {t!(i18n, board.written_by)}</dt>
                <dd title=move || words::editing_hint(i18n, editing)>{move || words::editing(i18n, editing)}</dd>
            </div>
            {promise}
            <div>
                <dt class="unseen">{t!(i18n, feed.link)}</dt>
                <dd>{feed::link(audience, format!("/b/{}/feed.atom", board.slug), t!(i18n, feed.board_link).into_any())}</dd>
            </div>
        </dl>
    }
    .into_any()
}

/// How the board kept its promises in the last 90 days: what is late is as plain to see as what was in time.
fn kept(slug: &str, record: PromiseRecord) -> AnyView {
    let i18n = use_i18n();
    let PromiseRecord { kept, missed, overdue, median_wait } = record;
    let all = kept + missed;
    let share = (all > 0).then(|| {
        let percent = u64::from(kept) * 100 / u64::from(all);
        view! { <span>{move || t_string!(i18n, promise.kept, percent = percent, kept = kept, all = all)}</span> }
    });
    let half = median_wait.map(|wait| {
        view! { <span>{move || t_string!(i18n, promise.median, span = date::span(i18n, wait))}</span> }
    });
    let late = format!("/b/{slug}?sort=due");
    let late = (overdue > 0).then(|| {
        view! { <a class="board-late" href=late>{move || words::overdue(i18n, overdue)}</a> }
    });
    let nothing = (all == 0).then(|| view! { <span>{t!(i18n, promise.nothing_yet)}</span> });
    view! {
        <p class="board-record"><span class="quiet">{t!(i18n, promise.record)}</span> {share} {half} {late} {nothing}</p>
    }
    .into_any()
}

/// The ways to the other views, which keep what was filtered.
fn views(slug: &str, at: View, wish: Memo<Wish>) -> AnyView {
    let i18n = use_i18n();
    let link = |view: View| {
        let path = view.path(slug);
        view! {
            <li>
                <a href=move || wish.with(|wish| wish.at(&path)) aria-current=(view == at).then_some("page")>
                    {icon(view.icon())} {move || view.name(i18n)}
                    {(view == View::Canvas && view != at).then(|| crate::ui::here::faces(facts::here(slug, None)))}
                </a>
            </li>
        }
    };
    view! {
        <nav class="views" aria-label=move || t_string!(i18n, board.views)>
            <ul>{View::ALL.map(link).collect_view()}</ul>
        </nav>
    }
    .into_any()
}

fn link(current: bool, to: &Wish, text: AnyView) -> AnyView {
    let current = current.then_some("true");
    view! { <li><a class="chip" href=to.address() data-noscroll="" aria-current=current>{text}</a></li> }.into_any()
}

/// The orders, where there is one, and the filters, as links. Stages are a filter where they are not columns.
pub fn tools(board: &BoardView, at: View, wish: Memo<Wish>) -> AnyView {
    let i18n = use_i18n();
    let promises = board.promise.is_some() || board.record.is_some();
    let sorts = move || {
        let now = wish.get();
        IdeaSort::OFFERED
            .into_iter()
            .filter(|sort| promises || *sort != IdeaSort::Due || now.sort == IdeaSort::Due)
            .map(|sort| {
                let text = move || words::sort(i18n, sort);
                link(now.sort == sort, &now.with(|wish| wish.sort = sort), text.into_any())
            })
            .collect_view()
    };
    view! {
        <div class="tools-all" class:is-compact=at != View::List>
            {(at != View::Canvas)
                .then(|| {
                    view! {
                        <nav class="tools" aria-label=move || t_string!(i18n, sort.label)>
                            <ul class="chips chips-sort">{sorts}</ul>
                        </nav>
                    }
                })}
            <nav class="tools" aria-label=move || t_string!(i18n, filter.label)>{filters(board, at, wish)}</nav>
        </div>
        {vote::left(&board.slug, board.votes_left)}
    }
    .into_any()
}

fn filters(board: &BoardView, at: View, wish: Memo<Wish>) -> AnyView {
    let i18n = use_i18n();
    let signed_in = here().me.with_untracked(|me| me.person.is_some());
    let by_tag = move |now: &Wish, tag: &TagView| {
        let id = tag.id.to_string();
        let on = now.tag.as_ref() == Some(&id);
        link(on, &now.with(|wish| wish.tag = (!on).then_some(id)), tag::one(tag))
    };
    let stages = if at == View::Pipeline { Vec::new() } else { board.stages.clone() };
    let (tags, folded) = (board.tags.clone(), board.tags.len() > TAGS);
    let chips = move || {
        let now = wish.get();
        let everything = now.with(|wish| {
            (wish.stage, wish.tag, wish.author, wish.involved) = (None, None, None, None);
        });
        let narrowed = if at == View::Pipeline { now.is_choosy() } else { now.is_narrowed() };
        let all = link(!narrowed, &everything, t!(i18n, filter.all).into_any());
        let own = signed_in.then(|| {
            Involved::ALL
                .map(|involved| {
                    let on = now.involved == Some(involved);
                    let to = now.with(|wish| wish.involved = (!on).then_some(involved));
                    link(on, &to, (move || words::involved(i18n, involved)).into_any())
                })
                .collect_view()
        });
        let stages = stages.iter().cloned().map(|stage| {
            let id = stage.id.to_string();
            let on = now.stage.as_ref() == Some(&id);
            let to = now.with(|wish| wish.stage = (!on).then_some(id));
            let colour = stage.colour.as_str();
            let text = view! {
                <span class="chip-dot" data-colour=colour aria-hidden="true"></span>
                {move || words::stage(i18n, &stage)}
            };
            link(on, &to, text.into_any())
        });
        let author = now.author.as_ref().map(|handle| {
            let text = view! { "@" {handle.clone()} " " {icon("x")} };
            link(true, &now.with(|wish| wish.author = None), text.into_any())
        });
        // Folded away, the one that counts is still seen.
        let tags = tags.iter().filter(|tag| !folded || now.tag == Some(tag.id.to_string()));
        let tags = tags.map(|tag| by_tag(&now, tag)).collect_view();
        view! { {all} {author} {own} {stages.collect_view()} {tags} }
    };
    let fold = folded.then(|| {
        let tags = board.tags.clone();
        let all = move || wish.with(|now| tags.iter().map(|tag| by_tag(now, tag)).collect_view());
        view! {
            <details class="fold tools-fold">
                <summary>{t!(i18n, filter.tags)} {icon("caret-down")}</summary>
                <ul class="chips">{all}</ul>
            </details>
        }
    });
    view! {
        <ul class="chips">{chips}</ul>
        {fold}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::View;

    #[test]
    fn each_view_has_an_address_of_its_own() {
        assert_eq!(View::ALL.map(|view| view.path("bread")), ["/b/bread", "/b/bread/pipeline", "/b/bread/canvas"]);
    }
}

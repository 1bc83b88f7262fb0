//! `/i/{number}/{slug}`: the concept in the middle, the facts beside it.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::{
    api::{Contributions, IdeaSince, IdeaView, OriginView, PersonView, Subject},
    rules::{Audience, EditingRule},
};

use crate::{
    answer, api,
    i18n::{t, t_string, use_i18n},
    live::{Access, Concept, Quoting, facts},
    pages::{
        history, idea_change, idea_credit, idea_facts, idea_merge, idea_since, idea_tags, progress, recognition::strip,
        talk,
    },
    ui::{
        avatar, card, chrome, date, feed, head,
        icon::icon,
        load::{self, Loaded},
        named, order, pill, toast,
    },
    visit::here,
    words,
};

/// The page of an idea.
pub fn view() -> AnyView {
    let params = use_params_map();
    // The number alone is the idea; the words after it follow the title.
    let number = Memo::new(move |_| params.with(|params| params.get("number").unwrap_or_default()));
    let idea = load::ask::<IdeaView>(move || format!("/ideas/{}", number.get()));
    let said = talk::ask(number);
    let became = progress::ask(number);
    let thanked = strip::ask(number);
    let credit = idea_credit::ask(number);
    let since = idea_since::ask(number);
    let (from, as_it_was) = (idea_merge::came_by(), idea_merge::as_it_was());
    load::load(idea, move |idea| {
        if let Some(into) = &idea.merged_into {
            return if as_it_was.get() {
                idea_merge::alone(&idea, into)
            } else {
                idea_merge::lead_on(idea.card.number, into)
            };
        }
        let slug = params.with_untracked(|params| params.get("slug").unwrap_or_default());
        if slug != idea.card.slug {
            answer::settle(&card::idea_path(&idea.card));
        }
        page(idea, (said, became, since), (thanked, credit), from)
    })
}

fn page(
    idea: IdeaView,
    (said, became, since): (talk::Asked, progress::Asked, Loaded<IdeaSince>),
    (thanked, credit): (strip::Asked, Loaded<Contributions>),
    from: Memo<Option<u32>>,
) -> AnyView {
    let i18n = use_i18n();
    let me = here().me.with_untracked(|me| me.person.clone());
    let access = RwSignal::new(Access::from(&idea));
    let quoting = Quoting::new();
    let card = idea.card.clone();
    let title = card.title.clone();
    let pitch = if card.pitch.is_empty() { card.board_title.clone() } else { card.pitch.clone() };
    let board = format!("/b/{}", card.board);
    let (news, stage) = (facts::of(card.number), card.stage.clone());
    let (subject, path) = (Subject::Idea(card.id), StoredValue::new(card::idea_path(&card)));
    // What one may do and see has changed: the page is drawn anew.
    let anew = move || chrome::leave_to(&path.get_value());
    // Its title is the server's then.
    let taken_back = card.author.left && card.pitch.is_empty() && idea.body.is_empty();
    let mark = card.away.map(|away| order::mark(away, idea.because.as_ref(), subject, anew));
    view! {
        {head::public(move || title.clone(), move || pitch.clone(), card::idea_path(&card))}
        {(idea.audience == Audience::Public && card.away.is_none())
            .then(|| head::feed(move || t_string!(i18n, feed.idea_link), &format!("/i/{}/feed.atom", card.number)))}
        {head::arrive_at_title()}
        <div class="page idea-page">
            <nav class="idea-trail" aria-label=move || t_string!(i18n, idea.board)>
                <a class="back" href=board>{icon("arrow-left")} <span class="idea-trail-board">{card.board_title.clone()}</span></a>
                <span class="idea-stage">{move || pill::stage(&news.get().map_or_else(|| stage.clone(), |facts| facts.stage))}</span>
                {me.is_some().then(|| reading_here(card.number, access))}
                <span class="quiet">{t!(i18n, idea.number, number = card.number)}</span>
            </nav>
            <div class="idea-sheet">
                {idea_merge::notices(&idea, from)}
                {taken_back.then(|| {
                    view! { <p class="note-bar" data-colour="sky"><span>{t!(i18n, idea.taken_back)}</span></p> }
                })}
                {idea_change::section(&idea)}
                {idea_since::section(&card, since)}
                {mark}
                <Concept idea=idea.clone() me=me.clone() access quoting />
                {ways(&idea)}
            </div>
            {beside(&idea, credit, me, access, thanked, anew)}
            {progress::section(&idea, became)}
            {talk::section(&idea, said, quoting)}
        </div>
    }
    .into_any()
}

/// Who is in the idea just now, for who may only read it: whoever may write sees that with the state of their words.
fn reading_here(number: u32, access: RwSignal<Access>) -> AnyView {
    let reads = move || access.with(|access| !access.may_edit);
    view! { <Show when=reads>{crate::ui::here::faces(facts::here_in(number))}</Show> }.into_any()
}

/// What there is about the idea beside its concept.
fn ways(idea: &IdeaView) -> AnyView {
    let i18n = use_i18n();
    view! {
        <nav class="idea-ways" aria-label=move || t_string!(i18n, history.more)>
            <a href="#talk">{icon("chat-circle")} {t!(i18n, talk.title)}</a>
            <a href="#progress">{icon("flag")} {t!(i18n, progress.title)}</a>
            <a href=history::path(&idea.card)>{icon("clock-counter-clockwise")} {t!(i18n, history.title)}</a>
        </nav>
    }
    .into_any()
}

fn beside(
    idea: &IdeaView,
    credit: Loaded<Contributions>,
    me: Option<PersonView>,
    access: RwSignal<Access>,
    thanked: strip::Asked,
    anew: impl Fn() + Copy + 'static,
) -> AnyView {
    let i18n = use_i18n();
    let card = &idea.card;
    let asks = order::Asks::new();
    let others = card.away.is_none() && me.as_ref().is_some_and(|me| me.id != card.author.id);
    view! {
        <aside class="idea-facts" aria-labelledby="facts">
            <h2 class="unseen" id="facts">{t!(i18n, idea.facts)}</h2>
            {idea_facts::acts(idea)}
            <dl class="facts">
                <div>
                    <dt>{t!(i18n, idea.stage)}</dt>
                    <dd>{idea_facts::stage(idea)}</dd>
                </div>
                {idea_tags::tags(idea)}
                <div>
                    <dt>{t!(i18n, idea.proposed_by)}</dt>
                    <dd>{avatar::person(&card.author)}</dd>
                </div>
                <div>
                    <dt>{t!(i18n, idea.proposed)}</dt>
                    <dd>{date::ago(card.created_at)}</dd>
                </div>
                <div>
                    <dt>{t!(i18n, idea.changed)}</dt>
                    <dd>{date::ago(card.updated_at)}</dd>
                </div>
                {idea.origin.as_ref().map(from)}
            </dl>
            {idea_credit::section(card.number, credit)}
            {feed::link(idea.audience, format!("/i/{}/feed.atom", card.number), t!(i18n, feed.idea_link).into_any())}
            {who_writes(idea, me.is_some(), access)}
            {coauthors(idea, me.as_ref())}
            {strip::section(thanked, card::idea_path(card))}
            {idea_merge::section(idea)}
            {others.then(|| view! {
                <p class="order-acts">{order::acts(asks, Subject::Idea(card.id), "said-act", || true)}</p>
                {asks.view("order-idea", anew)}
            })}
        </aside>
    }
    .into_any()
}

/// Where it came from, and what it had there that did not come along as it is here.
fn from(origin: &OriginView) -> AnyView {
    let i18n = use_i18n();
    let OriginView { imported_at, votes, comments } = *origin;
    let counts = move || {
        let counts =
            [(votes > 0).then(|| words::votes(i18n, votes)), (comments > 0).then(|| words::comments(i18n, comments))];
        let counts = counts.into_iter().flatten().collect::<Vec<_>>().join(", ");
        (!counts.is_empty()).then(|| t_string!(i18n, import.counts_there, counts = counts))
    };
    view! {
        <div>
            <dt>{t!(i18n, import.imported)}</dt>
            <dd>
                {date::ago(imported_at)}
                <small class="quiet idea-from">{counts}</small>
            </dd>
        </div>
    }
    .into_any()
}

/// Says to this person whether they may write, and what to do if they would like to.
fn who_writes(idea: &IdeaView, signed_in: bool, access: RwSignal<Access>) -> AnyView {
    let i18n = use_i18n();
    let sign_in = answer::sign_in_path(&card::idea_path(&idea.card));
    let text = move || {
        let Access { editing, may_edit, set_aside } = access.get();
        match (signed_in, may_edit, editing) {
            (_, false, _) if set_aside => t_string!(i18n, idea.set_aside),
            (true, true, _) => t_string!(i18n, idea.you_may_edit),
            (false, _, EditingRule::Everyone) => t_string!(i18n, idea.sign_in_to_edit),
            (_, _, EditingRule::Staff) => t_string!(i18n, idea.only_staff),
            (_, _, _) => t_string!(i18n, idea.only_coauthors),
        }
    };
    let mark = move || icon(if access.get().may_edit { "pencil-simple" } else { "eye" });
    let link = (!signed_in && !idea.set_aside)
        .then(|| view! { <a class="button button-small" href=sign_in>{t!(i18n, nav.sign_in)}</a> });
    view! {
        <div class="idea-rule">
            <p>{mark} <span>{text}</span></p>
            {link}
        </div>
    }
    .into_any()
}

/// The co-authors; for who may name them, with the means to.
fn coauthors(idea: &IdeaView, me: Option<&PersonView>) -> AnyView {
    let i18n = use_i18n();
    let number = idea.card.number;
    let author = idea.card.author.id;
    let may_name = me.is_some_and(|me| me.id == author || me.role >= shared::Role::Moderator);
    let others =
        move |people: Vec<PersonView>| people.into_iter().filter(|person| person.id != author).collect::<Vec<_>>();
    let people = RwSignal::new(others(idea.coauthors.clone()));
    if people.with_untracked(Vec::is_empty) && !may_name {
        return ().into_any();
    }
    // The list as the API has it now; the page's own idea stays, so that an editor at work is not disturbed.
    let again = move || async move {
        let fresh = api::get::<IdeaView>(format!("/ideas/{number}")).await?;
        let _ = people.try_set(others(fresh.coauthors));
        Ok(())
    };
    let add = move |handle: String| async move {
        api::put(&format!("/ideas/{number}/coauthors/{handle}")).await?;
        again().await
    };
    let remove = move |handle: String| {
        leptos::task::spawn_local(async move {
            if let Err(problem) = api::delete(&format!("/ideas/{number}/coauthors/{handle}")).await {
                toast::warn(words::problem(i18n, &problem));
            }
            let _ = again().await;
        });
    };
    let row = move |person: PersonView| {
        let name = words::name(i18n, &person);
        let handle = person.handle.clone();
        let label = move || t_string!(i18n, idea.remove, name = name.clone());
        let end = may_name.then(|| named::remove(label, move || remove(handle.clone())));
        named::line(&person, (), end)
    };
    let name_one = may_name.then(|| {
        view! {
            <details class="fold">
                <summary>{icon("plus")} {t!(i18n, idea.add_coauthor)}</summary>
                {named::name_one("coauthor", move || t_string!(i18n, idea.add), add, || ())}
            </details>
        }
    });
    view! {
        <section class="idea-coauthors" aria-labelledby="coauthors">
            <h3 class="facts-title" id="coauthors">{t!(i18n, idea.coauthors)}</h3>
            <ul class="lines">{move || people.get().into_iter().map(row).collect_view()}</ul>
            <Show when=move || people.with(Vec::is_empty)>
                <p class="quiet">{t!(i18n, idea.coauthors_none)}</p>
            </Show>
            {name_one}
        </section>
    }
    .into_any()
}

//! `/news`: what people said, and what was done.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared::{
    api::{NewsAnswer, NewsKind, NewsMove, NewsProgress, NewsStory, Outcome, Page, PersonView},
    rules::Audience,
};

use crate::{
    i18n::{t, t_string, use_i18n},
    live::facts,
    ui::{avatar, card, date, empty::empty, feed, head, icon::icon, load, pill},
    visit::here,
    words,
};

/// How many stories on a page.
const STEP: u32 = 12;

/// Which stories somebody wants to read. It stands in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Wish {
    what: Option<NewsKind>,
    cursor: Option<String>,
}

impl Wish {
    fn query(&self) -> Vec<String> {
        let what = self.what.map(|what| what.as_str().to_owned());
        let parts = [("what", what), ("cursor", self.cursor.clone())];
        parts.into_iter().filter_map(|(name, value)| value.map(|value| format!("{name}={value}"))).collect()
    }

    fn address(&self) -> String {
        let query = self.query();
        if query.is_empty() { "/news".to_owned() } else { format!("/news?{}", query.join("&")) }
    }

    fn asked(&self) -> String {
        let mut query = self.query();
        query.push(format!("limit={STEP}"));
        format!("/news?{}", query.join("&"))
    }
}

fn wish() -> Memo<Wish> {
    let query = use_query_map();
    let plain = |value: &String| value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    Memo::new(move |_| {
        query.with(|query| Wish {
            what: query.get("what").and_then(|word| NewsKind::parse(&word)),
            cursor: query.get("cursor").filter(plain),
        })
    })
}

/// The page.
pub fn view() -> AnyView {
    facts::follow(Vec::new());
    let i18n = use_i18n();
    let here = here();
    let title = move || t_string!(i18n, news.title).to_owned();
    let name = move || here.me.with(|me| me.workspace.name.clone());
    let wish = wish();
    let found = load::ask::<Page<NewsStory>>(move || wish.with(Wish::asked));
    view! {
        {head::public(title, move || t_string!(i18n, news.description, name = name()), "/news".to_owned())}
        {head::feed(move || t_string!(i18n, feed.news_link), "/news.atom")}
        <div class="page page-middle news-page">
            <header class="page-head">
                {head::heading(title)}
                <p class="lead">{t!(i18n, news.lead)}</p>
                <p>{feed::link(Audience::Public, "/news.atom".to_owned(), t!(i18n, feed.news_link).into_any())}</p>
            </header>
            {choose(wish)}
            {load::load(found, move |page| list(page, &wish.get_untracked()))}
        </div>
    }
    .into_any()
}

/// The kinds of stories, of which one can be read alone.
fn choose(wish: Memo<Wish>) -> AnyView {
    let i18n = use_i18n();
    let link = move |what: Option<NewsKind>| {
        let text = move || what.map_or_else(|| t_string!(i18n, news.all), |what| words::news(i18n, what));
        let current = move || wish.with(|wish| wish.what == what).then_some("true");
        let to = Wish { what, cursor: None }.address();
        view! { <li><a class="chip" href=to data-noscroll="" aria-current=current>{text}</a></li> }
    };
    let all = std::iter::once(None).chain(NewsKind::ALL.iter().copied().map(Some)).map(link).collect_view();
    view! {
        <nav class="tools" aria-label=move || t_string!(i18n, news.filter)>
            <ul class="chips">{all}</ul>
        </nav>
    }
    .into_any()
}

fn list(page: Page<NewsStory>, wish: &Wish) -> AnyView {
    let i18n = use_i18n();
    if page.items.is_empty() && wish.cursor.is_none() {
        let narrow = wish.what.is_some();
        let hint =
            move || if narrow { t_string!(i18n, news.empty_kind_hint) } else { t_string!(i18n, news.empty_hint) };
        return empty("newspaper", move || t_string!(i18n, news.empty), hint, None);
    }
    let newest = wish.cursor.as_ref().map(|_| {
        let to = Wish { cursor: None, ..wish.clone() }.address();
        view! { <a class="button" href=to>{t!(i18n, news.newest)}</a> }
    });
    let older = page.next.map(|cursor| {
        let to = Wish { cursor: Some(cursor), ..wish.clone() }.address();
        view! { <a class="button" href=to>{t!(i18n, news.older)} {icon("caret-down")}</a> }
    });
    view! {
        <ol class="stories">{page.items.iter().map(|told| view! { <li>{story(told)}</li> }).collect_view()}</ol>
        <div class="row stories-ways">{older} {newest}</div>
    }
    .into_any()
}

fn story(story: &NewsStory) -> AnyView {
    let i18n = use_i18n();
    let NewsStory { card, what, at, answer, came, progress } = story;
    let (what, votes) = (*what, card.votes);
    let path = card::idea_path(card);
    let kind = move || match what {
        NewsKind::Launched => t_string!(i18n, news.is_launched),
        NewsKind::Answered => t_string!(i18n, news.is_answered),
        NewsKind::Declined => t_string!(i18n, news.is_declined),
    };
    let said =
        (!card.pitch.is_empty()).then(|| view! { <blockquote class="voice-words">{card.pitch.clone()}</blockquote> });
    let done = move || match what {
        NewsKind::Launched => t_string!(i18n, news.we_did),
        NewsKind::Answered | NewsKind::Declined => t_string!(i18n, news.we_answered),
    };
    let way = match answer {
        Some(answer) => {
            let path = format!("{path}#c-{}", answer.comment);
            view! { <a href=path>{t!(i18n, news.read_answer)}</a> }.into_any()
        }
        None => view! { <a href=path.clone()>{t!(i18n, news.read)}</a> }.into_any(),
    };
    view! {
        <article class="story-told" data-what=what.as_str()>
            <header class="story-head">
                <p class="story-top">
                    <span class="story-kind">{kind}</span> {pill::stage(&card.stage)}
                    <span class="quiet">{date::ago(*at)} " · " {card.board_title.clone()}</span>
                </p>
                <h2 class="story-title"><a href=path.clone()>{card.title.clone()}</a></h2>
            </header>
            <section class="voice voice-said">
                <h3 class="voice-title">{icon("quotes")} {t!(i18n, news.you_said)}</h3>
                {said}
                <div class="voice-who">
                    {avatar::person(&card.author)}
                    <span class="voice-shapers quiet">
                        {t!(i18n, news.shaped_by)} " " {avatar::faces(&card.shaped_by, card.shapers)}
                    </span>
                    <span class="quiet">{move || words::votes(i18n, votes)}</span>
                </div>
            </section>
            <section class="voice voice-done">
                <h3 class="voice-title">{icon("seal-check")} {done}</h3>
                {came.as_ref().map(reason)}
                {answer.as_ref().map(answered)}
                {progress.as_ref().map(got_further)}
                <p class="voice-way">{way}</p>
            </section>
        </article>
    }
    .into_any()
}

/// Words of the company, and whose.
fn words_of(words: &str, by: &PersonView, at: shared::api::Millis) -> AnyView {
    let words = (!words.is_empty()).then(|| view! { <p class="voice-words">{words.to_owned()}</p> });
    view! {
        {words}
        <p class="voice-by quiet">{words::name(use_i18n(), by)} " · " {date::ago(at)}</p>
    }
    .into_any()
}

fn reason(came: &NewsMove) -> AnyView {
    words_of(&came.reason, &came.by, came.at)
}

fn answered(answer: &NewsAnswer) -> AnyView {
    words_of(&answer.words, &answer.by, answer.at)
}

fn got_further(progress: &NewsProgress) -> AnyView {
    let i18n = use_i18n();
    let outcome = progress.outcome;
    let (symbol, label) = match outcome {
        None => ("megaphone", t!(i18n, progress.update).into_any()),
        Some(Outcome::Kept) => ("flask", t!(i18n, progress.why_kept).into_any()),
        Some(Outcome::Reverted) => ("flask", t!(i18n, progress.why_reverted).into_any()),
    };
    view! {
        <div class="voice-progress">
            <p class="voice-label">{icon(symbol)} {label}</p>
            {words_of(&progress.words, &progress.by, progress.at)}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_stands_in_the_address() {
        assert_eq!(Wish::default().address(), "/news");
        let some = Wish { what: Some(NewsKind::Declined), cursor: Some("9-1".into()) };
        assert_eq!(some.address(), "/news?what=declined&cursor=9-1");
        assert_eq!(some.asked(), "/news?what=declined&cursor=9-1&limit=12");
    }
}

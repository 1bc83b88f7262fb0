//! Feeds in words: titles, addresses and HTML, in the language of who reads.

use app::feed::Words;
use shared::{
    Locale,
    api::{ExperimentView, IdeaName, NewsKind, NewsStory, Outcome, PersonView, StageView, TimelineEntry, UpdateView},
};

use super::atom::{Author, Document, Piece};
use crate::domain::{
    feeds::{Entry, Feed, Of, What},
    markdown,
};

/// A feed in words. `own` is its address behind that of the site, which is `origin`.
pub(super) fn feed(feed: &Feed, language: Locale, origin: &str, own: &str) -> Document {
    let words = Words::new(language);
    let (title, page) = match &feed.of {
        Of::News => (words.news(&feed.workspace), format!("{origin}/news")),
        Of::Board { slug, title } => (format!("{title} · {}", feed.workspace), format!("{origin}/b/{slug}")),
        Of::Idea(idea) => (format!("{} · {}", idea.title, feed.workspace), format!("{origin}{}", path(idea))),
    };
    let entries = feed.entries.iter().map(|entry| piece(entry, words, language, origin)).collect();
    Document {
        id: feed.id,
        language: language.tag(),
        title,
        own: format!("{origin}{own}"),
        page,
        updated: feed.updated,
        author: Author { name: feed.workspace.clone(), page: origin.to_owned() },
        entries,
    }
}

/// The address of a feed as it was asked for.
pub(super) fn address(path: &str, language: Option<&str>, key: Option<&str>) -> String {
    // What somebody writes there may be anything; what names a language or is a key is letters.
    let plain = |text: &&str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let asked = [("lang", language), ("key", key)];
    let asked =
        asked.into_iter().filter_map(|(name, value)| value.filter(plain).map(|value| format!("{name}={value}")));
    let asked = asked.collect::<Vec<_>>().join("&");
    if asked.is_empty() { path.to_owned() } else { format!("{path}?{asked}") }
}

/// The address of an idea's page. The readable piece follows the title and is left out, so that the address stays.
fn path(idea: &IdeaName) -> String {
    format!("/i/{}", idea.number)
}

fn author(person: &PersonView, words: Words, origin: &str) -> Author {
    // Who left has no page.
    let page = if person.left { origin.to_owned() } else { format!("{origin}/people/{}", person.handle) };
    Author { name: words.name(person), page }
}

fn stage(stage: &StageView, language: Locale) -> &str {
    match language {
        Locale::En => &stage.en,
        Locale::Fr => &stage.fr,
    }
}

fn piece(entry: &Entry, words: Words, language: Locale, origin: &str) -> Piece {
    let title = &entry.idea.title;
    let mut page = format!("{origin}{}", path(&entry.idea));
    let (title, html) = match &entry.what {
        What::Proposed { pitch, body_html } => (words.proposed(title), format!("{}{body_html}", paragraph(pitch))),
        What::Story(story) => (of_story(story, words), said_and_done(story, words)),
        What::Became(became) => {
            page.push_str(&fragment(became));
            (of_entry(became, title, words, language), html(became, words, language))
        }
    };
    let html = markdown::absolute(&html, origin, &page);
    let Entry { id, published, updated, .. } = *entry;
    Piece { id, title, page, published, updated, author: author(&entry.by, words, origin), html }
}

/// Where on the page of the idea it stands.
fn fragment(entry: &TimelineEntry) -> String {
    match entry {
        TimelineEntry::Answer { comment, .. } => format!("#c-{comment}"),
        TimelineEntry::Update(update) => format!("#p-{}", update.head.id),
        TimelineEntry::Milestone(milestone) => format!("#p-{}", milestone.head.id),
        TimelineEntry::Experiment(experiment) => format!("#p-{}", experiment.head.id),
        TimelineEntry::Stage { .. } | TimelineEntry::Frozen { .. } | TimelineEntry::Thawed { .. } => String::new(),
    }
}

fn of_entry(entry: &TimelineEntry, idea: &str, words: Words, language: Locale) -> String {
    match entry {
        TimelineEntry::Stage { to, .. } => words.moved(idea, stage(to, language)),
        TimelineEntry::Answer { .. } => words.answered(idea),
        TimelineEntry::Update(_) => words.updated(idea),
        TimelineEntry::Milestone(milestone) => words.reached(idea, &milestone.title),
        TimelineEntry::Experiment(one) => match one.conclusion.as_ref().map(|conclusion| conclusion.outcome) {
            None => words.tries(idea),
            Some(Outcome::Kept) => words.kept(idea),
            Some(Outcome::Reverted) => words.reverted(idea),
        },
        TimelineEntry::Frozen { .. } => words.frozen(idea),
        TimelineEntry::Thawed { .. } => words.thawed(idea),
    }
}

fn html(entry: &TimelineEntry, words: Words, language: Locale) -> String {
    match entry {
        TimelineEntry::Stage { from, to, reason, .. } => {
            let moved = words.went(stage(from, language), stage(to, language));
            format!("{}{}", paragraph(&moved), paragraph(reason))
        }
        TimelineEntry::Answer { body_html, .. } => body_html.clone(),
        TimelineEntry::Update(UpdateView { body_html, percent, .. }) => {
            let far = percent.map(|percent| paragraph(&words.so_far(percent))).unwrap_or_default();
            format!("{body_html}{far}")
        }
        TimelineEntry::Milestone(milestone) => paragraph(&milestone.title),
        TimelineEntry::Experiment(experiment) => of_experiment(experiment, words),
        TimelineEntry::Frozen { words: said, .. } => paragraph(said),
        TimelineEntry::Thawed { .. } => String::new(),
    }
}

fn of_experiment(experiment: &ExperimentView, words: Words) -> String {
    let mut html = String::new();
    if let Some(conclusion) = &experiment.conclusion {
        html.push_str(&conclusion.result_html);
        html.push_str(&labelled(words.why(conclusion.outcome), &conclusion.reason));
    }
    let ExperimentView { hypothesis, trial, measure, .. } = experiment;
    for (label, said) in words.experiment().into_iter().zip([hypothesis, trial, measure]) {
        html.push_str(&labelled(label, said));
    }
    html
}

fn of_story(story: &NewsStory, words: Words) -> String {
    let idea = &story.card.title;
    match story.what {
        NewsKind::Launched => words.launched(idea),
        NewsKind::Answered => words.answered(idea),
        NewsKind::Declined => words.declined(idea),
    }
}

/// What was said, and what was done, in two voices.
fn said_and_done(story: &NewsStory, words: Words) -> String {
    let said = if story.card.pitch.is_empty() { &story.card.title } else { &story.card.pitch };
    let mut html = format!("<h2>{}</h2>\n<blockquote>{}</blockquote>\n", words.you_said(), paragraph(said));
    html.push_str(&format!("<h2>{}</h2>\n", words.we_did(story.what)));
    if let Some(came) = &story.came {
        html.push_str(&paragraph(&came.reason));
    }
    if let Some(answer) = &story.answer {
        html.push_str(&paragraph(&answer.words));
    }
    if let Some(progress) = &story.progress {
        let label = progress.outcome.map_or_else(|| words.update(), |outcome| words.why(outcome));
        html.push_str(&labelled(label, &progress.words));
    }
    html
}

/// Lines of text as a paragraph; nothing of none.
fn paragraph(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!("<p>{}</p>\n", escaped(said).replace('\n', "<br>\n")) }
}

fn labelled(label: &str, said: &str) -> String {
    if said.is_empty() {
        return String::new();
    }
    format!("<p><strong>{}</strong><br>\n{}</p>\n", escaped(label), escaped(said).replace('\n', "<br>\n"))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_repeats_what_was_asked_for_and_nothing_strange() {
        assert_eq!(address("/news.atom", None, None), "/news.atom");
        assert_eq!(address("/news.atom", Some("fr"), Some("a-_9")), "/news.atom?lang=fr&key=a-_9");
        assert_eq!(address("/news.atom", Some("fr&key=x"), None), "/news.atom");
    }

    #[test]
    fn words_are_shown_as_they_are() {
        assert_eq!(paragraph("a <b>\n& c"), "<p>a &lt;b&gt;<br>\n&amp; c</p>\n");
        assert_eq!((paragraph(""), labelled("x", "")), (String::new(), String::new()));
    }
}

//! What was found: a line for each thing, the same in the dialog and on the page.

use leptos::prelude::*;
use shared::api::{CommentKind, Found, FoundBoard, FoundComment, FoundIdea, FoundPerson, Piece, SearchKind};

use crate::{
    i18n::{t_string, use_i18n},
    ui::{avatar, card, date, icon::icon, pill},
    words::{self, Texts},
};

/// Something that was found.
pub struct Line {
    /// Where it leads.
    pub href: String,
    /// What it shows.
    pub content: AnyView,
}

/// The things of one kind.
pub struct Lines {
    /// Of which kind.
    pub kind: SearchKind,
    /// Each of them.
    pub lines: Vec<Line>,
    /// Whether there are more.
    pub more: bool,
}

/// What was found of each kind, without the kinds of which there is nothing.
pub fn lines(found: Found) -> Vec<Lines> {
    let Found { ideas, comments, people, boards } = found;
    let all = [
        (SearchKind::Idea, ideas.items.into_iter().map(idea).collect::<Vec<_>>(), ideas.more),
        (SearchKind::Board, boards.items.into_iter().map(board).collect(), boards.more),
        (SearchKind::Person, people.items.into_iter().map(person).collect(), people.more),
        (SearchKind::Comment, comments.items.into_iter().map(comment).collect(), comments.more),
    ];
    all.into_iter()
        .filter(|(_, lines, _)| !lines.is_empty())
        .map(|(kind, lines, more)| Lines { kind, lines, more })
        .collect()
}

/// The address of the page that shows what is found.
pub fn page(words: &str, kind: Option<SearchKind>) -> String {
    let kind = kind.map_or_else(String::new, |kind| format!("&kind={}", kind.as_str()));
    format!("/search?q={}{kind}", crate::answer::encode(words))
}

/// The things of a kind.
pub fn kind(i18n: Texts, kind: SearchKind) -> &'static str {
    match kind {
        SearchKind::Idea => t_string!(i18n, search.ideas),
        SearchKind::Comment => t_string!(i18n, search.comments),
        SearchKind::Person => t_string!(i18n, search.people),
        SearchKind::Board => t_string!(i18n, search.boards),
    }
}

/// How much was found, to be said aloud.
pub fn summary(i18n: Texts, found: &Found) -> String {
    match found.count() {
        0 => t_string!(i18n, search.found_none).to_owned(),
        1 => t_string!(i18n, search.found_one).to_owned(),
        count => t_string!(i18n, search.found_many, count = count),
    }
}

/// A text with what was searched for marked in it.
fn marked(pieces: Vec<Piece>) -> AnyView {
    let piece = |piece: Piece| {
        if piece.hit { view! { <mark>{piece.text}</mark> }.into_any() } else { piece.text.into_any() }
    };
    pieces.into_iter().map(piece).collect_view().into_any()
}

fn text(pieces: Vec<Piece>) -> Option<AnyView> {
    (!pieces.is_empty()).then(|| view! { <span class="found-text">{marked(pieces)}</span> }.into_any())
}

fn idea(found: FoundIdea) -> Line {
    let i18n = use_i18n();
    let FoundIdea { card, title, text: said } = found;
    let votes = card.votes;
    let content = view! {
        <span class="found-title">{marked(title)}</span>
        {text(said)}
        <span class="found-foot">
            {pill::stage(&card.stage)} <span>{card.board_title.clone()}</span>
            <span>{move || words::votes(i18n, votes)}</span>
        </span>
    };
    Line { href: card::idea_path(&card), content: content.into_any() }
}

fn comment(found: FoundComment) -> Line {
    let i18n = use_i18n();
    let FoundComment { id, kind, author, created_at, number, title, board_title, text: said } = found;
    let voice = move || match kind {
        CommentKind::Comment => None,
        CommentKind::Answer => {
            Some(view! { <span class="found-voice">{icon("seal-check")} {t_string!(i18n, search.answer)}</span> })
        }
        CommentKind::Question => {
            Some(view! { <span class="found-voice">{icon("question")} {t_string!(i18n, search.question)}</span> })
        }
        CommentKind::Note => {
            Some(view! { <span class="found-voice">{icon("lock-simple")} {t_string!(i18n, search.note)}</span> })
        }
    };
    let content = view! {
        <span class="found-text found-said">{marked(said)}</span>
        <span class="found-foot">
            {voice} <span>{words::name(i18n, &author)}</span>
            <span>{move || t_string!(i18n, search.about, title = title.clone())}</span>
            <span>{board_title}</span>
            {date::ago(created_at)}
        </span>
    };
    Line { href: format!("{}#c-{id}", card::path(number, "")), content: content.into_any() }
}

fn person(found: FoundPerson) -> Line {
    let i18n = use_i18n();
    let FoundPerson { person, name } = found;
    let role = person.role;
    let content = view! {
        <span class="found-person">
            {avatar::face(&person)}
            <span>
                <span class="found-title">{marked(name)}</span>
                <span class="found-foot">
                    <span>{format!("@{}", person.handle)}</span>
                    {role.is_staff().then(|| view! { <span>{move || words::role(i18n, role)}</span> })}
                </span>
            </span>
        </span>
    };
    Line { href: format!("/people/{}", person.handle), content: content.into_any() }
}

fn board(found: FoundBoard) -> Line {
    let FoundBoard { slug, title, text: said } = found;
    let content = view! {
        <span class="found-title">{marked(title)}</span>
        {text(said)}
    };
    Line { href: format!("/b/{slug}"), content: content.into_any() }
}

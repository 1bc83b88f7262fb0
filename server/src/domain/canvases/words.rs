//! What a note says, as the texts of an idea.

use shared::{limits, live::concept::Texts};

use crate::domain::{fields::turns_text, ideas::one_line};

/// The texts of the idea that a note becomes: its first line is the title, or as much of that as a title holds, and the rest
/// the pitch, or the body where it is longer. No word is lost. Nothing when the note says nothing.
pub(super) fn texts(note: &str) -> Option<Texts> {
    let text: String = note.replace("\r\n", "\n").chars().filter_map(kept).collect();
    let text = text.trim();
    let (line, after) = text.split_once('\n').unwrap_or((text, ""));
    let line = one_line(line);
    if line.is_empty() {
        return None;
    }
    let (title, left) = heading(&line);
    let rest = format!("{left}\n{after}").trim().to_owned();
    let (pitch, body) =
        if rest.chars().count() <= limits::PITCH { (rest, String::new()) } else { (String::new(), rest) };
    Some(Texts { title, pitch, body })
}

/// What of a note can stand in forms.
fn kept(c: char) -> Option<char> {
    match c {
        '\n' | '\t' => Some(c),
        c if c.is_control() => Some(' '),
        c if turns_text(c) => None,
        c => Some(c),
    }
}

/// A title made of a line, and what is left of that: the line, or its first sentence, or its first words.
fn heading(line: &str) -> (String, &str) {
    let Some((most, _)) = line.char_indices().nth(limits::TITLE) else { return (line.to_owned(), "") };
    let within = &line[..most];
    let sentence = within.match_indices(['.', '!', '?', '…']).map(|(at, mark)| at + mark.len());
    if let Some(end) = sentence.into_iter().find(|end| within[*end..].starts_with(' ')) {
        return (line[..end].to_owned(), &line[end..]);
    }
    // Room for the dots that say that it goes on.
    let room = line.char_indices().nth(limits::TITLE - 1).map_or(most, |(at, _)| at);
    let end = line[..room].rfind(' ').unwrap_or(room);
    (format!("{}…", &line[..end]), &line[end..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(note: &str) -> (String, String, String) {
        let Texts { title, pitch, body } = texts(note).expect("an idea");
        (title, pitch, body)
    }

    #[test]
    fn the_first_line_is_the_title_and_the_rest_the_pitch_or_the_body() {
        let texts = |title: &str, pitch: &str, body: &str| (title.to_owned(), pitch.to_owned(), body.to_owned());
        assert_eq!(
            of("  Du pain\u{0} noir \n\nLe soir.\r\nToujours."),
            texts("Du pain noir", "Le soir.\nToujours.", "")
        );
        assert_eq!(of("\n\n🥖"), texts("🥖", "", ""));
        let long = "mot ".repeat(200);
        assert_eq!(of(&format!("Du pain\n{long}")), texts("Du pain", "", long.trim()));
        let (title, pitch, _) = of(&format!("Du pain. {}", "noir ".repeat(60)));
        assert_eq!((title.as_str(), pitch.starts_with("noir noir")), ("Du pain.", true));
        let (title, pitch, _) = of(&"noir ".repeat(60));
        assert!(title.ends_with("noir…") && pitch.starts_with("noir"), "{title} | {pitch}");
        let (title, pitch, _) = of(&"é".repeat(300));
        assert_eq!((title.chars().count(), pitch.chars().count()), (limits::TITLE, 101));
        for nothing in ["", " \n\t\u{0}", "\u{202e}"] {
            assert_eq!(super::texts(nothing), None);
        }
    }

    proptest! {
        #[test]
        fn no_word_is_lost_and_every_text_fits(note in "(\\PC|[ .\n\u{202e}\u{0}]){0,900}") {
            let Some(Texts { title, pitch, body }) = texts(&note) else { return Ok(()) };
            let length = title.chars().count();
            prop_assert!((1..=limits::TITLE).contains(&length) && pitch.chars().count() <= limits::PITCH);
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != '…').collect::<String>();
            let kept: String = note.chars().filter_map(kept).collect();
            prop_assert_eq!(letters(&kept), letters(&format!("{title}{pitch}{body}")));
            prop_assert!(crate::domain::fields::line(&title, limits::TITLE).is_ok());
            prop_assert!(crate::domain::fields::lines(&pitch, limits::PITCH).is_ok());
        }
    }
}

//! What is put where words went: blanks that keep apart what they kept apart, and a title where there is none.

/// Where something is to be added: behind what, and what.
type Gap<T> = (Option<T>, String);

/// What has to be put into a text of letters that stay, each with its name, and letters that go. `title`: what stands in it
/// where nothing that can be seen is left, of a text of one line.
pub(super) fn gaps<T: Clone>(letters: &[(Option<T>, String)], title: Option<&str>) -> Vec<Gap<T>> {
    let is_seen = |(name, letter): &(Option<T>, String)| name.is_some() && letter.chars().any(|c| !c.is_whitespace());
    if let Some(title) = title
        && !letters.iter().any(is_seen)
    {
        return vec![(None, title.to_owned())];
    }
    let one_line = title.is_some();
    let mut gaps = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let end = letters[at..].iter().position(|(name, _)| name.is_some()).map_or(letters.len(), |len| at + len);
        if end == at {
            at += 1;
            continue;
        }
        if at > 0
            && end < letters.len()
            && let (Some(before), Some(_)) = (&letters[at - 1].0, &letters[end].0)
        {
            let blanks = blanks(&letters[..at], &letters[at..end], &letters[end..], one_line);
            if !blanks.is_empty() {
                gaps.push((Some(before.clone()), blanks.to_owned()));
            }
        }
        at = end + 1;
    }
    gaps
}

/// What keeps apart what stood on both sides of what goes.
fn blanks<T>(
    before: &[(Option<T>, String)],
    gone: &[(Option<T>, String)],
    after: &[(Option<T>, String)],
    one_line: bool,
) -> &'static str {
    let is_blank = |letter: &str| letter.chars().all(char::is_whitespace);
    let stays = |(name, letter): &&(Option<T>, String)| name.is_some() && is_blank(letter);
    let left = before.iter().rev().take_while(stays);
    let right = after.iter().take_while(stays);
    let around: Vec<&str> = left.chain(right).map(|(_, letter)| letter.as_str()).collect();
    if !gone.iter().any(|(_, letter)| letter.chars().any(char::is_whitespace)) {
        return "";
    }
    let lines = |letters: &mut dyn Iterator<Item = &str>| letters.map(|text| text.matches('\n').count()).sum::<usize>();
    let has = lines(&mut around.iter().copied());
    let had = lines(&mut gone.iter().map(|(_, letter)| letter.as_str()));
    match (had, has) {
        _ if one_line && !around.is_empty() => "",
        _ if one_line => " ",
        // A paragraph, or a line, between two others.
        (2.., 0) => "\n\n",
        (2.., 1) | (1, 0) => "\n",
        (1, 1) if gone.len() > 1 => "",
        (0, 0) if around.is_empty() => " ",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::gaps;

    /// Letters in capitals go; `_` is a blank that goes and `|` an end of line that does.
    fn tidied(text: &str, title: Option<&str>) -> String {
        let letters: Vec<(Option<usize>, String)> = text
            .chars()
            .enumerate()
            .map(|(at, letter)| match letter {
                '_' => (None, " ".to_owned()),
                '|' => (None, "\n".to_owned()),
                letter if letter.is_uppercase() => (None, letter.to_string()),
                letter => (Some(at), letter.to_string()),
            })
            .collect();
        let gaps = gaps(&letters, title);
        let put =
            |at: Option<usize>| gaps.iter().filter(move |(behind, _)| *behind == at).map(|(_, text)| text.as_str());
        let mut out: String = put(None).collect();
        for (name, letter) in &letters {
            if name.is_some() {
                out.push_str(letter);
                out.extend(put(*name));
            }
        }
        out
    }

    #[test]
    fn what_was_apart_stays_apart() {
        for (text, now) in [
            ("un_TRES_bon pain", "un bon pain"),
            ("un TRES_bon pain", "un bon pain"),
            ("painSER", "pain"),
            ("SERpain", "pain"),
            ("ligne|AUTRE|suite", "ligne\n\nsuite"),
            ("ligne\n\nAUTRE||suite", "ligne\n\nsuite"),
            ("ligne||AUTRE||suite", "ligne\n\nsuite"),
            ("ligne|suite", "ligne\nsuite"),
            ("motMOTmot", "motmot"),
        ] {
            assert_eq!(tidied(text, None), now, "{text}");
        }
    }

    #[test]
    fn a_title_is_never_empty() {
        assert_eq!(tidied("PAIN", Some("Idée 12")), "Idée 12");
        assert_eq!(tidied("PAIN ", Some("Idée 12")), "Idée 12 ");
        assert_eq!(tidied("un_TRES_bon", Some("Idée 12")), "un bon");
        assert_eq!(tidied("PAIN", None), "");
    }
}

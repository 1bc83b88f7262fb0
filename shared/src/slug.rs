//! Readable pieces of addresses.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// The lower-case ASCII form of a title for an address: `Pain sans gluten, à midi` is `pain-sans-gluten-a-midi`.
///
/// At most 60 characters, cut at a word where there is one; empty when nothing of the title can be written in ASCII.
#[must_use]
pub fn slug(title: &str) -> String {
    let mut out = String::new();
    // A letter with marks is taken apart into the letter and them.
    for c in title.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            'œ' => out.push_str("oe"),
            'æ' => out.push_str("ae"),
            'ß' => out.push_str("ss"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' | 'ð' => out.push('d'),
            _ if !out.is_empty() && !out.ends_with('-') => out.push('-'),
            _ => {}
        }
    }
    if out.len() > 60 {
        let cut = out[..60].rfind('-').filter(|at| *at > 20).unwrap_or(60);
        out.truncate(cut);
    }
    out.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn titles_become_addresses() {
        assert_eq!(slug("Pain sans gluten, à midi !"), "pain-sans-gluten-a-midi");
        assert_eq!(slug("  L'œuf & la poule  "), "l-oeuf-la-poule");
        assert_eq!(slug("Zoé Nguyễn, Łódź"), "zoe-nguyen-lodz");
        assert_eq!(slug("日本"), "");
        assert!(slug(&"mot ".repeat(50)).len() <= 60);
        assert!(!slug(&"mot ".repeat(50)).ends_with('-'));
    }
}

//! The language to speak with whoever asks.

use app::visit::LANGUAGE_COOKIE;
use http::{HeaderMap, header};
use shared::Locale;

use super::extract::cookie;

/// Of the languages the workspace speaks, the one chosen in this browser, else in the person's account, else the one the
/// browser likes best, else the first.
#[must_use]
pub fn spoken(headers: &HeaderMap, of_account: Option<Locale>, offered: &[Locale]) -> Locale {
    let known = |locale: &Locale| offered.contains(locale);
    chosen(headers)
        .filter(known)
        .or_else(|| of_account.filter(known))
        .or_else(|| accepted(headers, offered))
        .or_else(|| offered.first().copied())
        .unwrap_or_default()
}

/// The language of a feed, which no browser chose: of those the workspace speaks, the one its address asks for, else that of
/// the account, else the one liked best, else the first.
#[must_use]
pub fn of_feed(headers: &HeaderMap, asked: Option<&str>, of_account: Option<Locale>, offered: &[Locale]) -> Locale {
    let known = |locale: &Locale| offered.contains(locale);
    asked
        .and_then(Locale::from_tag)
        .filter(known)
        .or_else(|| of_account.filter(known))
        .or_else(|| accepted(headers, offered))
        .or_else(|| offered.first().copied())
        .unwrap_or_default()
}

/// The language chosen in this browser.
fn chosen(headers: &HeaderMap) -> Option<Locale> {
    cookie(headers, LANGUAGE_COOKIE).and_then(Locale::from_tag)
}

/// The language of these that the browser likes best.
fn accepted(headers: &HeaderMap, offered: &[Locale]) -> Option<Locale> {
    let header = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut best: Option<(f32, Locale)> = None;
    for offer in header.split(',') {
        let mut parts = offer.split(';').map(str::trim);
        let locale = parts.next().and_then(Locale::from_tag).filter(|locale| offered.contains(locale));
        let Some(locale) = locale else { continue };
        let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
        if weight > 0.0 && best.is_none_or(|(known, _)| weight > known) {
            best = Some((weight, locale));
        }
    }
    best.map(|(_, locale)| locale)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Locale; 2] = [Locale::En, Locale::Fr];

    fn liking(languages: &str) -> Option<Locale> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, languages.parse().expect("a header"));
        accepted(&headers, &BOTH)
    }

    #[test]
    fn the_language_liked_best_is_spoken() {
        assert_eq!(liking("fr-CA,fr;q=0.9,en;q=0.8"), Some(Locale::Fr));
        assert_eq!(liking("de, en;q=0.5, fr;q=0.7"), Some(Locale::Fr));
        assert_eq!(liking("de, fr;q=0"), None);
        assert_eq!(liking("*"), None);
    }

    #[test]
    fn what_was_chosen_goes_before_what_is_liked() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, "en".parse().expect("a header"));
        assert_eq!(spoken(&headers, None, &BOTH), Locale::En);
        assert_eq!(spoken(&headers, Some(Locale::Fr), &BOTH), Locale::Fr);
        let chosen = format!("{LANGUAGE_COOKIE}=en");
        headers.insert(header::COOKIE, chosen.parse().expect("a header"));
        assert_eq!(spoken(&headers, Some(Locale::Fr), &BOTH), Locale::En);
    }

    #[test]
    fn a_feed_speaks_as_its_address_asks() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, "fr".parse().expect("a header"));
        headers.insert(header::COOKIE, format!("{LANGUAGE_COOKIE}=en").parse().expect("a header"));
        assert_eq!(of_feed(&headers, None, None, &BOTH), Locale::Fr);
        assert_eq!(of_feed(&headers, None, Some(Locale::En), &BOTH), Locale::En);
        assert_eq!(of_feed(&headers, Some("fr-CA"), Some(Locale::En), &BOTH), Locale::Fr);
        assert_eq!(of_feed(&headers, Some("de"), None, &[Locale::En]), Locale::En);
    }

    #[test]
    fn only_what_the_workspace_speaks_is_spoken() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, format!("{LANGUAGE_COOKIE}=fr").parse().expect("a header"));
        headers.insert(header::ACCEPT_LANGUAGE, "fr".parse().expect("a header"));
        assert_eq!(spoken(&headers, Some(Locale::Fr), &[Locale::En]), Locale::En);
        assert_eq!(spoken(&HeaderMap::new(), None, &[Locale::Fr, Locale::En]), Locale::Fr);
        assert_eq!(spoken(&HeaderMap::new(), None, &BOTH), Locale::En);
    }
}

//! The language to speak with whoever asks.

use app::visit::LANGUAGE_COOKIE;
use http::{HeaderMap, header};
use shared::Locale;

use super::extract::cookie;

/// The language chosen in this browser, else in the person's account, else the one the browser likes best.
#[must_use]
pub fn spoken(headers: &HeaderMap, of_account: Option<Locale>) -> Locale {
    chosen(headers).or(of_account).or_else(|| accepted(headers)).unwrap_or_default()
}

/// The language chosen in this browser.
#[must_use]
pub fn chosen(headers: &HeaderMap) -> Option<Locale> {
    cookie(headers, LANGUAGE_COOKIE).and_then(Locale::from_tag)
}

/// The language of ours that the browser likes best.
fn accepted(headers: &HeaderMap) -> Option<Locale> {
    let header = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut best: Option<(f32, Locale)> = None;
    for offer in header.split(',') {
        let mut parts = offer.split(';').map(str::trim);
        let Some(locale) = parts.next().and_then(Locale::from_tag) else { continue };
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

    fn liking(languages: &str) -> Option<Locale> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, languages.parse().expect("a header"));
        accepted(&headers)
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
        assert_eq!(spoken(&headers, None), Locale::En);
        assert_eq!(spoken(&headers, Some(Locale::Fr)), Locale::Fr);
        let chosen = format!("{LANGUAGE_COOKIE}=en");
        headers.insert(header::COOKIE, chosen.parse().expect("a header"));
        assert_eq!(spoken(&headers, Some(Locale::Fr)), Locale::En);
    }
}

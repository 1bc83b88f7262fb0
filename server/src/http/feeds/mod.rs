//! Feeds, in Atom: `/news.atom`, `/b/{slug}/feed.atom` and `/i/{number}/feed.atom`. See `docs/decisions/0017`.
//!
//! Without a key a feed tells what a visitor may read, whoever's browser asks: no cookie counts here. With `?key=…` it
//! tells what its holder may read now.

mod atom;
mod say;

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use shared::api::{Code, Millis};

use super::{
    extract::{Path, Query},
    language,
    limits::{ClientAddress, Limited},
    pages,
    problem::ApiError,
};
use crate::{
    Atelier,
    domain::{
        feed_keys,
        feeds::{self, Which},
    },
};

const KIND: &str = "application/atom+xml; charset=utf-8";
/// What was hidden since is not shown out of a cache: each time it is asked whether anything changed.
const OPEN: &str = "public, no-cache";
const SECRET: &str = "private, no-cache";

/// Every feed.
pub(super) fn routes() -> Router<Atelier> {
    Router::new()
        .route("/news.atom", get(news))
        .route("/b/{slug}/feed.atom", get(of_board))
        .route("/i/{number}/feed.atom", get(of_idea))
}

/// How a feed is asked for.
#[derive(Debug, Deserialize)]
struct Asked {
    /// Whose eyes read it.
    key: Option<String>,
    /// In which language.
    lang: Option<String>,
}

async fn news(
    State(atelier): State<Atelier>,
    address: ClientAddress,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    answer(&atelier, address, &headers, &asked, "/news.atom", &Which::News).await
}

async fn of_board(
    State(atelier): State<Atelier>,
    address: ClientAddress,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let path = format!("/b/{slug}/feed.atom");
    answer(&atelier, address, &headers, &asked, &path, &Which::Board(slug)).await
}

async fn of_idea(
    State(atelier): State<Atelier>,
    address: ClientAddress,
    Path(number): Path<u32>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let path = format!("/i/{number}/feed.atom");
    answer(&atelier, address, &headers, &asked, &path, &Which::Idea(number)).await
}

async fn answer(
    atelier: &Atelier,
    address: ClientAddress,
    headers: &HeaderMap,
    asked: &Asked,
    path: &str,
    which: &Which,
) -> Result<Response, ApiError> {
    atelier.limits.count(Limited::Feed, address)?;
    let holder = match &asked.key {
        Some(key) => {
            let holder = feed_keys::holder(&atelier.db, key).await?;
            Some(holder.ok_or_else(|| ApiError::new(Code::NotFound, "This link opens no feed, or no longer."))?)
        }
        None => None,
    };
    let who = holder.as_ref().map(|holder| &holder.person);
    let feed = feeds::read(&atelier.db, who, which).await?;
    let of_account = holder.as_ref().and_then(|holder| holder.locale);
    let language = language::of_feed(headers, asked.lang.as_deref(), of_account, &feed.languages);
    let origin = pages::origin(atelier, headers);
    let own = say::address(path, asked.lang.as_deref(), asked.key.as_deref());
    let body = atom::write(&say::feed(&feed, language, &origin, &own))?;

    let tag = format!("W/\"{}\"", hex(&Sha256::digest(&body)[..16]));
    let changed = last_modified(feed.updated);
    let keep = if holder.is_some() { SECRET } else { OPEN };
    let mut response = if is_known(headers, &tag, changed.as_deref()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, KIND)], body).into_response()
    };
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    set(header::ETAG, &tag);
    set(header::CACHE_CONTROL, keep);
    set(header::VARY, "accept-language");
    if let Some(changed) = &changed {
        set(header::LAST_MODIFIED, changed);
    }
    if holder.is_some() {
        set(HeaderName::from_static("x-robots-tag"), "noindex");
    }
    Ok(response)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The time as HTTP writes it.
fn last_modified(at: Millis) -> Option<String> {
    DateTimePrinter::new().timestamp_to_rfc9110_string(&Timestamp::from_millisecond(at).ok()?).ok()
}

/// Whether who asks has the feed as it is now. A time counts only where it is the very one that was told: what is hidden
/// may take the latest time back.
fn is_known(headers: &HeaderMap, tag: &str, changed: Option<&str>) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    match text(header::IF_NONE_MATCH) {
        Some(known) => known.trim() == "*" || known.split(',').any(|known| opaque(known) == opaque(tag)),
        None => changed.is_some() && text(header::IF_MODIFIED_SINCE) == changed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().expect("a header"))])
    }

    #[test]
    fn what_is_known_is_not_sent_again() {
        let changed = last_modified(1_763_769_600_000);
        assert_eq!(changed.as_deref(), Some("Sat, 22 Nov 2025 00:00:00 GMT"));
        let known = |name, value| is_known(&headers(name, value), "W/\"ab\"", changed.as_deref());
        for tag in ["W/\"ab\"", "\"ab\"", "\"x\", W/\"ab\"", "*"] {
            assert!(known(header::IF_NONE_MATCH, tag), "{tag}");
        }
        assert!(!known(header::IF_NONE_MATCH, "\"abc\""));
        assert!(known(header::IF_MODIFIED_SINCE, "Sat, 22 Nov 2025 00:00:00 GMT"));
        // Later than what is told now: something was taken away since.
        assert!(!known(header::IF_MODIFIED_SINCE, "Sat, 22 Nov 2025 00:00:01 GMT"));
        assert!(!is_known(&HeaderMap::new(), "W/\"ab\"", changed.as_deref()));
    }
}

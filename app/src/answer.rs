//! What a page says to HTTP while it is rendered on the server: its status, or that the visitor should go elsewhere.
//! In the browser only the moving remains.

use leptos::prelude::*;

/// Takes the status and the place to go.
#[cfg(feature = "ssr")]
pub type Tell = dyn Fn(u16, Option<&str>) + Send + Sync;

/// Sets the status and the place to go. The server provides it as context for each page.
#[cfg(feature = "ssr")]
#[derive(Clone)]
pub struct Answer(pub std::sync::Arc<Tell>);

/// Sets the status of the answer.
pub fn status(status: u16) {
    #[cfg(feature = "ssr")]
    if let Some(answer) = use_context::<Answer>() {
        answer.0(status, None);
    }
    #[cfg(not(feature = "ssr"))]
    let _ = status;
}

/// Sends the visitor to another page of this site, in place of this one.
pub fn go(path: &str) {
    #[cfg(feature = "ssr")]
    if let Some(answer) = use_context::<Answer>() {
        answer.0(303, Some(path));
    }
    #[cfg(not(feature = "ssr"))]
    {
        let navigate = leptos_router::hooks::use_navigate();
        let path = path.to_owned();
        // After this view is placed: navigating while it is being built would be lost.
        request_animation_frame(move || {
            navigate(&path, leptos_router::NavigateOptions { replace: true, ..Default::default() });
        });
    }
}

/// The address this page should have: on the server a redirect, in the browser only the address bar changes.
pub fn settle(path: &str) {
    #[cfg(feature = "ssr")]
    if let Some(answer) = use_context::<Answer>() {
        answer.0(308, Some(path));
    }
    #[cfg(not(feature = "ssr"))]
    if let Ok(history) = window().history() {
        let state = history.state().unwrap_or_default();
        let _ = history.replace_state_with_url(&state, "", Some(path));
    }
}

/// The path where one signs in to come back to `path`.
#[must_use]
pub fn sign_in_path(path: &str) -> String {
    if path == "/" { "/sign-in".to_owned() } else { format!("/sign-in?next={}", encode(path)) }
}

/// The way to sign in that says why: to vote, and then back to `path`.
#[must_use]
pub fn sign_in_to_vote_path(path: &str) -> String {
    format!("/sign-in?next={}&for=vote", encode(path))
}

/// `next` when it is a path of this site, else the start page: never another origin.
#[must_use]
pub fn safe_next(next: Option<&str>) -> String {
    next.filter(|path| {
        path.starts_with('/')
            && !path.starts_with("//")
            && !path.contains('\\')
            && !path.chars().any(char::is_control)
            && !path.starts_with("/sign-")
    })
    .unwrap_or("/")
    .to_owned()
}

/// Percent-encodes what cannot stand in the value of a query parameter.
#[must_use]
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => out.push(char::from(byte)),
            _ => {
                out.push('%');
                for nibble in [byte >> 4, byte & 15] {
                    out.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase());
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{encode, safe_next};

    #[test]
    fn next_never_leaves_this_site() {
        for path in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "evil",
            "/\t/evil.example",
            "",
        ] {
            assert_eq!(safe_next(Some(path)), "/", "{path:?}");
        }
        assert_eq!(safe_next(Some("/b/bread/propose")), "/b/bread/propose");
        assert_eq!(safe_next(None), "/");
    }

    #[test]
    fn a_path_survives_in_a_query() {
        assert_eq!(encode("/i/1/a?b=c&d"), "/i/1/a%3Fb%3Dc%26d");
    }
}

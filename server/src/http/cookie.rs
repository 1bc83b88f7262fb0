//! The session cookie.

use http::HeaderValue;

use crate::{
    config::Config,
    domain::{Error, secret::Secret, session::WHOLE},
};

/// The `Set-Cookie` value that gives a browser this session. The server ends it sooner when it is not used.
///
/// # Errors
/// Never in practice: a secret is made of letters, digits, `-` and `_`.
pub fn set(config: &Config, secret: &Secret) -> Result<HeaderValue, Error> {
    value(config, secret.expose(), WHOLE / 1000)
}

/// The `Set-Cookie` value that takes the session from a browser.
///
/// # Errors
/// Never in practice.
pub fn clear(config: &Config) -> Result<HeaderValue, Error> {
    value(config, "", 0)
}

fn value(config: &Config, secret: &str, seconds: i64) -> Result<HeaderValue, Error> {
    let secure = if config.is_https() { "; Secure" } else { "" };
    let name = config.cookie_name();
    let text = format!("{name}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    let mut value = HeaderValue::from_str(&text).map_err(|error| Error::Fault(error.to_string()))?;
    value.set_sensitive(true);
    Ok(value)
}

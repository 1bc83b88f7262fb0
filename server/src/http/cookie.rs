//! The cookies that open something: of a session, and of a guest.

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
    value(config, config.cookie_name(), secret.expose(), WHOLE / 1000)
}

/// The `Set-Cookie` value that takes the session from a browser.
///
/// # Errors
/// Never in practice.
pub fn clear(config: &Config) -> Result<HeaderValue, Error> {
    value(config, config.cookie_name(), "", 0)
}

/// The `Set-Cookie` value by which a browser follows a canvas as a guest for so long.
///
/// # Errors
/// Never in practice.
pub fn set_guest(config: &Config, secret: &str, seconds: i64) -> Result<HeaderValue, Error> {
    value(config, config.guest_cookie_name(), secret, seconds)
}

fn value(config: &Config, name: &str, secret: &str, seconds: i64) -> Result<HeaderValue, Error> {
    let secure = if config.is_https() { "; Secure" } else { "" };
    let text = format!("{name}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    let mut value = HeaderValue::from_str(&text).map_err(|error| Error::Fault(error.to_string()))?;
    value.set_sensitive(true);
    Ok(value)
}

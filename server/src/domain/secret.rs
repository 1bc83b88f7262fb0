//! Secrets that open something: sessions, access tokens, links.
//!
//! Each is 32 random bytes. Whoever holds it gets the text; the store keeps only its SHA-256, so that a copy of the
//! database opens nothing. A slow hash is not needed: 256 random bits cannot be guessed.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use super::Error;

const BYTES: usize = 32;
/// The length of its text.
const CHARS: usize = 43;

/// A secret as its holder has it. It does not show itself in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// What the store keeps of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretHash(pub [u8; 32]);

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn new() -> Result<Self, Error> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).map_err(|error| Error::Fault(format!("no random bytes: {error}")))?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The text to hand over. Never log it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What to store of it.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(&self.0)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl SecretHash {
    /// The hash of a text somebody shows; `None` when it cannot be a secret of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let shaped = text.len() == CHARS && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        shaped.then(|| Self::of(text))
    }

    /// The hash of any text that serves as a secret.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_long_shown_once_and_known_by_its_hash() {
        let secret = Secret::new().expect("random bytes");
        assert_eq!(secret.expose().len(), CHARS);
        assert_eq!(SecretHash::parse(secret.expose()), Some(secret.hash()));
        assert_ne!(Secret::new().expect("random bytes"), secret);
        assert!(!format!("{secret:?}").contains(secret.expose()));
        assert_eq!(SecretHash::parse("short"), None);
        assert_eq!(SecretHash::parse(&"é".repeat(22)), None);
    }
}

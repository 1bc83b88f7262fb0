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
    /// Random bytes, from which others are derived.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn key() -> Result<[u8; BYTES], Error> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).map_err(|error| Error::Fault(format!("no random bytes: {error}")))?;
        Ok(bytes)
    }

    /// A new one.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn new() -> Result<Self, Error> {
        Ok(Self(URL_SAFE_NO_PAD.encode(Self::key()?)))
    }

    /// One that is always the same for the same thing, known by 16 bytes and what for, and that nobody finds without the
    /// key. Whatever it is derived from has a length of its own, so nothing can be moved from one part to the next.
    #[must_use]
    pub fn derived(key: &[u8; BYTES], what_for: u8, thing: [u8; 16]) -> Self {
        let mut inner = Sha256::new();
        inner.update(key);
        inner.update([what_for]);
        inner.update(thing);
        // Hashed once more with the key: what is handed over is no state from which a longer text could be hashed on.
        let outer = Sha256::new().chain_update(key).chain_update(inner.finalize());
        Self(URL_SAFE_NO_PAD.encode(outer.finalize()))
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

    #[test]
    fn a_derived_secret_is_the_same_for_the_same_thing_only() {
        let derived = Secret::derived(&[7; 32], 1, [3; 16]);
        assert_eq!(derived, Secret::derived(&[7; 32], 1, [3; 16]));
        assert_eq!(SecretHash::parse(derived.expose()), Some(derived.hash()));
        for other in [
            Secret::derived(&[8; 32], 1, [3; 16]),
            Secret::derived(&[7; 32], 2, [3; 16]),
            Secret::derived(&[7; 32], 1, [4; 16]),
        ] {
            assert_ne!(other, derived);
        }
    }
}

//! Reading a CBOR map by its keys.

use minicbor::{Decoder, data::Type};

use super::DecodeError;

/// More keys than any message has; a map with more is none of ours.
const KEYS: u64 = 64;

/// The entries of a CBOR map: each key with the place of its value.
pub(super) struct Fields<'b> {
    entries: Vec<(&'b str, usize)>,
    input: &'b [u8],
}

impl<'b> Fields<'b> {
    /// The map that is the whole of `frame`.
    pub(super) fn of_frame(frame: &'b [u8]) -> Result<Self, DecodeError> {
        Self::at(&mut Decoder::new(frame)).map_err(|_| DecodeError::NotAMap)
    }

    fn at(decoder: &mut Decoder<'b>) -> Result<Self, minicbor::decode::Error> {
        let length = decoder.map()?;
        if length.is_some_and(|n| n > KEYS) {
            return Err(minicbor::decode::Error::message("too many keys"));
        }
        let mut entries = Vec::new();
        loop {
            match length {
                Some(n) if entries.len() as u64 == n => break,
                None if decoder.datatype()? == Type::Break => break,
                None if entries.len() as u64 == KEYS => return Err(minicbor::decode::Error::message("too many keys")),
                _ => {}
            }
            let key = decoder.str()?;
            entries.push((key, decoder.position()));
            decoder.skip()?;
        }
        Ok(Self { entries, input: decoder.input() })
    }

    /// The value under `key`; `null` and `undefined` count as absent.
    fn value(&self, key: &str) -> Option<Decoder<'b>> {
        let at = self.entries.iter().find(|(name, _)| *name == key)?.1;
        let mut decoder = Decoder::new(self.input);
        decoder.set_position(at);
        match decoder.datatype() {
            Ok(Type::Null | Type::Undefined) | Err(_) => None,
            Ok(_) => Some(decoder),
        }
    }

    pub(super) fn text(&self, key: &'static str, max: usize) -> Result<Option<&'b str>, DecodeError> {
        let Some(mut value) = self.value(key) else { return Ok(None) };
        let text = value.str().map_err(|_| DecodeError::Wrong(key))?;
        if text.len() > max { Err(DecodeError::TooLong(key)) } else { Ok(Some(text)) }
    }

    pub(super) fn need_text(&self, key: &'static str, max: usize) -> Result<&'b str, DecodeError> {
        self.text(key, max)?.ok_or(DecodeError::Missing(key))
    }

    pub(super) fn bytes(&self, key: &'static str) -> Result<Option<&'b [u8]>, DecodeError> {
        let Some(mut value) = self.value(key) else { return Ok(None) };
        read_bytes(&mut value).map(Some).ok_or(DecodeError::Wrong(key))
    }

    pub(super) fn need_bytes(&self, key: &'static str) -> Result<&'b [u8], DecodeError> {
        self.bytes(key)?.ok_or(DecodeError::Missing(key))
    }

    /// A count; JavaScript may send a whole number as a float.
    pub(super) fn need_count(&self, key: &'static str) -> Result<u64, DecodeError> {
        let mut value = self.value(key).ok_or(DecodeError::Missing(key))?;
        read_count(&mut value).ok_or(DecodeError::Wrong(key))
    }

    pub(super) fn boolean(&self, key: &'static str) -> Result<Option<bool>, DecodeError> {
        let Some(mut value) = self.value(key) else { return Ok(None) };
        value.bool().map(Some).map_err(|_| DecodeError::Wrong(key))
    }

    pub(super) fn map(&self, key: &'static str) -> Result<Option<Self>, DecodeError> {
        let Some(mut value) = self.value(key) else { return Ok(None) };
        Self::at(&mut value).map(Some).map_err(|_| DecodeError::Wrong(key))
    }

    /// A list of at most `max` values, each read by `read`.
    pub(super) fn list<T>(
        &self,
        key: &'static str,
        max: usize,
        mut read: impl FnMut(&mut Decoder<'b>) -> Option<T>,
    ) -> Result<Option<Vec<T>>, DecodeError> {
        let Some(mut value) = self.value(key) else { return Ok(None) };
        let length = value.array().map_err(|_| DecodeError::Wrong(key))?;
        if length.is_some_and(|n| n > max as u64) {
            return Err(DecodeError::TooLong(key));
        }
        let mut list = Vec::new();
        loop {
            match length {
                Some(n) if list.len() as u64 == n => return Ok(Some(list)),
                None if matches!(value.datatype(), Ok(Type::Break)) => return Ok(Some(list)),
                None if list.len() == max => return Err(DecodeError::TooLong(key)),
                _ => list.push(read(&mut value).ok_or(DecodeError::Wrong(key))?),
            }
        }
    }
}

/// A byte string; some encoders tag typed arrays (64).
pub(super) fn read_bytes<'b>(value: &mut Decoder<'b>) -> Option<&'b [u8]> {
    if matches!(value.datatype(), Ok(Type::Tag)) {
        value.tag().ok()?;
    }
    value.bytes().ok()
}

/// The map that is the next value.
pub(super) fn read_map<'b>(value: &mut Decoder<'b>) -> Option<Fields<'b>> {
    Fields::at(value).ok()
}

/// A short text.
pub(super) fn read_text(value: &mut Decoder<'_>, max: usize) -> Option<String> {
    value.str().ok().filter(|text| text.len() <= max).map(str::to_owned)
}

fn read_count(value: &mut Decoder<'_>) -> Option<u64> {
    /// The greatest whole number below which a double has all others.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let float = match value.datatype().ok()? {
        Type::F32 => f64::from(value.f32().ok()?),
        Type::F64 => value.f64().ok()?,
        _ => return value.u64().ok(),
    };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and within range")]
    ((0.0..=EXACT).contains(&float) && float.fract() == 0.0).then_some(float as u64)
}

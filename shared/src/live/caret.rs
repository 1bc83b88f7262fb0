//! Where somebody's caret is: what Atelier's clients tell each other in `ephemeral` messages.
//!
//! As CBOR: `["caret", field, anchor, head]`, or `["caret"]` when they are in no text. Anything else is not ours.

use minicbor::{Decoder, Encoder};

use super::concept::Field;

/// A caret in a text, and the other end of what is selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caret {
    /// The text.
    pub field: Field,
    /// Where the selection began, as [`Replica::cursor`](super::replica::Replica::cursor) makes it.
    pub anchor: Vec<u8>,
    /// Where the caret is.
    pub head: Vec<u8>,
}

const KIND: &str = "caret";

/// Writes where a caret is, or that it is nowhere.
#[must_use]
pub fn encode(caret: Option<&Caret>) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::with_capacity(96));
    // Writing into memory cannot fail.
    let _ = match caret {
        None => encoder.array(1).and_then(|encoder| encoder.str(KIND)),
        Some(Caret { field, anchor, head }) => {
            encoder.array(4).and_then(|encoder| encoder.str(KIND)?.str(field.key())?.bytes(anchor)?.bytes(head))
        }
    };
    encoder.into_writer()
}

/// Reads where a caret is (inner none: nowhere); none when the data says something else.
#[must_use]
pub fn decode(data: &[u8]) -> Option<Option<Caret>> {
    let mut decoder = Decoder::new(data);
    let length = decoder.array().ok()??;
    if decoder.str().ok()? != KIND {
        return None;
    }
    match length {
        1 => Some(None),
        4 => {
            let field = Field::parse(decoder.str().ok()?)?;
            let anchor = decoder.bytes().ok()?.to_vec();
            let head = decoder.bytes().ok()?.to_vec();
            Some(Some(Caret { field, anchor, head }))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caret_reads_back() {
        let caret = Caret { field: Field::Body, anchor: vec![1, 1], head: vec![1, 2] };
        assert_eq!(decode(&encode(Some(&caret))), Some(Some(caret)));
        assert_eq!(decode(&encode(None)), Some(None));
    }

    #[test]
    fn what_others_say_is_no_caret() {
        for data in [&[][..], &[0xff], &[0x81, 0x61, b'x'], &[0x9f], &[0x84, 0x65, b'c', b'a', b'r', b'e', b't', 0x60]]
        {
            assert_eq!(decode(data), None, "{data:?}");
        }
    }
}

//! What somebody does on a canvas at this moment: what Atelier's clients tell each other in `ephemeral` messages.
//!
//! As CBOR: `["canvas", at, items, drag, typing, view]`, where `at` is `[x, y]`, `items` a list of names such as `notes/n1`
//! (null: as said before), `drag` `[dx, dy]`, `typing` a boolean and `view` `[x, y, w, h]`; each may be null. All are whole
//! pixels of a canvas that is not zoomed. Anything else is not ours.

use minicbor::{Decoder, Encoder, data::Type};

use crate::canvas::ItemRef;

/// Things that are told to be selected, at most.
pub const SELECTED: usize = 100;
/// The greatest place that is told.
const FAR: i32 = 1_000_000;

/// What somebody does on a canvas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pointer {
    /// Where they point; nowhere when their pointer is not on the canvas.
    pub at: Option<(i32, i32)>,
    /// What they have selected; nothing is said when it is what was said before.
    pub items: Option<Vec<ItemRef>>,
    /// How far they drag that just now.
    pub drag: Option<(i32, i32)>,
    /// Whether they write in it.
    pub typing: bool,
    /// What they see, while they bring everyone to it.
    pub view: Option<[i32; 4]>,
}

const KIND: &str = "canvas";

/// Writes what somebody does.
#[must_use]
pub fn encode(pointer: &Pointer) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::with_capacity(64));
    // Writing into memory cannot fail.
    let _ = write(&mut encoder, pointer);
    encoder.into_writer()
}

fn write(
    encoder: &mut Encoder<Vec<u8>>,
    pointer: &Pointer,
) -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
    encoder.array(6)?.str(KIND)?;
    numbers(encoder, pointer.at.map(|(x, y)| [x, y]))?;
    match &pointer.items {
        None => drop(encoder.null()?),
        Some(items) => {
            let told = items.len().min(SELECTED);
            encoder.array(told as u64)?;
            for item in &items[..told] {
                encoder.str(&item.to_string())?;
            }
        }
    }
    numbers(encoder, pointer.drag.map(|(x, y)| [x, y]))?;
    encoder.bool(pointer.typing)?;
    numbers(encoder, pointer.view)
}

fn numbers<const N: usize>(
    encoder: &mut Encoder<Vec<u8>>,
    numbers: Option<[i32; N]>,
) -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
    let Some(numbers) = numbers else { return encoder.null().map(drop) };
    encoder.array(N as u64)?;
    for number in numbers {
        encoder.i32(number)?;
    }
    Ok(())
}

/// Reads what somebody does; none when the data says something else.
#[must_use]
pub fn decode(data: &[u8]) -> Option<Pointer> {
    let mut decoder = Decoder::new(data);
    if decoder.array().ok()?? != 6 || decoder.str().ok()? != KIND {
        return None;
    }
    let at = read_numbers(&mut decoder)?.map(|[x, y]| (x, y));
    let items = if is_null(&mut decoder)? { None } else { Some(read_items(&mut decoder)?) };
    let drag = read_numbers(&mut decoder)?.map(|[x, y]| (x, y));
    let typing = decoder.bool().ok()?;
    let view = read_numbers(&mut decoder)?;
    Some(Pointer { at, items, drag, typing, view })
}

fn is_null(decoder: &mut Decoder<'_>) -> Option<bool> {
    let null = decoder.datatype().ok()? == Type::Null;
    if null {
        decoder.null().ok()?;
    }
    Some(null)
}

fn read_items(decoder: &mut Decoder<'_>) -> Option<Vec<ItemRef>> {
    let told = usize::try_from(decoder.array().ok()??).ok().filter(|told| *told <= SELECTED)?;
    (0..told).map(|_| decoder.str().ok()?.parse().ok()).collect()
}

#[expect(clippy::option_option, reason = "what cannot be read is not what is not said")]
fn read_numbers<const N: usize>(decoder: &mut Decoder<'_>) -> Option<Option<[i32; N]>> {
    if is_null(decoder)? {
        return Some(None);
    }
    if decoder.array().ok()?? != N as u64 {
        return None;
    }
    let mut numbers = [0; N];
    for number in &mut numbers {
        *number = decoder.i32().ok().filter(|number| (-FAR..=FAR).contains(number))?;
    }
    Some(Some(numbers))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::canvas::ItemKind;

    proptest! {
        #[test]
        fn what_is_told_reads_back(
            at in prop::option::of((-FAR..FAR, -FAR..FAR)),
            items in prop::option::of(prop::collection::vec("[a-z0-9]{1,12}", 0..SELECTED)),
            drag in prop::option::of((-FAR..FAR, -FAR..FAR)),
            typing in any::<bool>(),
            view in prop::option::of(prop::array::uniform4(-FAR..FAR)),
        ) {
            let items = items.map(|ids| ids.into_iter().map(|id| ItemRef::new(ItemKind::Note, id)).collect());
            let pointer = Pointer { at, items, drag, typing, view };
            prop_assert_eq!(decode(&encode(&pointer)), Some(pointer));
        }

        #[test]
        fn any_bytes_are_read_without_panic(data in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&data);
        }
    }

    #[test]
    fn a_drag_is_told_in_few_bytes() {
        let drag = Pointer { at: Some((1_200, -340)), drag: Some((60, 80)), ..Pointer::default() };
        assert!(encode(&drag).len() < 32, "{}", encode(&drag).len());
    }

    #[test]
    fn a_caret_is_no_pointer() {
        assert_eq!(decode(&crate::live::caret::encode(None)), None);
        let far = Pointer { at: Some((FAR + 1, 0)), ..Pointer::default() };
        assert_eq!(decode(&encode(&far)), None);
    }
}

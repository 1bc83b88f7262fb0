//! The addresses of pictures: they tell the size, so that a page keeps the room before the picture is there.

use std::{fmt, str::FromStr};

use crate::{PictureId, limits};

/// What the addresses of pictures begin with.
pub const PREFIX: &str = "/pictures/";
/// The last part of the address of a small form.
pub const SMALL: &str = "small";

/// Where a picture is, in its large form: `/pictures/{id}/{width}x{height}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// Which picture.
    pub id: PictureId,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}

/// A text that is no address of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no address of a picture")]
pub struct NoAddress;

impl Address {
    /// Where its small form is.
    #[must_use]
    pub fn small(self) -> String {
        format!("{PREFIX}{}/{SMALL}", self.id)
    }

    /// The width of its small form; nothing where the large one is as small.
    #[must_use]
    pub fn small_width(self) -> Option<u32> {
        let longer = self.width.max(self.height);
        (longer > limits::SMALL_PICTURE_SIDE).then(|| (self.width * limits::SMALL_PICTURE_SIDE / longer).max(1))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{PREFIX}{}/{}x{}", self.id, self.width, self.height)
    }
}

impl FromStr for Address {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, NoAddress> {
        let (id, size) = text.strip_prefix(PREFIX).and_then(|rest| rest.split_once('/')).ok_or(NoAddress)?;
        let (width, height) = size.split_once('x').ok_or(NoAddress)?;
        let side = |text: &str| text.parse().ok().filter(|side| (1..=limits::PICTURE_SIDE).contains(side));
        let address = Self {
            id: id.parse().map_err(|_| NoAddress)?,
            width: side(width).ok_or(NoAddress)?,
            height: side(height).ok_or(NoAddress)?,
        };
        // One picture has one address: no other way to write its id or its size.
        if address.to_string() == text { Ok(address) } else { Err(NoAddress) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_which_picture_and_how_large() {
        let address = Address { id: PictureId::from_random([0xab; 16]), width: 1600, height: 900 };
        assert_eq!(address.to_string().parse(), Ok(address));
        assert_eq!((address.small_width(), address.small()), (Some(640), format!("/pictures/{}/small", address.id)));
        assert_eq!(Address { width: 900, height: 1600, ..address }.small_width(), Some(360));
        assert_eq!(Address { width: 640, height: 64, ..address }.small_width(), None);
    }

    #[test]
    fn nothing_else_is_one() {
        let id = PictureId::from_random([0xab; 16]);
        for text in [
            String::new(),
            format!("/pictures/{id}"),
            format!("/pictures/{id}/small"),
            format!("/pictures/{id}/0x9"),
            format!("/pictures/{id}/09x9"),
            format!("/pictures/{id}/+9x9"),
            format!("/pictures/{id}/9x99999"),
            format!("/pictures/{id}/9x9/"),
            format!("/pictures/{id}/9x9?a"),
            format!("//pictures/{id}/9x9"),
            format!("/pictures/../{id}/9x9"),
            format!("/pictures/{}/9x9", id.to_string().to_uppercase()),
            format!("/pictures/{}/9x9", id.0.simple()),
            format!("https://example.org/pictures/{id}/9x9"),
        ] {
            assert_eq!(text.parse::<Address>(), Err(NoAddress), "{text}");
        }
    }
}

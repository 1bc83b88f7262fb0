//! Pictures.

use serde::{Deserialize, Serialize};

use crate::{PictureId, picture::Address};

/// A picture, as whoever added it is told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PictureView {
    /// Its id.
    pub id: PictureId,
    /// Where it is, to be put into Markdown: `![what it shows](path)`.
    pub path: String,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}

impl PictureView {
    /// Where its small form is.
    #[must_use]
    pub fn small(&self) -> String {
        let Self { id, width, height, .. } = *self;
        Address { id, width, height }.small()
    }
}

impl From<Address> for PictureView {
    fn from(address: Address) -> Self {
        Self { id: address.id, path: address.to_string(), width: address.width, height: address.height }
    }
}

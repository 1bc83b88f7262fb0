//! How lists are asked for in pages: `?cursor=…&limit=…`.

use serde::Deserialize;
use shared::{
    api::{Code, Page},
    limits,
};
use uuid::Uuid;

use crate::http::problem::ApiError;

/// Which page of a list, and how long.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Paging {
    /// `next` of the page before.
    #[param(example = "1763769600000-42")]
    pub(super) cursor: Option<String>,
    /// How many, 1 to 100; 25 when absent.
    #[param(minimum = 1, maximum = 100)]
    pub(super) limit: Option<u32>,
}

const USUAL: u32 = 25;

/// A place in a list, as a cursor tells it: a time and what tells apart those of the same time.
pub(super) trait Cursor: Sized {
    /// Where the list begins.
    const START: Self;
    /// Its text.
    fn write(&self) -> String;
    /// The place that the two parts of a text name.
    fn read(at: i64, rest: &str) -> Option<Self>;
}

/// Of what goes by its id, the last first: from before one.
impl Cursor for Uuid {
    const START: Self = Self::max();

    fn write(&self) -> String {
        format!("0-{}", self.simple())
    }

    fn read(_: i64, rest: &str) -> Option<Self> {
        rest.parse().ok()
    }
}

impl Paging {
    /// Where to begin, and how many to show.
    ///
    /// # Errors
    /// When the cursor is none of ours, or the limit is out of bounds.
    pub(super) fn place<C: Cursor>(&self) -> Result<(C, u32), ApiError> {
        let limit = self.limit.unwrap_or(USUAL);
        if !(1..=limits::PAGE).contains(&limit) {
            return Err(ApiError::new(Code::BadRequest, format!("`limit` is a number from 1 to {}.", limits::PAGE)));
        }
        let Some(cursor) = &self.cursor else { return Ok((C::START, limit)) };
        let place = cursor.split_once('-').and_then(|(at, rest)| C::read(at.parse().ok()?, rest));
        let place = place.ok_or_else(|| ApiError::new(Code::BadRequest, "`cursor` is not the `next` of a page."))?;
        Ok((place, limit))
    }
}

/// One page of the items, of which there is one more than `limit` when another page follows.
pub(super) fn page<T, C: Cursor>(mut items: Vec<T>, limit: u32, place: impl Fn(&T) -> C) -> Page<T> {
    let limit = limit as usize;
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|last| place(last).write());
    Page { items, next }
}

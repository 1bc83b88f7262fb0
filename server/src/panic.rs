//! What a panic that was caught had to say.

use std::any::Any;

/// Its words; nothing, when it came with something other than text.
#[must_use]
pub fn words(panic: &(dyn Any + Send)) -> Option<&str> {
    panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied())
}

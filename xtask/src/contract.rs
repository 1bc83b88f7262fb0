//! Requests made up from the API's own description, by schemathesis: see `tests/contract`.

use crate::install;
use anyhow::Result;
use std::path::PathBuf;

/// The version that the tests were written with.
const VERSION: &str = "4.32.5";

/// The program, installed unless it is there.
pub fn schemathesis() -> Result<PathBuf> {
    Ok(install::python_package("schemathesis", VERSION)?.join("schemathesis"))
}

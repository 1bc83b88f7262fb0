//! Requests made up from the API's own description, by schemathesis: see `tests/contract`.

use crate::{place, progress};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::Command;

/// The version that the tests were written with.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// The program, installed into a folder of its own under `target/` unless it is there.
pub fn schemathesis() -> Result<PathBuf> {
    let folder = place::target().join("schemathesis");
    let (program, marker) = (folder.join("bin/schemathesis"), folder.join(".version"));
    if std::fs::read_to_string(&marker).is_ok_and(|installed| installed == SCHEMATHESIS) && program.is_file() {
        return Ok(program);
    }
    let Some(python) = place::on_path("python3") else {
        bail!("Python 3.10 or later is needed to make up requests from the API's description: https://python.org");
    };
    let title = format!("Installing {SCHEMATHESIS}");
    progress::run(&title, Command::new(python).args(["-m", "venv"]).arg(&folder))
        .context("Python could not make a virtual environment; on Debian: apt install python3-venv")?;
    let mut pip = Command::new(folder.join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check", SCHEMATHESIS]);
    progress::run(&title, &mut pip)
        .context("schemathesis could not be installed; is the Python package index reachable?")?;
    std::fs::write(marker, SCHEMATHESIS)?;
    Ok(program)
}

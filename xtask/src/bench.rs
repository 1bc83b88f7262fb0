//! `cargo xtask bench SUITE`: figures of a release build against their budgets.

mod table;

use crate::cargo::cargo;
use crate::dist::{self, Sizes};
use crate::postgres::Postgres;
use crate::{install, place, progress, serve};
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// What `cargo xtask bench` takes.
#[derive(Args)]
pub struct Options {
    /// What to measure: `size` (what a browser loads), `page` (how long it takes), `portal` (pages of a large workspace), `canvas` (people
    /// who drag at once), `client` (long ideas in a browser), or one of the other load clients: `live`, `recognition`, `soak`.
    suite: String,
    /// Print one JSON object a line instead of a table.
    #[arg(long)]
    json: bool,
    /// With `live`: the same loads on the servers of others too, from npm, side by side.
    #[arg(long)]
    peers: bool,
    /// With `soak`: how long people come and go.
    #[arg(long, value_name = "MINUTES")]
    minutes: Option<u32>,
    /// Passed on to the load client, after `--`.
    #[arg(last = true)]
    passed_on: Vec<String>,
}

/// One measured figure.
#[derive(Debug, Serialize, Deserialize)]
struct Figure {
    suite: String,
    case: String,
    metric: String,
    /// None where there was nothing to measure.
    value: Option<f64>,
    unit: String,
    budget: Option<f64>,
    better: Better,
    /// Whose figure it is, where others are measured too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    system: Option<String>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Better {
    Lower,
    Higher,
}

impl Figure {
    fn misses(&self) -> bool {
        self.budget.zip(self.value).is_some_and(|(budget, value)| self.better.than(budget, value))
    }
}

impl Better {
    /// Whether the first of two figures is better than the second.
    fn than(self, one: f64, other: f64) -> bool {
        match self {
            Self::Lower => one < other,
            Self::Higher => one > other,
        }
    }
}

/// Measures one suite and prints its figures. A missed budget is marked, but no failure: machines differ.
pub fn run(options: &Options) -> Result<()> {
    let mut report = Report { json: options.json, figures: Vec::new() };
    match options.suite.as_str() {
        "size" => dist::make()?.1.figures().into_iter().try_for_each(|figure| report.add(figure))?,
        "page" => page("page_load.mjs", &options.passed_on, &mut report)?,
        "canvas" => page("canvas_load.mjs", &options.passed_on, &mut report)?,
        "client" => page("client_load.mjs", &options.passed_on, &mut report)?,
        "portal" => portal(&options.passed_on, &mut report)?,
        "recognition" => on_both("recognition", &options.passed_on, &mut report)?,
        "live" if options.peers => {
            let folder = place::root().join("tests/bench");
            install::npm_packages(&folder)?;
            load("peers", &options.passed_on, &[("ATELIER_PEERS", folder.as_os_str())], &mut report)?;
        }
        suite => {
            let minutes = options.minutes.map(|minutes| minutes.to_string());
            let minutes = minutes.as_ref().map(|minutes| ("ATELIER_SOAK_MINUTES", OsStr::new(minutes)));
            load(suite, &options.passed_on, minutes.as_slice(), &mut report)?;
        }
    }
    report.finish();
    Ok(())
}

struct Report {
    json: bool,
    figures: Vec<Figure>,
}

impl Report {
    fn add(&mut self, figure: Figure) -> Result<()> {
        if self.json {
            println!("{}", serde_json::to_string(&figure)?);
        } else {
            let value = figure.value.map_or("–".to_owned(), table::shown);
            let system = figure.system.as_deref().unwrap_or_default();
            eprintln!("  {} · {}: {value} {} {system}", figure.case, figure.metric, figure.unit);
        }
        self.figures.push(figure);
        Ok(())
    }

    fn finish(&self) {
        if !self.json {
            table::print(&self.figures);
        }
    }
}

/// Builds the release server and the suite's load client, runs it, and passes its figures on.
fn load(suite: &str, passed_on: &[String], settings: &[(&str, &OsStr)], report: &mut Report) -> Result<()> {
    let name = format!("bench-{suite}");
    let source = place::root().join("tests/src/bin");
    if !source.join(format!("{name}.rs")).is_file() && !source.join(&name).is_dir() {
        bail!("there is no suite `{suite}`; there are: {}", suites()?.join(", "));
    }
    install::make()?;
    let mut command = cargo("build");
    command
        .args(["--release", "--package=server", "--package=tests", "--features=tests/bench", "--bin=atelier"])
        .arg(format!("--bin={name}"));
    progress::run("Compiling the server and the load client for release", &mut command)?;
    let folder = place::target().join("release");
    let mut client = Command::new(folder.join(serve::program(&name)));
    client.args(passed_on).env("ATELIER_BINARY", folder.join(serve::program("atelier")));
    client.envs(settings.iter().copied());
    measure(&mut client, report)
}

/// Runs a load client that measures both databases.
fn on_both(suite: &str, passed_on: &[String], report: &mut Report) -> Result<()> {
    // Held until the end; the one that is named, where one is.
    let private = std::env::var_os("ATELIER_TEST_POSTGRES").is_none().then(Postgres::start).transpose()?;
    let postgres = private.as_ref().map(|private| ("ATELIER_TEST_POSTGRES", OsStr::new(private.url())));
    load(suite, passed_on, postgres.as_slice(), report)
}

/// Makes the binary to install, and asks it for the pages of a large workspace, on both databases; then Lighthouse does.
fn portal(passed_on: &[String], report: &mut Report) -> Result<()> {
    let (binary, sizes) = dist::make()?;
    sizes.figures().into_iter().try_for_each(|figure| report.add(Figure { suite: "portal".into(), ..figure }))?;
    let folder = place::root().join("tests/lighthouse");
    install::npm_packages(&folder)?;
    let mut command = cargo("build");
    command.args(["--release", "--package=tests", "--features=tests/bench", "--bin=bench-portal"]);
    progress::run("Compiling the load client for release", &mut command)?;
    let mut client = Command::new(place::target().join("release").join(serve::program("bench-portal")));
    client.args(passed_on).env("ATELIER_BINARY", binary).env_remove("ATELIER_ASSETS");
    client.env("ATELIER_LIGHTHOUSE", folder).env("CHROMIUM", install::chromium()?);
    // Held until the end; the one that is named, where one is.
    let private = std::env::var_os("ATELIER_TEST_POSTGRES").is_none().then(Postgres::start).transpose()?;
    if let Some(private) = &private {
        client.env("ATELIER_TEST_POSTGRES", private.url());
    }
    measure(&mut client, report)
}

/// Makes the binary to install and has a browser measure its pages, by this script.
fn page(script: &str, passed_on: &[String], report: &mut Report) -> Result<()> {
    let (binary, _) = dist::make()?;
    install::npm_packages(&place::browser_tests())?;
    let mut client = Command::new("node");
    client.arg(script).args(passed_on).current_dir(place::browser_tests());
    client.env("ATELIER_BINARY", binary).env("CHROMIUM", install::chromium()?).env_remove("ATELIER_ASSETS");
    measure(&mut client, report)
}

/// Runs a client that prints its figures, one a line.
fn measure(client: &mut Command, report: &mut Report) -> Result<()> {
    let mut client = client.stdout(Stdio::piped()).spawn().context("could not start the load client")?;
    let output = client.stdout.take().context("the load client has no output")?;
    for line in BufReader::new(output).lines() {
        let line = line?;
        match serde_json::from_str::<Figure>(&line) {
            Ok(figure) => report.add(figure)?,
            Err(_) => eprintln!("{line}"),
        }
    }
    ensure!(client.wait()?.success(), "the load client ended badly");
    Ok(())
}

fn suites() -> Result<Vec<String>> {
    let mut suites = ["size", "page", "canvas", "client"].map(str::to_owned).to_vec();
    for entry in std::fs::read_dir(place::root().join("tests/src/bin"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        // The peers are measured with `live --peers`.
        let suite =
            name.strip_prefix("bench-").map(|name| name.trim_end_matches(".rs")).filter(|name| *name != "peers");
        suites.extend(suite.map(str::to_owned));
    }
    Ok(suites)
}

impl Sizes {
    fn figures(&self) -> Vec<Figure> {
        let figure = |case: &str, metric: &str, bytes: u64, budget: Option<u32>| Figure {
            suite: "size".into(),
            case: case.into(),
            metric: metric.into(),
            value: Some(f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1000.0),
            unit: "kB".into(),
            budget: budget.map(f64::from),
            better: Better::Lower,
            system: None,
        };
        let first = [
            figure("first page", "wasm, Brotli", self.page_wasm, Some(150)),
            figure("first page", "script, Brotli", self.page_script, None),
            figure("first page", "style, Brotli", self.style, None),
        ];
        let live = [
            figure("live chunk", "wasm, Brotli", self.live_wasm, Some(300)),
            figure("live chunk", "editor script, Brotli", self.editor_script, None),
        ];
        let chunks = self.chunks.iter().map(|(chunk, size)| figure(chunk, "wasm besides, Brotli", *size, None));
        first.into_iter().chain(chunks).chain(live).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_missed_on_its_wrong_side_only() {
        let line = r#"{"suite":"live","case":"c","metric":"m","value":7,"unit":"ms","budget":6.6,"better":"lower"}"#;
        let mut figure: Figure = serde_json::from_str(line).expect("a figure");
        assert!(figure.misses());
        figure.better = Better::Higher;
        assert!(!figure.misses());
        figure.budget = None;
        assert!(!figure.misses());
    }
}

//! `cargo xtask test`: every layer, one after the other, with what each passed, failed and skipped.

use crate::cargo::cargo;
use crate::client::{self, Mode};
use crate::postgres::Postgres;
use crate::progress::{self, Step};
use crate::{contract, install, place, serve};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// How long one test program may take, on a slow machine.
const LIMIT: Duration = Duration::from_secs(900);
/// How long one file of browser tests may take.
const BROWSER_LIMIT: Duration = Duration::from_secs(600);
/// How much longer its runner may take to say so.
const MARGIN: Duration = Duration::from_secs(30);
/// The version of the mail server in Python that the tests were written with.
const AIOSMTPD: &str = "1.4.6";
/// How the names of files with browser tests end.
const BROWSER_TEST: &str = ".test.mjs";

/// What `cargo xtask test` takes.
#[derive(Args)]
pub struct Options {
    /// Run only these layers: shared, app, server, api, store, live, herd, xtask, contract, browser (default: all).
    layers: Vec<String>,
}

impl Options {
    fn wants(&self, layer: &str) -> bool {
        self.layers.is_empty() || self.layers.iter().any(|wanted| wanted == layer)
    }
}

/// What came of one layer.
#[derive(Default)]
struct Outcome {
    passed: usize,
    failed: usize,
    skipped: usize,
    /// What was left out, by name.
    reasons: BTreeSet<String>,
    /// What failed, by name: what was said of it is far above by the end.
    failures: BTreeSet<String>,
}

/// Runs the layers; fails at the end when any of them did.
pub fn run(options: &Options) -> Result<()> {
    let postgres = Postgresql::find();
    let smtp = install::python_package("aiosmtpd", AIOSMTPD).map(|programs| programs.join("python"));
    client::build(Mode::Quick)?;
    let only_browser = !options.layers.is_empty() && options.layers.iter().all(|layer| layer == "browser");
    let (server, suites) = if only_browser { (serve::build_server(false)?, Vec::new()) } else { compile()? };
    let mut results: Vec<(String, Outcome)> = Vec::new();
    for suite in suites.into_iter().filter(|suite| options.wants(&suite.layer)) {
        let mut command = Command::new(&suite.binary);
        command.arg("--show-output").current_dir(&suite.folder).env("CARGO_MANIFEST_DIR", &suite.folder);
        command.env("ATELIER_BINARY", &server);
        if let Some(url) = postgres.url() {
            command.env("ATELIER_TEST_POSTGRES", url);
        }
        if let Ok(python) = &smtp {
            command.env("ATELIER_TEST_AIOSMTPD", python);
        }
        let outcome = attempt(&format!("Testing {}", suite.layer), &mut command, LIMIT, read_libtest);
        match results.iter_mut().find(|(layer, _)| *layer == suite.layer) {
            Some((_, known)) => known.add(outcome),
            None => results.push((suite.layer, outcome)),
        }
    }
    if options.wants("contract") {
        results.push(("contract".into(), described(&server)));
    }
    if options.wants("browser") {
        results.push(("browser".into(), browser(&server)));
    }
    if let Some(reason) = postgres.missing() {
        results.push(("PostgreSQL".into(), Outcome::left_out(reason)));
    }
    if let Err(error) = &smtp {
        results.push(("mail server".into(), Outcome::left_out(&format!("{error:#}"))));
    }
    report(&results)
}

/// The PostgreSQL the tests use: the one `ATELIER_TEST_POSTGRES` names, a private one, or none and why.
enum Postgresql {
    Given(String),
    Private(Postgres),
    Missing(String),
}

impl Postgresql {
    fn find() -> Self {
        if let Ok(url) = std::env::var("ATELIER_TEST_POSTGRES") {
            return Self::Given(url);
        }
        Postgres::start().map_or_else(|error| Self::Missing(format!("{error:#}")), Self::Private)
    }

    fn url(&self) -> Option<&str> {
        match self {
            Self::Given(url) => Some(url),
            Self::Private(postgres) => Some(postgres.url()),
            Self::Missing(_) => None,
        }
    }

    fn missing(&self) -> Option<&str> {
        if let Self::Missing(reason) = self { Some(reason) } else { None }
    }
}

/// One compiled test program.
struct Suite {
    layer: String,
    binary: PathBuf,
    folder: PathBuf,
}

/// Compiles the server and all test programs at once, so that they share what they are made of.
fn compile() -> Result<(PathBuf, Vec<Suite>)> {
    install::make()?;
    let mut command = cargo("build");
    command.args(["--bin=atelier", "--tests", "--message-format=json-render-diagnostics"]);
    command.args(["--package=shared", "--package=app", "--package=server", "--package=tests", "--package=xtask"]);
    command.args(["--features=shared/live,shared/openapi,app/ssr"]);
    let messages = progress::run("Compiling the server and the tests", &mut command)?;
    let (mut server, mut suites) = (None, Vec::new());
    for line in messages.lines() {
        let message: serde_json::Value = serde_json::from_str(line).context("cargo said something unexpected")?;
        let (Some(binary), Some(manifest)) = (message["executable"].as_str(), message["manifest_path"].as_str()) else {
            continue;
        };
        if message["profile"]["test"] != true {
            if message["target"]["name"] == "atelier" {
                server = Some(PathBuf::from(binary));
            }
        } else {
            let mut folder = PathBuf::from(manifest);
            folder.pop();
            let package = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let integration = message["target"]["kind"][0] == "test";
            let layer =
                if integration { message["target"]["name"].as_str().unwrap_or_default().to_owned() } else { package };
            suites.push(Suite { layer, binary: binary.into(), folder });
        }
    }
    let order = ["shared", "app", "xtask", "server", "tests", "store", "api", "live", "herd"];
    suites.sort_by_key(|suite| order.iter().position(|layer| *layer == suite.layer).unwrap_or(order.len()));
    Ok((server.context("cargo made no server")?, suites))
}

/// Each file of browser tests by itself, so that a hang is ended soon and known by name.
fn browser(server: &Path) -> Outcome {
    let chromium = match install::npm_packages(&place::browser_tests()).and_then(|()| install::chromium()) {
        Ok(path) => path,
        Err(error) => return Outcome::left_out(&format!("{error:#}")),
    };
    let tests = std::fs::read_dir(place::browser_tests()).into_iter().flatten().flatten();
    let mut tests: Vec<String> = tests.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    tests.retain(|name| name.ends_with(BROWSER_TEST));
    tests.sort();
    let mut whole = Outcome::default();
    for file in tests {
        let mut command = Command::new("node");
        command.args(["--test", "--test-reporter=spec", "--test-force-exit"]);
        command.arg(format!("--test-timeout={}", BROWSER_LIMIT.as_millis()));
        command.arg(&file).current_dir(place::browser_tests());
        command.env("ATELIER_BINARY", server).env("CHROMIUM", &chromium);
        let title = format!("Testing in the browser: {}", file.trim_end_matches(BROWSER_TEST).replace('_', " "));
        whole.add(attempt(&title, &mut command, BROWSER_LIMIT + MARGIN, read_node));
    }
    whole
}

/// What the API answers to requests made up from its own description, as each role.
fn described(server: &Path) -> Outcome {
    let schemathesis = match contract::schemathesis() {
        Ok(path) => path,
        Err(error) => return Outcome::left_out(&format!("{error:#}")),
    };
    if place::on_path("node").is_none() {
        return Outcome::left_out("Node.js (version 20 or later) is needed: https://nodejs.org");
    }
    let mut command = Command::new("node");
    command.args(["--test", "--test-reporter=spec", "--test-force-exit", "contract.test.mjs"]);
    command.current_dir(place::contract_tests()).env("ATELIER_BINARY", server).env("SCHEMATHESIS", schemathesis);
    attempt("Testing what the API says of itself", &mut command, LIMIT, read_node)
}

/// Runs a test program. Its output is shown when it fails; a program that ends badly without saying which test failed
/// counts as one failure.
fn attempt(title: &str, command: &mut Command, limit: Duration, read: fn(&str) -> Outcome) -> Outcome {
    let mut step = Step::start(title);
    let ran = progress::run_within(&mut step, command, limit);
    match ran {
        Ok(output) => {
            let outcome = read(&output);
            step.done_with(&outcome.to_string());
            outcome
        }
        Err(error) => {
            step.failed();
            eprintln!("✗ {error:#}");
            let mut outcome =
                error.downcast_ref::<progress::ToolFailed>().map(|failed| read(&failed.output)).unwrap_or_default();
            outcome.failed = outcome.failed.max(1);
            if outcome.failures.is_empty() {
                outcome.failures.insert(format!("{title}: {error:#}"));
            }
            outcome
        }
    }
}

impl Outcome {
    fn left_out(reason: &str) -> Self {
        let reason = reason.lines().next().unwrap_or_default().to_owned();
        Self { skipped: 1, reasons: BTreeSet::from([reason]), ..Self::default() }
    }

    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.reasons.extend(other.reasons);
        self.failures.extend(other.failures);
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// Rust's test runner: its result lines, and the `skipped: REASON` lines of tests that could not do their work.
fn read_libtest(output: &str) -> Outcome {
    let mut outcome = Outcome::default();
    for line in output.lines() {
        if let Some(result) = line.strip_prefix("test result: ") {
            let count = |word: &str| -> usize {
                let found = result.split([';', '.']).find_map(|part| part.trim().strip_suffix(word));
                found.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
            };
            outcome.passed += count("passed");
            outcome.failed += count("failed");
            outcome.skipped += count("ignored");
        } else if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
            outcome.failures.insert(name.to_owned());
        }
    }
    // The runner counts a test that said so as passed.
    let said: Vec<&str> = output.lines().filter_map(|line| line.trim().strip_prefix("skipped: ")).collect();
    outcome.passed = outcome.passed.saturating_sub(said.len());
    outcome.skipped += said.len();
    outcome.reasons = said.into_iter().map(str::to_owned).collect();
    outcome
}

/// Node's test runner: its counts, and the tests it marks as left out with their reasons.
fn read_node(output: &str) -> Outcome {
    let mut outcome = Outcome::default();
    for line in output.lines() {
        let count = |word: &str| line.strip_prefix(word).and_then(|number| number.trim().parse::<usize>().ok());
        if let Some(number) = count("ℹ pass ") {
            outcome.passed += number;
        } else if let Some(number) = count("ℹ fail ").or_else(|| count("ℹ cancelled ")) {
            outcome.failed += number;
        } else if let Some(number) = count("ℹ skipped ") {
            outcome.skipped += number;
        } else if let Some((_, reason)) = line.split_once(" # ").filter(|_| line.trim_start().starts_with('﹣')) {
            outcome.reasons.insert(reason.trim().to_owned());
        } else if let Some((name, _)) = line.trim_start().strip_prefix("✖ ").and_then(|rest| rest.rsplit_once(" (")) {
            outcome.failures.insert(name.to_owned());
        }
    }
    outcome
}

fn report(results: &[(String, Outcome)]) -> Result<()> {
    println!();
    let mut whole = Outcome::default();
    for (layer, outcome) in results {
        println!("{layer:>12}: {outcome}");
        for reason in &outcome.reasons {
            println!("{:>12}  skipped: {reason}", "");
        }
        for failure in &outcome.failures {
            println!("{:>12}  failed: {failure}", "");
        }
        whole.add(Outcome { reasons: BTreeSet::new(), failures: BTreeSet::new(), ..*outcome });
    }
    println!("{:>12}: {whole}", "all");
    if whole.failed > 0 {
        bail!("{} failed", whole.failed);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skipped_tests_are_not_counted_as_passed() {
        let output = "\ntest a ... ok\ntest b ... ok\ntest c::d ... FAILED\n\nsuccesses:\n\n---- b stdout ----\n\
                      skipped: PostgreSQL\n\nfailures:\n    c::d\n\ntest result: FAILED. 2 passed; 1 failed; \
                      1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        let outcome = read_libtest(output);
        assert_eq!((outcome.passed, outcome.failed, outcome.skipped), (1, 1, 2));
        assert_eq!(outcome.failures, BTreeSet::from(["c::d".to_owned()]));
        assert_eq!(outcome.reasons, BTreeSet::from(["PostgreSQL".to_owned()]));
    }

    #[test]
    fn node_counts_are_read() {
        let output = "✔ a (1.2ms)\n﹣ b (0.1ms) # no network\n✖ c (d) (3ms)\n  Error: no\nℹ tests 5\nℹ pass 2\nℹ fail 1\n\
             ℹ cancelled 1\nℹ skipped 1\n\n✖ failing tests:\n\ntest at a.mjs:3:1\n✖ c (d) (3ms)\n";
        let outcome = read_node(output);
        assert_eq!((outcome.passed, outcome.failed, outcome.skipped), (2, 2, 1));
        assert_eq!(outcome.reasons, BTreeSet::from(["no network".to_owned()]));
        assert_eq!(outcome.failures, BTreeSet::from(["c (d)".to_owned()]));
    }
}

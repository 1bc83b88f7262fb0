//! Saying what is being done and for how long; the output of a tool is shown only when it fails.

use anyhow::{Context, Result};
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

/// How often a step that is not shown on a terminal says that it is still alive.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// How often the line on a terminal is redrawn.
const REDRAW: Duration = Duration::from_millis(200);
/// How long a tool that was asked to end may take for it.
const GRACE: Duration = Duration::from_secs(10);

/// One step of work, announced when it starts and timed when it ends.
pub struct Step {
    title: String,
    started: Instant,
    terminal: bool,
    said: Instant,
}

impl Step {
    /// Announces a step.
    pub fn start(title: impl Into<String>) -> Self {
        let now = Instant::now();
        let step = Self { title: title.into(), started: now, terminal: std::io::stderr().is_terminal(), said: now };
        if step.terminal {
            step.draw("");
        } else {
            eprintln!("· {}…", step.title);
        }
        step
    }

    /// Ends the step well.
    pub fn done(self) {
        self.close("✓", "");
    }

    /// Ends the step well with a word on the result.
    pub fn done_with(self, note: &str) {
        self.close("✓", note);
    }

    /// Ends a step that was left out, and says why.
    pub fn skipped(self, why: &str) {
        self.close("–", &format!("skipped: {why}"));
    }

    /// Ends the step badly; the error says the rest.
    pub fn failed(self) {
        self.close("✗", "");
    }

    /// Shows the latest thing the tool said.
    fn tick(&mut self, latest: &str) {
        if self.terminal && self.said.elapsed() >= REDRAW {
            self.draw(latest);
            self.said = Instant::now();
        } else if !self.terminal && self.said.elapsed() >= HEARTBEAT {
            eprintln!("  {} {} s: {latest}", self.title, self.started.elapsed().as_secs());
            self.said = Instant::now();
        }
    }

    fn draw(&self, latest: &str) {
        let latest: String = latest.chars().take(60).collect();
        eprint!("\r\x1b[2K· {} {} s  \x1b[2m{latest}\x1b[0m", self.title, self.started.elapsed().as_secs());
        let _ = std::io::stderr().flush();
    }

    fn close(self, mark: &str, note: &str) {
        let start = if self.terminal { "\r\x1b[2K" } else { "" };
        let gap = if note.is_empty() { "" } else { ": " };
        eprintln!("{start}{mark} {}{gap}{note} ({:.1} s)", self.title, self.started.elapsed().as_secs_f64());
    }
}

/// Runs a tool as one announced step and returns what it wrote to standard output. When it fails, everything it said
/// is shown.
pub fn run(title: &str, command: &mut Command) -> Result<String> {
    let mut step = Step::start(title);
    match run_within(&mut step, command, Duration::MAX) {
        Ok(output) => {
            step.done();
            Ok(output)
        }
        Err(error) => {
            step.failed();
            Err(error)
        }
    }
}

/// Runs a tool inside a step that is already announced. One that is not done within `limit` is ended and counts as
/// failed.
pub fn run_within(step: &mut Step, command: &mut Command, limit: Duration) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start `{name}`"))?;
    let (send, receive) = mpsc::channel();
    let readers = [
        child.stdout.take().map(|pipe| forward(pipe, send.clone(), Line::Out)),
        child.stderr.take().map(|pipe| forward(pipe, send, Line::Err)),
    ];
    let (mut output, mut everything, mut latest) = (String::new(), String::new(), String::new());
    let started = Instant::now();
    loop {
        if started.elapsed() > limit {
            end(&mut child);
            eprintln!("\n{everything}");
            let seconds = limit.as_secs();
            return Err(ToolFailed { name, how: format!("not done after {seconds} s"), output, everything }.into());
        }
        match receive.recv_timeout(REDRAW) {
            Ok(line) => {
                let (Line::Out(text) | Line::Err(text)) = &line;
                everything.push_str(text);
                everything.push('\n');
                if matches!(line, Line::Out(_)) {
                    output.push_str(text);
                    output.push('\n');
                }
                // What is written for programs says nothing to people.
                if text.contains(char::is_alphanumeric) && !text.starts_with('{') {
                    latest.clone_from(text);
                }
                step.tick(latest.trim());
            }
            Err(RecvTimeoutError::Timeout) => step.tick(latest.trim()),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    for reader in readers.into_iter().flatten() {
        let _ = reader.join();
    }
    let status = child.wait().with_context(|| format!("could not wait for `{name}`"))?;
    if !status.success() {
        eprintln!("\n{everything}");
        return Err(ToolFailed { name, how: status.to_string(), output, everything }.into());
    }
    Ok(output)
}

/// Asks a tool to end, so that it can end what it has started in turn; then insists. Its output may still be held open
/// by others and is not waited for.
fn end(child: &mut Child) {
    let asked = Command::new("kill").arg(child.id().to_string()).status().is_ok_and(|status| status.success());
    let since = Instant::now();
    while asked && since.elapsed() < GRACE && matches!(child.try_wait(), Ok(None)) {
        std::thread::sleep(REDRAW);
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// A tool ended badly.
#[derive(Debug)]
pub struct ToolFailed {
    name: String,
    how: String,
    /// What it wrote to standard output.
    pub output: String,
    /// The same with what it wrote to standard error.
    pub everything: String,
}

impl std::error::Error for ToolFailed {}

impl std::fmt::Display for ToolFailed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` failed ({}); what it said is above", self.name, self.how)
    }
}

enum Line {
    Out(String),
    Err(String),
}

fn forward(
    pipe: impl Read + Send + 'static,
    send: Sender<Line>,
    kind: fn(String) -> Line,
) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let mut reader = BufReader::new(pipe);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            bytes.clear();
            if send.send(kind(line)).is_err() {
                return;
            }
        }
    })
}

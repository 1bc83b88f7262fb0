//! A mail server for tests: `tests/mail/sink.py`, run by the Python that `ATELIER_TEST_AIOSMTPD` names.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use serde::Deserialize;
use serde_json::Value;
use tokio::time::sleep;

/// How long something may take on a busy machine.
const WAIT: Duration = Duration::from_secs(30);

/// A mail server, and what it was given.
pub struct Sink {
    child: Child,
    // Closed, it ends.
    modes: ChildStdin,
    told: Arc<Mutex<Vec<Value>>>,
    /// Where it listens.
    pub port: u16,
}

/// A mail as somebody would read it.
#[derive(Clone, Debug, Deserialize)]
pub struct Received {
    /// Whom it is for.
    pub to: Vec<String>,
    /// Whom it comes from.
    pub sender: String,
    /// The kind of the whole.
    #[serde(rename = "type")]
    pub kind: String,
    /// The lines of its head, with their names in lower case.
    pub head: Vec<(String, String)>,
    /// Its plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

impl Received {
    /// A line of its head.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Its subject.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.header("subject").unwrap_or_default()
    }

    /// The path of the first link in its text to a page below this.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn path(&self, below: &str) -> String {
        let at = self.text.find(below).unwrap_or_else(|| panic!("no link to {below}: {}", self.text));
        self.text[at..].split_whitespace().next().unwrap_or_default().to_owned()
    }
}

impl Sink {
    /// Starts one; `None`, said aloud, where it cannot be had.
    ///
    /// # Panics
    /// When it should be there and does not start.
    pub async fn start() -> Option<Self> {
        let Ok(python) = std::env::var("ATELIER_TEST_AIOSMTPD") else {
            eprintln!("skipped: a mail server (ATELIER_TEST_AIOSMTPD is not set)");
            return None;
        };
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/mail/sink.py");
        let mut child = Command::new(python)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the mail server starts");
        let modes = child.stdin.take().expect("its input");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let told = Arc::new(Mutex::new(Vec::new()));
        let kept = told.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let value = serde_json::from_str(&line).expect("a line of JSON");
                kept.lock().expect("the lines").push(value);
            }
        });
        let mut sink = Self { child, modes, told, port: 0 };
        let port = sink.wait_for(|told| told.iter().find_map(|line| line["port"].as_u64())).await;
        sink.port = u16::try_from(port).expect("a port");
        Some(sink)
    }

    /// The address of it as a setting.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}?tls=none", self.port)
    }

    /// From now on it takes mails so: see the script.
    ///
    /// # Panics
    /// When it has ended.
    pub async fn set(&mut self, mode: &str) {
        let before = self.count("mode");
        writeln!(self.modes, "{mode}").and_then(|()| self.modes.flush()).expect("it listens");
        self.wait_for(|told| (told.iter().filter(|line| line.get("mode").is_some()).count() > before).then_some(()))
            .await;
    }

    /// What it was given whole, so far.
    ///
    /// # Panics
    /// When it was given what it does not know.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        let told = self.told.lock().expect("the lines").clone();
        told.into_iter()
            .filter(|line| line.get("to").is_some())
            .map(|line| serde_json::from_value(line).expect("a mail"))
            .collect()
    }

    /// What it was given whole for one address.
    #[must_use]
    pub fn to(&self, address: &str) -> Vec<Received> {
        self.received().into_iter().filter(|mail| mail.to == [address]).collect()
    }

    /// How often it refused somebody.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.count("refused")
    }

    /// Waits until it was given so many for one address, and answers them.
    ///
    /// # Panics
    /// When it is not in time.
    pub async fn wait_to(&self, address: &str, count: usize) -> Vec<Received> {
        let began = Instant::now();
        loop {
            let received = self.to(address);
            if received.len() >= count {
                return received;
            }
            assert!(began.elapsed() < WAIT, "{address} has {} of {count} mails", received.len());
            sleep(Duration::from_millis(20)).await;
        }
    }

    fn count(&self, key: &str) -> usize {
        self.told.lock().expect("the lines").iter().filter(|line| line.get(key).is_some()).count()
    }

    async fn wait_for<T>(&self, find: impl Fn(&[Value]) -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            if let Some(found) = find(&self.told.lock().expect("the lines")) {
                return found;
            }
            assert!(began.elapsed() < WAIT, "the mail server does not answer");
            sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

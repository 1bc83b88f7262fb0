//! The real program in a process of its own, on a free port, to be stopped politely or killed.

use std::{
    fs::File,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::sleep,
};

/// What shows the metrics of these servers.
const METRICS_TOKEN: &str = "the tests collect the metrics";

/// How long the program may take to be ready, on a busy machine.
const READY: Duration = Duration::from_secs(60);

/// A running server.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// How long it took to be ready.
    pub ready_after: Duration,
    // What it logs, kept until it ends.
    log: PathBuf,
    _folder: TempDir,
}

/// The program: the one `ATELIER_BINARY` names, or that of this build.
///
/// # Panics
/// When it cannot be built.
#[must_use]
pub fn binary() -> PathBuf {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY
        .get_or_init(|| {
            if let Ok(path) = std::env::var("ATELIER_BINARY") {
                return path.into();
            }
            let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
            let built = Command::new(cargo)
                .args(["build", "--quiet", "--package=server", "--package=tests", "--bin=atelier"])
                .status();
            assert!(built.is_ok_and(|status| status.success()), "the program cannot be built");
            // This test's program lies in `target/PROFILE/deps`.
            let own = std::env::current_exe().expect("a path");
            let profile = own.ancestors().find(|path| path.ends_with("debug") || path.ends_with("release"));
            profile.expect("a target folder").join("atelier")
        })
        .clone()
}

/// An address nobody listens on just now.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port")
}

impl Server {
    /// Starts a server on this database and waits until it is ready.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(database_url: &str) -> Self {
        Self::start_at(free_address(), database_url, &mut Command::new(binary())).await
    }

    /// Starts a server there by this command, whose arguments may name a launcher before the program.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_at(address: SocketAddr, database_url: &str, command: &mut Command) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let log = folder.path().join("log");
        let output = File::create(&log).expect("a log");
        let began = Instant::now();
        let child = command
            .arg("serve")
            .args(["--listen", &address.to_string(), "--database-url", database_url])
            .args(["--password-memory", "8", "--password-passes", "1"])
            .env("ATELIER_METRICS_TOKEN", METRICS_TOKEN)
            .stdin(Stdio::null())
            .stdout(output.try_clone().expect("a log"))
            .stderr(output)
            .spawn()
            .expect("the program starts");
        let mut server = Self { child, address, ready_after: Duration::ZERO, log, _folder: folder };
        while !server.is_ready().await {
            let ended = server.child.try_wait().expect("a process");
            assert!(ended.is_none(), "the program ended: {}", server.log());
            assert!(began.elapsed() < READY, "the program is not ready: {}", server.log());
            sleep(Duration::from_millis(5)).await;
        }
        server.ready_after = began.elapsed();
        server
    }

    /// Whether it answers at `/readyz`.
    pub async fn is_ready(&self) -> bool {
        self.get("/readyz").await.is_ok()
    }

    /// What it answers at this path.
    ///
    /// # Errors
    /// When that does not go well: what it answers instead, or why it does not.
    pub async fn get(&self, path: &str) -> Result<String, String> {
        self.ask(path, "").await
    }

    async fn ask(&self, path: &str, header: &str) -> Result<String, String> {
        let ask = async {
            let mut stream = TcpStream::connect(self.address).await?;
            let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n{header}Connection: close\r\n\r\n");
            stream.write_all(request.as_bytes()).await?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await?;
            Ok::<_, std::io::Error>(String::from_utf8_lossy(&answer).into_owned())
        };
        let answer = ask.await.map_err(|error| error.to_string())?;
        if answer.starts_with("HTTP/1.1 2") { Ok(answer) } else { Err(answer) }
    }

    /// What a metric of it says, by its name and labels.
    pub async fn metric(&self, name: &str) -> Option<f64> {
        let text = self.ask("/metrics", &format!("Authorization: Bearer {METRICS_TOKEN}\r\n")).await.ok()?;
        text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
    }

    /// How many files and connections it has open; 0 where the system does not tell.
    #[must_use]
    pub fn files(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.id())).map_or(0, Iterator::count)
    }

    /// Its resident memory, in bytes; 0 where the system does not tell.
    #[must_use]
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or(0) * 1024
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Ends it at once, as a crash would.
    ///
    /// # Panics
    /// When it cannot be ended.
    pub fn kill(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }

    /// Asks it to stop, and says how it ended and after how long.
    ///
    /// # Panics
    /// When it does not end within half a minute.
    pub async fn stop(&mut self) -> (ExitStatus, Duration) {
        let began = Instant::now();
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(asked.is_ok_and(|status| status.success()), "the signal is sent");
        loop {
            if let Some(status) = self.child.try_wait().expect("a process") {
                return (status, began.elapsed());
            }
            assert!(began.elapsed() < Duration::from_secs(30), "the program does not stop: {}", self.log());
            sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

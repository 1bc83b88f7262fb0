//! A private PostgreSQL in a temporary folder, for as long as the tests run.

use crate::{install, progress};
use anyhow::{Context, Result, bail};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long it may take until it answers.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts the server and stops it when its standard input ends: also when this process is killed, because the pipe
/// closes with it.
const KEEPER: &str = r#""$@" </dev/null & server=$!; read -r _; kill -INT $server; wait $server"#;

/// A running PostgreSQL that ends when this is dropped.
pub struct Postgres {
    keeper: Child,
    url: String,
    _folder: TempDir,
}

impl Postgres {
    /// Starts one on a free port of this machine only.
    pub fn start() -> Result<Self> {
        let programs = install::postgresql()?;
        let step = progress::Step::start("Starting a private PostgreSQL");
        let owner = if install::is_root() { Some(User::named("postgres")?) } else { None };
        let folder = tempfile::Builder::new().prefix("atelier-postgres-").tempdir()?;
        if let Some(owner) = &owner {
            owner.give(folder.path())?;
        }
        let data = folder.path().join("data");
        let mut create = Command::new(programs.join("initdb"));
        create
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(&data);
        as_user(&mut create, owner.as_ref()).current_dir(folder.path());
        let created = create.output().context("could not start initdb")?;
        if !created.status.success() {
            bail!("initdb failed: {}", String::from_utf8_lossy(&created.stderr).trim());
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = std::fs::File::create(folder.path().join("log"))?;
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "sh"]).arg(programs.join("postgres")).arg("-D").arg(&data);
        keeper.args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]);
        keeper.args(["-c", "fsync=off", "-c", "max_connections=200"]);
        as_user(&mut keeper, owner.as_ref()).current_dir(folder.path());
        keeper.stdin(Stdio::piped()).stdout(log.try_clone()?).stderr(log);
        let keeper = keeper.spawn().context("could not start PostgreSQL")?;
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        let mut postgres = Self { keeper, url, _folder: folder };
        postgres.wait_until_ready(&programs, port)?;
        step.done();
        Ok(postgres)
    }

    /// Where tests find it.
    pub fn url(&self) -> &str {
        &self.url
    }

    fn wait_until_ready(&mut self, programs: &Path, port: u16) -> Result<()> {
        let started = Instant::now();
        let mut ask = Command::new(programs.join("pg_isready"));
        ask.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]);
        while !ask.status().is_ok_and(|status| status.success()) {
            let log = || std::fs::read_to_string(self._folder.path().join("log")).unwrap_or_default();
            if self.keeper.try_wait()?.is_some() {
                bail!("PostgreSQL ended at once: {}", log().trim());
            }
            if started.elapsed() > PATIENCE {
                bail!("PostgreSQL did not answer within {} s: {}", PATIENCE.as_secs(), log().trim());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// PostgreSQL refuses to run as root.
struct User {
    id: u32,
    group: u32,
}

impl User {
    fn named(name: &str) -> Result<Self> {
        let ask = |flag: &str| -> Result<u32> {
            let output = Command::new("id").args([flag, name]).output()?;
            String::from_utf8_lossy(&output.stdout).trim().parse().with_context(|| format!("there is no user {name}"))
        };
        Ok(Self { id: ask("-u")?, group: ask("-g")? })
    }

    fn give(&self, folder: &Path) -> Result<()> {
        std::os::unix::fs::chown(folder, Some(self.id), Some(self.group))?;
        Ok(())
    }
}

fn as_user<'a>(command: &'a mut Command, user: Option<&User>) -> &'a mut Command {
    use std::os::unix::process::CommandExt;
    if let Some(user) = user {
        command.gid(user.group).uid(user.id);
    }
    command.env("LC_ALL", "C").env_remove("PGDATA").env("HOME", PathBuf::from("/tmp"))
}

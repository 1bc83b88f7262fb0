//! The `atelier` command.

mod import_ideas;

use std::{io::IsTerminal as _, time::Duration};

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use server::{Atelier, config::Config, demo, domain::workspace, http};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    time::sleep,
};
use tracing_subscriber::EnvFilter;

// It gives back what rooms let go of, where the C library's own keeps it: see docs/decisions/0012. How it does that is set
// in .cargo/config.toml.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How long everything may take to end, once asked.
const END_WAIT: Duration = Duration::from_millis(4500);

/// Atelier: where a company and its customers build ideas together.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server.
    Serve(Box<Serve>),
    /// Bring in what comes from elsewhere.
    #[command(subcommand)]
    Import(Import),
}

#[derive(Subcommand)]
enum Import {
    /// Bring ideas from a CSV file to a board.
    Ideas(import_ideas::Ideas),
}

#[derive(Args)]
struct Serve {
    #[command(flatten)]
    config: Config,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    log();
    match Cli::parse().command {
        Command::Serve(args) => serve(*args).await,
        Command::Import(Import::Ideas(args)) => import_ideas::run(args).await,
    }
}

/// Logs what `RUST_LOG` asks for: in words to a terminal, as JSON to a file or collector.
fn log() {
    // Automerge would write out, for each change it reads, what it reads it with.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,automerge=warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() { log.init() } else { log.json().with_span_list(false).init() }
}

/// One line an account: role, e-mail address, password.
fn print_accounts(accounts: &[demo::Account]) {
    if accounts.is_empty() {
        return;
    }
    println!("It is a demo. Sign in as any of these, with the password {}:", demo::PASSWORD);
    for account in accounts {
        println!("  {:<11} {:<34} {}  ({})", account.role.as_str(), account.email, demo::PASSWORD, account.name);
    }
}

/// Each connection is a file; many systems let a program have only 1,024 at first, and more when it asks.
fn allow_many_connections() {
    let limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum
        && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit })
    {
        tracing::warn!(%error, files = limit.current, "the number of open files could not be raised");
    }
}

async fn serve(args: Serve) -> anyhow::Result<()> {
    allow_many_connections();
    let atelier = Atelier::open(args.config).await.context("the workspace could not be opened")?;
    let accounts = if atelier.config.demo { demo::open(&atelier).await? } else { Vec::new() };
    let listen = atelier.config.listen;
    let listener = TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;

    let address = match &atelier.config.public_url {
        Some(url) => url.to_string(),
        None => format!("http://{}", listener.local_addr()?),
    };
    println!("Atelier is open at {address}");
    print_accounts(&accounts);
    if atelier.config.is_https() && atelier.config.trust_proxy == 0 {
        // Nothing here speaks TLS, so a proxy does; unknown to us, all its visitors share its address, and its limits.
        tracing::warn!("set ATELIER_TRUST_PROXY=1 if a proxy before this server adds to X-Forwarded-For");
    }
    if atelier.config.mail.smtp_url.is_some() && atelier.config.public_url.is_none() {
        tracing::warn!("set ATELIER_PUBLIC_URL: links in mails begin with {address}, which may open nowhere else");
    }
    if let Some(secret) = workspace::offer_setup(&atelier.db).await? {
        println!(
            "It has no owner yet. Whoever opens this link first becomes its owner:\n  {address}/setup/{}",
            secret.expose()
        );
    }

    let stop = atelier.stop.clone();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! { _ = terminate.recv() => {} _ = interrupt.recv() => {} }
        tracing::info!("stopping");
        stop.cancel();
    });
    let swept = atelier.clone();
    tokio::spawn(async move { tokio::join!(swept.limits.keep_small(), swept.writing.keep_small()) });
    let router = http::router(atelier.clone());
    let whole = async {
        http::serve::serve(listener, router, atelier.clone()).await;
        atelier.close().await;
    };
    let late = async {
        atelier.stop.cancelled().await;
        sleep(END_WAIT).await;
    };
    tokio::select! {
        () = whole => {}
        // Whoever stopped us waits for our end. What was acknowledged is stored already.
        () = late => tracing::warn!("not all work had ended when the server did"),
    }
    Ok(())
}

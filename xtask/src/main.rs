//! The build tool: `cargo xtask serve | test | check | bench | dist`.
//!
//! Every command starts from a bare checkout: it installs what it lacks, says what it is doing and for how long, and
//! skips the work whose inputs have not changed.

mod cargo;
mod client;
mod install;
mod place;
mod progress;
mod serve;

use clap::{Parser, Subcommand};

/// Builds, runs and tests Atelier.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything and run the server, on SQLite in ./data unless ATELIER_DATABASE_URL says otherwise.
    Serve(serve::Options),
    /// Build only what the browser loads, into target/site.
    Client(client::Options),
}

fn main() -> std::process::ExitCode {
    let outcome = match Arguments::parse().command {
        Task::Serve(options) => serve::run(&options),
        Task::Client(options) => client::build(options.mode()).map(|_| ()),
    };
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n✗ {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

//! The build tool: `cargo xtask serve | client | test | check | bench | fuzz | dist`.
//!
//! Every command starts from a bare checkout: it installs what it lacks, says what it is doing and for how long, and
//! skips the work whose inputs have not changed.

mod bench;
mod cargo;
mod check;
mod client;
mod contract;
mod dist;
mod fuzz;
mod install;
mod place;
mod postgres;
mod progress;
mod serve;
mod test;

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
    /// Run every test: unit, store on both databases, API, live, browser.
    Test(test::Options),
    /// Check what tests do not: format, lints, docs, dependencies, styles and scripts.
    Check,
    /// Measure a release build against its budgets.
    Bench(bench::Options),
    /// Look for bytes from strangers that break what reads them. Installs a nightly compiler and cargo-fuzz.
    Fuzz(fuzz::Options),
    /// Make one self-contained release binary at target/dist/atelier.
    Dist,
}

fn main() -> std::process::ExitCode {
    let outcome = match Arguments::parse().command {
        Task::Serve(options) => serve::run(&options),
        Task::Client(options) => client::build(options.mode()).map(|_| ()),
        Task::Test(options) => test::run(&options),
        Task::Check => check::run(),
        Task::Bench(options) => bench::run(&options),
        Task::Fuzz(options) => fuzz::run(&options),
        Task::Dist => dist::run(),
    };
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n✗ {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

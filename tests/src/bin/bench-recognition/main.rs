//! The load client of `cargo xtask bench recognition`: how long it takes to work out who shaped an idea, and what the ledger
//! of recognition costs, on each database.

mod credit;
mod ledger;

use anyhow::Result;
use peak_alloc::PeakAlloc;
use tests::load::stand_aside;

/// It counts what is allocated: what the process has of the system is mostly what it had before.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    credit::measure()?;
    stand_aside();
    ledger::measure().await
}

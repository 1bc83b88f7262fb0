//! The load client of `cargo xtask bench recognition`: what recognition costs, on each database.

mod ledger;

use anyhow::Result;
use tests::load::stand_aside;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    stand_aside();
    ledger::measure().await
}

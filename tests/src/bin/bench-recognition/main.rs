//! The load client of `cargo xtask bench recognition`: how long it takes to work out who shaped an idea.

mod credit;

use anyhow::Result;
use tests::load::Figure;

/// Prints a figure of which less is better.
fn say(case: &str, metric: &str, value: f64, unit: &str, budget: Option<f64>) -> Result<()> {
    Figure { suite: "recognition", ..Figure::new(case, metric, value, unit, budget) }.say()
}

fn main() -> Result<()> {
    credit::measure()
}

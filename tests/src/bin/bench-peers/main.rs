//! The load client of `cargo xtask bench live --peers`: the same loads on Atelier and on the servers of others, side by
//! side, `ATELIER_BENCH_RUNS` times for `ATELIER_BENCH_SECONDS` seconds each; says the median of each figure.
//!
//! A first argument leaves out the cases whose names do not contain it, a second one the systems.

mod cases;

use std::{collections::BTreeMap, time::Duration};

use anyhow::Result;
use tests::{
    load::{Figure, from_env, percentile, stand_aside},
    peers::System,
};
use tokio::time::timeout;

use cases::Case;

/// How much longer than its load a case may take, with everything it prepares.
const PREPARING: Duration = Duration::from_secs(90);

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    stand_aside();
    let mut arguments = std::env::args().skip(1);
    let (only_case, only_system) = (arguments.next().unwrap_or_default(), arguments.next().unwrap_or_default());
    let runs = from_env("ATELIER_BENCH_RUNS", 5).max(1);
    let lasting = Duration::from_secs(from_env("ATELIER_BENCH_SECONDS", 10).max(1).into());
    for case in Case::all().into_iter().filter(|case| case.name().contains(&only_case)) {
        let mut seen = Seen::default();
        for run in 0..runs {
            for system in System::ALL.into_iter().filter(|system| system.name().contains(&only_system)) {
                eprintln!("· {}: {}, run {} of {runs}", case.name(), system.name(), run + 1);
                // In a task of its own: whatever happens there, the others are measured.
                let measuring = tokio::spawn(timeout(lasting + PREPARING, Box::pin(case.measure(system, lasting))));
                match measuring.await {
                    Ok(Ok(Ok(figures))) => seen.add(system, figures),
                    Ok(Ok(Err(error))) => seen.failed(system, &format!("{error:#}")),
                    Ok(Err(_)) => seen.failed(system, "it was not done in time"),
                    Err(panic) => seen.failed(system, &panic.to_string()),
                }
            }
        }
        seen.say(&case.name())?;
    }
    Ok(())
}

/// What a case gave, in all runs.
#[derive(Default)]
struct Seen {
    /// The metrics in the order they were measured, of all systems.
    metrics: Vec<Figure>,
    values: BTreeMap<(usize, &'static str), Vec<f64>>,
    failures: BTreeMap<&'static str, (u32, String)>,
}

impl Seen {
    fn add(&mut self, system: System, figures: Vec<Figure>) {
        for figure in figures {
            let known = self.metrics.iter().position(|known| known.metric == figure.metric);
            let at = known.unwrap_or_else(|| {
                self.metrics.push(figure.clone());
                self.metrics.len() - 1
            });
            self.values.entry((at, system.name())).or_default().push(figure.value);
        }
    }

    fn failed(&mut self, system: System, why: &str) {
        eprintln!("  {} failed: {why}", system.name());
        let failures = self.failures.entry(system.name()).or_insert((0, why.to_owned()));
        failures.0 += 1;
    }

    fn say(&mut self, case: &str) -> Result<()> {
        for ((at, system), values) in &mut self.values {
            let Some(metric) = self.metrics.get(*at) else { continue };
            let ours = *system == System::Atelier.name();
            Figure {
                value: percentile(values, 0.5),
                system: Some(system),
                // What is promised is promised of Atelier.
                budget: metric.budget.filter(|_| ours),
                ..metric.clone()
            }
            .say()?;
        }
        for (system, (runs, why)) in &self.failures {
            let failed = Figure::new(case, &format!("runs that failed: {why}"), f64::from(*runs), "", None);
            Figure { system: Some(system), ..failed }.say()?;
        }
        Ok(())
    }
}

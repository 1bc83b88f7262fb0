//! The loads.

use std::time::{Duration, Instant};

use anyhow::Result;
use tests::{
    load::{Figure, Sent, Tally, Writing, cpu, memory, percentile},
    peers::{LightClient, Running, System},
};
use tokio::{task::JoinSet, time::sleep};

/// How often somebody who writes does.
const PACE: Duration = Duration::from_millis(200);
/// How long a server is left alone before its memory is looked at.
const REST: Duration = Duration::from_secs(2);

/// A load.
#[derive(Clone, Copy, Debug)]
pub enum Case {
    /// One writes, 20 read, in a document of so many changes.
    Readers(usize),
    /// So many write in one document.
    Writers(usize),
    /// So many documents, three people in each, all of them writing now and then.
    Rooms(usize),
    /// So many documents opened, then left.
    Idle(usize),
    /// Ten write much, and one of eleven does not read.
    Stalled,
}

impl Case {
    /// All of them.
    pub fn all() -> Vec<Self> {
        vec![
            Self::Readers(200),
            Self::Readers(20_000),
            Self::Writers(10),
            Self::Writers(50),
            Self::Writers(100),
            Self::Rooms(500),
            Self::Idle(1000),
            Self::Stalled,
        ]
    }

    /// What it is called.
    pub fn name(self) -> String {
        match self {
            Self::Readers(200) => "20 readers, small document".to_owned(),
            Self::Readers(_) => "20 readers, 20,000 changes".to_owned(),
            Self::Writers(count) => format!("{count} clients, 5 edits/s each"),
            Self::Rooms(count) => format!("{count} rooms of 3 clients, 1 edit/s each room"),
            Self::Idle(_) => "1,000 documents opened, then idle".to_owned(),
            Self::Stalled => "10 clients write 150 kB/s each, 1 does not read".to_owned(),
        }
    }

    /// Starts a system's server, prepares what the load needs, and loads it.
    pub async fn measure(self, system: System, lasting: Duration) -> Result<Vec<Figure>> {
        let server = system.start().await?;
        let writing = Some(Writing::every(PACE));
        let mut clients = Vec::new();
        match self {
            Self::Readers(changes) => {
                let document = server.document(changes).await?;
                for number in 0..=20 {
                    let writing = writing.filter(|_| number == 0);
                    clients.push((server.open(&document, number, number == 0).await?, writing));
                }
                let mut figures = load(self, &server, clients, 20, lasting).await?;
                budget(&mut figures, "server CPU per edit", 0.5);
                Ok(figures)
            }
            Self::Writers(count) => {
                let document = server.document(1).await?;
                for number in 0..u16::try_from(count)? {
                    clients.push((server.open(&document, number, true).await?, writing));
                }
                let mut figures = load(self, &server, clients, count - 1, lasting).await?;
                let (p99, used) = match count {
                    10 => (4.0, 0.025),
                    50 => (9.0, 0.125),
                    _ => (6.6, 0.35),
                };
                budget(&mut figures, "edit visible, p99", p99);
                budget(&mut figures, "server CPU", used);
                Ok(figures)
            }
            Self::Rooms(count) => {
                let writing = Some(Writing::every(Duration::from_secs(3)));
                for room in 0..u16::try_from(count)? {
                    let document = server.document(1).await?;
                    for at in 0..3 {
                        clients.push((server.open(&document, room * 3 + at, true).await?, writing));
                    }
                }
                load(self, &server, clients, 2, lasting).await
            }
            Self::Idle(count) => idle(self, &server, count).await,
            Self::Stalled => {
                let document = server.document(1).await?;
                let writing = Some(Writing { characters: 15_000, ..Writing::every(PACE / 2) });
                for number in 0..10 {
                    clients.push((server.open(&document, number, true).await?, writing));
                }
                let stalled = server.open(&document, 10, false).await?;
                let before = memory(server.process());
                let until = Instant::now() + lasting + Duration::from_secs(2);
                let stalling = tokio::spawn(stalled.stall(until));
                let mut figures = load(self, &server, clients, 9, lasting).await?;
                let growth = (memory(server.process()) - before) / 1e6;
                figures.push(Figure::new(&self.name(), "growth of memory", growth, "MB", Some(32.0)));
                stalling.await?;
                Ok(figures)
            }
        }
    }
}

fn budget(figures: &mut [Figure], metric: &str, budget: f64) {
    for figure in figures.iter_mut().filter(|figure| figure.metric == metric) {
        figure.budget = Some(budget);
    }
}

/// Runs clients for a while, each edit being awaited by so many others, and says what they saw.
async fn load(
    case: Case,
    server: &Running,
    clients: Vec<(LightClient, Option<Writing>)>,
    others: usize,
    lasting: Duration,
) -> Result<Vec<Figure>> {
    let sent = Sent::default();
    let before = cpu(server.process());
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    let apart = clients.iter().find_map(|(_, writing)| *writing).map_or(PACE, |writing| writing.every)
        / u32::try_from(clients.len()).unwrap_or(1);
    for ((client, writing), at) in clients.into_iter().zip(0..) {
        // Not all in the same moment.
        let writing = writing.map(|writing| Writing { after: apart * at, ..writing });
        tasks.spawn(client.run(writing, sent.clone(), began + lasting));
    }
    let mut all = Tally::default();
    while let Some(tally) = tasks.join_next().await {
        let tally = tally??;
        all.delays.extend(tally.delays);
        all.acknowledged.extend(tally.acknowledged);
    }
    let used = cpu(server.process()) - before;
    let name = case.name();
    let edits = sent.count() as f64;
    let figure = |metric: &str, value: f64, unit: &str| Figure::new(&name, metric, value, unit, None);
    let mut figures = vec![figure("deliveries missing", edits * others as f64 - all.delays.len() as f64, "")];
    budget(&mut figures, "deliveries missing", 0.0);
    for (metric, part) in [("edit visible, p50", 0.5), ("edit visible, p95", 0.95), ("edit visible, p99", 0.99)] {
        figures.push(figure(metric, percentile(&mut all.delays, part), "ms"));
    }
    if !all.acknowledged.is_empty() {
        figures.push(figure("edit stored, p99", percentile(&mut all.acknowledged, 0.99), "ms"));
    }
    figures.push(figure("server CPU per edit", used * 1e3 / edits.max(1.0), "ms"));
    figures.push(figure("server CPU", used / lasting.as_secs_f64(), "s/s"));
    figures.push(figure("resident memory", memory(server.process()) / 1e6, "MB"));
    Ok(figures)
}

/// Opens documents and leaves them, and says what each costs from then on.
async fn idle(case: Case, server: &Running, count: usize) -> Result<Vec<Figure>> {
    // The first ones pay for what is made once.
    let first = count / 10;
    let mut before = 0.0;
    for at in 0..count {
        if at == first {
            sleep(REST).await;
            before = memory(server.process());
        }
        let document = server.document(4).await?;
        let number = u16::try_from(at)?;
        drop(server.open(&document, number, false).await?);
    }
    sleep(REST).await;
    let each = (memory(server.process()) - before) / (count - first) as f64 / 1e3;
    Ok(vec![
        Figure::new(&case.name(), "per document", each, "kB", Some(10.0)),
        Figure::new(&case.name(), "resident memory", memory(server.process()) / 1e6, "MB", None),
    ])
}

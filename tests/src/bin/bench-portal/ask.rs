//! Somebody who asks for pages again and again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use reqwest::{Client, RequestBuilder, Response, header};
use serde_json::{Value, json};
use tests::{
    app::PASSWORD,
    load::{from_env, percentile},
};
use tokio::task::JoinSet;

/// How often each case is asked for, one after the other, once it is warm.
const TIMES: usize = 200;
const WARM: usize = 20;
/// How many ask at once where requests a second are counted, and for how long.
const AT_ONCE: usize = 8;

/// Something to ask for.
pub struct Case {
    pub name: String,
    pub member: bool,
    pub page: bool,
    paths: Vec<String>,
}

impl Case {
    /// Pages.
    pub fn page(name: &str, paths: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { page: true, ..Self::api(name, paths) }
    }

    /// Addresses of the API.
    pub fn api(name: &str, paths: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let paths = paths.into_iter().map(Into::into).collect();
        Self { name: name.to_owned(), member: false, page: false, paths }
    }

    /// The same, by somebody signed in.
    pub fn by_member(self) -> Self {
        Self { member: true, ..self }
    }
}

/// A text as it may stand in an address.
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// How long answers took, in milliseconds; how many came in a second; and their size.
pub struct Measured {
    pub median: f64,
    pub nearly_all: f64,
    pub a_second: f64,
    pub bytes: f64,
}

/// A browser without a screen.
#[derive(Clone)]
pub struct Asker {
    client: Client,
    address: String,
    cookie: Option<header::HeaderValue>,
}

impl Asker {
    /// Somebody who is not signed in.
    pub fn visitor(address: &str) -> Result<Self> {
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { client, address: address.to_owned(), cookie: None })
    }

    /// Somebody who is.
    pub async fn signed_in(address: &str, email: &str) -> Result<Self> {
        let asker = Self::visitor(address)?;
        let request = asker.client.post(format!("{address}/api/v1/session")).header(header::ORIGIN, address);
        let answer = request.json(&json!({ "email": email, "password": PASSWORD })).send().await?.error_for_status()?;
        let cookie = answer.headers().get(header::SET_COOKIE).cloned();
        ensure!(cookie.is_some(), "signing in sets a cookie");
        Ok(Self { cookie, ..asker })
    }

    /// Asks for one thing, and says how many bytes came.
    pub async fn ask(&self, path: &str) -> Result<usize> {
        let request = self.client.get(format!("{}{path}", self.address));
        let request = request.header(header::ACCEPT_ENCODING, "gzip, deflate, br");
        Ok(self.send(request).await?.bytes().await?.len())
    }

    /// What the API answers.
    pub async fn json(&self, path: &str) -> Result<Value> {
        Ok(self.send(self.client.get(format!("{}{path}", self.address))).await?.json().await?)
    }

    /// Has the API do something.
    pub async fn post(&self, path: &str, body: &Value) -> Result<()> {
        let request = self.client.post(format!("{}{path}", self.address)).header(header::ORIGIN, &self.address);
        self.send(request.json(body)).await.map(drop)
    }

    async fn send(&self, mut request: RequestBuilder) -> Result<Response> {
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let answer = request.send().await?;
        ensure!(answer.status().is_success(), "{}: {}", answer.url(), answer.status());
        Ok(answer)
    }

    /// Asks for a case until enough is known.
    pub async fn measure(&self, case: &Case) -> Result<Measured> {
        let path = |n: usize| &case.paths[n % case.paths.len()];
        let (mut took, mut bytes) = (Vec::with_capacity(TIMES), 0);
        for n in 0..WARM + TIMES {
            let began = Instant::now();
            let received = self.ask(path(n)).await?;
            if n >= WARM {
                took.push(began.elapsed().as_secs_f64() * 1e3);
                bytes += received;
            }
        }
        let (median, nearly_all) = (percentile(&mut took, 0.5), percentile(&mut took, 0.95));
        Ok(Measured { median, nearly_all, a_second: self.rush(case).await?, bytes: bytes as f64 / TIMES as f64 })
    }

    /// Several ask at once, as fast as they are answered.
    async fn rush(&self, case: &Case) -> Result<f64> {
        let lasting = Duration::from_secs(u64::from(from_env("ATELIER_BENCH_SECONDS", 5)));
        let (next, answered) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicU64::new(0)));
        let began = Instant::now();
        let mut asking = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (asker, paths, next, answered) = (self.clone(), case.paths.clone(), next.clone(), answered.clone());
            asking.spawn(async move {
                while began.elapsed() < lasting {
                    asker.ask(&paths[next.fetch_add(1, Ordering::Relaxed) % paths.len()]).await?;
                    answered.fetch_add(1, Ordering::Relaxed);
                }
                Ok::<_, anyhow::Error>(())
            });
        }
        while let Some(ended) = asking.join_next().await {
            ended??;
        }
        Ok(answered.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64())
    }
}

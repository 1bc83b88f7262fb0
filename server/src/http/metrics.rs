//! `GET /metrics`: how the server fares, for the owners and for a collector with the configured token. To everybody else
//! the address does not exist.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, header};
use shared::rules::{Act, may};
use tokio::time::timeout;

use super::{
    extract::{bearer, cookie},
    pages::Pages,
};
use crate::{
    Atelier,
    domain::session::{self, Presented},
    store::storage,
};

/// The format's own name.
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// How long a count of what is stored stands, and how many times longer than it took.
const COUNT_STANDS: Duration = Duration::from_secs(60);
const COUNT_SHARE: u32 = 100;
/// How long an answer waits for a new count; without it, it shows the last.
const COUNT_WAIT: Duration = Duration::from_secs(2);

/// When what is stored was last counted.
#[derive(Debug, Default)]
pub struct Counted(Mutex<Count>);

impl Counted {
    fn lock(&self) -> MutexGuard<'_, Count> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Default)]
struct Count {
    running: bool,
    /// Until when the last count stands.
    stands: Option<Instant>,
}

/// The metrics, if that is what is asked for, and by somebody who may see them; otherwise a page.
pub(super) async fn or_page(atelier: Atelier, pages: Arc<Pages>, request: Request) -> Response {
    let asked = request.uri().path() == "/metrics" && *request.method() == Method::GET;
    let headers = if asked { request.headers().clone() } else { HeaderMap::new() };
    if asked && may_see(&atelier, &headers).await { show(&atelier).await } else { pages.answer(request).await }
}

async fn show(atelier: &Atelier) -> Response {
    atelier.metrics.rooms_open.set(count_of(atelier.hub.open_rooms()));
    let counting = count_storage(atelier.clone());
    let _ = timeout(COUNT_WAIT, counting).await;
    let headers = [(header::CONTENT_TYPE, FORMAT), (header::CACHE_CONTROL, "no-store")];
    (headers, atelier.metrics.render()).into_response()
}

async fn may_see(atelier: &Atelier, headers: &HeaderMap) -> bool {
    let shown = match bearer(headers) {
        Some(secret) if atelier.config.metrics_token.as_ref().is_some_and(|token| token.is(secret)) => return true,
        Some(secret) => Presented::Token(secret),
        None => match cookie(headers, atelier.config.cookie_name()) {
            Some(secret) => Presented::Session(secret),
            None => return false,
        },
    };
    match session::authenticate(&atelier.db, shown).await {
        Ok(signed) => may(Act::Observe, signed.map(|signed| signed.person.role)).is_ok(),
        Err(error) => {
            tracing::error!(%error, "who asks for the metrics could not be found out");
            false
        }
    }
}

/// Counts what is stored, unless the last count still stands or one is under way.
async fn count_storage(atelier: Atelier) {
    {
        let mut count = atelier.storage_counted.lock();
        if count.running || count.stands.is_some_and(|until| Instant::now() < until) {
            return;
        }
        count.running = true;
    }
    // Whoever asked may go away meanwhile; the count is for the next one, too.
    let task = tokio::spawn(async move {
        let began = Instant::now();
        let counted = match atelier.db.read().await {
            Ok(mut tx) => storage::count(&mut tx).await,
            Err(error) => Err(error),
        };
        match counted {
            Ok(stored) => {
                let shown = &atelier.metrics.storage;
                shown.log_rows.set(stored.changes as f64);
                shown.log_bytes.set(stored.change_bytes as f64);
                shown.snapshot_rows.set(stored.snapshots as f64);
                shown.snapshot_bytes.set(stored.snapshot_bytes as f64);
            }
            Err(error) => tracing::warn!(%error, "what is stored could not be counted"),
        }
        let stands = (began.elapsed() * COUNT_SHARE).max(COUNT_STANDS);
        *atelier.storage_counted.lock() = Count { running: false, stands: Some(Instant::now() + stands) };
    });
    let _ = task.await;
}

fn count_of(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

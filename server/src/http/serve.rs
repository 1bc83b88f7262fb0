//! The listener: HTTP/1.1 with upgrades, one task a connection, closed within seconds when asked to stop.

use std::{io, sync::Arc, time::Duration};

use axum::Router;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::TcpListener,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::{ServiceExt as _, service_fn};

use super::{
    limits::Peer,
    patience::{Newcomer, Patient, Silent},
};
use crate::{Atelier, metrics::Limit};

/// How long the head of a request may take, from the first moment of a connection and from the end of the last answer.
const HEAD_WAIT: Duration = Duration::from_secs(10);
/// How long answers under way may take once asked to stop.
const STOP_WAIT: Duration = Duration::from_secs(3);

/// Serves `router` until the workspace stops; then takes no more connections, lets answers under way end, and returns.
///
/// Connections that became sockets are no longer known here; whoever upgraded them closes them then.
pub async fn serve(listener: TcpListener, router: Router, atelier: Atelier) {
    let stop = &atelier.stop;
    let silent = Silent::new(atelier.config.live.silent);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    // Small frames must not wait for the acknowledgement of the last (Nagle).
                    let _ = stream.set_nodelay(true);
                    let (newcomer, went) = silent.enter();
                    if went {
                        atelier.metrics.met(Limit::Silent);
                    }
                    let stream = Patient::new(stream, atelier.metrics.clone());
                    connections.spawn(connection(stream, Peer(peer.ip()), newcomer, router.clone(), stop.clone()));
                }
                Err(error) => pause_after(&error, &silent).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    let _ = timeout(STOP_WAIT, async { while connections.join_next().await.is_some() {} }).await;
}

async fn connection(stream: Patient, peer: Peer, newcomer: Newcomer, router: Router, stop: CancellationToken) {
    let (out, newcomer) = (newcomer.out.clone(), Arc::new(newcomer));
    let service = service_fn(move |mut request: http::Request<Incoming>| {
        newcomer.spoke();
        request.extensions_mut().insert(peer);
        router.clone().oneshot(request.map(axum::body::Body::new))
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WAIT)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        .with_upgrades();
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = out.cancelled() => return,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}

/// A connection that breaks before it is taken says nothing about the next; anything else, such as no file handles
/// left, passes only with time, or when one of those that say nothing goes.
async fn pause_after(error: &io::Error, silent: &Silent) {
    use io::ErrorKind as Kind;
    if !matches!(error.kind(), Kind::ConnectionAborted | Kind::ConnectionRefused | Kind::ConnectionReset) {
        tracing::error!(%error, "no connection can be taken");
        silent.thin();
        sleep(Duration::from_millis(200)).await;
    }
}

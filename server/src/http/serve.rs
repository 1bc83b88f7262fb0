//! The listener: HTTP/1.1 with upgrades, one task a connection, closed within seconds when asked to stop.

use std::{io, time::Duration};

use axum::Router;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::{ServiceExt as _, service_fn};

use super::limits::Peer;

/// How long the head of a request may take, from the first moment of a connection and from the end of the last answer.
const HEAD_WAIT: Duration = Duration::from_secs(10);
/// How long answers under way may take once asked to stop.
const STOP_WAIT: Duration = Duration::from_secs(3);

/// Serves `router` until `stop`; then takes no more connections, lets answers under way end, and returns.
///
/// Connections that became sockets are no longer known here; whoever upgraded them closes them on `stop`.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    // Small frames must not wait for the acknowledgement of the last (Nagle).
                    let _ = stream.set_nodelay(true);
                    connections.spawn(connection(stream, Peer(peer.ip()), router.clone(), stop.clone()));
                }
                Err(error) => pause_after(&error).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    let _ = timeout(STOP_WAIT, async { while connections.join_next().await.is_some() {} }).await;
}

async fn connection(stream: TcpStream, peer: Peer, router: Router, stop: CancellationToken) {
    let service = service_fn(move |mut request: http::Request<Incoming>| {
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
/// left, passes only with time.
async fn pause_after(error: &io::Error) {
    use io::ErrorKind as Kind;
    if !matches!(error.kind(), Kind::ConnectionAborted | Kind::ConnectionRefused | Kind::ConnectionReset) {
        tracing::error!(%error, "no connection can be taken");
        sleep(Duration::from_millis(200)).await;
    }
}

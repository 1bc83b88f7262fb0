//! The WebSocket at `/live`: the handshake, the frames, the pings, and closing with a reason.

use std::time::Duration;

use axum::{
    extract::{
        State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    response::{IntoResponse, Response},
};
use futures_util::{SinkExt as _, StreamExt as _};
use http::HeaderMap;
use shared::{api::Code, rules::Refusal};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite;

use super::{
    connection::{Connection, Secret, next_news},
    outbound::{Close, Next},
};
use crate::{
    Atelier,
    domain::session::{self, Presented},
    http::{
        extract::{bearer, cookie},
        origin,
        problem::ApiError,
    },
};

/// Bytes of a frame, at most.
pub const FRAME: usize = 1024 * 1024;
/// The subprotocol of browsers that show an access token: `Sec-WebSocket-Protocol: atelier.token, SECRET`.
pub const TOKEN_PROTOCOL: &str = "atelier.token";

/// How long a peer may take to say who it is.
const JOIN_WAIT: Duration = Duration::from_secs(10);
/// How often a quiet peer is asked whether it is there.
const PING: Duration = Duration::from_secs(20);
/// A peer that says nothing, not even to that, is gone.
const SILENCE: Duration = Duration::from_secs(50);
/// How long a peer may take to read what it is sent.
const WRITE_WAIT: Duration = Duration::from_secs(20);
/// How often a connection looks again whether its session lives.
const RECHECK: Duration = Duration::from_secs(300);
/// How long the work of a connection may take to be stored when the server stops.
const SETTLE_WAIT: Duration = Duration::from_secs(3);

/// `GET /live`.
pub async fn upgrade(
    State(atelier): State<Atelier>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    match accept(&atelier, &headers, upgrade).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

async fn accept(
    atelier: &Atelier,
    headers: &HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let upgrade = upgrade.map_err(|_| ApiError::new(Code::BadRequest, "This address speaks WebSocket only."))?;
    let token = bearer(headers).map(str::to_owned).or_else(|| protocol_token(headers));
    let secret = match token {
        Some(token) => Secret::Token(token),
        None => {
            origin::check(headers, &atelier.config)?;
            let session = cookie(headers, atelier.config.cookie_name()).ok_or(Refusal::SignIn)?;
            Secret::Session(session.to_owned())
        }
    };
    let shown = match &secret {
        Secret::Session(secret) => Presented::Session(secret),
        Secret::Token(secret) => Presented::Token(secret),
    };
    let signed = session::authenticate(&atelier.db, shown).await?.ok_or(Refusal::SignIn)?;
    let connection = Connection::new(atelier.hub.clone(), signed, secret);
    let atelier = atelier.clone();
    Ok(upgrade.protocols([TOKEN_PROTOCOL]).max_frame_size(FRAME).max_message_size(FRAME).on_upgrade(
        move |socket| async move {
            let hub = atelier.hub.clone();
            let (done, ended) = tokio::sync::oneshot::channel::<()>();
            hub.spawn(async move {
                run(socket, connection, &atelier).await;
                drop(done);
            });
            let _ = ended.await;
        },
    ))
}

/// The secret beside [`TOKEN_PROTOCOL`]: browsers' sockets can set no other header.
fn protocol_token(headers: &HeaderMap) -> Option<String> {
    let protocols = headers.get_all(http::header::SEC_WEBSOCKET_PROTOCOL);
    let mut words = protocols.iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    words.find(|word| word.trim() == TOKEN_PROTOCOL)?;
    words.next().map(|secret| secret.trim().to_owned())
}

async fn run(mut socket: WebSocket, mut connection: Connection, atelier: &Atelier) {
    let close = serve(&mut socket, &mut connection, atelier).await;
    if let Some(close) = close {
        finish(&mut socket, &connection, close).await;
    }
    connection.end().await;
}

/// Carries frames both ways until the connection is to be closed; nothing when it broke off.
async fn serve(socket: &mut WebSocket, connection: &mut Connection, atelier: &Atelier) -> Option<Close> {
    let outbound = connection.outbound();
    let mut news = atelier.access_news.listen();
    let mut ping = interval(PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut recheck = interval(RECHECK);
    recheck.reset();
    let joining = sleep_until(Instant::now() + JOIN_WAIT);
    tokio::pin!(joining);
    let mut heard = Instant::now();
    loop {
        tokio::select! {
            frame = socket.next() => {
                heard = Instant::now();
                match frame {
                    None => return None,
                    Some(Ok(Message::Binary(frame))) => {
                        if let Err(close) = connection.receive(&frame).await {
                            return Some(close);
                        }
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(Message::Text(_))) => {
                        return Some(Close::new(Close::PROTOCOL, "frames must be binary"));
                    }
                    Some(Ok(Message::Close(_))) => return None,
                    Some(Err(error)) => return broken(error),
                }
            }
            next = outbound.next() => match next {
                Next::Frames(frames) => {
                    let sent = timeout(WRITE_WAIT, async {
                        for frame in frames {
                            socket.feed(Message::Binary(frame)).await?;
                        }
                        socket.flush().await
                    });
                    match sent.await {
                        Ok(Ok(())) => {}
                        Ok(Err(_)) | Err(_) => return None,
                    }
                }
                Next::Close(close) => return Some(close),
            },
            change = next_news(&mut news) => {
                let looked = match change {
                    Some(change) => connection.hear(change).await,
                    None => connection.recheck().await,
                };
                if let Err(close) = looked {
                    return Some(close);
                }
            }
            _ = ping.tick() => {
                if heard.elapsed() > SILENCE {
                    return Some(Close::new(Close::GOODBYE, "you have gone silent"));
                }
                if timeout(WRITE_WAIT, socket.send(Message::Ping(Default::default()))).await.is_err() {
                    return None;
                }
            }
            _ = recheck.tick() => {
                if let Err(close) = connection.recheck().await {
                    return Some(close);
                }
            }
            () = &mut joining, if !connection.has_joined() => {
                return Some(Close::new(Close::PROTOCOL, "`join` did not come in time"));
            }
            () = atelier.hub.stop().cancelled() => {
                return Some(Close::new(Close::RESTART, "the server restarts"));
            }
        }
    }
}

/// Sends what waits, once everything the peer sent is stored, then the reason for closing.
async fn finish(socket: &mut WebSocket, connection: &Connection, close: Close) {
    if matches!(close.code, Close::RESTART | Close::GOODBYE) {
        let _ = timeout(SETTLE_WAIT, connection.settle()).await;
    }
    let outbound = connection.outbound();
    outbound.close(close.clone());
    let _ = timeout(Duration::from_secs(1), async {
        while let Next::Frames(frames) = outbound.next().await {
            for frame in frames {
                socket.feed(Message::Binary(frame)).await?;
            }
        }
        let frame = CloseFrame { code: close.code, reason: close.reason.into() };
        socket.send(Message::Close(Some(frame))).await?;
        if close.code == Close::TOO_BIG {
            // Nothing more can be read here; hanging up on what is still coming would take the reason away with it.
            sleep(Duration::from_millis(500)).await;
        }
        // The peer's own close ends the exchange; without it some would not see ours.
        while let Some(Ok(_)) = socket.next().await {}
        Ok::<_, axum::Error>(())
    })
    .await;
}

/// What a failed read means.
fn broken(error: axum::Error) -> Option<Close> {
    use tungstenite::Error as E;
    match error.into_inner().downcast::<E>().map(|error| *error) {
        Ok(E::Capacity(_)) => Some(Close::new(Close::TOO_BIG, format!("a frame may have {FRAME} bytes at most"))),
        Ok(E::Protocol(_) | E::Utf8(_)) => Some(Close::new(Close::PROTOCOL, "not a WebSocket frame")),
        _ => None,
    }
}

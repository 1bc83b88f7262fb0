//! The WebSocket at `/live`: the handshake, the frames, the pings, and closing with a reason.

use std::{
    io,
    panic::AssertUnwindSafe,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use http::{HeaderMap, HeaderValue, header::SEC_WEBSOCKET_PROTOCOL};
use hyper::upgrade::{OnUpgrade, Parts};
use hyper_util::rt::TokioIo;
use shared::{api::Code, rules::Refusal};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpStream, tcp::OwnedReadHalf},
    time::{Instant, MissedTickBehavior, interval, sleep, sleep_until, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        self, Message,
        handshake::server::create_response_with_body,
        protocol::{CloseFrame, Role, WebSocketConfig},
    },
};

use super::{
    connection::{Connection, Secret, next_news},
    outbound::{Close, Outbound},
};
use crate::{
    Atelier,
    domain::session::{self, Presented},
    http::{
        extract::{bearer, cookie},
        origin,
        problem::ApiError,
    },
    metrics::{Limit, Panicked},
};

/// Bytes read from a socket at a time. The reader clears as much memory before each time it looks.
const READ: usize = 4096;
/// The subprotocol of browsers that show an access token: `Sec-WebSocket-Protocol: atelier.token, SECRET`.
pub const TOKEN_PROTOCOL: &str = "atelier.token";

/// How long a peer may take to say who it is.
const JOIN_WAIT: Duration = Duration::from_secs(10);
/// How often a quiet peer is asked whether it is there.
const PING: Duration = Duration::from_secs(20);
/// A peer that says nothing, not even to that, is gone.
const SILENCE: Duration = Duration::from_secs(50);
/// How often a connection looks again whether its session lives.
const RECHECK: Duration = Duration::from_secs(300);
/// How long the work of a connection may take to be stored when the server stops.
const SETTLE_WAIT: Duration = Duration::from_secs(3);

/// `GET /live`.
pub async fn upgrade(State(atelier): State<Atelier>, mut request: Request) -> Response {
    let upgrade = hyper::upgrade::on(&mut request);
    let answer = create_response_with_body(&request, Body::empty);
    let Ok(mut answer) = answer else {
        return ApiError::new(Code::BadRequest, "This address speaks WebSocket only.").into_response();
    };
    match accept(&atelier, request.headers()).await {
        Ok(connection) => {
            if protocols(request.headers()).any(|protocol| protocol == TOKEN_PROTOCOL) {
                answer.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(TOKEN_PROTOCOL));
            }
            atelier.hub.clone().spawn(run(upgrade, connection, atelier));
            answer
        }
        Err(error) => error.into_response(),
    }
}

async fn accept(atelier: &Atelier, headers: &HeaderMap) -> Result<Connection, ApiError> {
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
    Ok(Connection::new(atelier.hub.clone(), signed, secret))
}

fn protocols(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

/// The secret beside [`TOKEN_PROTOCOL`]: browsers' sockets can set no other header.
fn protocol_token(headers: &HeaderMap) -> Option<String> {
    let mut words = protocols(headers);
    words.find(|word| *word == TOKEN_PROTOCOL)?;
    words.next().map(str::to_owned)
}

/// What is read comes from the peer; what the WebSocket itself has to say queues with all the rest.
struct Wire {
    read: OwnedReadHalf,
    outbound: Outbound,
}

type Socket = WebSocketStream<Wire>;

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.read).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let taken = self.outbound.control(bytes);
        Poll::Ready(if taken { Ok(bytes.len()) } else { Err(io::ErrorKind::BrokenPipe.into()) })
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

async fn run(upgrade: OnUpgrade, mut connection: Connection, atelier: Atelier) {
    let Ok(upgraded) = upgrade.await else { return };
    let Ok(Parts { io, read_buf, .. }) = upgraded.downcast::<TokioIo<TcpStream>>() else {
        tracing::error!("a socket that is none of the listener's");
        return;
    };
    let (read, write) = io.into_inner().into_split();
    let outbound = connection.outbound();
    outbound.connect(write);
    let frame = Some(atelier.config.live.frame);
    let config = WebSocketConfig::default().read_buffer_size(READ).max_frame_size(frame).max_message_size(frame);
    let wire = Wire { read, outbound: outbound.clone() };
    let mut socket = Socket::from_partially_read(wire, read_buf.into(), Role::Server, Some(config)).await;
    atelier.metrics.sockets_open.increment(1.0);
    // Whatever happens, the rooms must learn that the peer has gone.
    let served = AssertUnwindSafe(serve(&mut socket, &mut connection, &atelier)).catch_unwind().await;
    let close = served.unwrap_or_else(|_| {
        atelier.metrics.panicked(Panicked::Task);
        tracing::error!("a connection broke");
        Some(Close::new(Close::FAULT, "a fault of the server"))
    });
    if let Some(close) = close {
        finish(&mut socket, &connection, close).await;
    }
    outbound.hang_up();
    connection.end().await;
    atelier.metrics.sockets_open.decrement(1.0);
}

/// Carries frames both ways until the connection is to be closed; nothing when it broke off.
async fn serve(socket: &mut Socket, connection: &mut Connection, atelier: &Atelier) -> Option<Close> {
    let outbound = connection.outbound();
    let mut news = atelier.access_news.listen();
    let mut ping = interval(PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut recheck = interval(RECHECK);
    recheck.reset();
    let joining = sleep_until(Instant::now() + JOIN_WAIT);
    let driven = outbound.drive();
    let stopped = atelier.hub.stop().cancelled();
    tokio::pin!(joining, driven, stopped);
    let mut heard = Instant::now();
    loop {
        tokio::select! {
            frame = socket.next() => {
                heard = Instant::now();
                match frame {
                    None => return None,
                    Some(Ok(Message::Binary(frame))) => {
                        atelier.metrics.messages.increment(1);
                        if let Err(close) = connection.receive(&frame).await {
                            return Some(close);
                        }
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                    Some(Ok(Message::Text(_))) => {
                        return Some(Close::new(Close::PROTOCOL, "frames must be binary"));
                    }
                    Some(Ok(Message::Close(_))) => return None,
                    Some(Err(error)) => return broken(error, atelier),
                }
            }
            close = &mut driven => return close,
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
                if socket.send(Message::Ping(Default::default())).await.is_err() {
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
            () = &mut stopped => {
                return Some(Close::new(Close::RESTART, "the server restarts"));
            }
        }
    }
}

/// Sends what waits, once everything the peer sent is stored, then the reason for closing.
async fn finish(socket: &mut Socket, connection: &Connection, close: Close) {
    if matches!(close.code, Close::RESTART | Close::GOODBYE) {
        let _ = timeout(SETTLE_WAIT, connection.settle()).await;
    }
    let outbound = connection.outbound();
    outbound.close(close.clone());
    let _ = timeout(Duration::from_secs(1), async {
        outbound.drive().await;
        let frame = CloseFrame { code: close.code.into(), reason: close.reason.into() };
        socket.send(Message::Close(Some(frame))).await?;
        outbound.drive().await;
        if close.code == Close::TOO_BIG {
            // Nothing more can be read here; hanging up on what is still coming would take the reason away with it.
            sleep(Duration::from_millis(500)).await;
        }
        // The peer's own close ends the exchange; without it some would not see ours.
        while let Some(Ok(_)) = socket.next().await {}
        Ok::<_, tungstenite::Error>(())
    })
    .await;
}

/// What a failed read means.
fn broken(error: tungstenite::Error, atelier: &Atelier) -> Option<Close> {
    use tungstenite::Error as E;
    match error {
        E::Capacity(_) => {
            atelier.metrics.met(Limit::Frame);
            Some(Close::new(Close::TOO_BIG, format!("a frame may have {} bytes at most", atelier.config.live.frame)))
        }
        E::Protocol(_) | E::Utf8(_) => Some(Close::new(Close::PROTOCOL, "not a WebSocket frame")),
        _ => None,
    }
}

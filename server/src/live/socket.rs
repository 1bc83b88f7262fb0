//! The WebSocket at `/live`: the handshake, the frames, the pings, and closing with a reason.

use std::{
    net::{IpAddr, Ipv4Addr},
    panic::AssertUnwindSafe,
    time::Duration,
};

use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use futures_util::FutureExt as _;
use http::{HeaderMap, HeaderValue, header::SEC_WEBSOCKET_PROTOCOL};
use hyper::upgrade::{OnUpgrade, Parts};
use hyper_util::rt::TokioIo;
use shared::{api::Code, rules::Refusal};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};
use tokio_tungstenite::tungstenite::{Message, handshake::server::create_response_with_body};

use super::{
    allowance::{Allowance, Charge, Weight},
    caller::{Caller, Guest, Secret},
    connection::{Connection, next_news},
    outbound::Close,
    seats::Sitter,
    wire::{End, Heard, Socket},
};
use crate::{
    Atelier,
    domain::{
        boards, guests, me,
        session::{self, Presented},
        workspace,
    },
    http::{
        extract::{bearer, cookie},
        language,
        limits::ClientAddress,
        origin,
        patience::Patient,
        problem::ApiError,
    },
    metrics::{Limit, Panicked},
};

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
    let network = request.extensions().get().copied().unwrap_or(ClientAddress(Ipv4Addr::UNSPECIFIED.into())).network();
    let turn = atelier.hub.arrive().await;
    let accepted = accept(&atelier, request.headers(), network).await;
    drop(turn);
    match accepted {
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

async fn accept(atelier: &Atelier, headers: &HeaderMap, network: IpAddr) -> Result<Connection, ApiError> {
    let (caller, guest) = recognise(atelier, headers, network).await?;
    let (sitter, chosen) = match &caller {
        Caller::Person(signed, _) => {
            (Sitter::Person(signed.person.id), me::locale(&atelier.db, signed.person.id).await?)
        }
        Caller::Nobody(network) => (Sitter::Nobody(*network), None),
    };
    let seat = atelier.hub.seats().take(&atelier.config.live, sitter).map_err(|limit| {
        atelier.metrics.met(limit);
        ApiError::new(Code::Unavailable, "Too many are connected just now. Try again in a while.")
    })?;
    let offered = workspace::view(&atelier.db).await?.languages;
    let language = language::spoken(headers, chosen, &offered);
    Ok(Connection::new(atelier.hub.clone(), caller, guest, seat, language))
}

/// Who calls: somebody by a token or session, or nobody known, while there is a canvas for them to follow.
async fn recognise(
    atelier: &Atelier,
    headers: &HeaderMap,
    network: IpAddr,
) -> Result<(Caller, Option<Guest>), ApiError> {
    if let Some(token) = bearer(headers).map(str::to_owned).or_else(|| protocol_token(headers)) {
        let signed = session::authenticate(&atelier.db, Presented::Token(&token)).await?.ok_or(Refusal::SignIn)?;
        return Ok((Caller::Person(signed, Secret::Token(token)), None));
    }
    origin::check(headers, &atelier.config)?;
    let guest = match cookie(headers, atelier.config.guest_cookie_name()) {
        Some(secret) => {
            let pass = guests::recognise(&atelier.db, secret).await?;
            pass.map(|pass| Guest { secret: secret.to_owned(), pass })
        }
        None => None,
    };
    let session = cookie(headers, atelier.config.cookie_name());
    if let Some(secret) = session
        && let Some(signed) = session::authenticate(&atelier.db, Presented::Session(secret)).await?
    {
        return Ok((Caller::Person(signed, Secret::Session(secret.to_owned())), guest));
    }
    // Whose session has ended is to learn that, and not to go on as nobody.
    if guest.is_some() || (session.is_none() && boards::any_to_watch(&atelier.db).await?) {
        return Ok((Caller::Nobody(network), guest));
    }
    Err(Refusal::SignIn.into())
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

async fn run(upgrade: OnUpgrade, mut connection: Connection, atelier: Atelier) {
    let Ok(upgraded) = upgrade.await else { return };
    let Ok(Parts { io, read_buf, .. }) = upgraded.downcast::<TokioIo<Patient>>() else {
        tracing::error!("a socket that is none of the listener's");
        return;
    };
    let tcp = io.into_inner().into_inner();
    let mut socket = Socket::open(tcp, read_buf, connection.outbound(), atelier.config.live.frame).await;
    atelier.metrics.sockets_open.increment(1.0);
    // Whatever happens, the rooms must learn that the peer has gone.
    let served = AssertUnwindSafe(serve(&mut socket, &mut connection, &atelier)).catch_unwind().await;
    let end = served.unwrap_or_else(|_| {
        atelier.metrics.panicked(Panicked::Task);
        tracing::error!("a connection broke");
        End::Ours(Close::new(Close::FAULT, "a fault of the server"))
    });
    match &end {
        // What the peer sent is to be stored, and it told so.
        End::Ours(close) if matches!(close.code, Close::RESTART | Close::GOODBYE) => {
            let _ = timeout(SETTLE_WAIT, connection.settle()).await;
        }
        End::Ours(close) if close.code == Close::TOO_BIG => atelier.metrics.met(Limit::Frame),
        _ => {}
    }
    // The rooms need not wait for the peer to hang up.
    tokio::join!(socket.close(end), connection.end());
    atelier.metrics.sockets_open.decrement(1.0);
}

/// Carries frames both ways until the connection is to be closed.
async fn serve(socket: &mut Socket, connection: &mut Connection, atelier: &Atelier) -> End {
    let outbound = connection.outbound();
    let mut news = atelier.access_news.listen();
    let mut ping = interval(PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ping.reset();
    let mut recheck = interval(RECHECK);
    recheck.reset();
    let joining = sleep_until(Instant::now() + JOIN_WAIT);
    let driven = outbound.drive();
    let stopped = atelier.hub.stop().cancelled();
    tokio::pin!(joining, driven, stopped);
    let mut heard = Instant::now();
    let mut allowance = Allowance::new(&atelier.config.live, heard);
    loop {
        let pause = allowance.until();
        let guest_until = connection.guest_for().map(|left| Instant::now() + left);
        let guest_ends = async {
            match guest_until {
                Some(until) => sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        let next = async {
            if let Some(until) = pause {
                sleep_until(until).await;
            }
            outbound.has_room().await;
            socket.next().await
        };
        tokio::select! {
            said = next => {
                heard = Instant::now();
                let charged = match said {
                    Heard::Binary(frame) => {
                        atelier.metrics.messages.increment(1);
                        match connection.receive(&frame).await {
                            Ok(weight) => allowance.charge(weight, frame.len(), heard),
                            Err(close) => return End::Ours(close),
                        }
                    }
                    Heard::Alive => allowance.charge(Weight::Usual, 0, heard),
                    Heard::Text(_) => return End::Ours(Close::new(Close::PROTOCOL, "frames must be binary")),
                    Heard::End(end) => return end,
                };
                match charged {
                    Charge::Within => {}
                    Charge::Later => atelier.metrics.met(Limit::Messages),
                    Charge::Flood => {
                        atelier.metrics.met(Limit::Flood);
                        return End::Ours(Close::new(Close::POLICY, "you have sent far too much for too long"));
                    }
                }
            }
            close = &mut driven => return close.map_or(End::Broken, End::Ours),
            change = next_news(&mut news) => {
                let looked = match change {
                    Some(change) => connection.hear(change).await,
                    None => connection.recheck().await,
                };
                if let Err(close) = looked {
                    return End::Ours(close);
                }
            }
            _ = ping.tick() => {
                if heard.elapsed() > SILENCE {
                    return End::Ours(Close::new(Close::GOODBYE, "you have gone silent"));
                }
                if !socket.say(Message::Ping(Default::default())).await {
                    return End::Broken;
                }
            }
            () = guest_ends => {
                if let Err(close) = connection.recheck().await {
                    return End::Ours(close);
                }
            }
            _ = recheck.tick() => {
                if let Err(close) = connection.recheck().await {
                    return End::Ours(close);
                }
            }
            () = &mut joining, if !connection.has_joined() => {
                atelier.metrics.met(Limit::Unjoined);
                return End::Ours(Close::new(Close::PROTOCOL, "`join` did not come in time"));
            }
            () = &mut stopped => {
                return End::Ours(Close::new(Close::RESTART, "the server restarts"));
            }
        }
    }
}

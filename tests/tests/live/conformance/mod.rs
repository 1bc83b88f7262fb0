//! RFC 6455, by the cases of the Autobahn test suite, against an echo service on the very code that serves `/live`; and
//! against `/live` itself, as far as they say nothing that it would understand.

mod cases;
mod frames;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use server::{
    config::LiveLimits,
    live::{
        outbound::{Frame, Outbound},
        wire::{End, Heard, Socket},
    },
    metrics::Metrics,
};
use shared::Role;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::timeout,
};
use tokio_tungstenite::tungstenite::Message;

use self::{
    cases::{Case, Ends},
    frames::{BINARY, CLOSE, CONTINUATION, TEXT},
};
use crate::house::House;

/// Says back what it hears.
async fn echo(tcp: TcpStream) {
    let limits = LiveLimits::default();
    let outbound = Outbound::new(&limits, Metrics::default());
    let mut socket = Socket::open(tcp, Bytes::new(), outbound.clone(), limits.frame).await;
    let driven = outbound.drive();
    tokio::pin!(driven);
    let end = loop {
        tokio::select! {
            heard = socket.next() => match heard {
                Heard::Binary(message) => outbound.push(Frame::new(&message)),
                Heard::Text(text) => assert!(socket.say(Message::Text(text)).await, "it can be said"),
                Heard::Alive => {}
                Heard::End(end) => break end,
            },
            close = &mut driven => break close.map_or(End::Broken, End::Ours),
        }
    };
    socket.close(end).await;
}

/// What went otherwise than it must.
async fn attempt(mut stream: TcpStream, case: &Case) -> Result<(), String> {
    stream.set_nodelay(true).map_err(|error| error.to_string())?;
    let bytes: Vec<u8> = case.sends.iter().flat_map(frames::Frame::bytes).collect();
    let (mut reading, mut writing) = stream.split();
    let write = frames::write(&mut writing, &bytes, case.piece);
    let read = timeout(Duration::from_secs(20), frames::read_all(&mut reading));
    let (read, ()) = tokio::join!(read, write);
    let mut said = read.map_err(|_| "the server does not hang up".to_owned())??;
    let Some((CLOSE, last)) = said.pop() else { return Err(format!("no close at the end, after {said:?}")) };
    let ended = match &case.ends {
        Ends::Answered(payload) => last == *payload,
        Ends::Failed(code) => last.starts_with(&code.to_be_bytes()),
    };
    if said != case.hears {
        let lengths = |all: &[(u8, Vec<u8>)]| all.iter().map(|(opcode, of)| (*opcode, of.len())).collect::<Vec<_>>();
        return Err(format!("it said {:?} and not {:?}", lengths(&said), lengths(&case.hears)));
    }
    if ended { Ok(()) } else { Err(format!("it closed with {last:?} and not {:?}", case.ends)) }
}

/// Tries cases, each on a connection of its own, and names what failed.
async fn try_all<F: Future<Output = TcpStream> + Send + 'static>(
    cases: Vec<Case>,
    connect: impl Fn() -> F + Send + Sync + 'static,
) -> Vec<String> {
    let (connect, some_at_once) = (Arc::new(connect), Arc::new(Semaphore::new(16)));
    let mut tried = JoinSet::new();
    for case in cases {
        let (connect, turn) = (connect.clone(), some_at_once.clone());
        tried.spawn(async move {
            let _turn = turn.acquire().await;
            attempt(connect().await, &case).await.map_err(|why| format!("{}: {why}", case.id))
        });
    }
    tried.join_all().await.into_iter().filter_map(Result::err).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_socket_passes_the_cases_of_autobahn() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let _ = tcp.set_nodelay(true);
            tokio::spawn(echo(tcp));
        }
    });
    let cases = cases::all();
    assert_eq!(cases.len(), 247, "as many as Autobahn has in these groups");
    let failed = try_all(cases, move || async move { TcpStream::connect(address).await.expect("a server") }).await;
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n"));
}

/// A connection to `/live` after the handshake.
async fn shake_hands(address: SocketAddr, token: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("a server");
    let request = format!(
        "GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("an answer"));
    }
    assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn the_live_socket_passes_those_that_are_not_about_messages() {
    let mut house = House::open().await;
    let ada = house.town.person(Role::Customer).await;
    let is_message =
        |frame: &frames::Frame| frame.reserved == 0 && [TEXT, BINARY, CONTINUATION].contains(&frame.opcode);
    let mut cases = cases::all();
    cases.retain(|case| !is_message(&case.sends[0]));
    assert!(cases.len() > 50, "{}", cases.len());
    let (address, token) = (house.address, ada.token.clone());
    let failed = try_all(cases, move || {
        let token = token.clone();
        async move { shake_hands(address, &token).await }
    })
    .await;
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n"));
    house.close().await;
}

//! The listener, over real connections.

use std::{net::SocketAddr, time::Duration};

use tests::app::App;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::timeout,
};

async fn serve(app: &App) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = server::http::router(app.atelier.clone());
    (address, tokio::spawn(server::http::serve::serve(listener, router, app.atelier.clone())))
}

async fn say(address: SocketAddr, words: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(words.as_bytes()).await.expect("sent");
    stream
}

async fn hear(mut stream: TcpStream) -> String {
    let mut heard = Vec::new();
    // A connection that is reset has ended too.
    let _ = stream.read_to_end(&mut heard).await;
    String::from_utf8_lossy(&heard).into_owned()
}

const UNFINISHED: &str =
    "POST /api/v1/accounts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{";

#[tokio::test]
async fn it_stops_within_five_seconds_whoever_holds_on() {
    let app = App::new().await;
    let (address, served) = serve(&app).await;
    let silent = say(address, "").await;
    let idle = say(address, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let unfinished = say(address, UNFINISHED).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    app.atelier.stop.cancel();
    timeout(Duration::from_secs(5), served).await.expect("in time").expect("without a panic");
    assert_eq!(hear(silent).await, "");
    assert!(hear(idle).await.starts_with("HTTP/1.1 200 OK"));
    drop(unfinished);
    assert!(TcpStream::connect(address).await.is_err(), "nobody is let in any more");
}

#[tokio::test]
async fn who_says_nothing_is_shown_out() {
    let app = App::new().await;
    let (address, _served) = serve(&app).await;
    let quiet = [say(address, "").await, say(address, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").await];
    for stream in quiet {
        timeout(Duration::from_secs(15), hear(stream)).await.expect("shown out in time");
    }
}

#[tokio::test]
async fn nonsense_closes_its_own_connection_only() {
    let app = App::new().await;
    let (address, _served) = serve(&app).await;
    for nonsense in [
        "\0\0\0\0\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        &format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "a".repeat(1_000_000)),
    ] {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        // It may be refused before it was all said.
        let _ = stream.write_all(nonsense.as_bytes()).await;
        let heard = timeout(Duration::from_secs(5), hear(stream)).await.expect("closed");
        assert!(!heard.starts_with("HTTP/1.1 2") && !heard.starts_with("HTTP/1.1 5"), "{heard}");
    }
    let well = say(address, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(hear(well).await.starts_with("HTTP/1.1 200 OK"));
}

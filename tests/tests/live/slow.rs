//! Those who take their time: silent connections, slow heads, slow bodies, slow readers. The real program stays there for
//! everybody else, and lets them go.

use std::{
    net::SocketAddr,
    process::Command,
    time::{Duration, Instant},
};

use shared::{Role, live::concept::Field};
use tests::{
    database::TestDb,
    live::{Client, Credential, PATIENCE, Socket, dial},
    process::{self, Server, free_address},
    town::Town,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
    time::{sleep, timeout},
};

/// Each kind of slow connections.
const EACH: usize = 500;
/// Bytes of a large file.
const LARGE: usize = 256 * 1024;

/// How long they go on.
fn lasting() -> Duration {
    let seconds = std::env::var("ATELIER_TEST_SLOW_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(seconds.unwrap_or(25))
}

/// Reads until the server hangs up, and says how long that took.
async fn until_let_go(mut stream: TcpStream, began: Instant) -> Duration {
    let mut heard = [0; 1024];
    while let Ok(1..) = stream.read(&mut heard).await {}
    began.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_connections_are_let_go_and_keep_nobody_out() {
    const SILENT: usize = 1500;
    let test = TestDb::sqlite().await;
    let mut town = Town::settle(&test.url).await;
    let ada = town.person(Role::Customer).await;
    let server = Server::start(&test.url).await;
    let (began, mut silent) = (Instant::now(), JoinSet::new());
    let unjoined = Socket::open(server.address, Credential::Token(&ada.token)).await;
    for _ in 0..SILENT {
        let stream = TcpStream::connect(server.address).await.expect("it is taken");
        silent.spawn(until_let_go(stream, Instant::now()));
    }
    let connected = began.elapsed();
    let asked = Instant::now();
    server.get("/").await.expect("a page meanwhile");
    let answered = asked.elapsed();
    let all = timeout(Duration::from_secs(60), silent.join_all()).await.expect("they are let go");
    let longest = all.into_iter().max().unwrap_or_default();
    eprintln!(
        "{SILENT} connected in {connected:?}, a page meanwhile in {answered:?}, the last let go after {longest:?}"
    );
    assert!(longest <= Duration::from_secs(15), "{longest:?}");
    assert!(answered <= Duration::from_secs(5), "{answered:?}");
    assert!(server.metric("atelier_limits_hit_total{limit=\"silent\"}").await >= Some(400.0));
    let (code, reason) = unjoined.expect("open").closed().await;
    assert_eq!((code, &*reason), (1002, "`join` did not come in time"));
    assert!(began.elapsed() < Duration::from_secs(16));
    test.db.close().await;
}

/// Begins a request and goes on with it a few bytes at a time.
async fn drip(address: SocketAddr, first: String, more: &'static str, end: Instant) -> bool {
    let Ok(mut stream) = TcpStream::connect(address).await else { return false };
    if stream.write_all(first.as_bytes()).await.is_err() {
        return true;
    }
    let (mut read, mut write) = stream.split();
    let mut heard = [0; 1024];
    while Instant::now() < end {
        tokio::select! {
            () = sleep(Duration::from_millis(900)) => {
                if write.write_all(more.as_bytes()).await.is_err() {
                    return true;
                }
            }
            read = read.read(&mut heard) => if !matches!(read, Ok(1..)) {
                return true;
            },
        }
    }
    false
}

/// Asks for much, and reads a few bytes now and then. What has come already hides from it that the server lets it go.
async fn sip(address: SocketAddr) {
    let Ok(mut stream) = dial(address, Some(1024)).await else { return };
    let ask = "GET /pkg/slow/large.bin HTTP/1.1\r\nHost: x\r\n\r\n".repeat(3);
    if stream.write_all(ask.as_bytes()).await.is_err() {
        return;
    }
    let mut heard = [0; 5];
    loop {
        sleep(Duration::from_millis(900)).await;
        if !matches!(stream.read(&mut heard).await, Ok(1..)) {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_clients_do_not_take_the_service_from_others() {
    let test = TestDb::sqlite().await;
    let mut town = Town::settle(&test.url).await;
    let (ada, document) = town.proposal("").await;
    let assets = tempfile::tempdir().expect("a folder");
    for (name, content) in [
        ("build-id", vec![b's', b'l', b'o', b'w']),
        ("__wasm_split_manifest.json", b"{}".to_vec()),
        ("large.bin", vec![7; LARGE]),
    ] {
        std::fs::write(assets.path().join(name), content).expect("a file");
    }
    let mut command = Command::new(process::binary());
    command.env("ATELIER_ASSETS", assets.path());
    let server = Server::start_at(free_address(), &test.url, &mut command).await;
    let mut writer = Client::new(server.address, &ada.token, "writer", document);
    let mut reader = Client::new(server.address, &ada.token, "reader", document);
    writer.open().await;
    reader.open().await;
    let before = server.memory();
    let end = Instant::now() + lasting();
    let (mut heads, mut bodies, mut readers) = (JoinSet::new(), JoinSet::new(), JoinSet::new());
    for at in 0..EACH {
        let head = format!("GET /?{at} HTTP/1.1\r\nHost: x\r\n");
        heads.spawn(drip(server.address, head, "X-Slow: yes\r\n", end));
        let body = "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 4096\r\n\r\n{";
        bodies.spawn(drip(server.address, body.to_owned(), " ", end));
        readers.spawn(sip(server.address));
    }
    let (mut slowest, mut written, mut grown) = (Duration::ZERO, 0, 0);
    while Instant::now() < end {
        let began = Instant::now();
        server.get("/").await.expect("a page meanwhile");
        writer.splice(Field::Body, 0, 0, "x").await;
        writer.saved().await;
        written += 1;
        reader.until("what was written", |client| client.texts().body.len() == written).await;
        slowest = slowest.max(began.elapsed());
        grown = grown.max(server.memory().saturating_sub(before));
        sleep(Duration::from_millis(200)).await;
    }
    let count = |let_go: Vec<bool>| let_go.into_iter().filter(|gone| *gone).count();
    let (heads, bodies) = (count(heads.join_all().await), count(bodies.join_all().await));
    // Readers are given time to take some of what they asked for, each from when it was stuck. Where the network keeps
    // all of it for them, the server is done with them sooner.
    while server.files() > 100 {
        assert!(Instant::now() < end + PATIENCE, "slow readers are let go: {} files are open", server.files());
        sleep(Duration::from_millis(200)).await;
    }
    let stuck = server.metric("atelier_limits_hit_total{limit=\"slow\"}").await.unwrap_or_default();
    drop(readers);
    eprintln!(
        "let go: {heads} slow heads, {bodies} slow bodies, {EACH} slow readers ({stuck} stuck) of {EACH} each; a page and an edit \
         took {slowest:?} at most; memory grew by {} MB",
        grown / 1_000_000
    );
    assert_eq!((heads, bodies), (EACH, EACH), "slow heads and bodies are let go");
    assert!(stuck >= 1.0);
    assert!(slowest < PATIENCE, "{slowest:?}");
    assert!(grown < 200_000_000, "memory grew by {grown} bytes");
    test.db.close().await;
}

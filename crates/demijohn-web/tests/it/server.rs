//! The accept loop, over real sockets on this machine.

use std::time::Duration;

use demijohn_core::Settings;
use demijohn_web::test::test_settings;
use demijohn_web::{App, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

/// A server that runs until it is told to stop.
struct Server {
    address: std::net::SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<demijohn_core::Result<()>>,
}

async fn start(app: App, settings: Settings) -> Server {
    let site = app.build(settings).await.expect("it can be built");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(serve(site, listener, async {
        let _ = stopped.await;
    }));
    Server { address, stop, task }
}

impl Server {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("the server listens")
    }

    /// Everything the server answers to these bytes until it closes the connection.
    async fn talk(&self, request: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect().await;
        stream.write_all(request.as_ref()).await.expect("it can be sent");
        read_all(&mut stream).await
    }

    async fn stop(self) {
        let _ = self.stop.send(());
        self.task.await.expect("no panic").expect("no error");
    }
}

async fn read_all(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset after the answer is how a server refuses the rest of a body.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status of an answer.
fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no status in {answer:?}"))
}

async fn echo(body: String) -> String {
    body
}

fn app() -> App {
    App::new().get("/", async || "hello").post("/", echo)
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let server = start(app().get("/2", async || "second"), test_settings()).await;
    let answer =
        server.talk("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    let (first, second) =
        (answer.find("hello").expect("the first answer"), answer.find("second").expect("the second answer"));
    assert!(first < second, "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 2);
    server.stop().await;
}

#[tokio::test]
async fn a_client_slow_with_its_head_is_dropped() {
    let mut settings = test_settings();
    settings.header_timeout = Duration::from_millis(20);
    let server = start(app(), settings).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow").await.expect("it can be sent");
    let answer = read_all(&mut stream).await;
    assert!(!answer.contains("200 OK"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn a_client_slow_with_its_body_gets_408() {
    let mut settings = test_settings();
    settings.body_deadline = Duration::from_millis(20);
    let app = App::new().post("/", async |demijohn_web::Json(_): demijohn_web::Json<serde_json::Value>| "x");
    let server = start(app, settings).await;
    let mut stream = server.connect().await;
    let head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.expect("it can be sent");
    assert_eq!(status(&read_all(&mut stream).await), 408);
    server.stop().await;
}

#[tokio::test]
async fn chunked_bodies_are_bounded_too() {
    let mut settings = test_settings();
    settings.body_limit = 1000;
    let server = start(app(), settings).await;
    let chunk = format!("200\r\n{}\r\n", "x".repeat(0x200));
    let body = |chunks: usize| {
        format!(
            "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{}0\r\n\r\n",
            chunk.repeat(chunks)
        )
    };
    assert_eq!(status(&server.talk(body(1)).await), 200);
    assert_eq!(status(&server.talk(body(2)).await), 413);
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_says_it_is_too_large_is_refused_unread() {
    let server = start(app(), test_settings()).await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
        .await
        .expect("it can be sent");
    let mut answer = vec![0; 12];
    stream.read_exact(&mut answer).await.expect("an answer comes before the body");
    assert_eq!(answer, b"HTTP/1.1 413");
    drop(stream);
    server.stop().await;
}

#[tokio::test]
async fn ambiguous_framing_is_refused() {
    let server = start(app(), test_settings()).await;
    for request in [
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n",
    ] {
        let answer = server.talk(request).await;
        assert!(answer.is_empty() || status(&answer) == 400, "{request}: {answer}");
    }
    server.stop().await;
}

#[tokio::test]
async fn too_many_or_too_long_headers_are_refused() {
    let server = start(app(), test_settings()).await;
    let many: String = "X-Many: 1\r\n".repeat(200);
    assert_eq!(status(&server.talk(format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n")).await), 431);
    let long = "x".repeat(200_000);
    let answer = server.talk(format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {long}\r\n\r\n")).await;
    assert!(answer.is_empty() || status(&answer) == 431, "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn an_upgrade_with_a_body_smuggles_nothing() {
    let server = start(app().get("/admin", async || "inner sanctum"), test_settings()).await;
    let hidden = "GET /admin HTTP/1.1\r\nHost: x\r\n\r\n";
    let request = format!(
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nContent-Length: {}\r\n\r\n{hidden}",
        hidden.len()
    );
    let answer = server.talk(request).await;
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "one answer, whose body repeats the hidden request: {answer}");
    assert!(!answer.contains("inner sanctum"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn running_requests_finish_when_the_server_stops() {
    let (begun, go_on) = (std::sync::Arc::new(Notify::new()), std::sync::Arc::new(Notify::new()));
    let (has_begun, may_go_on) = (begun.clone(), go_on.clone());
    let app = App::new().get("/", async move || {
        has_begun.notify_one();
        may_go_on.notified().await;
        "finished"
    });
    let server = start(app, test_settings()).await;
    let address = server.address;
    let mut stream = server.connect().await;
    let mut idle = server.connect().await;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("it can be sent");
    begun.notified().await;
    let stopping = tokio::spawn(server.stop());
    assert_eq!(read_all(&mut idle).await, "", "an idle connection is closed");
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
    assert!(!stopping.is_finished(), "a request is running");
    go_on.notify_one();
    let answer = read_all(&mut stream).await;
    assert!(answer.ends_with("finished") && answer.to_lowercase().contains("connection: close"), "{answer}");
    stopping.await.expect("it stops");
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_keep_the_server() {
    let mut settings = test_settings();
    settings.shutdown_grace = Duration::from_millis(10);
    let begun = std::sync::Arc::new(Notify::new());
    let has_begun = begun.clone();
    let app = App::new().get("/", async move || {
        has_begun.notify_one();
        std::future::pending::<()>().await;
    });
    let server = start(app, settings).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("it can be sent");
    begun.notified().await;
    server.stop().await;
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_their_turn() {
    let mut settings = test_settings();
    settings.max_connections = 1;
    let server = start(app(), settings).await;
    let request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut first = server.connect().await;
    first.write_all(request).await.expect("it can be sent");
    let mut byte = [0; 1];
    first.read_exact(&mut byte).await.expect("the first is answered");
    let mut second = server.connect().await;
    second.write_all(request).await.expect("it can be sent");
    drop(first);
    second.read_exact(&mut byte).await.expect("the second is answered once the first has gone");
    drop(second);
    server.stop().await;
}

#[tokio::test]
async fn an_unread_body_does_not_become_the_next_request() {
    let server = start(app().post("/ignores", async || "ignored"), test_settings()).await;
    let answer = server
        .talk("POST /ignores HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nGET /GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .await;
    assert!(answer.contains("ignored"), "{answer}");
    assert!(answer.ends_with("hello"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn a_panic_in_a_handler_costs_one_answer_not_the_connection() {
    let panics = async || -> &'static str { panic!("on purpose") };
    let server = start(app().get("/panic", panics), test_settings()).await;
    let answer = server
        .talk("GET /panic HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .await;
    assert!(answer.starts_with("HTTP/1.1 500 ") && answer.ends_with("hello"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_takes_nothing_of_an_answer_is_dropped() {
    let mut settings = test_settings();
    settings.body_deadline = Duration::from_millis(20);
    settings.max_connections = 1;
    let server =
        start(App::new().get("/", async || "hello").get("/large", async || "x".repeat(50_000_000)), settings).await;
    let mut first = server.connect().await;
    first.write_all(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("it can be sent");
    // There is one place, so this is answered only when the first has lost it.
    let second = server.talk("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let answer = tokio::time::timeout(Duration::from_secs(20), second).await.expect("the first was dropped");
    assert!(answer.ends_with("hello"), "{answer}");
    drop(first);
    server.stop().await;
}

//! What the browser notices, on pages made for it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::thread;

use demijohn_e2e::Browser;

/// Serves one page at every path, with a header of its own, until the test's process ends.
fn serve(header: &'static str, page: &'static str) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = listener.local_addr().expect("a bound socket has an address");
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let head = BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
            if head.count() > 0 {
                let length = page.len();
                // A browser that gave up on the connection has no use for the page.
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\n{header}\r\ncontent-type: text/html\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{page}"
                );
            }
        }
    });
    address
}

const SCRIPTED: &str = "<title>plain</title><noscript><p id=off>off</p></noscript><p id=here>here</p>
    <script>document.title = 'scripted'</script>";

#[test]
fn pages_run_scripts_only_when_javascript_is_on() {
    let address = serve("x-test: 1", SCRIPTED);
    for (javascript, title, notices) in [(true, "scripted", 0), (false, "plain", 1)] {
        let Some(browser) = Browser::start(javascript) else { return };
        browser.goto(&format!("http://{address}/"));
        assert_eq!(browser.find("#here").text(), "here");
        assert_eq!((browser.title().as_str(), browser.find_all("#off").len()), (title, notices));
    }
}

#[test]
fn a_violation_of_the_content_security_policy_is_seen_with_and_without_javascript() {
    let inline = serve(
        "content-security-policy: default-src 'none'",
        "<p id=here style='color: red'>here</p><style>p { top: 0 }</style>",
    );
    let clean = serve("content-security-policy: default-src 'none'", "<p id=here>here</p>");
    for javascript in [true, false] {
        let Some(mut browser) = Browser::start(javascript) else { return };
        browser.goto(&format!("http://{clean}/"));
        browser.find("#here");
        assert_eq!(browser.csp_violations(javascript), Vec::<String>::new());
        browser.goto(&format!("http://{inline}/"));
        browser.find("#here");
        let seen = browser.csp_violations(javascript);
        assert!(seen.len() >= 2, "{seen:?}");
    }
}

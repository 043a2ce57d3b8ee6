//! One HTTP/1.1 exchange over one connection: all that talking to a server on this machine takes.

use std::fmt::Write as _;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use crate::wait::LIMIT;

/// What a server answered.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// Header names in lower case, in the order of arrival.
    pub headers: Vec<(String, String)>,
    /// The body, as text.
    pub body: String,
}

impl Reply {
    /// The first header of that name, which is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Sends one request and reads the whole answer.
///
/// # Errors
/// When the connection cannot be made or breaks, or the answer is not HTTP/1.1.
pub fn exchange(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<Reply> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").map_err(io::Error::other)?;
    }
    if !body.is_empty() || method == "POST" {
        write!(head, "content-length: {}\r\n", body.len()).map_err(io::Error::other)?;
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    read_reply(&mut stream)
}

fn read_reply(stream: &mut TcpStream) -> io::Result<Reply> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if read_more(stream, &mut bytes)? == 0 {
            return Err(invalid("the server closed the connection before its answer's head was complete"));
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.strip_prefix("HTTP/1."))
        .and_then(|line| line.get(2..5))
        .and_then(|code| code.parse().ok())
        .ok_or_else(|| invalid("the answer does not start with a status line"))?;
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut reply = Reply { status, headers, body: String::new() };
    let body = read_body(stream, &reply, bytes.split_off(head_end + 4))?;
    reply.body = String::from_utf8_lossy(&body).into_owned();
    Ok(reply)
}

fn read_body(stream: &mut TcpStream, reply: &Reply, mut bytes: Vec<u8>) -> io::Result<Vec<u8>> {
    if reply.status == 204 || reply.status == 304 {
        return Ok(Vec::new());
    }
    if let Some(length) = reply.header("content-length") {
        let length: usize = length.parse().map_err(|_| invalid("`content-length` is not a number"))?;
        while bytes.len() < length {
            if read_more(stream, &mut bytes)? == 0 {
                return Err(invalid("the server closed the connection before its answer's body was complete"));
            }
        }
        bytes.truncate(length);
        return Ok(bytes);
    }
    // Every request says `connection: close`, so what remains ends with the connection.
    while read_more(stream, &mut bytes)? > 0 {}
    match reply.header("transfer-encoding") {
        Some(coding) if coding.eq_ignore_ascii_case("chunked") => join_chunks(&bytes),
        _ => Ok(bytes),
    }
}

fn join_chunks(mut bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line =
            bytes.windows(2).position(|window| window == b"\r\n").ok_or_else(|| invalid("a chunk has no size"))?;
        let size = String::from_utf8_lossy(&bytes[..line]);
        let size = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16)
            .map_err(|_| invalid("a chunk's size is not a number"))?;
        if size == 0 {
            return Ok(body);
        }
        let chunk = bytes.get(line + 2..line + 2 + size).ok_or_else(|| invalid("a chunk is cut short"))?;
        body.extend_from_slice(chunk);
        bytes = bytes.get(line + 4 + size..).ok_or_else(|| invalid("a chunk is cut short"))?;
    }
}

fn read_more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> io::Result<usize> {
    let mut buffer = [0; 16 * 1024];
    let count = stream.read(&mut buffer)?;
    bytes.extend_from_slice(&buffer[..count]);
    Ok(count)
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined_and_their_extensions_ignored() {
        assert_eq!(join_chunks(b"3;x=1\r\nabc\r\n2\r\nde\r\n0\r\n\r\n").expect("well formed"), b"abcde");
        assert!(join_chunks(b"5\r\nabc").is_err());
    }
}

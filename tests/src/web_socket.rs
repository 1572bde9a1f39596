//! A client of WebSocket connections, as small as journeys need it: texts in both directions, without TLS.

use axum::http::StatusCode;
use data_encoding::BASE64;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

#[derive(Debug)]
pub struct WebSocket(BufReader<TcpStream>);

/// What a frame is for, in its first byte.
const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;

impl WebSocket {
    /// Opens a connection to `ws://host:port/path`, or returns the status with which it was refused.
    pub async fn open(url: &str) -> Result<Self, StatusCode> {
        let (host, path) = url.strip_prefix("ws://").and_then(|rest| rest.split_once('/')).expect("a ws:// address");
        let mut stream = BufReader::new(TcpStream::connect(host).await.expect("the local cloud listens"));
        let key = BASE64.encode(&[7; 16]);
        let request = format!(
            "GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: {key}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.expect("a request is sent");
        let mut status = None;
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await.expect("an answer to the handshake");
            let code = line.split(' ').nth(1).and_then(|code| code.parse::<StatusCode>().ok());
            status = status.or(code);
            if line.trim().is_empty() {
                break;
            }
        }
        match status.expect("a status") {
            StatusCode::SWITCHING_PROTOCOLS => Ok(Self(stream)),
            refused => Err(refused),
        }
    }

    pub async fn say(&mut self, message: &Value) {
        self.send(TEXT, message.to_string().as_bytes()).await;
    }

    /// The next message; `None` when the connection was ended.
    pub async fn hear(&mut self) -> Option<Value> {
        loop {
            let mut head = [0; 2];
            self.0.read_exact(&mut head).await.ok()?;
            let length = match head[1] & 127 {
                126 => u64::from(self.0.read_u16().await.ok()?),
                127 => self.0.read_u64().await.ok()?,
                short => u64::from(short),
            };
            let mut body = vec![0; usize::try_from(length).expect("a message fits into memory")];
            self.0.read_exact(&mut body).await.ok()?;
            match head[0] & 15 {
                TEXT => return Some(serde_json::from_slice(&body).expect("a message is JSON")),
                CLOSE => return None,
                PING => self.send(10, &body).await,
                _ => {}
            }
        }
    }

    /// Frames of clients are masked; zeros are a mask too.
    async fn send(&mut self, kind: u8, body: &[u8]) {
        let length = u16::try_from(body.len()).expect("journeys send short messages");
        let mut frame = vec![0x80 | kind];
        match length.to_be_bytes() {
            [0, short] if short < 126 => frame.push(0x80 | short),
            // The next two bytes are the length.
            long => frame.extend([0xfe].into_iter().chain(long)),
        }
        frame.extend([0; 4]);
        frame.extend(body);
        // The other end may be gone.
        let _ = self.0.write_all(&frame).await;
    }
}

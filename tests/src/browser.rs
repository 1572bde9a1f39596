//! A real browser that tests control: Chromium, through the pipe of its DevTools protocol.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// One page in its own browser. The browser ends and its profile is deleted when this value is dropped.
#[derive(Debug)]
pub struct Browser {
    _process: Child,
    profile: std::path::PathBuf,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    sent: u64,
    session: Option<String>,
}

impl Browser {
    #[expect(clippy::disallowed_methods, reason = "the test command sets the path of the browser")]
    pub async fn open(name: &str) -> Self {
        let program = std::env::var("KONTOR_CHROMIUM")
            .expect("KONTOR_CHROMIUM is not set: journeys need a browser; run `make test`");
        let profile = format!("kontor-browser-{}-{name}", std::process::id());
        let profile = std::env::temp_dir().join(profile);
        // It reads commands from its third descriptor and answers on its fourth.
        let mut process = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null"])
            .arg(program)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu"])
            .args(["--no-first-run", "--disable-background-networking"])
            .args(["--disable-component-update", "--disable-sync"])
            .args(["--disable-dev-shm-usage", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the browser starts");
        let mut browser = Self {
            to: process.stdin.take().expect("its input is piped"),
            from: BufReader::new(process.stdout.take().expect("its output is piped")),
            _process: process,
            profile,
            sent: 0,
            session: None,
        };
        let page = json!({ "url": "about:blank" });
        let page = browser.command("Target.createTarget", page).await;
        let whole = json!({ "targetId": page["targetId"], "flatten": true });
        let attached = browser.command("Target.attachToTarget", whole).await;
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        browser
    }

    async fn command(&mut self, method: &str, params: Value) -> Value {
        let answer = self.answer_to(method, params).await;
        assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
        answer["result"].clone()
    }

    async fn answer_to(&mut self, method: &str, params: Value) -> Value {
        self.sent += 1;
        let mut message = json!({ "id": self.sent, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let bytes = [message.to_string().as_bytes(), &[0]].concat();
        self.to.write_all(&bytes).await.expect("the browser reads commands");
        loop {
            let mut answer = Vec::new();
            let read = self.from.read_until(0, &mut answer).await;
            assert!(read.is_ok_and(|read| read > 0), "the browser has ended");
            answer.pop();
            let answer: Value = serde_json::from_slice(&answer).expect("the browser answers in JSON");
            if answer["id"] == self.sent {
                return answer;
            }
        }
    }

    pub async fn goto(&mut self, url: &str) {
        let went = self.command("Page.navigate", json!({ "url": url })).await;
        assert!(went["errorText"].is_null(), "{url}: {went}");
    }

    /// Runs a script in the page, waits for its end and returns its result.
    pub async fn run(&mut self, script: &str) -> Value {
        let params = json!({ "expression": script, "awaitPromise": true, "returnByValue": true });
        let ran = self.command("Runtime.evaluate", params).await;
        assert!(ran["exceptionDetails"].is_null(), "{script}: {ran}");
        ran["result"]["value"].clone()
    }

    /// Waits until a script returns true, in the current page or in one that the browser goes to.
    pub async fn until(&mut self, script: &str) {
        let mut again = tokio::time::interval(Duration::from_millis(50));
        for _ in 0..1_200 {
            again.tick().await;
            let params = json!({ "expression": script, "returnByValue": true });
            let answer = self.answer_to("Runtime.evaluate", params).await;
            if answer["result"]["result"]["value"] == true {
                return;
            }
            // The browser may be leaving the page.
            let error = answer["error"]["message"].as_str().unwrap_or_default();
            assert!(["", "Inspected target navigated or closed"].contains(&error), "{script}: {error}");
        }
        let page = self.run("document.documentElement.outerHTML").await;
        panic!("this did not become true in time: {script}: {page}");
    }

    /// Waits for the button or link with these words and presses it.
    pub async fn press(&mut self, words: &str) {
        let find =
            format!("[...document.querySelectorAll('button, a')].find(e => e.textContent.includes({}))", json!(words));
        self.until(&format!("!!{find}")).await;
        self.run(&format!("{find}.click()")).await;
    }

    /// A screenshot of the page for a person to look at.
    pub async fn screenshot(&mut self) -> Vec<u8> {
        let shot = self.command("Page.captureScreenshot", json!({})).await;
        let text = shot["data"].as_str().unwrap_or_default();
        data_encoding::BASE64.decode(text.as_bytes()).expect("a picture in base64")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

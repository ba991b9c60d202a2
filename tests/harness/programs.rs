//! The real programs `ruhu` and `ruhu-server`, as processes that can be killed.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// A built program. `script/test` builds them all first; a single run needs `cargo build -p app-core -p sync-server`.
pub fn program(name: &str) -> PathBuf {
    let here = std::env::current_exe().unwrap();
    let found = here.ancestors().skip(1).take(3).map(|d| d.join(name)).find(|p| p.is_file());
    found.unwrap_or_else(|| panic!("{name} is not built: cargo build -p app-core -p sync-server --bins"))
}

/// `ruhu-server` over a data folder.
pub fn server(data: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(program("ruhu-server"));
    command.args(args).arg("--data").arg(data).arg("--json").env("RUHU_LOG", "error");
    command
}

/// `ruhu phone` over a data folder, on the stories' first day.
pub fn phone(data: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(program("ruhu"));
    command.args(["phone", "--json", "--now", "2023-06-01T04:00:00Z", "--data"]).arg(data);
    command.args(args).env("RUHU_PIN", crate::phone::PIN);
    command
}

/// What a program printed, which must have ended well.
pub fn json(mut command: Command) -> Value {
    let out = command.output().unwrap();
    assert!(out.status.success(), "{command:?}: {} {}", text(&out.stdout), text(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

/// Exit code and what was printed.
pub fn ended(mut command: Command) -> (Option<i32>, Value) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let said = serde_json::from_slice(&stdout).unwrap_or_else(|_| Value::String(text(&stderr)));
    (status.code(), said)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A server that runs.
pub struct Running {
    pub child: Child,
    /// `http://127.0.0.1:port`
    pub url: String,
}

impl Running {
    /// Starts `ruhu-server serve` through `command` and waits until it listens.
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("the server said {line:?}"));
        Self { child, url: told["url"].as_str().unwrap().to_owned() }
    }

    /// Over a data folder, on an address (port 0 takes a free one).
    pub fn serve(data: &Path, listen: &str) -> Self {
        Self::start(server(data, &["serve", "--no-tls", "--listen", listen]))
    }

    /// `127.0.0.1:port`
    pub fn host(&self) -> String {
        self.url.trim_start_matches("http://").to_owned()
    }

    /// kill -9
    pub fn kill(self) {
        drop(self);
    }

    /// SIGTERM, and waits.
    pub fn stop(mut self) {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Gone already after `stop`.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! The real program, its processor time and its end.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Ticks of `/proc/*/stat` a second on Linux.
const TICKS: u64 = 100;

/// A running `ruhu-server`.
pub struct Program {
    child: Child,
    pub address: SocketAddr,
}

impl Program {
    pub fn serve(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ruhu-server"))
            .args(["serve", "--listen", "127.0.0.1:0", "--no-tls", "--json", "--data"])
            .arg(data)
            // As an office runs it: one line a request, into a file.
            .stderr(std::fs::OpenOptions::new().create(true).append(true).open(data.with_extension("log")).unwrap())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let told: serde_json::Value = serde_json::from_str(&line).unwrap();
        Self { child, address: told["listening"].as_str().unwrap().parse().unwrap() }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Processor time so far, user and system, to 10 ms.
    pub fn cpu(&self) -> Duration {
        cpu_of(&self.pid().to_string())
    }

    /// Resident memory, MiB: now and at most.
    pub fn memory(&self) -> (u64, u64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let of = |name: &str| {
            let line = status.lines().find(|l| l.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
        };
        (of("VmRSS:"), of("VmHWM:"))
    }

    /// SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and waits.
    pub fn stop(mut self) {
        Command::new("kill").args(["-TERM", &self.pid().to_string()]).status().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Processor time of a process (`self` is one as well).
pub fn cpu_of(pid: &str) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let after_name = stat.rsplit_once(')').unwrap().1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks: u64 = fields[11..13].iter().map(|f| f.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 1000 / TICKS)
}

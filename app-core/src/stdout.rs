//! The last step of every program here: its answer on standard output, its words on standard error. `println!` panics
//! when the reader has gone (`ruhu … | head`); a program that is asked for less than it has to say ends quietly.

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

/// Writes a line and gives `done`. A reader that closed the pipe has what it wanted: `done` stands. Where the answer
/// cannot be written for another reason (a full disk) nobody has it: 1.
pub fn answer(line: &str, done: ExitCode) -> ExitCode {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Ok(()) => done,
        Err(e) if e.kind() == ErrorKind::BrokenPipe => done,
        Err(e) => {
            tell(&format!("the answer could not be written: {}", e.kind()));
            ExitCode::FAILURE
        }
    }
}

/// Writes a line for the person at the terminal; where nobody reads it there is nobody else to tell.
pub fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

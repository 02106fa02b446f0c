//! Questions: to a person at a terminal, or to nobody, who is told which options are missing.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::os::fd::AsFd;
use std::path::Path;

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use crate::cli::outcome::{Exit, Failure};

/// A longer answer is none.
const MOST_BYTES: u64 = 64 << 10;

pub(super) struct Asking {
    at_terminal: bool,
    missing: Vec<String>,
}

impl Asking {
    pub(super) fn new() -> Self {
        Self { at_terminal: io::stdin().is_terminal() && io::stderr().is_terminal(), missing: Vec::new() }
    }

    /// An answer that there must be.
    pub(super) fn required(
        &mut self,
        option: &str,
        question: &str,
        given: Option<&str>,
        usual: Option<&str>,
    ) -> String {
        if let Some(given) = given.map(str::trim).filter(|given| !given.is_empty()) {
            return given.to_owned();
        }
        while self.at_terminal {
            let hint = usual.map_or_else(String::new, |usual| format!("（直接回车为 {usual}）"));
            match line(&format!("{question}{hint}：")) {
                Some(answer) if !answer.is_empty() => return answer,
                Some(_) if usual.is_some() => break,
                Some(_) => {}
                None => {
                    self.at_terminal = false;
                }
            }
        }
        if usual.is_none() {
            self.missing.push(format!("--{option}"));
        }
        usual.unwrap_or_default().to_owned()
    }

    /// An answer that there need not be.
    pub(super) fn optional(&mut self, question: &str, given: Option<&str>) -> Option<String> {
        let given = given.map(str::to_owned);
        let asked = given.or_else(|| if self.at_terminal { line(&format!("{question}：")) } else { None });
        asked.map(|answer| answer.trim().to_owned()).filter(|answer| !answer.is_empty())
    }

    /// The password: from a file, from standard input, or typed without an echo.
    pub(super) fn password(&mut self, from: Option<&Path>) -> Result<String, Failure> {
        let read = match from {
            Some(path) if path == Path::new("-") => first_line(io::stdin().lock()),
            Some(path) => File::open(path).and_then(first_line),
            None if self.at_terminal => hidden("密码或授权码（不显示）："),
            None => {
                self.missing.push("--password-from".to_owned());
                return Ok(String::new());
            }
        };
        let at = from.map_or_else(|| "standard input".to_owned(), |path| path.display().to_string());
        let password = read.map_err(|error| Failure::new(Exit::Io, format!("{at}: {error}")))?;
        if password.is_empty() {
            return Err(Failure::new(Exit::Usage, format!("{at}：没有密码（no password）")));
        }
        Ok(password)
    }

    /// Whether all has been answered.
    pub(super) fn finish(self) -> Result<(), Failure> {
        if self.missing.is_empty() {
            return Ok(());
        }
        let words =
            format!("不在终端上，缺少 {}（not at a terminal: give these options）", self.missing.join(" "));
        Err(Failure::new(Exit::Usage, words))
    }
}

fn line(question: &str) -> Option<String> {
    eprint(question);
    let mut answer = String::new();
    let read = io::stdin().lock().take(MOST_BYTES).read_line(&mut answer).unwrap_or(0);
    (read > 0).then(|| answer.trim().to_owned())
}

fn eprint(text: &str) {
    let mut out = io::stderr().lock();
    drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

fn hidden(question: &str) -> io::Result<String> {
    eprint(question);
    let stdin = io::stdin();
    let before = tcgetattr(stdin.as_fd())?;
    let mut silent = before.clone();
    silent.local_modes.remove(LocalModes::ECHO);
    tcsetattr(stdin.as_fd(), OptionalActions::Flush, &silent)?;
    let read = first_line(stdin.lock());
    tcsetattr(stdin.as_fd(), OptionalActions::Flush, &before)?;
    eprint("\n");
    read
}

fn first_line(from: impl Read) -> io::Result<String> {
    let mut line = String::new();
    BufReader::new(from.take(MOST_BYTES)).read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

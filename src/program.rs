//! Runs a program of the office's: without a shell, for so long, with so much to say, and nothing of it stays behind.

use std::io::{ErrorKind, Read as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::process::{Pid, Signal, kill_process_group};

/// How often is looked whether it has ended.
const GLANCE: Duration = Duration::from_millis(50);

/// Runs it to its end and gives what it printed, at most `most` bytes; what it says on standard error is nobody's here.
///
/// # Errors
/// In words: it cannot be started, fails, takes too long or says too much.
pub fn run(command: &mut Command, patience: Duration, most: usize) -> Result<Vec<u8>, String> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map_err(|error| format!("it cannot be started: {error}"))?;
    let ended = watch(&mut child, patience, most);
    if ended.is_err() {
        // With what it has started itself.
        if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
            kill_process_group(group, Signal::KILL).ok();
        }
        child.kill().ok();
        child.wait().ok();
    }
    ended
}

fn watch(child: &mut Child, patience: Duration, most: usize) -> Result<Vec<u8>, String> {
    let words = |error: std::io::Error| error.to_string();
    let mut pipe = child.stdout.take().ok_or("it has no output")?;
    // A program that it left behind may hold the other end for ever.
    let flags = fcntl_getfl(&pipe).map_err(|error| words(error.into()))?;
    fcntl_setfl(&pipe, flags | OFlags::NONBLOCK).map_err(|error| words(error.into()))?;
    let (began, mut printed, mut piece) = (Instant::now(), Vec::new(), [0; 4096]);
    loop {
        let status = child.try_wait().map_err(words)?;
        loop {
            match pipe.read(&mut piece) {
                Ok(0) => break,
                Ok(read) => printed.extend_from_slice(piece.get(..read).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(words(error)),
            }
            if printed.len() > most {
                return Err(format!("it prints more than {most} bytes, and was ended"));
            }
        }
        match status {
            Some(status) if status.success() => return Ok(printed),
            Some(status) => return Err(status.to_string()),
            None if began.elapsed() < patience => std::thread::sleep(GLANCE),
            None => {
                return Err(format!("it took longer than {} s, and was ended", patience.as_secs_f32()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, patience: u64) -> Result<Vec<u8>, String> {
        run(Command::new("/bin/sh").args(["-c", script]), Duration::from_secs(patience), 1000)
    }

    #[test]
    fn a_program_ends_well_fails_hangs_or_says_too_much() {
        assert_eq!(shell("echo a; echo b >&2", 60).unwrap(), b"a\n");
        // What stays behind keeps nobody waiting.
        assert_eq!(shell("sleep 30 & echo a", 60).unwrap(), b"a\n");
        for (script, patience, words) in [
            ("exit 3", 60, "exit status: 3"),
            ("sleep 30; echo late", 0, "took longer"),
            ("yes", 60, "more than 1000 bytes"),
            ("kill -9 $$", 60, "signal: 9"),
        ] {
            let error = shell(script, patience).unwrap_err();
            assert!(error.contains(words), "{script}: {error}");
        }
        let missing = run(&mut Command::new("/nonexistent"), Duration::from_mins(1), 1000).unwrap_err();
        assert!(missing.contains("cannot be started"), "{missing}");
    }
}

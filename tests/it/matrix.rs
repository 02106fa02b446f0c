//! The daemon against servers that misbehave, one row of a table for each way. Whatever the row, the same is checked:
//!
//! 1. the fault is over within its deadline: the daemon names it and goes on;
//! 2. no loss: at the end every message has its row with the right disposition, every answer its state;
//! 3. nothing is filed or answered twice;
//! 4. memory is bounded;
//! 5. a line of the log names the fault, and no line holds personal data or a password;
//! 6. the same process recovers when the server does;
//! 7. the mailbox is as it was: nothing but reading was asked for.

mod imap;
mod pacing;
mod smtp;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

use crate::support::daemon::{Office, Running};

/// Rows that run at a time: nearly all of a row's time is waiting.
const AT_A_TIME: usize = 20;
/// What a busy machine may add to a deadline.
const SLACK: Duration = Duration::from_secs(40);
/// Most memory of a daemon without large messages, in KiB, to which twice the largest message is added. A debug build needs
/// 40 to 50 MiB; what this bound is for, an answer without end, comes to hundreds within seconds.
const MEMORY_KIB: u64 = 98 * 1024;
/// What the letters' senders and the settings contain and no log may.
const PRIVATE: [&str; 6] = ["citizen", "王小明", "13800138000", "建议窗口", "secret", "correct horse"];

/// Runs every row, some at a time; fails with the names of all rows that failed.
async fn all<R: Send + 'static>(rows: Vec<R>, name: fn(&R) -> &str, run: fn(&R)) {
    // One row alone, for whoever looks into it.
    let wanted = std::env::var_os("ZWFW_ROW").unwrap_or_default().into_string().unwrap();
    let permits = Arc::new(Semaphore::new(AT_A_TIME));
    let began = Instant::now();
    let count = rows.len();
    let mut running = tokio::task::JoinSet::new();
    for row in rows.into_iter().filter(|row| name(row).contains(wanted.as_str())) {
        let permit = permits.clone().acquire_owned().await.unwrap();
        running.spawn_blocking(move || {
            let began = Instant::now();
            let failed = catch_unwind(AssertUnwindSafe(|| run(&row))).is_err();
            drop(permit);
            let name = name(&row).to_owned();
            eprintln!(
                "{} {name} ({:.1} s)",
                if failed { "FAILED" } else { "ok" },
                began.elapsed().as_secs_f32()
            );
            failed.then_some(name)
        });
    }
    let failed: Vec<String> = running.join_all().await.into_iter().flatten().collect();
    eprintln!("{count} rows in {:.1} s", began.elapsed().as_secs_f32());
    assert!(failed.is_empty(), "{} of {count} rows failed: {failed:#?}", failed.len());
}

/// Waits until `probe` finds no complaint; panics with the last complaint after `limit`.
#[track_caller]
fn until(what: &str, limit: Duration, daemon: &mut Running, mut probe: impl FnMut() -> Result<(), String>) {
    let began = Instant::now();
    loop {
        let Err(complaint) = probe() else { return };
        assert!(!daemon.ended(), "{what}: the daemon ended: {}", daemon.said());
        assert!(began.elapsed() < limit, "{what}: not within {limit:?}: {complaint}\n{}", daemon.said());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The words that the log lacks.
fn lacking(said: &str, words: &[&str]) -> Result<(), String> {
    let missing: Vec<&&str> = words.iter().filter(|word| !said.contains(**word)).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("the log does not say {missing:?}")) }
}

/// Ends the daemon; checks its memory, its log and its end.
#[track_caller]
fn finish(name: &str, daemon: Running, largest_message: usize) {
    let peak = daemon.peak_memory_kib().expect("the daemon runs");
    let bound = MEMORY_KIB + 2 * largest_message as u64 / 1024;
    assert!(peak < bound, "{name}: {peak} KiB at the most, more than {bound}");
    daemon.terminate();
    let finished = daemon.finish(SLACK);
    assert_eq!(finished.code, Some(0), "{name}: {finished:?}");
    let said = finished.said();
    assert!(!said.contains("panicked"), "{name}: {said}");
    for private in PRIVATE {
        assert!(!said.contains(private), "{name}: {private} stands in the log: {said}");
    }
}

/// `getaddrinfo` does not come back while a file named `hang` is there.
fn hang_resolver(office: &mut Office) {
    const SOURCE: &str = r#"
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <netdb.h>
        #include <stdlib.h>
        #include <unistd.h>
        typedef int look_up(const char *, const char *, const struct addrinfo *, struct addrinfo **);
        int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
            while (access(getenv("HANG"), F_OK) == 0) usleep(50000);
            return ((look_up *)dlsym(RTLD_NEXT, "getaddrinfo"))(node, service, hints, result);
        }
    "#;
    let path = |name: &str| office.path().join(name).to_str().unwrap().to_owned();
    let (source, library, hang) = (path("hang.c"), path("hang.so"), path("hang"));
    std::fs::write(&source, SOURCE).unwrap();
    std::fs::write(&hang, "").unwrap();
    let compiler = ["-shared", "-fPIC", "-o", &library, &source, "-ldl"];
    assert!(std::process::Command::new("cc").args(compiler).status().unwrap().success());
    office.text("limits", "step_timeout", "1s");
    office.environment("LD_PRELOAD", &library);
    office.environment("HANG", &hang);
}

/// It comes back from now on.
fn mend_resolver(office: &Office) {
    std::fs::remove_file(office.path().join("hang")).unwrap();
}

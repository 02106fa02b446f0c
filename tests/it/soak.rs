//! Many messages through one process: memory and file descriptors stay flat, the rows are exact.

use std::fs;
use std::time::{Duration, Instant};

use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};
use crate::support::process::{descriptors, memory};
use crate::support::{long, wait_for};

const HANG: Duration = Duration::from_mins(20);

/// One of a mixture: three of ten are no plain letters.
fn specimen(n: usize) -> Letter {
    match n % 10 {
        0 => Letter { subject: format!("会议通知 {n}"), ..letter(n) },
        5 => Letter { subject: "关于高效办成一件事的建议".to_owned(), ..letter(n) },
        7 => Letter {
            text: format!("{}{}", letter(n).text, "请加快办理，多设窗口。\r\n".repeat(n % 700)),
            ..letter(n)
        },
        _ => letter(n),
    }
}

#[test]
fn memory_and_descriptors_stay_flat_and_rows_are_exact() {
    let (pieces, piece) = if long() { (20, 5000) } else { (8, 250) };
    // As many bytes in each piece that whatever is kept of the messages would be seen among the noise.
    let attached = (6 << 20) / piece;
    let mut office = Office::at_maildir();
    office.text("mailbox", "poll_interval", "1s");
    office.set("acknowledgement.caps", "per_domain", 1_000_000);
    office.set("acknowledgement.caps", "per_hour", 1_000_000);
    office.set("acknowledgement.caps", "per_day", 1_000_000);
    let mailbox = office.path().join("mailbox");
    let began = Instant::now();
    let mut daemon = office.start(&["run"]);
    let mut samples = Vec::new();
    for done in 0..pieces {
        for n in done * piece + 1..=(done + 1) * piece {
            let specimen = specimen(n);
            specimen.deliver_as(&mailbox, &specimen.with_attachment(n, attached));
        }
        let so_far = i64::try_from((done + 1) * piece).unwrap();
        wait_for("the piece", HANG, || {
            assert!(!daemon.ended(), "the daemon ended: {}", daemon.said());
            if !office.has_store() {
                return None;
            }
            let rows = office.rows();
            let through = rows.count("SELECT count(*) FROM mailbox_entry") == so_far
                && rows.count("SELECT count(*) FROM acknowledgement WHERE state = 'queued'") == 0;
            through.then_some(())
        });
        samples.push((memory(daemon.pid(), "VmRSS"), descriptors(daemon.pid())));
        // Read and recorded: the folder need not grow for ever. Its answers neither.
        for folder in ["mailbox/new", "acknowledgement/new"] {
            fs::remove_dir_all(office.path().join(folder)).unwrap();
            fs::create_dir(office.path().join(folder)).unwrap();
        }
    }
    let total = i64::try_from(pieces * piece).unwrap();
    let rows = office.rows();
    let peak = memory(daemon.pid(), "VmHWM");
    println!(
        "{total} messages in {pieces} pieces, {:?}; RSS in KiB and descriptors after each: {samples:?}; peak {peak} KiB",
        began.elapsed()
    );
    for (sql, expected) in [
        ("SELECT count(*) FROM mailbox_entry", total),
        ("SELECT count(*) FROM mailbox_entry WHERE disposition = 'not_ours'", total / 10),
        ("SELECT count(*) FROM submission", total - total / 10),
        ("SELECT count(*) FROM submission WHERE subject_match = 'near_miss'", total / 10),
        ("SELECT count(*) FROM acknowledgement WHERE state = 'sent'", total - total / 10),
        ("SELECT count(DISTINCT number) FROM submission", total - total / 10),
        ("SELECT count(*) FROM gap", 0),
    ] {
        assert_eq!(rows.count(sql), expected, "{sql}");
    }
    // The second quarter is warm; the last must not be larger. A tenth and 4 MiB are noise.
    let quarter = |which: usize| -> u64 {
        let part = &samples[which * pieces / 4..(which + 1) * pieces / 4];
        part.iter().map(|(rss, _)| rss).sum::<u64>() / part.len() as u64
    };
    let (second, last) = (quarter(1), quarter(3));
    assert!(last <= second + second / 10 + 4096, "memory grows: {second} KiB, then {last} KiB");
    let open: Vec<usize> = samples.iter().map(|(_, descriptors)| *descriptors).collect();
    assert!(open[pieces - 1] <= open[pieces / 4] + 1, "descriptors grow: {open:?}");
    daemon.terminate();
    assert_eq!(daemon.finish(HANG).code, Some(0));
}

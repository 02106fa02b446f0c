//! What the log says: one function per event, so that its words are an interface operators can search for.
//!
//! Entries are named by folder and UID, submissions by their number. Nothing from a body, no address and no name
//! goes into the log (网络安全法 art. 21 wants it kept for six months; PIPL art. 6 wants it free of personal data).

mod configured;
mod running;
mod watching;

use std::path::Path;

use jiff::Timestamp;
use tracing::{debug, error, info, warn};

use crate::store::{StoreError, WalNews, held_by};
use crate::vocabulary::{
    BreakerReason, Disposition, EntryKey, EntryReason, EntryUid, GapReason, SendFailure, SendReason, Silence,
    Word, sha256_hex,
};
use crate::world::Home;

pub use configured::{
    RECOVERED, changed, consultation_gone, leaves_again, needs_restart, not_reloaded, passes_again, reloaded,
    written_again,
};
pub use running::{
    Started, asked_to_go_on, asked_to_stop, brought, consultation, next_pass_not_noted, not_remembered,
    reading_copy_again, reading_copy_failed, started, status_file_not_written, stopped_early,
    store_unwritable, token_not_written, watchdog_short,
};
pub use watching::{alert_failed, alerted, metrics_not_served, metrics_served, quota, textfile_not_written};

/// The entry's name. An imported file may be called after the person who wrote it; such a name is given by the beginning of
/// its digest, and stands in full in the record.
fn uid(entry: &EntryKey) -> String {
    // A Maildir's name begins with the seconds since 1970; a message of an mbox file is numbered.
    let is_machine_made = |name: &str| {
        let digits = name.bytes().take_while(u8::is_ascii_digit).count();
        let rest = name.get(digits..).unwrap_or_default();
        (rest.is_empty() && digits < 10 || (9..=10).contains(&digits) && rest.starts_with('.'))
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_=:,#".contains(&byte))
    };
    match &entry.uid {
        EntryUid::Imap(uid) => uid.to_string(),
        EntryUid::Name(name) if is_machine_made(name) => name.clone(),
        EntryUid::Name(name) => {
            let digest = sha256_hex(name.as_bytes());
            format!("name-sha256-{}", digest.get(..12).unwrap_or(&digest))
        }
    }
}

/// What the lines about single entries are called in the log's filter.
pub const ENTRY: &str = "zwfw_intake::entry";

/// One entry was recorded.
pub fn entry(entry: &EntryKey, disposition: Disposition, reason: &EntryReason, number: Option<&str>) {
    // What goes with it may quote a header field.
    let word = reason.word();
    // Escaped: a file may be named so as to look like a line of the log.
    let (folder, uid) = (entry.folder.name.escape_debug().to_string(), uid(entry));
    if disposition == Disposition::Quarantined {
        // By a name of its own: `import` says what became of each file itself.
        warn!(name: "entry_quarantined", target: ENTRY, %folder, uid_validity = entry.folder.uid_validity, %uid, reason = word, "entry quarantined: bytes kept, a person must look");
    } else {
        info!(name: "entry", %folder, uid_validity = entry.folder.uid_validity, %uid, %disposition, reason = word, number, "entry recorded");
    }
}

/// The end of the record's event log, for whoever keeps the log elsewhere.
pub fn head(hash: &str, event: i64) {
    info!(name: "head",
        hash,
        last_event = event,
        "record head: whoever keeps this line elsewhere can prove the record up to here with `verify --head`"
    );
}

/// Rows that are not what they were when they were sealed last: by number, or table and id.
pub fn not_as_sealed(rows: &[String]) {
    for row in rows {
        error!(name: "not_as_sealed", %row, "the record was changed behind the program's back; what came is filed, the broken seal stays: run `verify`");
    }
}

/// An entry was announced but could not be read; it is fetched again later.
pub fn gap(entry: &EntryKey, reason: &GapReason, attempts: u32) {
    warn!(name: "gap", folder = %entry.folder.name.escape_debug(), uid_validity = entry.folder.uid_validity, uid = uid(entry), %reason, attempts, "entry announced but not readable; it will be fetched again");
}

/// Fewer bytes than announced came, the same ones each time: there are no more.
pub fn short(entry: &EntryKey, announced: u64, came: usize) {
    warn!(name: "short", folder = %entry.folder.name.escape_debug(), uid_validity = entry.folder.uid_validity, uid = uid(entry), announced, came, "the server announces another size than it hands over, the same bytes again and again: recorded as they are");
}

/// More of a letter came than was recorded before: it was read while it was written, or handed over cut off.
pub fn grew(entry: &EntryKey, number: Option<&str>, was: u64, bytes: u64) {
    warn!(name: "grew", folder = %entry.folder.name.escape_debug(), uid_validity = entry.folder.uid_validity, uid = uid(entry), number, was, bytes, "the letter is longer than what was read before: all of it is recorded now under the number that it has; an answer that left is not sent again");
}

/// Less of a letter came than is recorded.
pub fn shrank(entry: &EntryKey, kept: u64, came: u64) {
    warn!(name: "shrank", folder = %entry.folder.name.escape_debug(), uid_validity = entry.folder.uid_validity, uid = uid(entry), kept, came, "the mailbox has only the beginning of this letter now; the record keeps all of it");
}

/// Entries under known UIDs look otherwise than recorded, or UIDNEXT fell.
pub fn uids_moved(folder: &str, before: Option<u32>, now: Option<u32>, differing: usize) {
    let told =
        |uid_next: Option<u32>| uid_next.map_or_else(|| "unknown".to_owned(), |value| value.to_string());
    warn!(name: "uids_moved",
        folder,
        uid_next_before = told(before),
        uid_next_now = told(now),
        differing,
        "UIDNEXT fell, or entries look otherwise than recorded under their UIDs: UIDs may be reused; what differs is fetched and compared by its bytes"
    );
}

/// The bytes of entries are compared with the record: the same bytes stand under two UIDs, or a UID was reused.
pub fn comparing_bytes(folder: &str, from: u32, entries: usize) {
    info!(name: "comparing_bytes", folder, from, entries, "UIDs moved: comparing these entries with the record by their bytes");
}

/// Mail that was for no consultation is fetched and judged again.
pub fn judging_again(folder: &str, entries: usize) {
    info!(name: "judging_again", folder, entries, "consultations changed: mail that was for none of them is judged again");
}

/// The server counts entries that it does not list.
pub fn not_listed(folder: &str, announced: u64, listed: u64) {
    error!(name: "not_listed",
        folder,
        announced,
        listed,
        "the server announces entries that it does not list: {announced} announced, {listed} listed"
    );
}

/// A missing entry is not in the mailbox any more.
pub fn vanished(entry: &EntryKey) {
    warn!(name: "vanished", folder = %entry.folder.name.escape_debug(), uid_validity = entry.folder.uid_validity, uid = uid(entry), "entry vanished from the mailbox before it could be read");
}

/// A folder's UIDVALIDITY changed.
pub fn rescan(folder: &str, before: u32, after: u32) {
    warn!(name: "rescan",
        folder,
        before,
        after,
        "UIDVALIDITY changed: listing the folder again; known messages are recognised by their digest"
    );
}

/// Messages that were fetched together ended the session.
pub fn one_by_one(folder: &str, problem: &str) {
    warn!(name: "one_by_one", folder, problem, "fetching broke off; the same messages are fetched one by one now");
}

/// The server did not answer LOGOUT.
pub fn no_goodbye(problem: &str) {
    info!(name: "no_goodbye", problem, "the server did not say goodbye; nothing is lost by it");
}

/// One folder could not be read; the others go on.
pub fn folder_failed(folder: &str, problem: &str) {
    error!(name: "folder_failed", folder, problem, "folder not read on this pass");
}

/// What was filed could not be marked or moved on the server; it is made up for.
pub fn not_marked(folder: &str, problem: &str) {
    error!(name: "not_marked", folder, problem, "filed, not marked on the server; it will be tried again");
}

/// The server wants people to read this (RFC 3501 section 7.1).
pub fn alert(words: &str) {
    warn!(name: "alert", words, "ALERT of the mail server");
}

/// Waiting for the server's news broke off; the next pass opens a session of its own. `closed`: the server hung up, as
/// servers do with idle connections.
pub fn idle_ended(problem: &str, closed: bool) {
    if closed {
        info!(name: "idle_ended", problem, "waiting for news broke off");
    } else {
        warn!(name: "idle_ended", problem, "waiting for news broke off");
    }
}

/// The server lists IDLE and refuses it.
pub fn idle_refused(words: &str) {
    info!(name: "idle_refused", words, "IDLE refused; polling instead");
}

/// An answer could not be composed.
pub fn not_composed(number: &str, problem: &str) {
    error!(name: "not_composed", number, problem, "acknowledgement withheld: its template failed");
}

/// An answer of ours came back.
pub fn bounced(number: &str) {
    warn!(name: "bounced", number, "our acknowledgement bounced; it is settled as failed");
}

/// A pass over the mailbox ended well.
pub fn pass_finished(recorded: u64, owed: u64) {
    if recorded + owed == 0 {
        // The usual case, once a minute for weeks: the journal need not keep it.
        debug!(name: "pass_finished", "pass finished, nothing new");
        return;
    }
    info!(name: "pass_finished", recorded, owed, "pass finished");
}

/// A pass failed; the daemon goes on after a pause.
pub fn pass_failed(problem: &str, pause_seconds: u64, failures: u32) {
    error!(name: "pass_failed", problem, pause_seconds, failures, "pass failed; trying again after a pause");
}

/// What is worth saying about the store's write-ahead log. A failure to move it undoes nothing: what is committed stays.
pub fn wal(outcome: Result<Option<WalNews>, StoreError>) {
    match outcome {
        Ok(Some(WalNews::Large(bytes, readers))) => warn!(name: "wal_large",
            mib = bytes >> 20,
            "the store's write-ahead log is large: some program has been reading in one transaction for long; end it, or the disk fills{}",
            held_by(&readers)
        ),
        Ok(Some(WalNews::Emptied(bytes))) => {
            info!(name: "wal_emptied", mib = bytes >> 20, "the store's write-ahead log was moved into the file");
        }
        Ok(None) => {}
        Err(error) => {
            let problem = format!("{error}{}", error.remedy());
            error!(name: "wal_not_moved", problem, "the store's write-ahead log could not be moved into the file");
        }
    }
}

/// There was no store, and the program made one by itself. `leaves`: its answers are to leave the machine.
pub fn store_made(store: &Path, leaves: bool) {
    if !leaves {
        info!(name: "store_made", store = %store.display(), "there was no store: made a new one, numbers begin at 0001");
        return;
    }
    warn!(name: "store_made",
        store = %store.display(),
        "there was no store: made a new one, nothing is known, numbers begin at 0001; restore the old store if there was one, and see that its disk is mounted. What is older than this store is not answered over SMTP before somebody says `outbox release --first-contact`"
    );
}

/// The store is on another machine or at another path than before.
pub fn store_copied(home: &Home, here: &Home) {
    let what = if home.path == here.path { "another machine" } else { "another path" };
    warn!(name: "store_copied",
        home = home.path,
        here = here.path,
        "this store is a copy or was moved ({what}): mail is filed, and no answer leaves over SMTP, for the original may answer beside it (answers into a Maildir leave nobody's machine and are written); `outbox release --first-contact` makes it at home here"
    );
}

/// The clock jumped, by so many seconds.
pub fn clock_jumped(seconds: i64) {
    let way = if seconds < 0 { "back" } else { "forward" };
    warn!(name: "clock_jumped",
        seconds = seconds.unsigned_abs(),
        "the clock jumped {way}: times written down before may be wrong; see that it is set by NTP"
    );
}

/// The clock was wrong when the store was made.
pub fn clock_was_wrong(created_at: Timestamp, day: Timestamp) {
    warn!(name: "clock_was_wrong", %created_at, counts_as = %day, "the clock was wrong when this store was made: it counts as made on the first day with a right clock");
}

/// A consultation is over.
pub fn consultation_closed(consultation: &str, days: i64) {
    warn!(name: "consultation_closed", consultation, days, "consultation closed for {days} days; mail for it is late");
}

/// Something of the configuration or the rights that is probably not meant.
pub fn remark(problem: &str) {
    warn!(name: "remark", problem, "look at the configuration");
}

/// The daemon ends: what it works on is not its own any more.
pub fn ends(problem: &str) {
    error!(name: "ends", problem, "this program ends");
}

/// An acknowledgement left.
pub fn sent(number: &str, attempts: u32) {
    info!(name: "sent", number, attempts, "acknowledgement accepted by the server");
}

/// An acknowledgement waits for another attempt.
pub fn deferred(number: &str, attempts: u32, reason: &SendReason, again: Timestamp) {
    warn!(name: "deferred", number, attempts, reply = codes(reason), %again, "acknowledgement deferred");
}

/// An acknowledgement was given up.
pub fn failed(number: &str, attempts: u32, reason: &SendReason) {
    error!(name: "failed", number, attempts, reply = codes(reason), "acknowledgement failed for good");
}

/// A server's words without what looks like an address: servers quote the recipient's.
pub fn without_addresses(words: &str) -> String {
    let bare = |word: &str| if word.contains('@') { "…".to_owned() } else { word.to_owned() };
    words.split(' ').map(bare).collect::<Vec<_>>().join(" ")
}

/// What of a reason may stand in the log: of a refusal the reply code and the enhanced status code (RFC 3463), for servers
/// quote the recipient's address in their words, which stand in the store; where there was no reply, the step and what was
/// seen.
fn codes(reason: &SendReason) -> String {
    match reason {
        SendReason::Failed(failure) => codes_of(failure),
        SendReason::GivenUp { hours, last } => {
            format!("given up {hours} h after queueing: {}", codes_of(last))
        }
        SendReason::Returned { .. } => reason.word().to_owned(),
    }
}

fn codes_of(failure: &SendFailure) -> String {
    match failure {
        SendFailure::Refused { code, reply } => {
            let enhanced = reply.split([' ', '-']).next().unwrap_or_default();
            let parts: Vec<&str> = enhanced.split('.').collect();
            let is_number =
                |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            if parts.len() == 3 && parts.iter().all(is_number) {
                format!("{code} {enhanced}")
            } else {
                code.to_string()
            }
        }
        SendFailure::Broken { step, seen, .. } | SendFailure::OutcomeUnknown { step, seen, .. } => match seen
        {
            Silence::NoAnswer { .. } | Silence::Closed => format!("{step}: {seen}"),
            Silence::Unusable { .. } => format!("{step}: no usable reply"),
        },
        SendFailure::Unavailable { .. } => "no session".to_owned(),
    }
}

/// Filed mail of an older version got its place among same letters.
pub fn placed(messages: u64) {
    info!(name: "placed", messages, "compared what an older version had filed");
}

/// Letters that an older version left hanging on a denied one wait for a person.
pub fn released(letters: u64) {
    warn!(name: "released", letters, "repetitions of denied submissions wait for a person: review list");
}

/// No acknowledgement can leave now.
pub fn outbox_unavailable(problem: &str) {
    error!(name: "outbox_unavailable", problem, "SMTP server unavailable; acknowledgements wait in the outbox");
}

/// The pass over the outbox took longer than it may.
pub fn outbox_slow() {
    error!(name: "outbox_slow",
        "SMTP server too slow: limits.pass_timeout is over, the other acknowledgements wait in the outbox"
    );
}

/// The store cannot be written: nothing is sent that could not be written down afterwards.
pub fn outbox_not_written(problem: &str, pause_seconds: u64) {
    error!(name: "outbox_not_written", problem, pause_seconds, "outbox not processed; trying again after a pause");
}

/// The circuit breaker opened.
pub fn breaker_opened(reason: &BreakerReason) {
    error!(name: "breaker_opened",
        %reason,
        "circuit breaker open: acknowledgements are held; look whether this is a storm (`outbox list`)"
    );
}

/// The circuit breaker is still open.
pub fn breaker_holds(reason: &BreakerReason) {
    warn!(name: "breaker_holds", %reason, "circuit breaker still open: acknowledgements are held");
}

/// The circuit breaker closed.
pub fn breaker_closed() {
    warn!(name: "breaker_closed", "circuit breaker closed: acknowledgements leave again");
}

/// An entry that the mailbox has and the record has not: it is fetched in this very pass.
pub fn not_recorded(entry: &EntryKey) {
    error!(name: "not_recorded", folder = %entry.folder.name.escape_debug(), uid_validity = entry.folder.uid_validity, uid = uid(entry), "entry of the mailbox has no row though its folder was read beyond it; fetching it now");
}

/// A folder was compared with the record, UID by UID.
pub fn reconciled(folder: &str, listed: usize, missing: usize) {
    if missing == 0 {
        debug!(name: "reconciled", folder, listed, "folder compared with the record: every entry has its row");
    } else {
        warn!(name: "reconciled", folder, listed, missing, "folder compared with the record: entries without a row");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_codes_of_a_reply_go_into_the_log() {
        let refused = |code, reply: &str| SendFailure::Refused { code, reply: reply.to_owned() };
        let (server, step) = ("SMTP mx.example.cn:587".to_owned(), "RCPT TO".to_owned());
        let seen = Silence::Unusable { problem: "unexpected reply `100 <jiang@example.com>`".to_owned() };
        let broken = SendFailure::Broken {
            server: server.clone(),
            step: step.clone(),
            seen: Silence::NoAnswer { limit_ms: 30_000 },
        };
        let unknown = SendFailure::OutcomeUnknown { server, step, seen };
        for (failure, said) in [
            (refused(550, "5.1.1 <jiang@example.com>: no such user 13800138000"), "550 5.1.1"),
            (refused(451, "4.7.1 greylisted"), "451 4.7.1"),
            (refused(550, "10.0.0.1 <jiang@example.com> is blocked"), "550"),
            (refused(552, "13800138000 has no room"), "552"),
            (broken, "RCPT TO: no answer within 30 s"),
            (unknown, "RCPT TO: no usable reply"),
            (SendFailure::Unavailable { problem: "<jiang@example.com>".to_owned() }, "no session"),
        ] {
            assert_eq!(codes(&SendReason::Failed(failure.clone())), said);
            let given_up = SendReason::GivenUp { hours: 120, last: failure };
            assert_eq!(codes(&given_up), format!("given up 120 h after queueing: {said}"));
        }
    }

    #[test]
    fn addresses_do_not_go_into_the_log() {
        let said = "RCPT TO: refused: 554 5.7.1 <jiang@example.com>: Relay access denied";
        assert_eq!(super::without_addresses(said), "RCPT TO: refused: 554 5.7.1 … Relay access denied");
    }
}

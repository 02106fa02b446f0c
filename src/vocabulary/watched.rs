//! What is watched, as a word: `status --check`, thresholds and alerts call it by this name.

use super::enums::words;

words! {
    /// What is watched.
    Watched: "watched" {
        /// How long the last complete pass over the mailbox is ago.
        Pass = "pass",
        /// The mailbox lane waits for a person who logs in again.
        Login = "login",
        /// The store cannot be written.
        Store = "store",
        /// For how long answers have not been able to leave.
        Outbox = "outbox",
        /// How long the oldest answer has been waiting.
        Answers = "answers",
        /// Answers that a server refuses for our sake.
        Refused = "refused",
        /// The circuit breaker is open.
        Breaker = "breaker",
        /// How long the oldest letter has been waiting for a person.
        Review = "review",
        /// Letters in quarantine or without bytes.
        Owed = "owed",
        /// Entries that were judged under other rules.
        OtherRules = "other_rules",
        /// What is left of the store's disk.
        Disk = "disk",
        /// What is used of the mailbox.
        Quota = "quota",
        /// How long the certificate that ends first is still good for.
        Certificate = "certificate",
        /// What is wrong with a clock.
        Clock = "clock",
        /// For how long the configuration has been another one than the daemon works by.
        Configuration = "configuration",
        /// How old the newest backup is.
        Backup = "backup",
        /// Letters that came within a day while no consultation was open.
        NoneOpen = "none_open",
    }
}

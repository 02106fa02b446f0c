//! What keeps the store from being written, as a word.

use super::enums::words;

words! {
    /// What keeps the store from being written: `status`, and the file beside the store while it lasts.
    StoreFault: "store_fault" {
        /// Another program holds it.
        Held = "held",
        /// Its disk is full.
        DiskFull = "disk_full",
        /// Its disk fails, or became read-only.
        DiskFails = "disk_fails",
        /// The service may not write it.
        NotAllowed = "not_allowed",
        /// It is damaged.
        Damaged = "damaged",
        /// Told in words.
        Other = "other",
    }
}

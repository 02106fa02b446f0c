//! Files of a Maildir: names that are bytes, and files that are read before they are whole.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;

use super::{count, filed};
use crate::support::daemon::Office;
use crate::support::letter::letter;

#[test]
fn names_that_differ_in_bytes_that_are_no_utf8_are_two_letters() {
    let office = Office::at_maildir();
    let new = office.path().join("mailbox/new");
    for (n, host) in [(1, &b"\xd5\xc5\xc8\xfd"[..]), (2, b"\xc0\xee\xcb\xc4")] {
        let name = [b"1710208802.M1P1.".as_slice(), host].concat();
        fs::write(new.join(OsStr::from_bytes(&name)), letter(n).raw()).unwrap();
    }
    for _ in 0..2 {
        office.run_ok(&["run", "--once"]);
        assert_eq!(filed(&office), 2);
    }
    assert_eq!(count(&office, "SELECT count(DISTINCT uid) FROM mailbox_entry"), 2);
    let reconciled = office.run_ok(&["reconcile"]);
    assert!(reconciled.stdout.contains("邮箱现有 2"), "{reconciled:?}");
}

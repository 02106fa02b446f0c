//! What waits for a person: a summary begins with it.

use std::fmt::Write;

use super::outcome::Failure;
use crate::lane::intake::Pass;
use crate::store::Store;
use crate::vocabulary::Disposition;
use crate::words::Chinese;

/// Letters that a summary names one by one, however many there are.
pub(super) const TOLD: usize = 40;

/// The first lines: what waits for a person, `new` of it since the command began.
pub(super) fn first(store: &Store, new: u64, pass: &Pass) -> Result<String, Failure> {
    let waiting = store.waiting()?;
    let mut text = String::new();
    let _ = match waiting {
        0 => writeln!(text, "待核：没有"),
        _ => writeln!(text, "待核：{waiting} 件，其中本次 {new} 件（review list 列出）"),
    };
    let unread = pass.count_of(Disposition::Quarantined);
    if unread > 0 {
        let _ =
            writeln!(text, "{}：本次 {unread} 封（view 其他邮件 列出）", Disposition::Quarantined.short());
    }
    Ok(text)
}

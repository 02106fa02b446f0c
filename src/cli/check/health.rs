//! What `check --live` says of a certificate and a disk besides whether they work: how long that will last.

use jiff::Timestamp;

use super::report::Report;
use crate::vocabulary::{LiveFault, chinese_minute};
use crate::watch::Space;

/// Under so many days somebody should see to a new certificate.
const CERTIFICATE_DAYS: i64 = 14;
/// Under so many percent somebody should make room.
const FREE_PERCENT: u128 = 10;

/// Until when a certificate is good, and for which names.
pub(super) fn certificate(
    report: &mut Report,
    what: &str,
    (until, names): (Timestamp, &[String]),
    now: Timestamp,
) {
    let days = until.duration_since(now).as_secs() / 86_400;
    let until = chinese_minute(until);
    let names = if names.is_empty() { "无名称".to_owned() } else { names.join("、") };
    let words =
        format!("证书签给 {names}，有效至 {until}，还有 {days} 天（certificate ends in {days} days）");
    if days < CERTIFICATE_DAYS {
        report.warn(what, LiveFault::CertificateEnds, &words);
    } else {
        report.good(what, &words);
    }
}

/// How much room is left.
pub(super) fn space(report: &mut Report, space: Space) {
    let percent = u128::from(space.free).saturating_mul(100).checked_div(u128::from(space.all)).unwrap_or(0);
    let words = format!("剩余 {} MiB，{percent}%", space.free >> 20);
    if percent < FREE_PERCENT {
        report.warn("磁盘", LiveFault::DiskLow, &words);
    } else {
        report.good("磁盘", &words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Chinese as _;

    #[test]
    fn what_ends_soon_is_told_with_what_to_do() {
        let now: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let names = ["imap.example.cn".to_owned()];
        let mut report = Report::default();
        for (until, fault) in
            [("2026-03-14T00:00:00Z", Some(LiveFault::CertificateEnds)), ("2026-03-15T00:00:00Z", None)]
        {
            report.text.clear();
            certificate(&mut report, "IMAP", (until.parse().unwrap(), &names), now);
            assert!(report.text.contains("签给 imap.example.cn，") && report.text.contains("ends in 1"));
            assert_eq!(
                report.text.contains(LiveFault::CertificateEnds.english()),
                fault.is_some(),
                "{}",
                report.text
            );
        }
        for (free, is_little) in [(9, true), (10, false)] {
            report.text.clear();
            space(&mut report, Space { free: free << 20, all: 100 << 20 });
            assert!(report.text.contains(&format!("剩余 {free} MiB，{free}%")), "{}", report.text);
            assert_eq!(report.text.contains(LiveFault::DiskLow.to_do().unwrap()), is_little);
        }
        assert!(report.exit.is_none(), "neither is a fault yet");
    }
}

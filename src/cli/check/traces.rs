//! Whether what the mailbox shows of arrivals and senders can be believed: the newest letters are looked at.

use jiff::SignedDuration;

use crate::config::MailboxSettings;
use crate::deadline;
use crate::parse::{ParseLimits, parse};
use crate::sender;
use crate::vocabulary::WrittenTime;

/// How many of the newest letters of a folder are looked at.
pub(super) const SAMPLE: u32 = 50;

/// Times of one letter that differ by more than this are not those of one arrival.
const APART: SignedDuration = SignedDuration::from_hours(24);

/// What is wrong with most of a folder's newest letters, with the remedy. `letters`: INTERNALDATE, where the
/// mailbox has one, and trace fields of each.
pub(super) fn warnings(letters: &[(Option<WrittenTime>, Vec<u8>)], mailbox: &MailboxSettings) -> Vec<String> {
    let hosts = &mailbox.trusted_received_hosts;
    let ids = [hosts.as_slice(), &mailbox.trusted_authserv_ids].concat();
    let (mut apart, mut unknown, mut below) = (0_usize, 0_usize, 0_usize);
    for (internal_date, header) in letters {
        let message = parse(header, ParseLimits::default());
        let lines = deadline::trusted_lines(&message.received, hosts);
        match deadline::arrival(&message.received, hosts, None) {
            Some(arrival) => {
                let is_apart = |date: &WrittenTime| arrival.at.duration_since(date.instant).abs() > APART;
                apart += usize::from(internal_date.as_ref().is_some_and(is_apart));
            }
            // Where there is no other time, none can be known of such a letter.
            None => unknown += usize::from(internal_date.is_none() || !message.received.is_empty()),
        }
        below += usize::from(lines > 0 && sender::has_results_below(&message, lines, &ids));
    }
    let most = |count: usize| count > 0 && 2 * count > letters.len();
    let looked_at = letters.len();
    let mut warnings = Vec::new();
    if most(apart) && mailbox.internaldate_is_arrival {
        warnings.push(format!(
            "最新 {looked_at} 封中有 {apart} 封的 INTERNALDATE 与 Received 相差一天以上，邮箱像是迁移过：\
             请设 mailbox.internaldate_is_arrival = false，否则这些来信会因到达时间有出入而待核"
        ));
    }
    if most(unknown) && !hosts.is_empty() {
        let otherwise = if letters.iter().any(|(date, _)| date.is_some()) {
            "否则到达时间只能以 INTERNALDATE 为准"
        } else {
            "否则到达时间无从得知，来信都要待核"
        };
        warnings.push(format!(
            "最新 {looked_at} 封中有 {unknown} 封的 Received 行不是 mailbox.trusted_received_hosts 所列主机写的：\
             请核对主机名，{otherwise}"
        ));
    }
    if most(below) {
        warnings.push(format!(
            "最新 {looked_at} 封中有 {below} 封的 Authentication-Results 写在本单位服务器的 Received 行之下，\
             与发件人所写的无从区分，不予采信：请让邮件服务器把它写在最上面"
        ));
    }
    warnings
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::MailboxSource;

    fn letter(internal_date: &str, header: &str) -> (Option<WrittenTime>, Vec<u8>) {
        let time = WrittenTime { instant: internal_date.parse().unwrap(), offset_seconds: 0 };
        (Some(time), format!("{header}\r\n\r\n").into_bytes())
    }

    #[test]
    fn most_of_the_letters_must_show_it() {
        let mut mailbox = MailboxSettings {
            source: MailboxSource::Maildir("mail".into()),
            poll_interval: Duration::from_mins(1),
            trusted_received_hosts: vec!["mx.ln.gov.cn".to_owned()],
            trusted_authserv_ids: Vec::new(),
            internaldate_is_arrival: true,
        };
        let ours =
            "Received: from a (a.example [203.0.113.9]) by mx.ln.gov.cn; Tue, 5 Mar 2024 10:00:00 +0800";
        let result = "Authentication-Results: mx.ln.gov.cn; dmarc=pass header.from=a.example";
        let good = letter("2024-03-05T02:00:05Z", &format!("{result}\r\n{ours}"));
        let moved = letter("2024-06-05T02:00:05Z", ours);
        let strange = letter("2024-03-05T02:00:05Z", &ours.replace("mx.ln", "mx9.ln"));
        let below = letter("2024-03-05T02:00:05Z", &format!("{ours}\r\n{result}"));
        assert_eq!(warnings(&[], &mailbox), [""; 0]);
        for (letter, key) in [
            (&moved, "internaldate_is_arrival = false"),
            (&strange, "trusted_received_hosts"),
            (&below, "Authentication-Results"),
        ] {
            let found = warnings(&[letter.clone(), letter.clone(), good.clone()], &mailbox);
            assert!(matches!(found.as_slice(), [one] if one.contains(key)), "{key}: {found:?}");
            assert_eq!(
                warnings(&[letter.clone(), good.clone()], &mailbox),
                [""; 0],
                "half is not most: {key}"
            );
        }
        // By POP3 there is no INTERNALDATE, and a letter without a line of ours has no time at all.
        let by_pop3 = |(_, header): &(_, Vec<u8>)| (None, header.clone());
        assert_eq!(warnings(&[by_pop3(&good), by_pop3(&moved)], &mailbox), [""; 0]);
        for letter in [strange, (None, b"Subject: x\r\n\r\n".to_vec())] {
            let found = warnings(&[by_pop3(&letter)], &mailbox);
            assert!(matches!(found.as_slice(), [one] if one.contains("无从得知")), "{found:?}");
        }
        mailbox.internaldate_is_arrival = false;
        assert_eq!(warnings(&[moved], &mailbox), [""; 0]);
    }
}

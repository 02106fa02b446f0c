//! A plain letter with the right subject, for tests that are about something else.

use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::Random;
use super::mailset::TITLE;

/// 2024-03-12 10:00:02 in Beijing, within the time for comments.
pub(crate) const ARRIVAL: u64 = 1_710_208_802;

/// One letter.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub(crate) from: String,
    pub(crate) message_id: String,
    pub(crate) in_reply_to: Option<String>,
    pub(crate) subject: String,
    pub(crate) text: String,
}

/// The letter of citizen `n`.
pub(crate) fn letter(n: usize) -> Letter {
    Letter {
        from: format!("citizen{n}@example.com"),
        message_id: format!("letter-{n}@example.com"),
        in_reply_to: None,
        subject: format!("《{TITLE}》意见建议"),
        text: format!(
            "姓名：王小明\r\n职业：教师\r\n电话：13800138000\r\n\r\n建议窗口延长办理时间，这是第{n}条意见。\r\n"
        ),
    }
}

impl Letter {
    pub(crate) fn raw(&self) -> Vec<u8> {
        let reply =
            self.in_reply_to.as_ref().map(|id| format!("In-Reply-To: <{id}>\r\n")).unwrap_or_default();
        format!(
            "From: <{}>\r\nTo: <zwfw@ln.gov.cn>\r\nDate: Tue, 12 Mar 2024 10:00:00 +0800\r\nMessage-ID: <{}>\r\n{reply}\
             Subject: =?utf-8?B?{}?=\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: 8bit\r\n\r\n{}",
            self.from,
            self.message_id,
            BASE64.encode(&self.subject),
            self.text
        )
        .into_bytes()
    }

    /// With an attachment of bytes that cannot be compressed, which makes `size` bytes of it. Other for each `seed`.
    pub(crate) fn with_attachment(&self, seed: usize, size: usize) -> Vec<u8> {
        let plain = String::from_utf8(self.raw()).unwrap();
        let (header, text) = plain.split_once("\r\n\r\n").unwrap();
        let header = header.split("Content-Type:").next().unwrap();
        let mut random = Random::new(seed as u64 + 1);
        let bytes: Vec<u8> =
            std::iter::repeat_with(|| random.next().to_le_bytes()).flatten().take(size * 3 / 4).collect();
        let mut raw = format!(
            "{header}Content-Type: multipart/mixed; boundary=part\r\n\r\n--part\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n--part\r\nContent-Type: application/zip; name=a.zip\r\n\
             Content-Disposition: attachment; filename=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        )
        .into_bytes();
        for line in BASE64.encode(&bytes).as_bytes().chunks(76) {
            raw.extend_from_slice(line);
            raw.extend_from_slice(b"\r\n");
        }
        raw.extend_from_slice(b"--part--\r\n");
        raw
    }

    /// Delivers it into a Maildir, as if at [`ARRIVAL`].
    pub(crate) fn deliver(&self, maildir: &Path) {
        self.deliver_as(maildir, &self.raw());
    }

    /// Delivers these bytes for it.
    pub(crate) fn deliver_as(&self, maildir: &Path, raw: &[u8]) {
        let name = format!("{ARRIVAL}.{}", self.message_id);
        // In one step: a daemon may be reading the folder.
        let draft = maildir.join("tmp").join(&name);
        std::fs::write(&draft, raw).unwrap();
        super::mailhost::set_modified(&draft, UNIX_EPOCH + Duration::from_secs(ARRIVAL));
        std::fs::rename(draft, maildir.join("new").join(name)).unwrap();
    }
}

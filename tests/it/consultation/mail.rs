//! A letter as it arrives: character sets, encodings and programs of all kinds.

use std::fs;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use super::writer::Truth;
use crate::support::Random;
use crate::support::mailhost::set_modified;
use crate::support::mailset::encode::{Charset, Transfer, Words, beijing, header_text, multipart, part};

/// What is sent, before it becomes octets.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    pub(crate) number: usize,
    pub(crate) from: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) arrival: i64,
    /// `Date:`
    pub(crate) sent: i64,
    /// The name of an attachment.
    pub(crate) file: Option<String>,
    /// The Message-ID that it answers, without brackets.
    pub(crate) answers: Option<String>,
    pub(crate) automatic: bool,
}

/// A letter and what has to become of it.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) said: Outgoing,
    pub(crate) truth: Truth,
    /// How it is encoded.
    way: u64,
}

impl Mail {
    pub(crate) fn new(said: Outgoing, truth: Truth, random: &mut Random) -> Self {
        Self { said, truth, way: random.below(12) }
    }

    pub(crate) fn sent_at(&mut self, instant: i64) {
        self.said.sent = instant;
    }

    pub(crate) fn id(&self) -> String {
        format!("mail{}@example.com", self.said.number)
    }

    fn raw(&self) -> Vec<u8> {
        let said = &self.said;
        // Not every character stands in GB 2312's successors as old programs have them.
        let fits = |text: &str| !encoding_rs::GBK.encode(text).2;
        let both = format!("{}{}{}", said.subject, said.text, said.file.as_deref().unwrap_or_default());
        let charset = match self.way {
            0..=2 if fits(&both) => Charset::Gb18030,
            3 if fits(&both) => Charset::Gb2312,
            _ => Charset::Utf8,
        };
        let transfer = [Transfer::Base64, Transfer::QuotedPrintable, Transfer::EightBit]
            [usize::try_from(self.way % 3).unwrap()];
        let mut raw = format!(
            "Received: from mail.example.com (mail.example.com [192.0.2.7])\r\n by mx.ln.gov.cn (Coremail) with SMTP id A{};\r\n {} (CST)\r\n\
             From: <{}>\r\nTo: <zwfw@ln.gov.cn>\r\nDate: {}\r\nMessage-ID: <{}>\r\nMIME-Version: 1.0\r\n",
            said.number,
            beijing(said.arrival),
            said.from,
            beijing(said.sent),
            self.id(),
        )
        .into_bytes();
        if let Some(id) = &said.answers {
            raw.extend(format!("In-Reply-To: <{id}>\r\nReferences: <{id}>\r\n").into_bytes());
        }
        if said.automatic {
            raw.extend(b"Auto-Submitted: auto-replied\r\n");
        }
        raw.extend(b"Subject: ");
        raw.extend(header_text(&said.subject, charset, Words::Base64));
        raw.extend(b"\r\n");
        let text = said.text.replace('\n', "\r\n") + "\r\n";
        let plain =
            part(&format!("text/plain; charset=\"{}\"", charset.label()), transfer, &charset.encode(&text));
        let boundary = format!("----=_Part_{}", said.number);
        if let Some(name) = &said.file {
            let name =
                String::from_utf8(header_text(name, charset, Words::Base64)).unwrap().replace("\r\n ", " ");
            let mut file = format!("Content-Disposition: attachment; filename=\"{name}\"\r\n").into_bytes();
            let content: Vec<u8> = (0_u8..200)
                .map(|n| n.wrapping_mul(37).wrapping_add(self.said.number.to_le_bytes()[0]))
                .collect();
            file.extend(part("application/octet-stream", Transfer::Base64, &content));
            raw.extend(multipart("mixed", &boundary, &[plain, file]));
        } else if self.way >= 10 {
            let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let page =
                format!("<html><body><div>{}</div></body></html>", escaped.replace("\r\n", "</div><div>"));
            let page = part(
                &format!("text/html; charset=\"{}\"", charset.label()),
                Transfer::Base64,
                &charset.encode(&page),
            );
            raw.extend(multipart("alternative", &boundary, &[plain, page]));
        } else {
            raw.extend(plain);
        }
        raw
    }

    /// Delivers it into a Maildir whose files sort by arrival.
    pub(crate) fn deliver(&self, maildir: &Path) {
        let path = maildir.join(format!("new/{}.M{}.example", self.said.arrival, self.said.number));
        fs::write(&path, self.raw()).unwrap();
        set_modified(&path, UNIX_EPOCH + Duration::from_secs(self.said.arrival.unsigned_abs()));
    }
}

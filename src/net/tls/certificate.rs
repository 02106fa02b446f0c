//! What of a certificate explains why it is refused (RFC 5280 section 4.1). Nothing is judged here: that is webpki's.

use jiff::Timestamp;

/// What was found in a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Certificate<'a> {
    /// 1, 2 or 3.
    pub(super) version: u8,
    /// Its signature is made with MD5 or SHA-1.
    pub(super) is_weakly_signed: bool,
    pub(super) issuer: &'a [u8],
    pub(super) subject: &'a [u8],
    /// Of an RSA key.
    pub(super) rsa_bits: Option<usize>,
    pub(super) has_alternative_names: bool,
    /// The DNS names that it bears.
    pub(super) names: Vec<&'a [u8]>,
    /// Until when it is good, as it says.
    pub(super) until: Option<Timestamp>,
}

/// OBJECT IDENTIFIERs, as they are encoded.
const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
const ALTERNATIVE_NAMES: &[u8] = b"\x55\x1d\x11";
const WEAK: &[&[u8]] = &[
    // md5WithRSAEncryption, sha1WithRSAEncryption, dsa-with-sha1, ecdsa-with-SHA1
    b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04",
    b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05",
    b"\x2a\x86\x48\xce\x38\x04\x03",
    b"\x2a\x86\x48\xce\x3d\x04\x01",
];

/// Most names that are told.
const NAMES: usize = 20;

const BOOLEAN: u8 = 0x01;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
/// `dNSName` of a `GeneralName`.
const DNS_NAME: u8 = 0x82;

impl<'a> Certificate<'a> {
    pub(super) fn read(der: &'a [u8]) -> Option<Self> {
        let mut whole = Der(Der(der).take(SEQUENCE)?);
        let mut body = Der(whole.take(SEQUENCE)?);
        let mut signature = Der(whole.take(SEQUENCE)?);
        let algorithm = signature.take(OBJECT_IDENTIFIER)?;
        let version = match body.take(VERSION) {
            Some(version) => Der(version).take(INTEGER)?.last()?.saturating_add(1),
            None => 1,
        };
        body.take(INTEGER)?;
        body.take(SEQUENCE)?;
        let issuer = body.take(SEQUENCE)?;
        let mut validity = Der(body.take(SEQUENCE)?);
        validity.next()?;
        let until = validity.next().and_then(|(tag, content)| time(tag, content));
        let subject = body.take(SEQUENCE)?;
        let mut key = Der(body.take(SEQUENCE)?);
        let mut kind = Der(key.take(SEQUENCE)?);
        let is_rsa = kind.take(OBJECT_IDENTIFIER)? == RSA;
        let bits = key.take(BIT_STRING)?;
        let rsa_bits = if is_rsa { modulus_bits(bits.get(1..)?) } else { None };
        // Unique identifiers, which nobody uses, stand before.
        let mut alternative = None;
        while let Some((tag, content)) = body.next() {
            if tag == EXTENSIONS {
                alternative = alternative_names(content);
            }
        }
        let (has_alternative_names, names) = (alternative.is_some(), alternative.unwrap_or_default());
        let is_weakly_signed = WEAK.contains(&algorithm);
        Some(Self {
            version,
            is_weakly_signed,
            issuer,
            subject,
            rsa_bits,
            has_alternative_names,
            names,
            until,
        })
    }
}

/// `UTCTime` or `GeneralizedTime`, in the only form that RFC 5280 allows (section 4.1.2.5).
fn time(tag: u8, content: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(content).ok()?.strip_suffix('Z')?;
    let text = match tag {
        UTC_TIME => {
            let year: u8 = text.get(..2)?.parse().ok()?;
            format!("{}{text}", if year < 50 { "20" } else { "19" })
        }
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let (date, time) = text.split_at_checked(8).filter(|(_, time)| time.len() == 6)?;
    format!("{date}T{time}Z").parse().ok()
}

fn modulus_bits(key: &[u8]) -> Option<usize> {
    let modulus = Der(Der(key).take(SEQUENCE)?).take(INTEGER)?;
    let significant = modulus.iter().position(|byte| *byte != 0).and_then(|at| modulus.get(at..))?;
    Some(significant.len() * 8 - significant.first()?.leading_zeros() as usize)
}

/// The DNS names of the extension for them; `None`: there is none.
fn alternative_names(extensions: &[u8]) -> Option<Vec<&[u8]>> {
    let mut list = Der(Der(extensions).take(SEQUENCE)?);
    while let Some((_, extension)) = list.next() {
        let mut extension = Der(extension);
        if extension.take(OBJECT_IDENTIFIER) == Some(ALTERNATIVE_NAMES) {
            extension.take(BOOLEAN);
            let content = extension.take(OCTET_STRING).unwrap_or_default();
            let mut names = Der(Der(content).take(SEQUENCE).unwrap_or_default());
            let mut found = Vec::new();
            while let Some((tag, name)) = names.next() {
                if tag == DNS_NAME && found.len() < NAMES {
                    found.push(name);
                }
            }
            return Some(found);
        }
    }
    None
}

/// Values in DER (X.690), one after the other.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, rest) = self.0.split_first()?;
        let (first, rest) = rest.split_first()?;
        let (length, rest) = if *first < 0x80 {
            (usize::from(*first), rest)
        } else {
            let count = usize::from(*first & 0x7f);
            let (length, rest) = rest.split_at_checked(count).filter(|_| (1..=4).contains(&count))?;
            (length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, content))
    }

    /// The next value, if it has this tag.
    fn take(&mut self, wanted: u8) -> Option<&'a [u8]> {
        let before = self.0;
        match self.next() {
            Some((tag, content)) if tag == wanted => Some(content),
            _ => {
                self.0 = before;
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bytes_make_it_panic_and_a_certificate_is_read() {
        let key = rcgen::KeyPair::generate().unwrap();
        let made =
            rcgen::CertificateParams::new(vec!["localhost".into()]).unwrap().self_signed(&key).unwrap();
        let der: &[u8] = made.der();
        let found = Certificate::read(der).unwrap();
        assert!(found.version == 3 && found.issuer == found.subject && found.has_alternative_names);
        assert!(!found.is_weakly_signed && found.rsa_bits.is_none());
        assert_eq!(found.names, [b"localhost"]);
        // What rcgen says where nobody tells it otherwise.
        assert_eq!(found.until.unwrap().to_string(), "4096-01-01T00:00:00Z");
        assert_eq!(time(UTC_TIME, b"260228235959Z").unwrap().to_string(), "2026-02-28T23:59:59Z");
        assert_eq!(time(UTC_TIME, b"991231235959Z").unwrap().to_string(), "1999-12-31T23:59:59Z");
        assert!(
            [&b"260228235959"[..], b"", b"Z", b"26022823Z"].iter().all(|text| time(UTC_TIME, text).is_none())
        );
        for end in 0..der.len() {
            assert_eq!(Certificate::read(&der[..end]), None);
            let mut broken = der.to_vec();
            broken[end] ^= 0xff;
            let _ = Certificate::read(&broken);
        }
    }
}

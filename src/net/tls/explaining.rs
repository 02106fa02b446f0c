//! Why a certificate is refused, in words for those who can do something about it.
//!
//! webpki judges; but its reasons name what it could not do (no issuer, a signature that does not fit), and the cause often
//! stands in the certificate: a key of 1024 bits, SHA-1, a chain without its intermediate.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::{CertificateError, Error, OtherError};

use super::certificate::Certificate;

/// Smallest RSA key that is accepted, in bits.
const RSA_BITS: usize = 2048;

/// What is wrong with the other side, as far as a handshake tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsFault {
    /// Signed by nobody we trust.
    Untrusted,
    /// Out of its validity period.
    Expired,
    /// Made out for another name.
    WrongName,
    /// The server does not speak TLS on this port.
    NotTls,
    /// Anything else.
    Other,
}

/// A refusal whose cause stands in the certificate.
#[derive(Debug)]
struct Cause(&'static str);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Cause {}

const WEAK_KEY: &str = "the RSA key of the server's certificate is too short (1024 bits or so; 2048 are needed): have its administrator renew the certificate";
const SHA1: &str = "the server's certificate is signed with SHA-1 or MD5, which nobody accepts any more: have its administrator renew it";
const VERSION_1: &str = "the server's certificate is of X.509 version 1, which names no server; version 3 is needed: have its administrator renew it";
const NO_NAMES: &str = "the server's certificate has no subject alternative name (SAN); the common name alone does not count any more: have its administrator renew it";
const NO_CHAIN: &str = "the certificate is signed by no authority we trust, and the server sends no intermediate certificate: have its administrator install the whole chain; where the office has an authority of its own, put that authority's certificate into ca_file";
const SELF_SIGNED: &str = "the certificate is signed by no authority we trust: the server signed it itself; after comparing its fingerprint with the administrator, put this very certificate into ca_file";
const UNKNOWN: &str =
    "the certificate is signed by no authority we trust; put the authority's certificate into ca_file";
const CONSTRAINED: &str = "the authority that signed the certificate may not sign for this name (name constraints): have the certificate issued by another authority, or for a name that it may sign for";
const PURPOSE: &str =
    "the certificate is not made out for a server (extended key usage): have its administrator renew it";

/// The cause, as far as the certificates show it.
fn cause(
    error: &CertificateError,
    server: &CertificateDer<'_>,
    others: &[CertificateDer<'_>],
) -> Option<&'static str> {
    let certificate = Certificate::read(server)?;
    let is_weak = |der: &CertificateDer<'_>| {
        Certificate::read(der).is_some_and(|found| found.is_weakly_signed && found.issuer != found.subject)
    };
    match error {
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => None,
        _ if certificate.rsa_bits.is_some_and(|bits| bits < RSA_BITS) => Some(WEAK_KEY),
        _ if certificate.version < 3 => Some(VERSION_1),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            (!certificate.has_alternative_names).then_some(NO_NAMES)
        }
        _ if certificate.is_weakly_signed && certificate.issuer != certificate.subject => Some(SHA1),
        CertificateError::UnsupportedSignatureAlgorithmContext { .. } if others.iter().any(is_weak) => {
            Some(SHA1)
        }
        CertificateError::UnknownIssuer if certificate.issuer == certificate.subject => Some(SELF_SIGNED),
        CertificateError::UnknownIssuer if others.is_empty() => Some(NO_CHAIN),
        _ => None,
    }
}

/// A refusal with its cause, where the certificates show one.
pub(super) fn explained(error: Error, server: &CertificateDer<'_>, others: &[CertificateDer<'_>]) -> Error {
    match &error {
        Error::InvalidCertificate(refusal) => match cause(refusal, server, others) {
            Some(words) => CertificateError::Other(OtherError(Arc::new(Cause(words)))).into(),
            None => error,
        },
        _ => error,
    }
}

/// A refusal in words.
pub(super) fn words(error: &CertificateError, host: &str) -> (TlsFault, String) {
    let untrusted = |words: &str| (TlsFault::Untrusted, words.to_owned());
    match error {
        CertificateError::Other(OtherError(other)) => {
            if let Some(Cause(words)) = other.downcast_ref::<Cause>() {
                let fault = if *words == NO_NAMES { TlsFault::WrongName } else { TlsFault::Untrusted };
                return (fault, (*words).to_owned());
            }
            // rustls has no variants for webpki's rarer refusals, and webpki's type is not ours to name.
            let name = format!("{other:?}");
            if name.contains("NameConstraint") {
                return untrusted(CONSTRAINED);
            }
            if name.contains("CaUsedAsEndEntity") {
                return untrusted(SELF_SIGNED);
            }
            untrusted(
                "the certificate is not acceptable; its administrator can look at it with openssl x509 -text",
            )
        }
        // By an authority of the same name, but not the one we trust.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => untrusted(UNKNOWN),
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => untrusted(
            "a certificate of the server's chain is signed with an algorithm that is not accepted: have its administrator renew it",
        ),
        CertificateError::Expired => expired("the certificate has expired", None),
        CertificateError::ExpiredContext { not_after, .. } => {
            expired("the certificate has expired", Some(*not_after))
        }
        CertificateError::NotValidYet => expired("the certificate is not valid yet; check the clock", None),
        CertificateError::NotValidYetContext { not_before, .. } => {
            expired("the certificate is not valid yet; check the clock", Some(*not_before))
        }
        CertificateError::NotValidForName => {
            (TlsFault::WrongName, format!("the certificate is made out for another name than {host}"))
        }
        CertificateError::NotValidForNameContext { presented, .. } => (
            TlsFault::WrongName,
            format!(
                "the certificate is made out for another name than {host}: {}",
                presented.iter().take(5).map(|name| plain(name)).collect::<Vec<_>>().join(", ")
            ),
        ),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            untrusted(PURPOSE)
        }
        CertificateError::Revoked => {
            untrusted("the certificate was revoked: have its administrator renew it")
        }
        CertificateError::BadEncoding => untrusted(
            "the certificate cannot be read; its administrator can look at it with openssl x509 -text",
        ),
        CertificateError::UnhandledCriticalExtension => untrusted(
            "the certificate has an extension that is marked as critical and that nobody knows: have its administrator renew it",
        ),
        _ => untrusted(
            "the certificate is not acceptable; its administrator can look at it with openssl x509 -text",
        ),
    }
}

/// `DnsName("a.example")`, as rustls gives it, without the name of its kind.
fn plain(name: &str) -> &str {
    name.split('"').nth(1).unwrap_or(name)
}

fn expired(words: &str, at: Option<UnixTime>) -> (TlsFault, String) {
    let at = at.and_then(|at| Timestamp::from_second(i64::try_from(at.as_secs()).ok()?).ok());
    (TlsFault::Expired, at.map_or_else(|| words.to_owned(), |at| format!("{words} ({at})")))
}

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
use crate::vocabulary::LiveFault;
use crate::words::Chinese as _;

/// Smallest RSA key that is accepted, in bits.
const RSA_BITS: usize = 2048;

/// A refusal whose cause stands in the certificate.
#[derive(Debug)]
struct Cause(LiveFault);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.english())
    }
}

impl std::error::Error for Cause {}

/// The cause, as far as the certificates show it.
fn cause(
    error: &CertificateError,
    server: &CertificateDer<'_>,
    others: &[CertificateDer<'_>],
) -> Option<LiveFault> {
    let certificate = Certificate::read(server)?;
    let is_weak = |der: &CertificateDer<'_>| {
        Certificate::read(der).is_some_and(|found| found.is_weakly_signed && found.issuer != found.subject)
    };
    match error {
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => None,
        _ if certificate.rsa_bits.is_some_and(|bits| bits < RSA_BITS) => Some(LiveFault::TlsWeakKey),
        _ if certificate.version < 3 => Some(LiveFault::TlsVersion1),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            (!certificate.has_alternative_names).then_some(LiveFault::TlsNoNames)
        }
        _ if certificate.is_weakly_signed && certificate.issuer != certificate.subject => {
            Some(LiveFault::TlsWeakSignature)
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { .. } if others.iter().any(is_weak) => {
            Some(LiveFault::TlsWeakSignature)
        }
        CertificateError::UnknownIssuer if certificate.issuer == certificate.subject => {
            Some(LiveFault::TlsSelfSigned)
        }
        CertificateError::UnknownIssuer if others.is_empty() => Some(LiveFault::TlsNoChain),
        _ => None,
    }
}

/// A refusal with its cause, where the certificates show one.
pub(super) fn explained(error: Error, server: &CertificateDer<'_>, others: &[CertificateDer<'_>]) -> Error {
    match &error {
        Error::InvalidCertificate(refusal) => match cause(refusal, server, others) {
            Some(fault) => CertificateError::Other(OtherError(Arc::new(Cause(fault)))).into(),
            None => error,
        },
        _ => error,
    }
}

/// A refusal in words.
pub(super) fn words(error: &CertificateError, host: &str) -> (LiveFault, String) {
    let told = |fault: LiveFault| (fault, fault.english().to_owned());
    match error {
        CertificateError::Other(OtherError(other)) => {
            // rustls has no variants for webpki's rarer refusals, and webpki's type is not ours to name.
            let name = format!("{other:?}");
            told(match other.downcast_ref::<Cause>() {
                Some(Cause(fault)) => *fault,
                None if name.contains("NameConstraint") => LiveFault::TlsConstrained,
                None if name.contains("CaUsedAsEndEntity") => LiveFault::TlsSelfSigned,
                None => LiveFault::TlsUnacceptable,
            })
        }
        // By an authority of the same name, but not the one we trust.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            told(LiveFault::TlsUnknownAuthority)
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            told(LiveFault::TlsWeakSignature)
        }
        CertificateError::Expired => told(LiveFault::TlsExpired),
        CertificateError::ExpiredContext { not_after, .. } => at(LiveFault::TlsExpired, *not_after),
        CertificateError::NotValidYet => told(LiveFault::TlsNotYetValid),
        CertificateError::NotValidYetContext { not_before, .. } => at(LiveFault::TlsNotYetValid, *not_before),
        CertificateError::NotValidForName => {
            (LiveFault::TlsWrongName, format!("the certificate is made out for another name than {host}"))
        }
        CertificateError::NotValidForNameContext { presented, .. } => (
            LiveFault::TlsWrongName,
            format!(
                "the certificate is made out for another name than {host}: {}",
                presented.iter().take(5).map(|name| plain(name)).collect::<Vec<_>>().join(", ")
            ),
        ),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            told(LiveFault::TlsPurpose)
        }
        // Revoked, badly encoded, a critical extension that nobody knows, and whatever comes later.
        _ => told(LiveFault::TlsUnacceptable),
    }
}

/// `DnsName("a.example")`, as rustls gives it, without the name of its kind.
fn plain(name: &str) -> &str {
    name.split('"').nth(1).unwrap_or(name)
}

fn at(fault: LiveFault, at: UnixTime) -> (LiveFault, String) {
    let at = i64::try_from(at.as_secs()).ok().and_then(|second| Timestamp::from_second(second).ok());
    let words = fault.english();
    (fault, at.map_or_else(|| words.to_owned(), |at| format!("{words} ({at})")))
}

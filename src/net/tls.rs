//! One TLS client configuration: rustls with ring, the system's roots or the operator's CA file.
//!
//! The crypto provider is named, never taken from the process default: with two providers linked
//! the default panics at run time. TLS 1.2 is the oldest version (RFC 8996).

mod asked;
mod certificate;
mod explaining;
mod verifier;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rustls::client::WebPkiServerVerifier;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{AlertDescription, ClientConfig, PeerIncompatible, PeerMisbehaved, RootCertStore};

use crate::config::{pem_of, read_file};
use crate::vocabulary::LiveFault;
use crate::words::Chinese as _;
pub(super) use asked::Asked;
use verifier::Verifier;

/// Why there is no TLS configuration: a mistake in the settings or on the machine.
#[derive(Debug, thiserror::Error)]
pub(super) enum TlsError {
    /// The CA file cannot be read or is not PEM.
    #[error("ca_file {}: {reason}; a PEM file with the certificates of the authorities to trust is wanted", path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The system trusts nobody.
    #[error(
        "the system has no usable root certificates ({reason}); install the package ca-certificates or set ca_file"
    )]
    NoSystemRoots {
        /// What was tried.
        reason: String,
    },
    /// rustls and ring disagree on the versions; cannot happen with the versions built in.
    #[error("TLS cannot be set up: {0}")]
    Provider(#[from] rustls::Error),
}

/// The configuration for every TLS connection of the program.
///
/// With `ca_file` exactly the certificates in it are trusted, as authorities or as the server's own; otherwise the
/// system's. `asked` learns whether a server wants a certificate of its clients.
///
/// # Errors
///
/// See [`TlsError`]; each names the file and what would be right.
pub(super) fn client(ca_file: Option<&Path>, asked: &Arc<Asked>) -> Result<Arc<ClientConfig>, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?;
    let (roots, listed) = match ca_file {
        Some(path) => roots_of_file(path)?,
        None => (roots_of_system()?, Vec::new()),
    };
    let signed =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().map_err(|error| {
            let reason = error.to_string();
            match ca_file {
                Some(path) => TlsError::CaFile { path: path.to_owned(), reason },
                None => TlsError::NoSystemRoots { reason },
            }
        })?;
    let verifier = Arc::new(Verifier { signed, listed });
    let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
    let asked: Arc<Asked> = Arc::clone(asked);
    Ok(Arc::new(builder.with_client_cert_resolver(asked)))
}

fn roots_of_file(path: &Path) -> Result<(RootCertStore, Vec<CertificateDer<'static>>), TlsError> {
    let fault = |reason: String| TlsError::CaFile { path: path.to_owned(), reason };
    let file = read_file(path).map_err(|e| fault(e.to_string()))?;
    let pem = pem_of(&file).map_err(|instead| fault(format!("it {instead}")))?;
    let mut roots = RootCertStore::empty();
    let mut certificates = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|e| fault(format!("broken PEM: {e}")))?;
        certificates.push(certificate.clone());
        roots.add(certificate).map_err(|e| fault(format!("not a certificate: {e}")))?;
    }
    if roots.is_empty() {
        return Err(fault("no certificate in it".to_owned()));
    }
    Ok((roots, certificates))
}

fn roots_of_system() -> Result<RootCertStore, TlsError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    // Single certificates of a system store are often unusable; that is no reason to trust nobody.
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let reason =
            found.errors.first().map_or_else(|| "the store is empty".to_owned(), ToString::to_string);
        return Err(TlsError::NoSystemRoots { reason });
    }
    Ok(roots)
}

/// Until when a server's certificate is good, and for which names.
pub(super) fn good_until(der: &[u8]) -> Option<(Timestamp, Vec<String>)> {
    let found = certificate::Certificate::read(der)?;
    Some((found.until?, found.names.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect()))
}

/// Whether the other side ended the session with an alert.
pub(super) fn is_alert(error: &io::Error) -> bool {
    let error = error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>());
    matches!(error, Some(rustls::Error::AlertReceived(_)))
}

/// Puts a failed handshake into words an operator can act on.
pub(super) fn explain(error: &io::Error, host: &str, asked: &Asked) -> (LiveFault, String) {
    let told = |fault: LiveFault| (fault, fault.english().to_owned());
    let detailed = |fault: LiveFault, detail: &str| (fault, format!("{} ({detail})", fault.english()));
    match error.get_ref().and_then(|e| e.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(certificate)) => explaining::words(certificate, host),
        Some(rustls::Error::InvalidMessage(_)) => told(LiveFault::TlsNotTls),
        Some(rustls::Error::AlertReceived(alert)) => match alert {
            AlertDescription::ProtocolVersion => told(LiveFault::TlsTooOld),
            // What was agreed on before it asked is no obstacle.
            AlertDescription::HandshakeFailure if asked.was() => told(LiveFault::TlsClientCertificate),
            AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => {
                told(LiveFault::TlsNoCipher)
            }
            AlertDescription::UnrecognisedName => told(LiveFault::TlsNameUnknown),
            AlertDescription::CertificateRequired | AlertDescription::BadCertificate => {
                told(LiveFault::TlsClientCertificate)
            }
            alert => detailed(LiveFault::TlsOther, &format!("alert {}", u8::from(*alert))),
        },
        Some(rustls::Error::PeerIncompatible(reason)) => match reason {
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::SupportedVersionsExtensionRequired
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled => told(LiveFault::TlsTooOld),
            PeerIncompatible::NoSignatureSchemesInCommon => told(LiveFault::TlsWeakSignature),
            _ => told(LiveFault::TlsNoCipher),
        },
        Some(rustls::Error::PeerMisbehaved(reason)) => match reason {
            PeerMisbehaved::SelectedUnofferedCipherSuite
            | PeerMisbehaved::SelectedUnofferedKxGroup
            | PeerMisbehaved::SelectedUnusableCipherSuiteForVersion => told(LiveFault::TlsNoCipher),
            PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme => told(LiveFault::TlsWeakSignature),
            _ => detailed(LiveFault::TlsOther, "the server breaks the rules of TLS"),
        },
        Some(error) => detailed(LiveFault::TlsOther, &error.to_string()),
        None if error.kind() == io::ErrorKind::UnexpectedEof => (
            LiveFault::TlsNotTls,
            "the server closed the connection during the handshake; check port and security".to_owned(),
        ),
        None => detailed(LiveFault::TlsOther, &error.to_string()),
    }
}

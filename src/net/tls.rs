//! One TLS client configuration: rustls with ring, the system's roots or the operator's CA file.
//!
//! The crypto provider is named, never taken from the process default: with two providers linked
//! the default panics at run time. TLS 1.2 is the oldest version (RFC 8996).

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
pub use explaining::TlsFault;
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
/// system's.
///
/// # Errors
///
/// See [`TlsError`]; each names the file and what would be right.
pub(super) fn client(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, TlsError> {
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
    Ok(Arc::new(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()))
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

/// Until when a server's certificate is good.
pub(super) fn good_until(der: &[u8]) -> Option<Timestamp> {
    certificate::Certificate::read(der)?.until
}

/// Puts a failed handshake into words an operator can act on.
pub(super) fn explain(error: &io::Error, host: &str) -> (TlsFault, String) {
    const TOO_OLD: &str = "the server speaks no version of TLS that is still safe; TLS 1.2 or newer is needed: have its administrator bring it up to date";
    const NO_CIPHER: &str = "no cipher or key exchange in common with the server; TLS 1.3, or TLS 1.2 with ECDHE and AES-GCM or ChaCha20, is needed (RSA and DHE key exchange and CBC ciphers are not offered): have its administrator allow them";
    let inner = error.get_ref().and_then(|e| e.downcast_ref::<rustls::Error>());
    let other = |words: &str| (TlsFault::Other, words.to_owned());
    match inner {
        Some(rustls::Error::InvalidCertificate(certificate)) => explaining::words(certificate, host),
        Some(rustls::Error::InvalidMessage(_)) => (
            TlsFault::NotTls,
            "the server does not speak TLS on this port; check port and security (tls or starttls)"
                .to_owned(),
        ),
        Some(rustls::Error::AlertReceived(alert)) => match alert {
            AlertDescription::ProtocolVersion => other(TOO_OLD),
            AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => other(NO_CIPHER),
            AlertDescription::UnrecognisedName => {
                other("the server does not know the name under which it is called; check host")
            }
            AlertDescription::CertificateRequired | AlertDescription::BadCertificate => other(
                "the server wants a certificate of its clients, which this program has none of; have it permit a login by password",
            ),
            alert => (
                TlsFault::Other,
                format!(
                    "the server broke off the handshake with alert {}; its log says why",
                    u8::from(*alert)
                ),
            ),
        },
        Some(rustls::Error::PeerIncompatible(reason)) => match reason {
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::SupportedVersionsExtensionRequired
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled => other(TOO_OLD),
            PeerIncompatible::NoSignatureSchemesInCommon => other(
                "no signature algorithm in common with the server (SHA-1 is not accepted): have its administrator renew its certificate",
            ),
            _ => other(NO_CIPHER),
        },
        Some(rustls::Error::PeerMisbehaved(reason)) => match reason {
            PeerMisbehaved::SelectedUnofferedCipherSuite
            | PeerMisbehaved::SelectedUnofferedKxGroup
            | PeerMisbehaved::SelectedUnusableCipherSuiteForVersion => other(NO_CIPHER),
            PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme => other(
                "the server signs with an algorithm that is not accepted (SHA-1): have its administrator bring it up to date",
            ),
            _ => other("the server breaks the rules of TLS; have its administrator bring it up to date"),
        },
        Some(error) => (TlsFault::Other, error.to_string()),
        None if error.kind() == io::ErrorKind::UnexpectedEof => (
            TlsFault::NotTls,
            "the server closed the connection during the handshake; check port and security".to_owned(),
        ),
        None => (TlsFault::Other, error.to_string()),
    }
}

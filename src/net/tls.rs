//! One TLS client configuration: rustls with ring, the system's roots or the operator's CA file.
//!
//! The crypto provider is named, never taken from the process default: with two providers linked
//! the default panics at run time. TLS 1.2 is the oldest version (RFC 8996).

mod listed;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use listed::Listed;
use rustls::client::WebPkiServerVerifier;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CertificateError, ClientConfig, RootCertStore};

use crate::config::read_file;

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
    let Some(path) = ca_file else {
        return Ok(Arc::new(builder.with_root_certificates(roots_of_system()?).with_no_client_auth()));
    };
    let (roots, certificates) = roots_of_file(path)?;
    let signed = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|error| TlsError::CaFile { path: path.to_owned(), reason: error.to_string() })?;
    let verifier = Arc::new(Listed { signed, certificates });
    Ok(Arc::new(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()))
}

fn roots_of_file(path: &Path) -> Result<(RootCertStore, Vec<CertificateDer<'static>>), TlsError> {
    let fault = |reason: String| TlsError::CaFile { path: path.to_owned(), reason };
    let pem = read_file(path).map_err(|e| fault(e.to_string()))?;
    let mut roots = RootCertStore::empty();
    let mut certificates = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
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

/// Puts a failed handshake into words an operator can act on.
pub(super) fn explain(error: &io::Error, host: &str) -> (TlsFault, String) {
    let inner = error.get_ref().and_then(|e| e.downcast_ref::<rustls::Error>());
    let (fault, words) = match inner {
        Some(rustls::Error::InvalidCertificate(certificate)) => {
            return explain_certificate(certificate, host);
        }
        Some(rustls::Error::InvalidMessage(_)) => (
            TlsFault::NotTls,
            "the server does not speak TLS on this port; check port and security (tls or starttls)"
                .to_owned(),
        ),
        Some(rustls::Error::PeerIncompatible(reason)) => (
            TlsFault::Other,
            format!("no TLS version or cipher in common (TLS 1.2 or newer is needed): {reason:?}"),
        ),
        Some(other) => (TlsFault::Other, other.to_string()),
        None if error.kind() == io::ErrorKind::UnexpectedEof => (
            TlsFault::NotTls,
            "the server closed the connection during the handshake; check port and security".to_owned(),
        ),
        None => (TlsFault::Other, error.to_string()),
    };
    (fault, words)
}

fn explain_certificate(error: &CertificateError, host: &str) -> (TlsFault, String) {
    match error {
        // BadSignature: by an authority of the same name, but not the one we trust.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => (
            TlsFault::Untrusted,
            "the certificate is signed by no authority we trust; put the authority's certificate into ca_file".to_owned(),
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            (TlsFault::Expired, format!("the certificate has expired ({error})"))
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            (TlsFault::Expired, format!("the certificate is not valid yet; check the clock ({error})"))
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            (TlsFault::WrongName, format!("the certificate is made out for another name than {host} ({error})"))
        }
        // rustls has no variant for it: webpki's CaUsedAsEndEntity is what a self-signed server gives.
        CertificateError::Other(_) => {
            (TlsFault::Untrusted, format!("the certificate is not acceptable, perhaps self-signed ({error})"))
        }
        _ => (TlsFault::Untrusted, format!("the certificate is not acceptable ({error})")),
    }
}

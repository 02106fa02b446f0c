//! Whose certificates are accepted: webpki's judgement, with two additions.
//!
//! Many an office has a mail server with a certificate that it signed itself and that calls itself an authority
//! (`openssl req -x509` makes such ones). An operator who puts that very certificate into `ca_file` trusts it; webpki
//! refuses any authority in a server's place, listed or not. And a refusal comes with its cause.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

use super::explaining::explained;

/// webpki's verifier, and the certificates that are trusted by themselves.
#[derive(Debug)]
pub(super) struct Verifier {
    pub(super) signed: Arc<WebPkiServerVerifier>,
    pub(super) listed: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        server: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verdict = match self.signed.verify_server_cert(server, others, name, ocsp_response, now) {
            // The validity period has been found good before this is complained of.
            Err(Error::InvalidCertificate(CertificateError::Other(other)))
                if format!("{other:?}").contains("CaUsedAsEndEntity")
                    && self.listed.iter().any(|listed| listed == server) =>
            {
                ParsedCertificate::try_from(server)
                    .and_then(|parsed| rustls::client::verify_server_name(&parsed, name))
                    .map(|()| ServerCertVerified::assertion())
            }
            verdict => verdict,
        };
        verdict.map_err(|error| explained(error, server, others))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        server: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let verdict = self.signed.verify_tls12_signature(message, server, signature);
        verdict.map_err(|error| explained(error, server, &[]))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        server: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let verdict = self.signed.verify_tls13_signature(message, server, signature);
        verdict.map_err(|error| explained(error, server, &[]))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.signed.supported_verify_schemes()
    }
}

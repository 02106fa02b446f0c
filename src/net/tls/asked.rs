//! Whether a server asked for a certificate of its clients: with TLS 1.2 those that insist on one say no more than "handshake
//! failure", as they do where no cipher fits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::sign::CertifiedKey;

/// Remembers it; there is never a certificate to show.
#[derive(Debug, Default)]
pub(in crate::net) struct Asked(AtomicBool);

impl Asked {
    /// Whether it asked.
    pub(super) fn was(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl ResolvesClientCert for Asked {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.store(true, Ordering::Relaxed);
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}

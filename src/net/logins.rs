//! How a server took the logins before this one.

use crate::config::ServerSettings;

/// Sessions that were asked for, as far as the next one depends on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Logins {
    refused: u32,
    failed: bool,
}

impl Logins {
    /// Refused ones in a row.
    pub const fn refused(&self) -> u32 {
        self.refused
    }

    /// Before the next one: what may have been mended since a failed one, a password of the server's or of a proxy's, is read anew.
    pub fn begin(&self, server: &mut ServerSettings) {
        if self.failed {
            server.read_secrets_anew();
        }
    }

    /// What became of it. `is_refused`: somebody has to act before it can go on.
    pub fn note<T, E>(&mut self, opened: &Result<T, E>, is_refused: impl FnOnce(&E) -> bool) {
        let refused = match opened {
            Ok(_) => 0,
            Err(error) => self.refused.saturating_add(u32::from(is_refused(error))),
        };
        *self = Self { refused, failed: opened.is_err() };
    }
}

//! How a server took the logins before this one.

use crate::config::ServerSettings;

/// Sessions that were asked for, as far as the next one depends on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Logins {
    refused: u32,
}

impl Logins {
    /// Refused ones in a row.
    pub const fn refused(&self) -> u32 {
        self.refused
    }

    /// Before the next one: a password that may have been changed since one was refused is read anew. A proxy's, and those that
    /// tokens are asked for with, are read where they are shown.
    pub fn begin(&self, server: &mut ServerSettings) {
        if self.refused > 0
            && let Some(password) = &mut server.password
        {
            password.read_anew();
        }
    }

    /// What became of it. `is_refused`: somebody has to act before it can go on.
    pub fn note<T, E>(&mut self, opened: &Result<T, E>, is_refused: impl FnOnce(&E) -> bool) {
        self.refused = match opened {
            Ok(_) => 0,
            Err(error) => self.refused.saturating_add(u32::from(is_refused(error))),
        };
    }
}

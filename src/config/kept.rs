//! The tokens at hand, in the memory of all who log in with the same settings.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::secret::Secret;

/// An access token that is good for a while, and the refresh token that came with it.
#[derive(Clone, Default)]
pub struct Kept(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    access: Option<(Secret, Instant)>,
    /// In place of which one, and the new one.
    refresh: Option<(Secret, Secret)>,
    /// Why a new one does not stand in its file.
    unwritten: Option<String>,
}

impl Kept {
    /// The token, while it is good.
    pub fn good(&self) -> Option<Secret> {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.access.as_ref().filter(|(_, until)| Instant::now() < *until).map(|(token, _)| token.clone())
    }

    /// Keeps a token until then.
    pub fn keep(&self, token: Secret, until: Instant) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).access = Some((token, until));
    }

    /// The token was refused.
    pub fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).access = None;
    }

    /// The endpoint gave a new refresh token in place of the one that is written.
    pub fn replace(&self, written: Secret, new: Secret) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).refresh = Some((written, new));
    }

    /// A new refresh token stands nowhere but here, for that reason.
    pub fn could_not_write(&self, problem: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).unwritten = Some(problem);
    }

    /// Why the newest refresh token could not be written, once for each.
    pub fn take_unwritten(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).unwritten.take()
    }

    /// The newest refresh token, as long as the one that is written is still that which it replaced.
    pub fn newest(&self, written: Secret) -> Secret {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.refresh.as_ref().filter(|(old, _)| *old == written).map_or(written, |(_, new)| new.clone())
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_kept_while_it_is_good_and_the_written_refresh_token_counts_once_it_is_another() {
        let kept = Kept::default();
        let secret = |text: &str| Secret::new(text.to_owned());
        assert_eq!(kept.good(), None);
        kept.keep(secret("a"), Instant::now() + std::time::Duration::from_hours(1));
        assert_eq!(kept.clone().good(), Some(secret("a")));
        kept.keep(secret("b"), Instant::now());
        assert_eq!(kept.good(), None);
        kept.keep(secret("c"), Instant::now() + std::time::Duration::from_hours(1));
        kept.forget();
        assert_eq!(kept.good(), None);
        kept.replace(secret("old"), secret("new"));
        assert_eq!(kept.newest(secret("old")), secret("new"));
        assert_eq!(kept.newest(secret("by hand")), secret("by hand"));
        assert!(!format!("{kept:?}").contains("new"));
        kept.could_not_write("no room".to_owned());
        assert_eq!(
            [kept.take_unwritten().as_deref(), kept.take_unwritten().as_deref()],
            [Some("no room"), None]
        );
    }
}

//! A password in memory, and where it came from.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::written;

/// A secret that does not print itself.
#[derive(Clone)]
pub struct Secret {
    value: String,
    source: Option<Source>,
}

/// Where a secret was read.
#[derive(Debug, Clone)]
struct Source {
    path: PathBuf,
    read_at: Instant,
    /// systemd copies credentials when the service starts and never again.
    credential: bool,
}

impl Secret {
    /// Wraps a secret that came from nowhere to be read again.
    pub const fn new(value: String) -> Self {
        Self { value, source: None }
    }

    /// One that was read from a file just now; `credential`: systemd's copy.
    pub(super) fn read(value: String, path: &Path, credential: bool) -> Self {
        Self { value, source: Some(Source { path: path.to_owned(), read_at: Instant::now(), credential }) }
    }

    /// The secret, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.value
    }

    /// As it stands in its file now, where that is another one.
    pub fn changed(&self) -> Option<Self> {
        let source = self.source.as_ref()?;
        let now = written::password(&source.path).ok()?.secret;
        (now != self.value).then(|| Self::read(now, &source.path, source.credential))
    }

    /// Takes what stands in its file now.
    pub fn read_anew(&mut self) {
        if let Some(now) = self.changed() {
            *self = now;
        }
    }

    /// Writes another one in its place into its file, which nobody else can read then.
    ///
    /// # Errors
    /// In words that hold no secret: it has no file, or that cannot be written.
    pub fn replaced_in_file(&self, value: &str) -> Result<Self, String> {
        let path = match &self.source {
            None => return Err("it was read from no file".to_owned()),
            Some(source) if source.credential => {
                return Err(format!(
                    "{} is a credential, which nobody but root can change",
                    source.path.file_name().unwrap_or_default().display()
                ));
            }
            Some(source) => &source.path,
        };
        let mut beside = path.clone().into_os_string();
        beside.push(".new");
        let beside = PathBuf::from(beside);
        let written = || -> io::Result<()> {
            fs::remove_file(&beside).ok();
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
            file.write_all(format!("{value}\n").as_bytes())?;
            file.sync_all()?;
            fs::rename(&beside, path)
        };
        match written() {
            Ok(()) => Ok(Self::read(value.to_owned(), path, false)),
            Err(error) => Err(format!("{}: {error}", path.display())),
        }
    }

    /// When it was read and how another one is taken, for whoever was refused with it.
    pub fn provenance(&self) -> Option<String> {
        let source = self.source.as_ref()?;
        let minutes = source.read_at.elapsed().as_secs() / 60;
        Some(if source.credential {
            format!(
                "the credential was read at the start, {minutes} min ago: after it was changed, restart the service"
            )
        } else {
            format!(
                "password_file {} was read {minutes} min ago; a new password in it is taken within half a minute",
                source.path.display()
            )
        })
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

//! Figures for whoever asks, and alerts for who is to be told: beside the lanes, with a connection of its own that only reads.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::figures::Source;
use super::serving;
use super::telling::Telling;
use super::trouble::Teller;
use crate::config::Settings;
use crate::lane::Lane;
use crate::maillog;
use crate::store::StoreError;
use crate::watch::{Form, metrics};

/// How often the textfile is written and thresholds are looked at, at least.
const INTERVAL: Duration = Duration::from_mins(1);
/// Whoever collects reads it.
const TEXTFILE_MODE: u32 = 0o644;

/// Watches until asked to stop; returns at once where nobody wants to know.
pub(super) async fn keep_watching(lane: Lane, settings: Settings, teller: Teller) {
    let (listen, textfile) = (settings.metrics.listen.clone(), settings.metrics.textfile.clone());
    let mut telling = Telling::new(&settings);
    if listen.is_none() && textfile.is_none() && telling.is_none() {
        return;
    }
    let source = Source { settings: Arc::new(settings), teller, world: lane.world.clone() };
    let server = async {
        match &listen {
            Some(listen) => serving::serve(listen, &source).await,
            None => std::future::pending().await,
        }
    };
    let looking = async {
        if textfile.is_none() && telling.is_none() {
            return std::future::pending().await;
        }
        let interval = INTERVAL.min(source.settings.mailbox.poll_interval);
        loop {
            lane.world.rest(interval).await;
            let (from, file) = (source.clone(), textfile.clone());
            let looked = tokio::task::spawn_blocking(move || {
                let figures = from.figures()?;
                if let Some(path) = file
                    && let Err(error) = write(&path, &metrics(&figures, from.passes(), Form::Text))
                {
                    maillog::textfile_not_written(&path.display().to_string(), &error.to_string());
                }
                Ok::<_, StoreError>(figures)
            });
            if let (Some(telling), Ok(Ok(figures))) = (&mut telling, looked.await) {
                telling.look(&figures, &lane).await;
            }
        }
    };
    tokio::select! {
        () = lane.world.stopped() => {}
        () = server => {}
        () = looking => {}
    }
}

/// Beside and renamed: the collector finds the old or the new one, whole.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let unfinished = path.with_extension("prom.new");
    fs::remove_file(&unfinished).ok();
    let mut file =
        fs::OpenOptions::new().create_new(true).write(true).mode(TEXTFILE_MODE).open(&unfinished)?;
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(TEXTFILE_MODE))?;
    file.write_all(text.as_bytes())?;
    fs::rename(&unfinished, path)
}

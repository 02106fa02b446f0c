//! Between two passes: the server's news by IDLE, or the next poll.

use std::time::Duration;

use tokio::time::Instant;

use super::ImapMailbox;
use crate::imap::{IdleEnd, ImapError, Session};
use crate::lane::Lane;
use crate::maillog;
use crate::schedule::doubled;

/// The first pause after IDLE broke off.
const BROKEN_IDLE_PAUSE: Duration = Duration::from_secs(5);
/// The first pause after IDLE announced what was not there.
const FALSE_ALARM_PAUSE: Duration = Duration::from_secs(1);

/// What IDLE's news were worth.
#[derive(Debug, Default)]
pub(super) struct Wakings {
    /// IDLE ended early, with news or with an error.
    woken: bool,
    /// How often in a row IDLE ended early and the pass then found nothing.
    in_vain: u32,
}

impl Wakings {
    /// How much the pass found that came after.
    pub(super) const fn pass_found(&mut self, entries: u64) {
        self.in_vain = if self.woken && entries == 0 { self.in_vain.saturating_add(1) } else { 0 };
    }
}

impl ImapMailbox {
    /// Waits until the next pass is due, or the server announces mail in the first folder.
    pub(in crate::lane::intake) async fn wait(&mut self, lane: &Lane, poll_interval: Duration) {
        let poll_interval = self.unread.shorten(poll_interval);
        self.wakings.woken = false;
        let in_vain = self.wakings.in_vain;
        if in_vain > 0 {
            // A server that announces what it does not have would keep both sides busy for nothing.
            lane.world.rest(doubled(FALSE_ALARM_PAUSE, in_vain - 1, poll_interval)).await;
        }
        let idle = async {
            let mut folders = self.settings.folders.iter();
            let readable = folders.find(|folder| self.unread.problem(folder).is_none());
            match (&mut self.session, readable) {
                (Some(session), Some(folder)) if self.settings.idle && session.can_idle() => {
                    idle(session, folder, poll_interval).await
                }
                _ => {
                    tokio::time::sleep(poll_interval).await;
                    Ok(false)
                }
            }
        };
        let ended = tokio::select! {
            ended = idle => ended,
            () = lane.world.stopped() => Err(None),
        };
        match ended {
            Ok(news) => self.wakings.woken = news,
            // An IDLE cut off or broken leaves the session in an unknown state.
            Err(Some(error)) => {
                // Every other server ends idle connections now and then.
                maillog::idle_ended(&error.to_string(), matches!(error, ImapError::Closed { .. }));
                self.session = None;
                self.wakings.woken = true;
                lane.world.rest(doubled(BROKEN_IDLE_PAUSE, in_vain, poll_interval)).await;
            }
            Err(None) => self.session = None,
        }
    }
}

/// Waits for news; whether there are any.
async fn idle(session: &mut Session, folder: &str, longest: Duration) -> Result<bool, Option<ImapError>> {
    session.examine(folder).await.map_err(Some)?;
    let began = Instant::now();
    match session.idle(longest).await.map_err(Some)? {
        IdleEnd::NewMail => Ok(true),
        IdleEnd::TimedOut => Ok(false),
        IdleEnd::Refused(words) => {
            maillog::idle_refused(&words);
            tokio::time::sleep_until(began + longest).await;
            Ok(false)
        }
    }
}

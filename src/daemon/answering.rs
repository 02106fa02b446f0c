//! When the outbox is looked into: at once where a letter was filed, else every few seconds, and more rarely while something rests.

use std::time::Duration;

use super::{DaemonError, Teller, tokens};
use crate::config::Settings;
use crate::lane::Lane;
use crate::lane::acknowledge::{self, Carried, Held, MailTransport, OutboxPass};
use crate::maillog;
use crate::schedule::{MAILBOX_FIRST_PAUSE, OUTBOX_FIRST_PAUSE, Pacing};
use crate::store::StoreError;
use crate::watch::OUTBOX;

/// The acknowledgement lane looks into the outbox at least this often: another process may have released something.
const OUTBOX_INTERVAL: Duration = Duration::from_secs(5);

/// The log says again after this long that the breaker is open.
const BREAKER_REMINDER: Duration = Duration::from_hours(1);

/// Lane 2, again and again.
pub(super) async fn acknowledge_loop(
    lane: Lane,
    mut transport: MailTransport,
    settings: Settings,
    teller: Teller,
) -> Result<(), DaemonError> {
    let mut pacing = Pacing::new(OUTBOX_FIRST_PAUSE);
    let interval = OUTBOX_INTERVAL.min(settings.mailbox.poll_interval);
    let mut reminded: Option<tokio::time::Instant> = None;
    // The long pauses of an SMTP server spare its logins; a disk has none.
    let mut store_pacing = Pacing::new(MAILBOX_FIRST_PAUSE);
    let mut carried = Carried::default();
    while !lane.world.stopping() {
        // Only where nothing is in trouble: what rests is not asked sooner because more came.
        let mut at_once = false;
        let passed = acknowledge::pass(&lane, &mut transport, &mut carried).await;
        tokens::say(&settings);
        let is_good =
            matches!(&passed, Ok(pass) if !matches!(pass.held, Some(Held::Unavailable(..) | Held::TimeIsUp)));
        teller.passes.ended(OUTBOX, is_good, lane.world.now());
        let pause = match passed {
            Ok(OutboxPass { held: Some(Held::Unavailable(..) | Held::TimeIsUp), .. }) => {
                pacing.refused(transport.refused_logins(), lane.world.random())
            }
            // No server is asked: looking again costs nothing, and a person may close it at any moment.
            Ok(OutboxPass { held: Some(Held::Breaker(reason)), .. }) => {
                if reminded.is_none_or(|at| at.elapsed() >= BREAKER_REMINDER) {
                    maillog::breaker_holds(&reason);
                    reminded = Some(tokio::time::Instant::now());
                }
                interval
            }
            Ok(_) => {
                if pacing.failures() > 0 {
                    maillog::leaves_again(pacing.failures());
                }
                pacing.succeeded();
                store_pacing.succeeded();
                reminded = None;
                at_once = true;
                interval
            }
            Err(error @ StoreError::Replaced { .. }) => return Err(error.into()),
            Err(error) => {
                let pause = store_pacing.failed(lane.world.random());
                maillog::outbox_not_written(&teller.failed(&error, lane.world.now()), pause.as_secs());
                pause
            }
        };
        let (refused, unwritable) = (transport.refused_logins() > 0, teller.is_telling());
        let mended = || refused && transport.password_changed() || unwritable && !teller.is_telling();
        rest_or_filed(&lane, pause, at_once, mended).await;
    }
    Ok(())
}

/// Rests, or until it is `mended`; with `at_once` until a letter is filed, whose answer is due.
async fn rest_or_filed(lane: &Lane, pause: Duration, at_once: bool, mended: impl Fn() -> bool) {
    tokio::select! {
        _ = lane.world.rest_until(pause, mended) => {}
        () = lane.filed.notified(), if at_once => {}
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{self, Secrets};
    use crate::daemon::open_lane;
    use crate::lane::{LaneConfig, intake};
    use crate::vocabulary::Disposition;
    use crate::world::World;

    /// Longer than any test waits.
    const LONG: Duration = Duration::from_hours(100);

    #[tokio::test]
    async fn a_filed_letter_wakes_the_outbox_and_one_that_is_not_ours_does_not() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = tempfile::tempdir().unwrap();
        let demo = config::load(&here.join("config/demo.toml"), &[], Secrets::Read).unwrap();
        let settings = Settings { store_path: folder.path().join("store.sqlite3"), ..demo };
        let (_stopper, world) = World::new();
        let lane = open_lane(&settings, LaneConfig::new(&settings), world).unwrap();
        let text = folder.path().join("other.eml");
        std::fs::write(&text, "From: <a@example.com>\r\nSubject: lunch\r\n\r\nAt noon.\r\n").unwrap();
        let pass = intake::import(&[text], &lane).await.unwrap().pass;
        assert_eq!((pass.total(), pass.count_of(Disposition::Filed)), (1, 0));
        let told = tokio::time::timeout(Duration::ZERO, lane.filed.notified()).await;
        assert!(told.is_err(), "nothing was filed");
        let letter = here.join("config/demo/maildir/cur/1709179200.m04_utf8_quoted_printable_match.demo");
        let both = async {
            tokio::join!(
                intake::import(std::slice::from_ref(&letter), &lane),
                rest_or_filed(&lane, LONG, true, || false)
            )
        };
        // The bound only ends a test that hangs.
        let (imported, ()) = tokio::time::timeout(Duration::from_mins(1), both).await.expect("it is woken");
        assert_eq!(imported.unwrap().pass.count_of(Disposition::Filed), 1);
    }
}

//! The clock, randomness and the stop signal: what the lanes take from the world besides servers and disk.
//!
//! They have this one home so that every stage gets time and random numbers as arguments.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

/// Handed to both lanes.
#[derive(Debug, Clone)]
pub struct World {
    stop: watch::Receiver<bool>,
}

/// Tells every [`World`] made with it to stop.
#[derive(Debug)]
pub struct Stopper(watch::Sender<bool>);

impl Stopper {
    /// Asks everybody to stop at the next safe point.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl World {
    /// A world that runs until its stopper is used.
    pub fn new() -> (Stopper, Self) {
        let (sender, stop) = watch::channel(false);
        (Stopper(sender), Self { stop })
    }

    /// Now.
    #[expect(clippy::disallowed_methods, reason = "the clock's one home")]
    pub fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    /// 64 random bits from the operating system: Message-IDs made with them cannot be guessed.
    ///
    /// # Panics
    /// When the operating system gives none, which it does once it is up.
    pub fn random(&self) -> u64 {
        let mut bytes = [0_u8; 8];
        let source = rustls::crypto::ring::default_provider().secure_random;
        source.fill(&mut bytes).expect("the operating system gives random numbers once it is up");
        u64::from_ne_bytes(bytes)
    }

    /// Whether to stop at the next safe point.
    pub fn stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// Waits for a while, or until asked to stop.
    pub async fn rest(&self, pause: Duration) {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.stopped() => {}
        }
    }

    /// Waits until asked to stop.
    pub async fn stopped(&self) {
        let mut stop = self.stop.clone();
        // An error means that the stopper is gone without having been used: nobody will ask any more.
        if stop.wait_for(|stop| *stop).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

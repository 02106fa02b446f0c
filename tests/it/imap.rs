//! The IMAP session against a scripted server: what it does when all goes well, and that every
//! way a server can fail ends in the right error, in bounded time, with nothing lost in silence.

#[path = "support/imap_server.rs"]
pub(crate) mod imap_server;

mod bodies;
mod failing;
mod folders;
mod opening;
mod oversize;
mod waiting;

use std::time::Duration;

use imap_server::{Act, Fake, Setup, certificate, fetch_response, say};
use zwfw_intake::imap::{ImapError, Listed, MissingReason, Session};
use zwfw_intake::net::{DialCause, DialError, Stage};
use zwfw_intake::vocabulary::{EntryTime, EntryUid, FolderKey, LiveFault};

/// A session, or the error; a test never waits longer than this.
async fn open(server: &Fake) -> Result<Session, ImapError> {
    bounded(Session::open(&server.settings(), &server.limits())).await
}

async fn bounded<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_mins(1), future).await.expect("a step had no deadline")
}

/// Opens INBOX and lists it from 1.
async fn opened(setup: Setup) -> (Fake, Session, Vec<Listed>) {
    let server = Fake::start(setup).await;
    let mut session = open(&server).await.unwrap();
    session.examine("INBOX").await.unwrap();
    let listed = session.list(1).await.unwrap();
    (server, session, listed)
}

#[tokio::test]
async fn a_pass_over_a_folder() {
    let (server, mut session, listed) = opened(Setup::default()).await;
    assert_eq!(listed.iter().map(|l| l.uid).collect::<Vec<_>>(), [10, 20, 30]);
    let batch = session.fetch(&FolderKey::imap("INBOX", 7), &listed).await.unwrap();
    assert!(batch.missing.is_empty());
    let second = &batch.messages[1];
    assert_eq!(second.raw, b"Subject: 2\r\n\r\nbody 2\r\n");
    assert_eq!((second.entry.uid.clone(), second.entry.folder.uid_validity), (EntryUid::Imap(20), 7));
    assert_eq!(second.announced_size_bytes, second.raw.len() as u64);
    let Some(EntryTime::InternalDate(time)) = second.time else { panic!() };
    assert_eq!(time.as_written(), "2024-03-12T10:00:02+08:00");
    session.logout().await.unwrap();
    assert_eq!(
        server.commands(),
        [
            "CAPABILITY",
            r#"LOGIN "zwfw@example.com" "pa\"ss\\word""#,
            "CAPABILITY",
            concat!(
                r#"ID ("name" "zwfw-intake" "version" ""#,
                env!("CARGO_PKG_VERSION"),
                r#"" "vendor" "zwfw-intake" "support-email" "zwfw@example.com")"#
            ),
            r#"EXAMINE "INBOX""#,
            "UID FETCH 1:* (UID RFC822.SIZE)",
            "UID FETCH 10,20,30 (UID INTERNALDATE RFC822.SIZE BODY.PEEK[])",
            "LOGOUT",
        ]
    );
}

//! Every command against every way a server can fail.

use super::*;
use zwfw_intake::vocabulary::FolderKey;

/// Runs one pass; the first error.
async fn pass(server: &Fake) -> Result<usize, ImapError> {
    let mut session = open(server).await?;
    session.examine("INBOX").await?;
    let listed = session.list(1).await?;
    session.noop().await?;
    let batch = session.fetch(&FolderKey::imap("INBOX", 7), &listed).await?;
    session.logout().await.ok();
    Ok(batch.messages.len())
}

const STEPS: [(&str, Stage); 6] = [
    ("CAPABILITY", Stage::Capability),
    ("LOGIN", Stage::Login),
    ("EXAMINE", Stage::Examine),
    ("UID FETCH 1:*", Stage::List),
    ("NOOP", Stage::Noop),
    ("UID FETCH 10", Stage::Fetch),
];

/// One server per step and way to fail, all at once: where each pass over its folder ended.
async fn passes(ways: &[Vec<Act>], setup: fn() -> Setup) -> Vec<(&'static str, Stage, usize, ImapError)> {
    let mut running = tokio::task::JoinSet::new();
    for (command, stage) in STEPS {
        for (way, acts) in ways.iter().enumerate() {
            let setup = setup().on(command, acts.clone());
            running.spawn(async move {
                let server = Fake::start(setup).await;
                let error = bounded(pass(&server)).await.expect_err(command);
                (command, stage, way, error)
            });
        }
    }
    running.join_all().await
}

#[tokio::test]
async fn silence_is_a_timeout_at_every_step() {
    let impatient = || Setup::default().impatient();
    for (command, stage, _, error) in passes(&[vec![Act::Hang]], impatient).await {
        assert!(matches!(error, ImapError::Timeout { stage: at, .. } if at == stage), "{command}: {error}");
        assert!(error.is_transient());
    }
    let server = Fake::start(Setup::default().impatient().on("LOGOUT", [Act::Hang])).await;
    assert_eq!(bounded(pass(&server)).await.unwrap(), 3);
}

#[tokio::test]
async fn the_end_of_the_stream_is_never_success() {
    let ends = [
        vec![Act::Close],
        vec![say("* OK [UIDVALIDITY 7] still\r\n"), Act::Close],
        vec![say("* 1 FETCH (UID 10 RFC822.SIZE 21)\r\n"), Act::Close],
        vec![say("* BYE [UNAVAILABLE] shutting down\r\n"), Act::Close],
        vec![say("* BYE shutting down\r\n$T OK done\r\n")],
        vec![say("* 1 FETCH (UID 10 BODY[] {500}\r\nSubject"), Act::Close],
    ];
    for (command, stage, end, error) in passes(&ends, Setup::default).await {
        let right = matches!(error, ImapError::Closed { stage: at, .. } if at == stage);
        assert!(right, "{command}, end {end}: {error}");
    }
}

#[tokio::test]
async fn no_and_bad_are_never_success() {
    for (command, stage) in STEPS {
        for verdict in ["NO", "BAD"] {
            let server =
                Fake::start(Setup::default().on(command, [say(format!("$T {verdict} not today\r\n"))])).await;
            let result = bounded(pass(&server)).await;
            let right = match (&result, stage) {
                (Err(ImapError::FolderUnknown { .. }), Stage::Examine) => verdict == "NO",
                (Err(ImapError::Login { .. }), Stage::Login) | (Ok(0), Stage::Fetch) => true,
                (Err(ImapError::Refused { stage: at, .. }), _) => *at == stage,
                _ => false,
            };
            assert!(right, "{command} {verdict}: {result:?}");
            if let Err(error) = result {
                assert!(error.to_string().contains("not today"), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn answers_that_are_not_ones_own_are_never_success() {
    let answers =
        ["z999 OK done\r\n", "no IMAP at all\r\n", "\r\n", "$T PREAUTH what\r\n", "$T OKAY\x00?\r\n"];
    let ways = answers.map(|answer| vec![say(answer), Act::Hang]);
    for (command, stage, answer, error) in passes(&ways, Setup::default).await {
        let right = matches!(error, ImapError::Protocol { stage: at, .. } if at == stage);
        assert!(right, "{command}, answer {answer}: {error}");
    }
}

#[tokio::test]
async fn more_than_there_may_be_is_refused_before_it_is_stored() {
    let ways = [
        vec![say("* 1 FETCH (UID 10 BODY[] {500000000}\r\n"), Act::Hang],
        vec![say("* 1 FETCH (UID 10 BODY[] {99999999999999999999999}\r\n"), Act::Hang],
        vec![say("* 1 FETCH (UID 10 BODY[] ~{500000000+}\r\n"), Act::Hang],
        // Free text that looks like a literal must not hide a real one.
        vec![say("* OK wait {100}\r\n* 1 FETCH (UID 10 BODY[] {500000000}\r\n"), Act::Hang],
        vec![Act::Flood(b"* OK and so on and so on and so on".to_vec())],
        vec![Act::Flood(b"* 1 FETCH (UID 10 BODY[] {100000}\r\nx".to_vec())],
        // Would be as many stack frames.
        vec![say(
            [b"* 1 FETCH (BODYSTRUCTURE ".to_vec(), b"(".repeat(60_000), b"\r\nx\r\n".to_vec()].concat()
        )],
    ];
    for (command, stage, way, error) in passes(&ways, Setup::default).await {
        let right = matches!(error, ImapError::Protocol { stage: at, .. } if at == stage);
        assert!(right, "{command}, way {way}: {error}");
    }
}

#[tokio::test]
async fn true_responses_for_ever_end_at_the_deadline() {
    for (command, stage) in [("LOGIN", Stage::Login), ("UID FETCH 10", Stage::Fetch)] {
        let endless = Act::Flood(b"* OK still here\r\n* 3 EXISTS\r\n".to_vec());
        let server = Fake::start(Setup::default().impatient().on(command, [endless])).await;
        let error = bounded(pass(&server)).await.unwrap_err();
        assert!(matches!(error, ImapError::Timeout { stage: at, .. } if at == stage), "{command}: {error}");
    }
}

#[tokio::test]
async fn what_nobody_asked_for_disturbs_nothing() {
    let noise = concat!(
        "* OK [ALERT]系统维护\r\n* 4 EXISTS\r\n* 1 RECENT\r\n* FLAGS (\\Seen $X)\r\n* 1 EXPUNGE\r\n",
        "* 9 FETCH (FLAGS (\\Seen) UID 77 MODSEQ (12))\r\n* 8 FETCH (INTERNALDATE NIL)\r\n",
        "* XNETEASE whatever {no literal\r\n* CAPABILITY IMAP4rev2\r\n* LIST () \"/\" x\r\n",
        "* NO [OVERQUOTA] 90%\r\n* SEARCH\r\n* VANISHED (EARLIER) 3:5\r\n* STATUS x (MESSAGES 3)\r\n"
    );
    let mut setup = Setup::default();
    for (command, _) in STEPS {
        setup = setup.noise(command, noise);
    }
    let server = Fake::start(setup).await;
    assert_eq!(bounded(pass(&server)).await.unwrap(), 3);
}

#[tokio::test]
async fn a_session_that_failed_is_not_used_again() {
    let server =
        Fake::start(Setup::default().impatient().once("NOOP", [Act::Pause(1300), say("$T OK late\r\n")]))
            .await;
    let mut session = open(&server).await.unwrap();
    session.examine("INBOX").await.unwrap();
    assert!(matches!(session.noop().await, Err(ImapError::Timeout { .. })));
    // The server is slow on purpose: its answer to the first NOOP arrives meanwhile.
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(matches!(session.noop().await, Err(ImapError::Unusable { .. })));
    assert!(matches!(session.list(1).await, Err(ImapError::Unusable { .. })));
    let sent = server.commands().len();
    session.logout().await.ok();
    assert_eq!(server.commands().len(), sent);
    // A future dropped halfway is a failure too.
    let server = Fake::start(Setup::default().once("NOOP", [Act::Pause(100), say("$T OK late\r\n")])).await;
    let mut session = open(&server).await.unwrap();
    tokio::time::timeout(Duration::from_millis(20), session.noop()).await.unwrap_err();
    assert!(matches!(session.noop().await, Err(ImapError::Unusable { .. })));
}

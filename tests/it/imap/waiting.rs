//! IDLE, and marking what is filed.

use zwfw_intake::config::AfterFiling;
use zwfw_intake::imap::IdleEnd;

use super::*;
use zwfw_intake::vocabulary::FolderKey;

/// One IDLE with these acts after the command.
async fn idle(acts: Vec<Act>) -> Result<IdleEnd, ImapError> {
    idle_with(Setup::default(), acts).await
}

async fn idle_with(setup: Setup, acts: Vec<Act>) -> Result<IdleEnd, ImapError> {
    let (_server, mut session, _) = opened(setup.on("IDLE", acts)).await;
    let end = bounded(session.idle(Duration::from_millis(500))).await?;
    session.noop().await?;
    Ok(end)
}

#[tokio::test]
async fn idle_ends_with_news_with_time_or_with_an_error() {
    let done = || vec![Act::ReadLine, say("$T OK done\r\n")];
    let with = |mut acts: Vec<Act>| {
        acts.extend(done());
        acts
    };
    let plus = say("+ idling\r\n");
    assert_eq!(
        idle(with(vec![plus.clone(), Act::Pause(50), say("* 4 EXISTS\r\n")])).await.unwrap(),
        IdleEnd::NewMail
    );
    assert_eq!(idle(with(vec![say("* 4 EXISTS\r\n"), plus.clone()])).await.unwrap(), IdleEnd::NewMail);
    assert_eq!(idle(with(vec![plus.clone()])).await.unwrap(), IdleEnd::TimedOut);
    // What is no new mail does not end it.
    let chatter = "* OK Still here\r\n* 3 EXISTS\r\n* 0 RECENT\r\n* 1 FETCH (FLAGS (\\Seen))\r\n* 3 EXPUNGE\r\n* 2 EXISTS\r\n";
    assert_eq!(idle(with(vec![plus.clone(), say(chatter)])).await.unwrap(), IdleEnd::TimedOut);
    assert_eq!(idle(vec![say("$T NO not here\r\n")]).await.unwrap(), IdleEnd::Refused("not here".to_owned()));
    assert_eq!(idle(vec![say("$T BAD what\r\n")]).await.unwrap(), IdleEnd::Refused("what".to_owned()));
    assert!(matches!(
        idle_with(Setup::default().impatient(), vec![Act::Hang]).await,
        Err(ImapError::Timeout { stage: Stage::Idle, .. })
    ));
    assert!(matches!(
        idle(vec![plus.clone(), Act::Close]).await,
        Err(ImapError::Closed { stage: Stage::Idle, .. })
    ));
    let bye = vec![plus.clone(), say("* BYE idle too long\r\n"), Act::Close];
    assert!(matches!(idle(bye).await, Err(ImapError::Closed { words, .. }) if words == "idle too long"));
    // DONE is not answered.
    let deaf = vec![plus.clone(), say("* 4 EXISTS\r\n"), Act::ReadLine, Act::Hang];
    assert!(matches!(
        idle_with(Setup::default().impatient(), deaf).await,
        Err(ImapError::Timeout { stage: Stage::Idle, .. })
    ));
    let early = vec![plus, say("$T OK enough\r\n")];
    assert!(matches!(idle(early).await, Err(ImapError::Protocol { stage: Stage::Idle, .. })));
}

#[tokio::test]
async fn keep_alives_do_not_prolong_idle() {
    let mut chatter = vec![say("+ idling\r\n")];
    for _ in 0..40 {
        chatter.extend([Act::Pause(50), say("* OK Still here\r\n")]);
    }
    chatter.extend([Act::ReadLine, say("$T OK done\r\n")]);
    // The server talks for two seconds before it listens; DONE goes out long before, and is waited
    // for no longer than a step.
    let end = idle_with(Setup::default().impatient(), chatter).await;
    assert!(matches!(end, Err(ImapError::Timeout { .. })), "{end:?}");
}

#[tokio::test]
async fn mail_that_came_during_a_fetch_is_not_waited_for() {
    let mut answer = Vec::new();
    answer.extend(b"* 4 EXISTS\r\n$T OK\r\n");
    let (server, mut session, listed) = opened(Setup::default().on("UID FETCH 10", [say(answer)])).await;
    session.fetch(&FolderKey::imap("INBOX", 7), &listed).await.unwrap();
    assert_eq!(bounded(session.idle(Duration::from_mins(1))).await.unwrap(), IdleEnd::NewMail);
    assert!(!server.commands().contains(&"IDLE".to_owned()));
}

#[tokio::test]
async fn without_the_capability_there_is_no_idle() {
    let (server, mut session, _) = opened(Setup::default().capabilities("IMAP4rev1")).await;
    assert!(!session.can_idle());
    assert!(matches!(session.idle(Duration::from_mins(1)).await, Ok(IdleEnd::Refused(_))));
    assert!(!server.commands().contains(&"IDLE".to_owned()));
}

#[tokio::test]
async fn filed_messages_are_marked_only_as_asked() {
    let (server, mut session, _) = opened(Setup::default()).await;
    session.mark(&FolderKey::imap("INBOX", 7), &[30, 10, 11, 10], &AfterFiling::Keyword).await.unwrap();
    session.mark(&FolderKey::imap("INBOX", 7), &[20], &AfterFiling::Move("已登记".to_owned())).await.unwrap();
    let before = server.commands().len();
    session.mark(&FolderKey::imap("INBOX", 7), &[20], &AfterFiling::None).await.unwrap();
    session.mark(&FolderKey::imap("INBOX", 7), &[], &AfterFiling::Keyword).await.unwrap();
    let commands = server.commands();
    assert_eq!(commands.len(), before);
    assert_eq!(
        commands[before - 4..],
        [
            "SELECT \"INBOX\"",
            "UID STORE 10:11,30 +FLAGS.SILENT ($ZwfwFiled)",
            "SELECT \"INBOX\"",
            "UID MOVE 20 \"&XfJ2e4uw-\"",
        ]
    );
    // Nothing but EXAMINE opens a folder for reading.
    assert!(matches!(session.list(1).await, Err(ImapError::Unusable { .. })));
}

#[tokio::test]
async fn marking_that_is_impossible_says_so_and_does_nothing() {
    let keyword = AfterFiling::Keyword;
    let moved = AfterFiling::Move("Filed".to_owned());
    let state = "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n";
    for (what, setup, how, expected) in [
        ("no MOVE", Setup::default().capabilities("IMAP4rev1"), &moved, "has no MOVE"),
        (
            "read-only",
            Setup::default().on("SELECT", [say(format!("{state}$T OK [READ-ONLY] done\r\n"))]),
            &keyword,
            "read-only",
        ),
        (
            "no keywords",
            Setup::default().on(
                "SELECT",
                [say(format!("{state}* OK [PERMANENTFLAGS (\\Seen)] few\r\n$T OK [READ-WRITE] done\r\n"))],
            ),
            &keyword,
            "no keywords",
        ),
        (
            "renumbered",
            Setup::default().on("SELECT", [say("* 3 EXISTS\r\n* OK [UIDVALIDITY 8] ok\r\n$T OK done\r\n")]),
            &keyword,
            "UIDVALIDITY changed",
        ),
        (
            "unknown target",
            Setup::default().on("UID MOVE", [say("$T NO [TRYCREATE] no such\r\n")]),
            &moved,
            "\"Filed\" cannot be opened: no such",
        ),
        ("refused", Setup::default().on("UID STORE", [say("$T NO locked\r\n")]), &keyword, "locked"),
    ] {
        let (server, mut session, _) = opened(setup).await;
        let error = session.mark(&FolderKey::imap("INBOX", 7), &[10], how).await.expect_err(what).to_string();
        assert!(error.contains(expected), "{what}: {error}");
        let touched = server
            .commands()
            .iter()
            .filter(|c| c.starts_with("UID STORE") || c.starts_with("UID MOVE"))
            .count();
        assert_eq!(touched, usize::from(matches!(what, "unknown target" | "refused")), "{what}");
        session.noop().await.unwrap();
    }
}

#[tokio::test]
async fn a_server_that_does_not_say_goodbye_holds_nobody_up_and_is_told_of() {
    let (_server, session, _) = opened(Setup::default().impatient().on("LOGOUT", [Act::Hang])).await;
    let error = bounded(session.logout()).await.unwrap_err();
    assert!(matches!(error, ImapError::Timeout { .. }), "{error}");
    assert!(error.to_string().contains("LOGOUT"), "{error}");
}

//! Opening folders and listing what is in them.

use super::*;

#[tokio::test]
async fn netease_opens_a_folder_once_it_knows_who_asks() {
    let unsafe_login = say("$T NO EXAMINE Unsafe Login. Please contact kefu@188.com for help\r\n");
    let server =
        Fake::start(Setup::default().capabilities("IMAP4rev1").once("EXAMINE", [unsafe_login.clone()])).await;
    let mut session = open(&server).await.unwrap();
    assert_eq!(session.examine("INBOX").await.unwrap().uid_validity, Some(7));
    assert_eq!(server.commands().iter().filter(|c| c.starts_with("ID (")).count(), 1);
    // It stays with its refusal: the words tell, and it is not the folder's fault.
    let server = Fake::start(Setup::default().on("EXAMINE", [unsafe_login])).await;
    let mut session = open(&server).await.unwrap();
    let error = session.examine("INBOX").await.unwrap_err();
    assert!(matches!(error, ImapError::Refused { stage: Stage::Examine, .. }), "{error}");
    assert!(error.to_string().contains("Unsafe Login"));
    assert_eq!(server.commands().iter().filter(|c| c.starts_with("EXAMINE")).count(), 2);
}

#[tokio::test]
async fn a_refused_id_is_of_no_consequence() {
    for answer in
        ["$T BAD odd\r\n", "$T NO no\r\n", "* ID NIL\r\n$T OK\r\n", "* ID (\"name\" \"x\" )\r\n$T OK\r\n"]
    {
        let server = Fake::start(Setup::default().on("ID", [say(answer)])).await;
        open(&server).await.unwrap().examine("INBOX").await.unwrap();
    }
}

#[tokio::test]
async fn an_unknown_folder_leaves_the_session_usable() {
    let server = Fake::start(
        Setup::default().once("EXAMINE \"&V4NXPpCuTvY-\"", [say("$T NO [NONEXISTENT] unknown\r\n")]).on(
            "LIST",
            [say(concat!(
                "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\Noselect) \"/\" \"[Gmail]\"\r\n",
                "* LIST () \"/\" \"&Xn9USpCuTvY-\"\r\n* LIST () \"/\" {6}\r\na b&-c\r\n",
                "* LIST (\\Junk) NIL \"x \\\"y\\\"\"\r\n$T OK\r\n"
            ))],
        ),
    )
    .await;
    let mut session = open(&server).await.unwrap();
    let error = session.examine("垃圾邮件").await.unwrap_err();
    assert!(matches!(&error, ImapError::FolderUnknown { folder, .. } if folder == "垃圾邮件"), "{error}");
    assert!(!error.is_transient());
    assert_eq!(session.folders().await.unwrap(), ["INBOX", "广告邮件", "a b&c", "x \"y\""]);
    session.examine("INBOX").await.unwrap();
}

#[tokio::test]
async fn a_folder_without_uidvalidity_cannot_be_listed() {
    for answer in ["* 3 EXISTS\r\n$T OK\r\n", "* 3 EXISTS\r\n* OK [UIDVALIDITY x] odd\r\n$T OK\r\n"] {
        let server = Fake::start(Setup::default().on("EXAMINE", [say(answer)])).await;
        let mut session = open(&server).await.unwrap();
        let state = session.examine("INBOX").await.unwrap();
        assert_eq!((state.uid_validity, state.exists), (None, 3));
        assert!(matches!(session.list(1).await, Err(ImapError::Unusable { .. })));
    }
}

async fn listed_from(first_uid: u32, answer: &str) -> Result<Vec<Listed>, ImapError> {
    let server = Fake::start(Setup::default().on("UID FETCH", [say(answer)])).await;
    let mut session = open(&server).await.unwrap();
    session.examine("INBOX").await.unwrap();
    bounded(session.list(first_uid)).await
}

#[tokio::test]
async fn a_listing_is_ascending_and_once_each_and_never_below() {
    let answer = concat!(
        "* 3 FETCH (UID 30 RFC822.SIZE 300)\r\n* 1 FETCH (RFC822.SIZE 100 UID 10)\r\n* 5 EXISTS\r\n",
        "* 3 FETCH (UID 30 RFC822.SIZE 200)\r\n* 2 FETCH (UID 20 FLAGS ())\r\n* 2 FETCH (UID 20 RFC822.SIZE 7)\r\n",
        "* 4 FETCH (FLAGS (\\Seen))\r\n* 4 FETCH (UID 40 RFC822.SIZE -1)\r\n* 5 FETCH (UID 0 RFC822.SIZE 1)\r\n$T OK\r\n"
    );
    let listed = listed_from(11, answer).await.unwrap();
    let expected = [(20, 7), (30, 300), (40, 4 << 20)];
    assert_eq!(listed.iter().map(|l| (l.uid, l.size_bytes)).collect::<Vec<_>>(), expected);
    // `n:*` brings the last message even when it is below n.
    assert!(listed_from(31, "* 3 FETCH (UID 30 RFC822.SIZE 9)\r\n$T OK\r\n").await.unwrap().is_empty());
    assert!(listed_from(1, "$T OK\r\n").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_listing_that_cannot_be_is_refused() {
    let endless: Vec<String> =
        (1..12_000).map(|uid| format!("* 1 FETCH (UID {uid} RFC822.SIZE 1)\r\n")).collect();
    let error = listed_from(1, &(endless.concat() + "$T OK\r\n")).await.unwrap_err();
    assert!(matches!(error, ImapError::Protocol { stage: Stage::List, .. }), "{error}");
    let error = listed_from(1, "* 1 FETCH (UID 10 RFC822.SIZE 1\r\n$T OK\r\n").await.unwrap_err();
    assert!(matches!(error, ImapError::Protocol { stage: Stage::List, .. }), "{error}");
}

#[tokio::test]
async fn an_empty_folder_may_be_called_a_mistake() {
    let mut setup = Setup::default().on("UID FETCH", [say("$T BAD no messages\r\n")]);
    setup.messages.clear();
    let (_, _, listed) = opened(setup).await;
    assert!(listed.is_empty());
}

#[test]
fn batches_keep_to_bytes_and_number() {
    let listed: Vec<_> =
        [5, 5, 5, 100, 1, 1, 1, 1].iter().zip(1..).map(|(s, uid)| Listed { uid, size_bytes: *s }).collect();
    let uids = |bytes, messages| -> Vec<Vec<u32>> {
        zwfw_intake::imap::batches(&listed, bytes, messages)
            .map(|b| b.iter().map(|l| l.uid).collect())
            .collect()
    };
    assert_eq!(uids(10, 3), [vec![1, 2], vec![3], vec![4], vec![5, 6, 7], vec![8]]);
    assert_eq!(uids(1000, 100), [vec![1, 2, 3, 4, 5, 6, 7, 8]]);
    assert_eq!(uids(0, 0).len(), 8);
    assert_eq!(zwfw_intake::imap::batches(&[], 10, 3).count(), 0);
}

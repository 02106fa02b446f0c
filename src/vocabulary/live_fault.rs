//! What `check --live` finds wrong, one word for each: `rules/words.toml` has the cause and the remedy in both languages, and
//! docs/check.md is made of it.

use super::enums::words;

words! {
    /// What keeps a server, the store or the machine from serving.
    LiveFault: "live_fault" {
        /// The host's name has no address.
        Resolve = "resolve",
        /// No address takes the connection.
        Connect = "connect",
        /// No answer in time.
        Silent = "silent",
        /// The connection ended in the middle.
        Closed = "closed",
        /// What came is not the protocol.
        Protocol = "protocol",
        /// The settings cannot work on this machine or with this server.
        Settings = "settings",
        /// The proxy takes no connection.
        ProxyUnreachable = "proxy_unreachable",
        /// It wants a login, or another one.
        ProxyLogin = "proxy_login",
        /// It does not connect to the server.
        ProxyRefused = "proxy_refused",
        /// It is no proxy of this kind.
        ProxyOther = "proxy_other",
        /// The certificate signed itself.
        TlsSelfSigned = "tls_self_signed",
        /// No intermediate certificate, and no authority we know.
        TlsNoChain = "tls_no_chain",
        /// Signed by an authority that we do not trust.
        TlsUnknownAuthority = "tls_unknown_authority",
        /// Out of date.
        TlsExpired = "tls_expired",
        /// Not valid yet.
        TlsNotYetValid = "tls_not_yet_valid",
        /// Made out for another name.
        TlsWrongName = "tls_wrong_name",
        /// Without any name that counts.
        TlsNoNames = "tls_no_names",
        /// A short RSA key.
        TlsWeakKey = "tls_weak_key",
        /// SHA-1 or MD5, or another signature that nobody accepts.
        TlsWeakSignature = "tls_weak_signature",
        /// X.509 version 1.
        TlsVersion1 = "tls_version_1",
        /// The authority may not sign for this name.
        TlsConstrained = "tls_constrained",
        /// Not made out for a server.
        TlsPurpose = "tls_purpose",
        /// Revoked, unreadable, or of a form that nobody knows.
        TlsUnacceptable = "tls_unacceptable",
        /// Older than TLS 1.2.
        TlsTooOld = "tls_too_old",
        /// Nothing in common.
        TlsNoCipher = "tls_no_cipher",
        /// No TLS on this port.
        TlsNotTls = "tls_not_tls",
        /// The server has no such name.
        TlsNameUnknown = "tls_name_unknown",
        /// The server wants a certificate of its clients.
        TlsClientCertificate = "tls_client_certificate",
        /// The handshake ended in another way.
        TlsOther = "tls_other",
        /// Name or password.
        LoginPassword = "login_password",
        /// An authorisation code is wanted.
        LoginCode = "login_code",
        /// Passwords may be switched off in favour of OAuth.
        LoginOauth = "login_oauth",
        /// The server refuses a fresh token.
        LoginToken = "login_token",
        /// The program that gives tokens fails.
        TokenCommand = "token_command",
        /// The token endpoint does not answer as it should.
        TokenEndpoint = "token_endpoint",
        /// The token endpoint gives no more tokens.
        TokenGrant = "token_grant",
        /// The mailbox's administrator must act.
        LoginAdmin = "login_admin",
        /// The password has run out.
        LoginExpired = "login_expired",
        /// An encrypted connection is wanted.
        LoginPrivacy = "login_privacy",
        /// A login by browser is wanted first.
        LoginBrowser = "login_browser",
        /// The account is locked.
        LoginLocked = "login_locked",
        /// IMAP or SMTP is switched off for this mailbox.
        LoginSwitchedOff = "login_switched_off",
        /// Too many connections at once.
        LoginConnections = "login_connections",
        /// Too many logins.
        LoginTooOften = "login_too_often",
        /// A limit of the account is used up.
        LoginBandwidth = "login_bandwidth",
        /// Not now.
        LoginBusy = "login_busy",
        /// The server refused the connection in its first line.
        RefusedConnection = "refused_connection",
        /// The server lacks what the settings ask for.
        Lacks = "lacks",
        /// The server asks to be left alone.
        Throttled = "throttled",
        /// A command was refused.
        Refused = "refused",
        /// No such folder.
        FolderUnknown = "folder_unknown",
        /// No UIDVALIDITY.
        NoUidValidity = "no_uid_validity",
        /// Fewer entries listed than announced.
        NotAllListed = "not_all_listed",
        /// UIDNEXT fell.
        UidNextFell = "uid_next_fell",
        /// Entries look otherwise than recorded.
        LooksOtherwise = "looks_otherwise",
        /// Filed letters cannot be marked.
        NoMark = "no_mark",
        /// Filed letters cannot be moved.
        NoMove = "no_move",
        /// The mailbox is nearly full.
        Quota = "quota",
        /// More was sent than the provider allows.
        SendingLimit = "sending_limit",
        /// The account may not send.
        SendingAccount = "sending_account",
        /// The sender's address.
        SendingSender = "sending_sender",
        /// `<>` as envelope sender.
        SendingNullSender = "sending_null_sender",
        /// A login is wanted.
        SendingLogin = "sending_login",
        /// The machine, its name or the domain.
        SendingReputation = "sending_reputation",
        /// What the daemon was told behind a message's content.
        AnswersHeld = "answers_held",
        /// The address of `--send-test` is none.
        TestAddress = "test_address",
        /// The test message was not taken.
        TestRefused = "test_refused",
        /// A folder on this machine cannot be read.
        FolderUnreadable = "folder_unreadable",
        /// A file cannot be made, or written.
        NotWritable = "not_writable",
        /// The store belongs to another user.
        Foreign = "foreign",
        /// Another program holds the store.
        StoreHeld = "store_held",
        /// The store is damaged.
        StoreDamaged = "store_damaged",
        /// The store cannot be opened.
        StoreUnreadable = "store_unreadable",
        /// The store is a copy.
        Copied = "copied",
        /// The program made the store by itself.
        FirstContact = "first_contact",
        /// The store was restored from a backup.
        Restored = "restored",
        /// The configuration on disk cannot be used.
        ConfigurationRefused = "configuration_refused",
        /// Mail from the future.
        ClockSlow = "clock_slow",
        /// Earlier than the program was built.
        ClockWrong = "clock_wrong",
        /// The clock was wrong when the store was made.
        ClockAtCreation = "clock_at_creation",
        /// A pass is recorded in the future.
        ClockFuture = "clock_future",
        /// The certificate ends soon.
        CertificateEnds = "certificate_ends",
        /// Little is left of the disk.
        DiskLow = "disk_low",
        /// The server wants people to read something.
        Alert = "alert",
    }
}

//! The words that stand in the database and that people script against. They are part of the
//! product's contract: add to them, never rename. What each is called in Chinese and in English stands in `rules/words.toml`.

/// A value that is stored or printed as a word.
pub trait Word {
    /// Its table in `rules/words.toml`.
    const KIND: &'static str;
    /// Every word of the kind, in the order in which people read them.
    const WORDS: &'static [&'static str];

    /// The word that stands for this value.
    fn word(&self) -> &'static str;
}

/// Declares an enum whose variants are exactly the words of one kind: `Name: "kind" { Variant = "word", … }`.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident: $kind:literal { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The word as it stands in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The value that a word of the database stands for.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl $crate::vocabulary::Word for $name {
            const KIND: &'static str = $kind;
            const WORDS: &'static [&'static str] = &[$($word,)+];

            fn word(&self) -> &'static str {
                self.as_str()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// What was done with one entry of the mailbox (`mailbox_entry.disposition`).
    Disposition: "disposition" {
        /// A submission was filed.
        Filed = "filed",
        /// Added to an earlier submission.
        Supplement = "supplement",
        /// The same content, or the same bytes, again.
        Duplicate = "duplicate",
        /// Not meant for any consultation; only digest and reason are kept.
        NotOurs = "not_ours",
        /// From a machine: auto-reply, bounce, receipt, recall notice.
        Automatic = "automatic",
        /// Could not be processed; bytes kept for a person.
        Quarantined = "quarantined",
    }
}

words! {
    /// What keeps a lane from its work, beside the words of the server (`status`).
    LaneFault: "lane_fault" {
        /// No session with the server, or it broke off.
        Unavailable = "unavailable",
        /// The login was refused: name or password.
        LoginRefused = "login_refused",
        /// There is no access token to log in with, or the server refuses it.
        LoginToken = "login_token",
        /// The login was refused for the moment.
        LoginBusy = "login_busy",
        /// The login was refused until somebody acts at the provider.
        LoginBlocked = "login_blocked",
        /// The server wants to be left alone for a while.
        Throttled = "throttled",
        /// The server refuses what concerns us, not the recipients.
        RefusesUs = "refuses_us",
        /// Anything else, told in words.
        Other = "other",
    }
}

words! {
    /// Where a submission stands (`submission.status`).
    Status: "status" {
        /// Counts.
        Accepted = "accepted",
        /// Waits for a person; `review_reasons` says why.
        Review = "review",
        /// Arrived after the deadline.
        Late = "late",
        /// Same content as an earlier one from the same sender.
        Duplicate = "duplicate",
        /// It only asks for something, and a person saw to that: no letter of its own.
        Handled = "handled",
        /// A person decided that it does not belong here.
        Denied = "denied",
        /// Personal columns and raw copy were erased on request.
        Erased = "erased",
    }
}

words! {
    /// How well the subject carries the tag (`submission.subject_match`).
    SubjectMatch: "subject_match" {
        /// The tag is there.
        Match = "match",
        /// Close, but a person must look.
        NearMiss = "near_miss",
    }
}

words! {
    /// On which side of the deadline a submission arrived (`submission.timeliness`).
    Timeliness: "timeliness" {
        /// Between opening and close.
        OnTime = "on_time",
        /// At or after the close.
        Late = "late",
        /// Arrived after the close, though its `Date:` or first foreign hop lies before it.
        LateSentInTime = "late_sent_in_time",
        /// Before the consultation opened.
        BeforeOpen = "before_open",
    }
}

words! {
    /// Which clock `received_at` rests on (`received_basis`).
    ReceivedBasis: "received_basis" {
        /// The boundary `Received:` line.
        Received = "received",
        /// IMAP INTERNALDATE.
        Internaldate = "internaldate",
        /// The file's modification time.
        File = "file",
    }
}

words! {
    /// Where an acknowledgement stands (`acknowledgement.state`).
    AcknowledgementState: "acknowledgement_state" {
        /// Waits for its first attempt.
        Queued = "queued",
        /// The SMTP server took it.
        Sent = "sent",
        /// An attempt failed for now; `next_attempt_at` says when it goes on.
        Deferred = "deferred",
        /// Given up, or bounced; `reason` says why.
        Failed = "failed",
        /// Never to be sent; `reason` says why.
        Withheld = "withheld",
    }
}

words! {
    /// Which text an acknowledgement carries (`acknowledgement.kind`).
    AcknowledgementKind: "acknowledgement_kind" {
        /// The opinion was received in time.
        Accepted = "accepted",
        /// The subject differs; staff will check.
        NearMiss = "near_miss",
        /// Received after the deadline.
        Late = "late",
        /// Received after the deadline, and by its date sent before: staff will check.
        LateSentInTime = "late_sent_in_time",
        /// The same content again.
        Duplicate = "duplicate",
        /// Added to an earlier submission.
        Supplement = "supplement",
        /// Received; staff will check for another reason than the subject.
        Review = "review",
    }
}

words! {
    /// A property of a submission that staff can filter by (`submission.flags`).
    Flag: "flag" {
        /// 无意见: a response with no opinion item.
        NoObjection = "no_objection",
        /// 联名: several people sign.
        Joint = "joint",
        /// 匿名: the writer asks not to be named.
        Anonymous = "anonymous",
        /// 请勿公开: the writer asks not to publish.
        NoPublish = "no_publish",
        /// 请勿公开我的姓名: what is not to be published is who he is, and not what he wrote. Never without the one above.
        NoPublishDetails = "no_publish_details",
        /// Nothing of one's own but a pointer to a real attachment.
        AttachmentOnly = "attachment_only",
        /// The text names an attachment, and no file came.
        AttachmentMissing = "attachment_missing",
        /// A link to a provider's store that expires.
        CloudAttachment = "cloud_attachment",
        /// An identity-card number stands in the text.
        IdNumber = "id_number",
        /// Health, religion, account or identity numbers, a child under 14 (PIPL art. 28).
        Sensitive = "sensitive",
        /// The writer takes an earlier comment back.
        Withdraw = "withdraw",
        /// The writer's data are to be erased or shown.
        PersonalData = "personal_data",
        /// The writer asks, and does nothing else, that his data or letter be not published.
        PublicationRequest = "publication_request",
        /// The writer's data or words are to be corrected.
        CorrectionRequest = "correction_request",
        /// The writer says that a letter was sent before the close.
        LateDisputed = "late_disputed",
        /// The writer says that a letter is not late, and nobody called it late.
        NotLate = "not_late",
        /// The writer says that he did not write a letter under his address.
        Disowned = "disowned",
        /// The writer asks the office something about the consultation itself.
        Question = "question",
        /// 政府信息公开申请.
        InfoDisclosure = "info_disclosure",
        /// Only quoted or forwarded text, nothing of one's own.
        OnlyQuoted = "only_quoted",
        /// The same Message-ID came before with other bytes.
        MessageIdReused = "message_id_reused",
        /// Quoted text was cut from `comment`; `full_text` has it.
        QuotedCut = "quoted_cut",
        /// A character set was missing, wrong or unknown and was worked out.
        CharsetRepaired = "charset_repaired",
        /// Some bytes could not be read as text.
        CharsetLossy = "charset_lossy",
        /// Over the size limit: only the beginning was read.
        Oversize = "oversize",
        /// An individual without name, occupation or phone.
        DetailsMissing = "details_missing",
        /// A supplement says something else of its writer than the letter did.
        DetailsDiffer = "details_differ",
    }
}

words! {
    /// Why a submission waits for a person (`submission.review_reasons`).
    ReviewReason: "review_reason" {
        /// The subject is a near miss.
        NearMiss = "near_miss",
        /// Arrived late but seems to have been sent in time.
        LateSentInTime = "late_sent_in_time",
        /// Arrived before the consultation opened.
        BeforeOpen = "before_open",
        /// Only quoted or forwarded text.
        OnlyQuoted = "only_quoted",
        /// Takes an earlier comment back.
        Withdraw = "withdraw",
        /// The writer's data are to be erased or shown.
        PersonalData = "personal_data",
        /// Something is not to be published.
        PublicationRequest = "publication_request",
        /// The writer's data or words are to be corrected.
        CorrectionRequest = "correction_request",
        /// The letter is late, and its writer says that it was sent before the close.
        LateDisputed = "late_disputed",
        /// A letter is called in time that nobody called late: its writer is to be told.
        NotLate = "not_late",
        /// Its sender says that he did not write it.
        Disowned = "disowned",
        /// Thanks, or who wrote, and nothing that could count.
        NothingSaid = "nothing_said",
        /// The office is asked something about the consultation itself.
        Question = "question",
        /// A supplement says something else of its writer than the letter did.
        DetailsDiffer = "details_differ",
        /// Looks like an application for disclosure.
        InfoDisclosure = "info_disclosure",
        /// List mail, bulk precedence or a null return path: perhaps a machine.
        MachineSuspected = "machine_suspected",
        /// Neither a text nor a file.
        EmptyBody = "empty_body",
        /// Nobody can read it: encrypted, a piece of a message, or garbled.
        Unreadable = "unreadable",
        /// More than one From field or address.
        SeveralFrom = "several_from",
        /// No arrival time could be established.
        NoArrivalTime = "no_arrival_time",
        /// Two clocks of the office disagree on whether it came in time.
        ArrivalDisputed = "arrival_disputed",
        /// The office's own mail server calls the sender forged.
        AuthenticationFailed = "authentication_failed",
        /// What it repeats was denied: it has to stand or fall by itself.
        OriginalDenied = "original_denied",
        /// One more reply to a submission that had many on that day.
        RepliesCapped = "replies_capped",
        /// Filed once; the rules of today, run by `reprocess`, would not file it by itself.
        RuledOtherwise = "ruled_otherwise",
        /// A letter that says the same came later under its address, and our own mail server vouches for that one only.
        VouchedCopy = "vouched_copy",
    }
}

impl ReviewReason {
    /// Those that say what a letter asks for; each is a [`Flag`] of the same word.
    pub const ASKED: [Self; 10] = [
        Self::Disowned,
        Self::Withdraw,
        Self::PersonalData,
        Self::PublicationRequest,
        Self::CorrectionRequest,
        Self::LateDisputed,
        Self::NotLate,
        Self::Question,
        Self::DetailsDiffer,
        Self::InfoDisclosure,
    ];

    /// Whether it waits for an answer or a change that staff make, and its opinion is not in question.
    pub const fn is_answerable(self) -> bool {
        use ReviewReason::{
            CorrectionRequest, DetailsDiffer, InfoDisclosure, PersonalData, PublicationRequest, Question,
        };
        matches!(
            self,
            PersonalData | PublicationRequest | CorrectionRequest | Question | DetailsDiffer | InfoDisclosure
        )
    }

    /// Whether the opinion items of a supplement count all the same: what is asked is taken out of them, and changes none.
    pub const fn leaves_items(self) -> bool {
        !matches!(self, Self::Disowned | Self::Withdraw | Self::InfoDisclosure | Self::Unreadable)
    }

    /// The flag of the same word.
    pub fn flag(self) -> Option<Flag> {
        Flag::from_word(self.as_str())
    }
}

words! {
    /// Why nobody can read a message.
    Illegible: "illegible" {
        /// It is encrypted.
        Encrypted = "encrypted",
        /// It is one piece of a message (RFC 2046 section 5.2.2), and the others are not here.
        Piece = "piece",
        /// All of its text, or most of it, is lost; or a part of it, and it was read wrongly on its way.
        Garbled = "garbled",
    }
}

words! {
    /// Why nobody can open a file (`attachment.fault`).
    FileFault: "file_fault" {
        /// There is nothing in it.
        Empty = "empty",
        /// It has a password, or is of an old format under a new name.
        Locked = "locked",
        /// It is not what its name says.
        Other = "not_what_it_says",
    }
}

words! {
    /// What our own mail system found out about a message's author.
    Verdict: "verdict" {
        /// DMARC failed, or SPF failed for the author's domain and nothing vouches for it.
        Fail = "fail",
        /// Nothing is said that one could believe.
        Silent = "silent",
        /// DMARC passed for the domain of `From:`, or DKIM or SPF did.
        Pass = "pass",
    }
}

words! {
    /// What a mail says of an earlier submission (`relation.kind`).
    RelationKind: "relation_kind" {
        /// It shall not count any more.
        Withdraws = "withdraws",
        /// This letter shall stand in its place.
        Replaces = "replaces",
        /// Its sender did not write it, this one says.
        Disowns = "disowns",
        /// Data in it shall be erased, shown or kept from the public.
        PersonalData = "personal_data",
        /// Data or words in it shall be corrected.
        Corrects = "corrects",
        /// It was not late, its writer says.
        Disputes = "disputes",
        /// It says the same.
        Repeats = "repeats",
        /// Its sender's mail system announces that it was recalled.
        Recalled = "recalled",
    }
}

words! {
    /// How the earlier submission was found (`relation.basis`).
    RelationBasis: "relation_basis" {
        /// By the thread: the letter answers its acknowledgement.
        Answers = "answers",
        /// By its number.
        Number = "number",
        /// As the latest of the same sender.
        LatestOfSender = "latest_of_sender",
        /// As an earlier one of the same sender.
        SameSender = "same_sender",
        /// By its content, from the same sender.
        SameContent = "same_content",
        /// By its Message-ID.
        MessageId = "message_id",
        /// By its subject, from the same sender.
        Subject = "subject",
    }
}

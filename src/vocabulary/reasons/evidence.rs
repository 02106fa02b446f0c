//! What a stage saw: the evidence that is kept with a message.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Reason, parameters};

reasons! {
    /// What was found in a subject, or in the text under one that says nothing. Texts are as they are compared: without
    /// punctuation, in simplified characters.
    SubjectEvidence: "subject_evidence" {
        /// The whole title.
        Title {
            /// The ask word beside it; empty when there is none.
            ask: String,
        } = "title",
        /// The title with slips.
        NearTitle {
            /// How many characters of it are written otherwise.
            edits: usize,
            /// The ask word beside it; empty when there is none.
            ask: String,
        } = "near_title",
        /// The title without its issuer.
        TitleWithoutIssuer {
            /// It.
            text: String,
        } = "title_without_issuer",
        /// The title, in the text of an attached document.
        TitleInFile {
            /// Which of the attachments, from 1.
            nth: usize,
        } = "title_in_file",
        /// The tag that the notice demands.
        Tag = "tag",
        /// The tag with slips.
        NearTag {
            /// How many characters of it are written otherwise.
            edits: usize,
        } = "near_tag",
        /// A run of characters that stands in the title too.
        Run {
            /// How long.
            characters: usize,
            /// It.
            text: String,
        } = "run",
        /// An anchor.
        Anchor {
            /// It.
            text: String,
        } = "anchor",
        /// Ask words beside a name, a unit, a telephone number or words of the title.
        AskWordsBeside = "ask_words_beside",
        /// Ask words and nothing else.
        AskWords = "ask_words",
        /// A number of ours.
        Number {
            /// It.
            number: String,
        } = "number",
        /// A machine's marker at the beginning.
        Marker {
            /// As written.
            marker: String,
        } = "marker",
        /// Words of an application for disclosure.
        Disclosure = "disclosure",
        /// No subject.
        NoSubject = "no_subject",
        /// Nothing that was looked for.
        Nothing = "nothing",
        /// What an older version wrote in words of its own.
        AsWritten {
            /// The words.
            text: String,
        } = "as_written",
    }
}

reasons! {
    /// What an arrival time rests on (`message.received_evidence`); which clock, `received_basis` says.
    ArrivalEvidence: "arrival_evidence" {
        /// The boundary line.
        BoundaryLine {
            /// It.
            line: String,
        } = "boundary_line",
        /// The boundary line bears no readable time; the trusted line above it does.
        LineAboveBoundary {
            /// That line.
            line: String,
        } = "line_above_boundary",
        /// The mail crossed no boundary: the lowest line of a trusted host.
        LowestTrustedLine {
            /// It.
            line: String,
        } = "lowest_trusted_line",
        /// The mailbox's clock: there is no `Received:` line.
        NoReceivedLine = "no_received_line",
        /// The mailbox's clock: no trusted host wrote the topmost line.
        NoTrustedLine = "no_trusted_line",
        /// The mailbox's clock: no trusted line bears a readable time.
        NoReadableTime = "no_readable_time",
        /// No clock at all: the time of reading.
        NoClock = "no_clock",
        /// What an older version wrote in words of its own.
        AsWritten {
            /// The words.
            text: String,
        } = "as_written",
    }
}

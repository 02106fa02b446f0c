//! What may be done to filed messages on the server, if the settings ask for it at all.

use imap_proto::{Response, ResponseCode};

use super::Session;
use super::command::{Answer, Piece};
use super::error::ImapError;
use super::syntax::uid_set;
use crate::config::AfterFiling;
use crate::net::Stage;
use crate::vocabulary::FolderKey;

/// The keyword of filed messages.
const KEYWORD: &str = "$ZwfwFiled";
/// UIDs of one command.
const SET: usize = 500;

impl Session {
    /// Whether the server can move messages (RFC 6851).
    pub fn can_move(&self) -> bool {
        self.has("MOVE")
    }

    /// Whether what is wanted can be done to messages of a folder, without doing it.
    ///
    /// # Errors
    ///
    /// When it cannot, and why.
    pub async fn can_mark(&mut self, folder: &FolderKey, how: &AfterFiling) -> Result<(), ImapError> {
        self.select(folder, how).await
    }

    /// Sets the keyword on `uids`, or moves them. Repeating it does no harm: a keyword stays set, and a
    /// UID that has moved no longer exists. Never deletes: without MOVE (RFC 6851) nothing moves, for COPY
    /// and EXPUNGE can do half of it (jbostoen's and osTicket's users woke to full disks,
    /// osTicket/osTicket#5645).
    ///
    /// Leaves no folder open for [`Session::list`]: examine again.
    ///
    /// # Errors
    ///
    /// When the folder, the keyword or MOVE is not available, or the connection fails.
    pub async fn mark(
        &mut self,
        folder: &FolderKey,
        uids: &[u32],
        how: &AfterFiling,
    ) -> Result<(), ImapError> {
        let verb = match how {
            AfterFiling::None => return Ok(()),
            AfterFiling::Keyword => format!("+FLAGS.SILENT ({KEYWORD})"),
            AfterFiling::Move(_) if self.has("MOVE") => String::new(),
            AfterFiling::Move(_) => {
                return Err(self.unsupported(
                    "has no MOVE (RFC 6851), so after_filing = \"move\" is impossible; use \"keyword\" or \"none\"",
                ));
            }
        };
        if uids.is_empty() {
            return Ok(());
        }
        self.select(folder, how).await?;
        let mut uids = uids.to_vec();
        uids.sort_unstable();
        uids.dedup();
        for part in uids.chunks(SET) {
            let set = uid_set(part.iter().copied());
            let mut answer = self.mark_set(&set, how, &verb).await?;
            if let (AfterFiling::Move(target), true) = (how, answer.try_create)
                && self.learn_name(target).await?
            {
                self.select(folder, how).await?;
                answer = self.mark_set(&set, how, &verb).await?;
            }
            if let (AfterFiling::Move(target), true) = (how, answer.try_create) {
                return Err(ImapError::FolderUnknown {
                    server: self.server(),
                    folder: target.clone(),
                    words: answer.words,
                });
            }
            self.accepted(Stage::Mark, answer)?;
        }
        Ok(())
    }

    async fn mark_set(&mut self, set: &str, how: &AfterFiling, verb: &str) -> Result<Answer, ImapError> {
        let (command, name) = match how {
            AfterFiling::Move(target) => (format!("UID MOVE {set} "), self.wire_name(target)),
            _ => (format!("UID STORE {set} {verb}"), Vec::new()),
        };
        let pieces = [Piece::Text(&command), Piece::Bytes(&name)];
        self.exchange(Stage::Mark, &pieces, self.limits.step_timeout, &mut |_| {}).await
    }

    /// Whether looking into a folder finds another name under which the server knows it.
    async fn learn_name(&mut self, folder: &str) -> Result<bool, ImapError> {
        let known = self.wire_name(folder);
        match self.examine(folder).await {
            Ok(_) | Err(ImapError::FolderUnknown { .. }) => Ok(self.wire_name(folder) != known),
            Err(error) => Err(error),
        }
    }

    /// SELECT, and whether what is wanted can be done there.
    async fn select(&mut self, folder: &FolderKey, how: &AfterFiling) -> Result<(), ImapError> {
        self.open = None;
        let mut keyword_allowed = true;
        let mut validity = None;
        let name = self.wire_name(&folder.name);
        let command = [Piece::Text("SELECT "), Piece::Bytes(&name)];
        let answer = self
            .exchange(Stage::Mark, &command, self.limits.step_timeout, &mut |response| {
                let Response::Data { outcome, .. } = response else { return };
                match &outcome.code {
                    Some(ResponseCode::UidValidity(value)) => validity = Some(*value),
                    Some(ResponseCode::PermanentFlags(flags)) => {
                        keyword_allowed = flags.iter().any(|f| f == "\\*" || f.eq_ignore_ascii_case(KEYWORD));
                    }
                    _ => {}
                }
            })
            .await?;
        let answer = self.opened(Stage::Mark, &folder.name, answer)?;
        // Under another UIDVALIDITY the numbers mean other messages.
        if validity != Some(folder.uid_validity) {
            return Err(self.unusable("UIDVALIDITY changed before the messages could be marked"));
        }
        if answer.read_only {
            return Err(self.unsupported(&format!(
                "folder {:?} is read-only, so nothing can be marked or moved",
                folder.name
            )));
        }
        if *how == AfterFiling::Keyword && !keyword_allowed {
            return Err(self.unsupported(&format!(
                "folder {:?} takes no keywords; use after_filing = \"none\"",
                folder.name
            )));
        }
        Ok(())
    }
}

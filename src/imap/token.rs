//! AUTHENTICATE with an access token.

use imap_proto::Response;
use tokio::time::timeout;

use super::Session;
use super::command::{Answer, Completion};
use super::error::ImapError;
use crate::config::Secret;
use crate::net::{Bearer, Stage};
use crate::schedule::{LoginRefusal, token_refusal};
use crate::words::Chinese as _;

/// More challenges than that are none of these mechanisms.
const CHALLENGES: usize = 4;

impl Session {
    /// Shows a token in the way that the server offers.
    pub(super) async fn show_token(&mut self, username: &str, token: &Secret) -> Result<Answer, ImapError> {
        let Some(bearer) = Bearer::offered(|name| self.has(&format!("AUTH={name}"))) else {
            return Err(self.unsupported(
                "offers neither AUTH=OAUTHBEARER nor AUTH=XOAUTH2, so it takes no token: check host and port, or log in with a password",
            ));
        };
        self.begin()?;
        let shown = timeout(self.limits.step_timeout, self.authenticate(bearer, username, token)).await;
        let (answer, said) = shown.unwrap_or_else(|_| Err(self.timeout(Stage::Login)))?;
        self.usable = true;
        if answer.completion == Completion::Ok {
            return Ok(answer);
        }
        let (refusal, fault) = token_refusal(&answer.words);
        Err(ImapError::Login {
            server: self.server(),
            username: username.to_owned(),
            words: if said.is_empty() { answer.words } else { format!("{}; {said}", answer.words) },
            hint: fault.english().to_owned(),
            temporary: refusal == LoginRefusal::Busy,
            blocked: refusal == LoginRefusal::Person,
            fault,
        })
    }

    /// The tagged answer, and what a refusing server said before it.
    async fn authenticate(
        &mut self,
        bearer: Bearer,
        username: &str,
        token: &Secret,
    ) -> Result<(Answer, String), ImapError> {
        let stage = Stage::Login;
        let (tag, name) = (self.next_tag(), bearer.name());
        let response = self.endpoint.bearer(bearer, username, token);
        let (first, mut owed) = if self.has("SASL-IR") {
            (format!("{tag} AUTHENTICATE {name} {response}\r\n"), None)
        } else {
            (format!("{tag} AUTHENTICATE {name}\r\n"), Some(response))
        };
        self.send(stage, &first).await?;
        let mut said = String::new();
        for _ in 0..CHALLENGES {
            let mut challenge = String::new();
            let mut listen = |response: &Response<'_>| {
                if let Response::Continue(outcome) = response {
                    outcome.information.as_deref().unwrap_or_default().clone_into(&mut challenge);
                }
            };
            if let Some(answer) = self.read(stage, &tag, true, &mut listen).await? {
                return Ok((answer, said));
            }
            let next = if let Some(response) = owed.take() {
                response
            } else {
                said = self.endpoint.challenge(&challenge);
                bearer.farewell().to_owned()
            };
            self.send(stage, &format!("{next}\r\n")).await?;
        }
        Err(self.protocol(stage, "challenges without end"))
    }
}

//! AUTH with an access token.

use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::response::Severity;

use super::error::SmtpError;
use super::session::{Failure, Target};
use crate::config::Secret;
use crate::net::{Bearer, Stage};
use crate::schedule::token_refusal;
use crate::vocabulary::Silence;
use crate::words::Chinese as _;

/// The longest command (RFC 5321 section 4.5.3.1.4), without its end; a longer response goes by itself (RFC 4954 section 4).
const LINE_BYTES: usize = 510;

/// Shows a token in the way that the server offers. lettre would call the challenge by which a token is refused an acceptance's
/// beginning, and lose the words in it.
pub(super) async fn show(
    target: &Target,
    connection: &mut AsyncSmtpConnection,
    (username, token): (&str, &Secret),
    offers: &str,
) -> Result<(), SmtpError> {
    let listed = |name: &str| offers.split_whitespace().any(|offer| offer.eq_ignore_ascii_case(name));
    let Some(bearer) = Bearer::offered(listed) else {
        return Err(SmtpError::NotOffered {
            server: target.server(),
            missing: "AUTH OAUTHBEARER or XOAUTH2",
            offered: target.endpoint.words(offers),
        });
    };
    let answered = dialogue(target, connection, bearer, (username, token)).await;
    answered.map_err(|(said, failure)| target.no_session(Stage::Auth, advise(&said, failure)))
}

/// What the server said in its challenge, and the failure.
async fn dialogue(
    target: &Target,
    connection: &mut AsyncSmtpConnection,
    bearer: Bearer,
    (username, token): (&str, &Secret),
) -> Result<(), (String, Failure)> {
    let response = target.endpoint.bearer(bearer, username, token);
    let command = format!("AUTH {} {response}", bearer.name());
    let mut lines = if command.len() <= LINE_BYTES {
        vec![command]
    } else {
        vec![format!("AUTH {}", bearer.name()), response]
    };
    // Told what is wrong, one answers something, and only then is refused.
    lines.push(bearer.farewell().to_owned());
    let mut said = String::new();
    for line in lines {
        let sent = target.command(target.step, connection.command(format!("{line}\r\n"))).await;
        let response = sent.map_err(|failure| (said.clone(), failure))?;
        if response.code().severity != Severity::PositiveIntermediate {
            let done = target.positive(&response, Severity::PositiveCompletion);
            return done.map_err(|failure| (said, failure));
        }
        said = target.endpoint.challenge(&response.message().collect::<Vec<_>>().join(" "));
    }
    let seen = Silence::Unusable { problem: "challenges without end".to_owned() };
    Err((said, Failure::Broken { seen }))
}

/// A refused token with what helps.
fn advise(said: &str, failure: Failure) -> Failure {
    let Failure::Refused { code, words, .. } = failure else { return failure };
    let (_, fault) = token_refusal(&words);
    let said = if said.is_empty() { String::new() } else { format!("; {said}") };
    Failure::Refused { code, words: format!("{words}{said}; {}", fault.english()), about: Some(fault) }
}

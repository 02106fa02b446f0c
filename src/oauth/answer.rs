//! What a token endpoint answers: HTTP/1.1 (RFC 9112), in it JSON (RFC 6749 sections 5.1 and 5.2).

use std::time::Duration;

use serde_json::Value;

/// A token is renewed so long before its end, at the earliest when a tenth of its time is left.
const EARLY: Duration = Duration::from_mins(5);
/// How long one counts as good whose endpoint does not say.
const UNSAID: Duration = Duration::from_mins(30);
/// The longest that is believed.
const LONGEST: Duration = Duration::from_hours(24);

/// A token, and what came with it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) access_token: String,
    /// How long it is used.
    pub(super) good_for: Duration,
    /// A refresh token in place of the one that was shown.
    pub(super) refresh_token: Option<String>,
}

/// Why there is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The endpoint says no for a reason that stays: the reason in one word, and its words.
    Grant(String),
    /// What came is no answer that counts; another time it may be.
    Other(String),
}

/// An answer without its HTTP.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Whole {
    status: u16,
    body: Vec<u8>,
}

/// Takes an answer apart; `None`: not all of it is there. `ended`: no more will come.
///
/// # Errors
/// In words, when it is none.
pub(super) fn whole(bytes: &[u8], ended: bool) -> Result<Option<Whole>, String> {
    let Some((head, body)) = split(bytes) else {
        let begins = b"HTTP/1.".get(..bytes.len().min(7)).unwrap_or_default();
        return match (bytes.starts_with(begins), ended) {
            (false, _) => Err("its answer is none of HTTP".to_owned()),
            (true, true) => Err("it closed the connection in the middle of an answer".to_owned()),
            (true, false) => Ok(None),
        };
    };
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let mut words = lines.next().unwrap_or_default().split_whitespace();
    let status = match (words.next(), words.next().map(str::parse)) {
        (Some(version), Some(Ok(status))) if version.starts_with("HTTP/1.") => status,
        _ => return Err("its answer is none of HTTP".to_owned()),
    };
    let field = |wanted: &str| {
        let mut fields = lines.clone().filter_map(|line| line.split_once(':'));
        let found = fields.find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.trim().to_ascii_lowercase())
    };
    let body = match (field("transfer-encoding"), field("content-length")) {
        (Some(coding), _) if coding == "chunked" => chunks(body)?,
        (Some(coding), _) => return Err(format!("it answers in a coding that nobody asked for: {coding}")),
        (None, Some(length)) => {
            let length: usize = length.parse().map_err(|_| "it does not say how long its answer is")?;
            body.get(..length).map(<[u8]>::to_vec)
        }
        (None, None) => ended.then(|| body.to_vec()),
    };
    match body {
        Some(body) => Ok(Some(Whole { status, body })),
        None if ended => Err("it closed the connection in the middle of an answer".to_owned()),
        None => Ok(None),
    }
}

fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some((bytes.get(..at)?, bytes.get(at + 4..)?))
}

/// RFC 9112 section 7.1; `None`: the last one has not come.
fn chunks(mut body: &[u8]) -> Result<Option<Vec<u8>>, String> {
    let mut whole = Vec::new();
    loop {
        let Some(end) = body.windows(2).position(|two| two == b"\r\n") else { return Ok(None) };
        let line = String::from_utf8_lossy(body.get(..end).unwrap_or_default()).into_owned();
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| "its answer has a broken chunk")?;
        if size == 0 {
            return Ok(Some(whole));
        }
        let begin = end + 2;
        let Some(chunk) = begin.checked_add(size).and_then(|end| body.get(begin..end)) else {
            return Ok(None);
        };
        whole.extend_from_slice(chunk);
        let Some(rest) = body.get(begin + size + 2..) else { return Ok(None) };
        body = rest;
    }
}

/// What an answer says.
///
/// # Errors
/// Why it holds no token.
pub(super) fn given(whole: &Whole) -> Result<Given, Refusal> {
    let status = whole.status;
    let json = serde_json::from_slice::<Value>(&whole.body).ok().filter(Value::is_object);
    let text = |key: &str| json.as_ref().and_then(|json| json.get(key)).and_then(Value::as_str);
    if let Some(error) = text("error") {
        let words = text("error_description").map_or_else(String::new, |words| format!(": {words}"));
        let said = format!("{error}{words}");
        let passes = matches!(error, "temporarily_unavailable" | "server_error" | "slow_down");
        return Err(match status {
            _ if passes => Refusal::Other(format!("HTTP {status}, {said}")),
            408 | 429 | 500.. => Refusal::Other(format!("HTTP {status}, {said}")),
            _ => Refusal::Grant(said),
        });
    }
    if status != 200 {
        return Err(Refusal::Other(format!("HTTP status {status}")));
    }
    if json.is_none() {
        return Err(Refusal::Other("its answer is no JSON".to_owned()));
    }
    let Some(token) = text("access_token").filter(|token| is_token(token)) else {
        return Err(Refusal::Other("its answer holds no access_token".to_owned()));
    };
    let said = json.as_ref().and_then(|json| json.get("expires_in"));
    let seconds = said.and_then(|said| said.as_u64().or_else(|| said.as_str()?.parse().ok()));
    Ok(Given {
        access_token: token.to_owned(),
        good_for: used_for(seconds.map_or(UNSAID, Duration::from_secs)),
        refresh_token: text("refresh_token").filter(|token| is_token(token)).map(ToOwned::to_owned),
    })
}

/// Whether that can stand in a header (RFC 6750 section 2.1, and what is seen beyond it): printable ASCII without blanks.
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// How long a token is used that is good for so long: it is renewed early, for a pass takes a while.
fn used_for(good_for: Duration) -> Duration {
    let good_for = good_for.min(LONGEST);
    good_for.saturating_sub(EARLY.max(good_for / 10)).max(good_for / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(answer: &str) -> Result<Given, Refusal> {
        given(&whole(answer.as_bytes(), true).map_err(Refusal::Other)?.unwrap())
    }

    #[test]
    fn answers_are_whole_by_length_by_chunks_or_at_their_end() {
        let body = Whole { status: 200, body: b"{\"a\":1}".to_vec() };
        for (answer, ended) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{\"a\":1}", false),
            ("HTTP/1.1 200\r\ncontent-length:7\r\n\r\n{\"a\":1}more", false),
            ("HTTP/1.0 200 OK\r\n\r\n{\"a\":1}", true),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=y\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n",
                false,
            ),
        ] {
            assert_eq!(whole(answer.as_bytes(), ended), Ok(Some(Whole { ..clone(&body) })), "{answer}");
            // A byte at a time: whole, or waited for; never wrong.
            for end in 0..answer.len() - 8 {
                assert_eq!(whole(&answer.as_bytes()[..end], false), Ok(None), "{end} of {answer}");
            }
        }
        for (answer, words) in [
            ("SSH-2.0-OpenSSH_9.6\r\n", "none of HTTP"),
            ("HTTP/1.1 fine\r\n\r\n", "none of HTTP"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{\"a\":1}", "in the middle"),
            ("HTTP/1.1 200 OK\r\nContent-Length: some\r\n\r\n{\"a\":1}", "how long"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "coding"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnone\r\n", "chunk"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx", "in the middle"),
            ("", "in the middle"),
        ] {
            assert!(whole(answer.as_bytes(), true).unwrap_err().contains(words), "{answer}");
        }
    }

    fn clone(whole: &Whole) -> Whole {
        Whole { status: whole.status, body: whole.body.clone() }
    }

    #[test]
    fn tokens_and_refusals_are_told_apart() {
        let answer = |status: u16, body: &str| read(&format!("HTTP/1.1 {status} x\r\n\r\n{body}"));
        let given = answer(200, r#"{"access_token":"a.b-c","expires_in":3600,"refresh_token":"r"}"#).unwrap();
        assert_eq!(given.access_token, "a.b-c");
        assert_eq!(given.good_for, Duration::from_mins(54));
        assert_eq!(given.refresh_token.as_deref(), Some("r"));
        let given = answer(200, r#"{"access_token":"a","expires_in":"0","refresh_token":null}"#).unwrap();
        assert_eq!((given.good_for, given.refresh_token), (Duration::ZERO, None));
        for (status, body, words) in [
            (
                400,
                r#"{"error":"invalid_grant","error_description":"It has expired."}"#,
                "invalid_grant: It has",
            ),
            (401, r#"{"error":"invalid_client"}"#, "invalid_client"),
            // As GitHub does.
            (200, r#"{"error":"bad_refresh_token"}"#, "bad_refresh_token"),
        ] {
            let Err(Refusal::Grant(said)) = answer(status, body) else { panic!("{body}") };
            assert!(said.starts_with(words), "{said}");
        }
        for (status, body, words) in [
            (503, "<html>later</html>", "HTTP status 503"),
            (429, r#"{"error":"too_many_requests"}"#, "HTTP 429"),
            (400, r#"{"error":"temporarily_unavailable"}"#, "HTTP 400"),
            (302, "", "HTTP status 302"),
            (200, "<html>please log in</html>", "no JSON"),
            (200, "[]", "no JSON"),
            (200, r#"{"access_token":"a b"}"#, "no access_token"),
            (200, r#"{"access_token":7}"#, "no access_token"),
        ] {
            let Err(Refusal::Other(said)) = answer(status, body) else { panic!("{body}") };
            assert!(said.contains(words), "{said}");
        }
    }

    #[test]
    fn a_token_is_renewed_before_its_end() {
        for (good_for, used) in
            [(0, 0), (60, 30), (600, 300), (3600, 3240), (86_400, 77_760), (999_999, 77_760)]
        {
            assert_eq!(used_for(Duration::from_secs(good_for)), Duration::from_secs(used), "{good_for}");
        }
    }
}

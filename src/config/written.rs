//! Hosts and password files as people write them: what is certainly not meant, and what is probably not.

use std::io::Read as _;
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::regular::open_file;
use crate::vocabulary::invisible::is_invisible;

/// Full-width forms of ASCII, and the full stops that input methods write.
fn is_full_width(c: char) -> bool {
    matches!(c, '\u{FF01}'..='\u{FF5E}' | '\u{3000}' | '。' | '｡')
}

/// The largest file that is read for a password, in bytes: access tokens and their like are long.
const LONGEST_FILE: u64 = 64 * 1024;

/// What is probably not meant by a login name.
pub(super) fn name_remark(name: &str) -> Option<&'static str> {
    Some(match name {
        _ if name.contains(is_full_width) => "has full-width characters; servers know the Latin ones",
        _ if name.contains(is_invisible) => "has characters that cannot be seen; type it anew",
        _ if name.trim() != name => "begins or ends with a blank, which counts as part of it",
        _ => return None,
    })
}

/// What may be wrong with a line that is no TOML, beyond what the reader of TOML says of it.
pub(super) fn line_hint(text: &str, line: Option<&str>) -> Option<String> {
    if text.contains('\0') {
        return Some("the file looks like UTF-16; save it as UTF-8".to_owned());
    }
    if text.contains('\r') && !text.contains('\n') {
        return Some("its lines end with CR alone; save it with LF or CRLF".to_owned());
    }
    let line = line?;
    let foreign = |c: char| is_full_width(c) || "“”‘’「」【】、".contains(c);
    if let Some(found) = line.chars().find(|c| foreign(*c)) {
        return Some(format!(
            "the line has the full-width character {found}, as input methods write it; signs and digits are the ASCII ones: \" ' = , [ ] # 0-9"
        ));
    }
    line.contains('\\')
        .then(|| "between \" a backslash begins an escape; write / or put the value between '".to_owned())
}

/// What is wrong with a host as it is written, and what would be right.
pub(super) fn host_problem(host: &str) -> Option<&'static str> {
    if host.parse::<IpAddr>().is_ok() {
        return None;
    }
    let has = |c: char| host.contains(c);
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || "-_".contains(c))
    };
    Some(match host {
        _ if host.contains("://") => "is a URL; write the host alone, without the scheme and without a path",
        _ if host.contains(is_full_width) => "has full-width characters; write Latin letters and dots",
        _ if host.contains(char::is_whitespace) => "has blanks; write the host alone",
        _ if host.contains(is_invisible) => "has characters that cannot be seen; type it anew",
        _ if has('@') => "has a user's part; write only what stands behind the @",
        _ if has('/') || has('[') => "is not a host name; write the host or its address alone",
        _ if has(':') => "has a port; write the host alone, and the port as port = 993",
        _ if host.split('.').any(str::is_empty) => "has an empty part: two dots in a row, or one at an end",
        _ if !host.split('.').all(label) || host.len() > 253 => "is not a host name",
        _ => return None,
    })
}

/// A password, and what is probably not meant about its file.
pub(super) struct Written {
    pub(super) secret: String,
    pub(super) remarks: Vec<&'static str>,
}

/// Reads a password's file: one line, its line break left out.
///
/// # Errors
/// Why it cannot be one.
pub(super) fn password(path: &Path) -> Result<Written, String> {
    let unreadable = |error| format!("cannot be read: {error}");
    let file = open_file(path).map_err(unreadable)?;
    let mode = file.metadata().map_err(unreadable)?.permissions().mode();
    let mut bytes = Vec::new();
    file.take(LONGEST_FILE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LONGEST_FILE {
        return Err("is longer than any password; is it the right file?".to_owned());
    }
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(
            "is UTF-16, as Windows editors call \"Unicode\"; save it as UTF-8 without a BOM".to_owned()
        );
    }
    let text =
        String::from_utf8(bytes).map_err(|_| "is not UTF-8; save it as UTF-8 without a BOM".to_owned())?;
    let plain = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    let secret = plain.trim_end_matches(['\r', '\n']);
    if secret.is_empty() {
        return Err("is empty".to_owned());
    }
    if secret.contains(['\r', '\n', '\0']) {
        return Err("must hold one line".to_owned());
    }
    let quotes = |c: char| "\"'`“”‘’「」".contains(c);
    let remarks = [
        (plain.len() < text.len(), "begins with a BOM, which is left out; save it as UTF-8 without one"),
        (secret.trim() != secret, "begins or ends with a blank, which counts as part of the password"),
        (
            secret.len() > 1 && secret.starts_with(quotes) && secret.ends_with(quotes),
            "stands in quotes, which count as part of the password",
        ),
        (
            secret.contains(is_full_width),
            "has full-width characters, which are others than the Latin ones in UTF-8 as in any charset",
        ),
        (mode & 0o004 != 0, "is readable by everybody; chmod 600"),
        (mode & 0o022 != 0, "is writable by others than its owner; chmod 600"),
    ];
    let remarks = remarks.into_iter().filter_map(|(applies, words)| applies.then_some(words)).collect();
    Ok(Written { secret: secret.to_owned(), remarks })
}

/// Whether a text is a mail address and nothing else.
pub(super) fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    !local.is_empty()
        && host_problem(domain).is_none()
        && !text.contains(|c: char| c.is_whitespace() || "<>,;\"".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_an_input_method_wrote_is_told() {
        let hint = |line: &str| line_hint(&format!("{line}\n"), Some(line)).unwrap_or_default();
        for line in ["host = “a”", "host ＝ 1", "port = ９９３", "【mailbox】", "x = [\"a\"，\"b\"]"]
        {
            assert!(hint(line).contains("full-width"), "{line}: {}", hint(line));
        }
        assert!(hint(r#"password_file = "C:\pw""#).contains("backslash"));
        assert_eq!(hint("enabled = True"), "");
        assert!(line_hint("[\0m\0", None).unwrap().contains("UTF-16"));
        assert!(line_hint("[m]\rhost = 1\r", None).unwrap().contains("CR alone"));
    }

    #[test]
    fn a_login_name_is_as_the_server_knows_it() {
        for (name, is_odd) in [
            ("zwfw@ln.gov.cn", false),
            ("省政务办", false),
            ("zwfw＠ln.gov.cn", true),
            ("zwfw\u{200b}", true),
            ("zwfw ", true),
        ] {
            assert_eq!(name_remark(name).is_some(), is_odd, "{name:?}");
        }
    }

    #[test]
    fn hosts_are_names_or_addresses_and_nothing_else() {
        for right in
            ["imap.ln.gov.cn", "127.0.0.1", "::1", "localhost", "mx_1.example.com", "邮局.中国", "a-b.cn"]
        {
            assert_eq!(host_problem(right), None, "{right}");
        }
        for (wrong, words) in [
            ("imap.ln.gov.cn:993", "port"),
            ("imaps://imap.ln.gov.cn", "URL"),
            (" imap.ln.gov.cn", "blanks"),
            ("imap.ln.gov.cn\t", "blanks"),
            ("imap。ln。gov。cn", "full-width"),
            ("ｉmap.ln.gov.cn", "full-width"),
            ("imap..gov.cn", "empty part"),
            ("imap.gov.cn.", "empty part"),
            ("zwfw@imap.ln.gov.cn", "user's part"),
            ("[::1]", "alone"),
            ("imap.ln.gov.cn/", "alone"),
            ("-imap.cn", "not a host name"),
            ("imap,cn", "not a host name"),
        ] {
            assert!(host_problem(wrong).is_some_and(|said| said.contains(words)), "{wrong}");
        }
    }

    #[test]
    fn a_password_file_is_read_as_it_was_meant_or_remarked_upon() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        let read = |bytes: &[u8], mode: u32| {
            std::fs::write(&path, bytes).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            password(&path)
        };
        for (bytes, secret, words) in [
            (&b"secret\r\n"[..], "secret", None),
            (b"pass word", "pass word", None),
            (b"\xEF\xBB\xBFsecret\n", "secret", Some("BOM")),
            (b"secret \n", "secret ", Some("blank")),
            (b" secret\n", " secret", Some("blank")),
            (b"\"secret\"\n", "\"secret\"", Some("quotes")),
            ("“secret”\n".as_bytes(), "“secret”", Some("quotes")),
            ("ｓecret\n".as_bytes(), "ｓecret", Some("full-width")),
        ] {
            let found = read(bytes, 0o600).unwrap();
            assert_eq!(found.secret, secret);
            let said = matches!((words, &found.remarks[..]), (None, []))
                || words.is_some_and(|words| matches!(found.remarks[..], [said] if said.contains(words)));
            assert!(said, "{secret}: {:?}", found.remarks);
        }
        for (mode, words) in [(0o644, "readable by everybody"), (0o660, "writable")] {
            assert!(read(b"secret\n", mode).unwrap().remarks[0].contains(words));
        }
        assert!(read(b"secret\n", 0o640).unwrap().remarks.is_empty(), "root's file for the service's group");
        for (bytes, words) in [
            (&b"\xFF\xFEs\0e\0"[..], "UTF-16"),
            (b"\xC3\xDC\xC2\xEB", "UTF-8"),
            (b"\n", "empty"),
            (b"one\ntwo\n", "one line"),
        ] {
            assert!(read(bytes, 0o600).err().unwrap().contains(words), "{words}");
        }
    }
}

//! What stands in a file of certificates.

/// The PEM text of a `ca_file`, without the byte order mark that Windows puts before it.
///
/// # Errors
/// What the file is instead, and how to make PEM of it.
pub fn pem_of(bytes: &[u8]) -> Result<&[u8], &'static str> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let has = |words: &[u8]| text.windows(words.len()).any(|window| window == words);
    match text {
        _ if has(b"-----BEGIN CERTIFICATE-----") || has(b"-----BEGIN TRUSTED CERTIFICATE-----") => Ok(text),
        [0x30, 0x80..=0x84, ..] => Err(
            "is a certificate in DER form, not PEM; convert it: openssl x509 -inform DER -in FILE -out ca.pem",
        ),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            Err("is UTF-16 text, not PEM; save it as plain ASCII or UTF-8")
        }
        _ if has(b"-----BEGIN PKCS7-----") => Err(
            "is PKCS#7, not PEM certificates; convert it: openssl pkcs7 -print_certs -in FILE -out ca.pem",
        ),
        _ => Err("holds no PEM certificate"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_pem_is_named_for_what_it_is() {
        let pem = b"-----BEGIN CERTIFICATE-----\nAA==\n";
        assert_eq!(pem_of(pem), Ok(&pem[..]));
        assert_eq!(pem_of(&[b"\xef\xbb\xbf", &pem[..]].concat()), Ok(&pem[..]));
        for (bytes, words) in [
            (&b"\x30\x82\x01\x0a"[..], "DER"),
            (b"\xff\xfe-\0-\0", "UTF-16"),
            (b"-----BEGIN PKCS7-----", "PKCS#7"),
            (b"", "no PEM"),
        ] {
            assert!(pem_of(bytes).unwrap_err().contains(words), "{words}");
        }
    }
}

//! The limit: everything is asked for at once, in batches of the program's size, and nothing is kept.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// Letters that are asked for together.
const BATCH: u32 = 100;

/// How many letters came, and how many bytes they have.
pub(crate) fn fetch(address: &str, ca: &Path, user: &str, password: &str) -> (u64, u64) {
    let (host, _) = address.rsplit_once(':').unwrap();
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(ca).unwrap() {
        roots.add(certificate.unwrap()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let tcp = TcpStream::connect(address).unwrap();
    tcp.set_nodelay(true).unwrap();
    let mut stream = BufReader::with_capacity(1 << 18, StreamOwned::new(connection, tcp));
    let mut line = Vec::new();
    stream.read_until(b'\n', &mut line).unwrap();
    let tell = |stream: &mut BufReader<_>, tag: &str, command: &str| {
        let stream: &mut StreamOwned<ClientConnection, TcpStream> = stream.get_mut();
        write!(stream, "{tag} {command}\r\n").unwrap();
        stream.flush().unwrap();
    };
    tell(&mut stream, "a", &format!("LOGIN {user} {password}"));
    until(&mut stream, b"a ");
    tell(&mut stream, "b", "EXAMINE INBOX");
    let (_, _, exists) = until(&mut stream, b"b ");
    let batches: Vec<u32> = (1..=exists).step_by(BATCH as usize).collect();
    // Two commands are under way at any time: the server never waits for this side.
    let (mut count, mut bytes) = (0, 0);
    for (index, first) in batches.iter().enumerate() {
        tell(&mut stream, &format!("f{index}"), &command(*first));
        if index > 0 {
            let (more, size, _) = until(&mut stream, format!("f{} ", index - 1).as_bytes());
            (count, bytes) = (count + more, bytes + size);
        }
    }
    if let Some(last) = batches.len().checked_sub(1) {
        let (more, size, _) = until(&mut stream, format!("f{last} ").as_bytes());
        (count, bytes) = (count + more, bytes + size);
    }
    (count, bytes)
}

fn command(first: u32) -> String {
    format!("UID FETCH {first}:{} (UID INTERNALDATE RFC822.SIZE BODY.PEEK[])", first + BATCH - 1)
}

/// Reads to the tagged answer: letters, their bytes, and the number that EXISTS gave.
fn until(stream: &mut BufReader<StreamOwned<ClientConnection, TcpStream>>, tag: &[u8]) -> (u64, u64, u32) {
    let (mut count, mut bytes, mut exists) = (0, 0, 0);
    let mut line = Vec::new();
    loop {
        line.clear();
        assert!(stream.read_until(b'\n', &mut line).unwrap() > 0, "the server ended the connection");
        if line.starts_with(tag) {
            assert!(line[tag.len()..].starts_with(b"OK"), "{}", String::from_utf8_lossy(&line));
            return (count, bytes, exists);
        }
        let text = String::from_utf8_lossy(&line);
        if let Some(size) = text.trim_end().strip_suffix('}').and_then(|text| text.rsplit('{').next()) {
            let size: u64 = size.parse().unwrap();
            std::io::copy(&mut stream.by_ref().take(size), &mut std::io::sink()).unwrap();
            (count, bytes) = (count + 1, bytes + size);
        } else if let Some(found) =
            text.strip_prefix("* ").and_then(|text| text.trim_end().strip_suffix(" EXISTS"))
        {
            exists = found.parse().unwrap();
        }
    }
}

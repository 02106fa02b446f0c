//! Servers that only OpenSSL is: with certificates that nobody should have any more, and with versions and ciphers of old.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use zwfw_intake::vocabulary::LiveFault;

use super::{check, fails};
use crate::support::daemon::Office;
use crate::support::{Group, wait_for};

const EXTENSIONS: &str = "\
[authority]
basicConstraints = critical, CA:TRUE
[narrow]
basicConstraints = critical, CA:TRUE
nameConstraints = critical, permitted;DNS:gov.cn
[good]
subjectAltName = DNS:localhost
extendedKeyUsage = serverAuth
[strange]
subjectAltName = DNS:localhost
1.3.6.1.4.1.99999.1 = critical, DER:0500
";

/// A folder of keys and certificates, each named by what is special about it.
struct Keys(tempfile::TempDir);

impl Keys {
    fn make() -> Self {
        let keys = Self(tempfile::tempdir().unwrap());
        fs::write(keys.0.path().join("extensions"), EXTENSIONS).unwrap();
        for (name, kind) in [("root", "ec"), ("middle", "ec"), ("leaf", "ec"), ("short", "rsa")] {
            let size = if kind == "ec" { "ec_paramgen_curve:P-256" } else { "rsa_keygen_bits:1024" };
            keys.run(&format!("genpkey -algorithm {kind} -pkeyopt {size} -out {name}.key"));
            let subject = if name == "root" || name == "middle" { name } else { "localhost" };
            keys.run(&format!(
                "req -new -key {name}.key -subj /CN={subject} -config extensions -out {name}.csr"
            ));
        }
        keys.run("x509 -req -in root.csr -signkey root.key -extfile extensions -extensions authority -out root.pem");
        for (name, request, signer, options) in [
            ("good", "leaf", "root", "-extfile extensions -extensions good"),
            ("short", "short", "root", "-extfile extensions -extensions good"),
            ("sha1", "leaf", "root", "-sha1 -extfile extensions -extensions good"),
            ("strange", "leaf", "root", "-extfile extensions -extensions strange"),
            ("version-1", "leaf", "root", ""),
            ("middle", "middle", "root", "-extfile extensions -extensions narrow"),
            ("forbidden", "leaf", "middle", "-extfile extensions -extensions good"),
        ] {
            keys.run(&format!(
                "x509 -req -in {request}.csr -CA {signer}.pem -CAkey {signer}.key -set_serial 7 {options} -out {name}.pem"
            ));
        }
        if !keys.run("x509 -in version-1.pem -noout -text").contains("Version: 1") {
            // Newer ones write version 1 only if they are told to.
            keys.run("req -x509 -x509v1 -in leaf.csr -CA root.pem -CAkey root.key -out version-1.pem");
        }
        keys
    }

    fn run(&self, arguments: &str) -> String {
        let output = Command::new("openssl")
            .args(arguments.split(' ').filter(|word| !word.is_empty()))
            .current_dir(self.0.path())
            .output();
        let output = output.unwrap();
        assert!(output.status.success(), "{arguments}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// A server, and its port.
    fn serve(&self, arguments: &str) -> (Group, u16) {
        let said = self.0.path().join("said");
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--", "openssl", "s_server", "-accept", "127.0.0.1:0"]);
        command.args(arguments.split(' ')).current_dir(self.0.path()).process_group(0);
        command.stdin(Stdio::piped()).stdout(fs::File::create(&said).unwrap()).stderr(Stdio::null());
        let server = Group::spawn(command);
        let port = wait_for("the server of OpenSSL", Duration::from_mins(1), || {
            let mut lines = BufReader::new(fs::File::open(&said).unwrap()).lines().map_while(Result::ok);
            lines.find_map(|line| line.strip_prefix("ACCEPT 127.0.0.1:")?.parse().ok())
        });
        (server, port)
    }
}

fn over_tls(port: u16, ca_file: &Path) -> Office {
    let mut office = Office::over_imap(port);
    office.text("mailbox", "host", "localhost");
    office.text("mailbox", "security", "tls");
    office.text("mailbox", "ca_file", ca_file.to_str().unwrap());
    office.text("limits", "step_timeout", "20s");
    office
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_only_old_servers_and_authorities_do() {
    let keys = Keys::make();
    let weak = "-cipher ALL:@SECLEVEL=0";
    for (fault, certificate, key, options) in [
        (LiveFault::TlsWeakKey, "short", "short", weak),
        (LiveFault::TlsWeakSignature, "sha1", "leaf", weak),
        (LiveFault::TlsVersion1, "version-1", "leaf", ""),
        (LiveFault::TlsConstrained, "forbidden", "leaf", "-cert_chain middle.pem"),
        (LiveFault::TlsNoChain, "forbidden", "leaf", ""),
        (LiveFault::TlsUnacceptable, "strange", "leaf", ""),
        (LiveFault::TlsTooOld, "good", "leaf", "-tls1 -cipher ALL:@SECLEVEL=0"),
        (LiveFault::TlsTooOld, "good", "leaf", "-tls1_1 -cipher ALL:@SECLEVEL=0"),
        (LiveFault::TlsNoCipher, "good", "leaf", "-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA"),
        (LiveFault::TlsNoCipher, "good", "leaf", "-tls1_3 -groups secp521r1"),
        (LiveFault::TlsClientCertificate, "good", "leaf", "-tls1_2 -Verify 1"),
        (LiveFault::TlsClientCertificate, "good", "leaf", "-tls1_3 -Verify 1"),
        // It takes the handshake and says nothing of IMAP: what is honest about TLS is no fault of it.
        (LiveFault::Silent, "good", "leaf", ""),
    ] {
        let arguments = format!("-cert {certificate}.pem -key {key}.key {options}");
        let (_server, port) = keys.serve(arguments.trim_end());
        let authority = keys.0.path().join("root.pem");
        let mut office = over_tls(port, &authority);
        if fault == LiveFault::Silent {
            office.text("limits", "step_timeout", "1s");
        }
        fails(&check(&office), fault);
        if fault == LiveFault::TlsClientCertificate {
            fails(&check(&by_pop3(office)), fault);
            let mut office = Office::at_maildir();
            office.answer_over_smtp(port);
            for (key, value) in
                [("host", "localhost"), ("security", "tls"), ("ca_file", authority.to_str().unwrap())]
            {
                office.text("acknowledgement", key, value);
            }
            fails(&check(&office), fault);
        }
    }
}

fn by_pop3(mut office: Office) -> Office {
    office.text("mailbox", "kind", "pop3");
    office
}

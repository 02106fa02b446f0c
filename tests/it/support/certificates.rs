//! A certificate authority of our own, a server certificate signed by it, and a second authority that
//! signed nothing.

use std::path::PathBuf;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

use super::Area;

/// The PEM files' paths.
pub(crate) struct Certificates {
    /// Signed the server's certificate.
    pub(crate) ca: PathBuf,
    /// Signed nothing: who trusts only this one must refuse the server.
    pub(crate) other_ca: PathBuf,
    pub(crate) server: PathBuf,
    pub(crate) server_key: PathBuf,
}

impl Certificates {
    pub(crate) fn make(area: &Area) -> Self {
        let dir = area.make_dir("tls");
        let (ca_pem, issuer) = authority("zwfw test authority");
        let (other_pem, _) = authority("zwfw other authority");

        let names = ["localhost", "mail.example.test", "127.0.0.1"].map(str::to_owned);
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, "mail.example.test");
        params.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();

        let files = Self {
            ca: dir.join("ca.pem"),
            other_ca: dir.join("other-ca.pem"),
            server: dir.join("server.pem"),
            server_key: dir.join("server.key"),
        };
        area.write(&files.ca, ca_pem);
        area.write(&files.other_ca, other_pem);
        area.write(&files.server, certificate.pem());
        area.write(&files.server_key, key.serialize_pem());
        files
    }
}

fn authority(name: &str) -> (String, Issuer<'static, KeyPair>) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    (certificate.pem(), Issuer::new(params, key))
}

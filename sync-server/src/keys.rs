//! The server's own keys: Ed25519 for receipts, and a certificate of its own for TLS, whose fingerprint stands in every
//! ticket. Both live in the database, so that a backup carries them and restored phones know the server again.

use ed25519_dalek::SigningKey;

use crate::error::{Error, Result};
use crate::officer::{random, sha256};
use crate::store::{Reads, Writes};

const SIGN: &str = "sign_key";
const CERT: &str = "tls_cert";
const TLS: &str = "tls_key";

/// Makes all keys; `hosts` are the names and addresses under which devices reach the server.
pub fn make(w: &mut dyn Writes, hosts: &[String]) -> Result<()> {
    w.set(SIGN, &random::<32>()?)?;
    let failed = |e: rcgen::Error| {
        Error::invalid("证书生成失败，请检查 --host。 No certificate could be made: see --host.").because(e)
    };
    let mut params = rcgen::CertificateParams::new(hosts).map_err(failed)?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(rcgen::DnType::CommonName, "Ruhu");
    let key = rcgen::KeyPair::generate().map_err(failed)?;
    let cert = params.self_signed(&key).map_err(failed)?;
    w.set(CERT, cert.der())?;
    w.set(TLS, key.serialized_der())
}

/// The key that signs receipts.
pub fn signing(r: &dyn Reads) -> Result<SigningKey> {
    let seed = required(r, SIGN)?;
    let seed: [u8; 32] =
        seed.try_into().map_err(|_| Error::internal("服务器密钥损坏。 The server's key is damaged."))?;
    Ok(SigningKey::from_bytes(&seed))
}

/// SHA-256 of the certificate (DER), hex: what a ticket carries and a device pins.
pub fn fingerprint(r: &dyn Reads) -> Result<String> {
    Ok(hex::encode(sha256(&required(r, CERT)?)))
}

/// The certificate (DER).
pub fn certificate(r: &dyn Reads) -> Result<Vec<u8>> {
    required(r, CERT)
}

/// TLS with the server's own certificate.
pub fn tls(r: &dyn Reads) -> Result<rustls::ServerConfig> {
    let failed = |e: rustls::Error| Error::internal("TLS 配置失败。 TLS cannot start.").because(e);
    let cert = rustls::pki_types::CertificateDer::from(required(r, CERT)?);
    let key = rustls::pki_types::PrivateKeyDer::Pkcs8(required(r, TLS)?.into());
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .with_no_client_auth()
        .with_single_cert(vec![cert], key)
        .map_err(failed)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn required(r: &dyn Reads, key: &str) -> Result<Vec<u8>> {
    r.setting(key)?.ok_or_else(|| {
        Error::internal("服务器设置不全，请先运行 init。 The server is not initialised: run init first.")
    })
}

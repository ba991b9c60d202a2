//! The link over HTTP: the only door to reqwest.
//!
//! A server with its own certificate is known by the SHA-256 of that certificate, which the ticket carries; the name and
//! the dates in it do not matter then (a township's server has no name, and phones' clocks are wrong). Plain `http://`
//! goes to this machine only, unless allowed by hand.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use reqwest::blocking::Client;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use sha2::{Digest, Sha256};

use super::transport::{Address, Reply, Route, Transport, offline};
use crate::error::{Error, Kind, Result};

/// A connection is given up after this long.
const CONNECT: Duration = Duration::from_secs(10);
/// A whole request, on a village's signal.
const WHOLE: Duration = Duration::from_secs(120);

struct Http {
    client: Client,
    server: String,
}

/// Makes an HTTP link; nothing is sent yet.
pub fn connect(address: &Address) -> Result<Box<dyn Transport>> {
    let server = address.server.trim_end_matches('/').to_owned();
    let builder = Client::builder()
        .connect_timeout(CONNECT)
        .timeout(WHOLE)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none());
    // Once per process; a second time is harmless.
    rustls::crypto::ring::default_provider().install_default().ok();
    let builder = if let Some(host) = server.strip_prefix("http://") {
        if !address.insecure && !is_loopback(host) {
            return Err(Error::new(
                Kind::Refused,
                "地址以 http:// 开头，传输不加密，已拒绝；请使用 https://。 The address is plain http://, which is not encrypted: use https://.",
            ));
        }
        builder
    } else if server.starts_with("https://") {
        match &address.fingerprint {
            Some(fingerprint) => builder.tls_backend_preconfigured(pinned(fingerprint)?),
            None => builder,
        }
    } else {
        return Err(Error::invalid("服务器地址应以 https:// 开头。 The server's address begins with https://."));
    };
    let client = builder
        .build()
        .map_err(|e| Error::internal("网络无法初始化。 The network could not be set up.").because(e.without_url()))?;
    Ok(Box::new(Http { client, server }))
}

fn is_loopback(host_and_port: &str) -> bool {
    let host = host_and_port.split('/').next().unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(h, _)| h).trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl Transport for Http {
    fn send(&self, route: Route<'_>, token: Option<&str>, body: Option<&[u8]>, most: usize) -> Result<Reply> {
        self.send_heard(route, token, body, most, &|_| ())
    }

    fn send_heard(
        &self,
        route: Route<'_>,
        token: Option<&str>,
        body: Option<&[u8]>,
        most: usize,
        heard: &dyn Fn(usize),
    ) -> Result<Reply> {
        let url = format!("{}{}", self.server, route.path());
        let mut request = match body {
            Some(body) => self.client.post(url).header("content-type", "application/cbor").body(body.to_vec()),
            None => self.client.get(url),
        };
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().map_err(unreachable_or_unknown)?;
        let status = response.status().as_u16();
        let body = read_all(response.take(most as u64 + 1), heard).map_err(|e| offline().because(e))?;
        if body.len() > most {
            return Err(Error::damaged(
                "服务器的回答过大，未采用；本机内容都在。 The server's answer is too large and was not used; everything here is safe.",
            ));
        }
        Ok(Reply { status, body })
    }
}

/// The whole answer, told of as it comes: on a village's signal a quarter of a megabyte takes half a minute.
fn read_all(mut from: impl Read, heard: &dyn Fn(usize)) -> std::io::Result<Vec<u8>> {
    let (mut body, mut piece) = (Vec::new(), [0; 8 * 1024]);
    loop {
        let n = match from.read(&mut piece) {
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        let Some(new) = piece.get(..n).filter(|new| !new.is_empty()) else { return Ok(body) };
        body.extend_from_slice(new);
        heard(body.len());
    }
}

/// A certificate that is not the ticket's is no network trouble: somebody else answered.
fn unreachable_or_unknown(e: reqwest::Error) -> Error {
    if is_stranger(&e) {
        return Error::new(
            Kind::Refused,
            "对方不是登记码上的服务器（证书不符），什么也没有送出，本机内容都在。请换个网络再试，或向发码人核对登记码。 This is not the server of the ticket (other certificate); nothing was sent, everything here is safe. Try another network, or ask whoever gave you the ticket.",
        );
    }
    offline().because(e.without_url())
}

/// Whether a refused certificate lies anywhere under this error. An IO error hides what it wraps from `source`, and TLS
/// troubles come wrapped twice.
fn is_stranger(error: &(dyn std::error::Error + 'static)) -> bool {
    if let Some(rustls::Error::InvalidCertificate(_)) = error.downcast_ref() {
        return true;
    }
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    if let Some(inner) = wrapped
        && is_stranger(inner)
    {
        return true;
    }
    error.source().is_some_and(is_stranger)
}

fn pinned(fingerprint: &str) -> Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let wanted = hex::decode(fingerprint.trim().replace(':', ""))
        .ok()
        .and_then(|b| b.try_into().ok())
        .ok_or_else(|| Error::invalid("证书指纹应为 64 位十六进制。 A certificate fingerprint has 64 hex digits."))?;
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|e| Error::internal("加密无法初始化。 Encryption could not be set up.").because(e))?;
    let verifier = Arc::new(Pinned { wanted, provider });
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

/// Trusts one certificate, by its SHA-256.
#[derive(Debug)]
struct Pinned {
    wanted: [u8; 32],
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        let found: [u8; 32] = Sha256::digest(end_entity.as_ref()).into();
        if found == self.wanted {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(rustls::Error::InvalidCertificate(rustls::CertificateError::ApplicationVerificationFailure))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(server: &str) -> Address {
        Address { server: server.into(), fingerprint: None, insecure: false }
    }

    #[test]
    fn plain_http_goes_to_this_machine_only() {
        for fine in ["http://127.0.0.1:8480", "http://localhost:1", "http://[::1]:8480"] {
            assert!(connect(&address(fine)).is_ok(), "{fine}");
        }
        for bad in ["http://192.168.1.4:8480", "http://127.0.0.1.evil.example:80", "http://10.0.0.1"] {
            assert_eq!(connect(&address(bad)).err().unwrap().kind, Kind::Refused, "{bad}");
        }
        assert!(connect(&Address { insecure: true, ..address("http://192.168.1.4:8480") }).is_ok());
        assert_eq!(connect(&address("ftp://x")).err().unwrap().kind, Kind::Invalid);
    }

    #[test]
    fn a_server_that_is_not_there_is_offline_and_says_what_is_safe() {
        // A port that was free a moment ago: nobody listens.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let link = connect(&address(&format!("http://127.0.0.1:{port}"))).unwrap();
        let error = link.send(Route::Pack("00"), None, None, 100).err().unwrap();
        assert_eq!(error.kind, Kind::Offline);
        assert!(error.words.contains("都已保存"));
    }
}

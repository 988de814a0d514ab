//! TLS on the same port, when a certificate is configured.

use std::path::Path;
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::settings::Settings;
use crate::start::StartError;

/// Reads certificate and key, if the settings name them.
///
/// # Errors
/// [`StartError::Key`]: a file cannot be read or does not fit the other.
pub(crate) fn acceptor(settings: &Settings) -> Result<Option<TlsAcceptor>, StartError> {
    let (Some(cert), Some(key)) = (&settings.tls_cert, &settings.tls_key) else {
        return Ok(None);
    };
    let chain = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| problem(cert, &error))?;
    if chain.is_empty() {
        return Err(problem(cert, &"there is no certificate in it"));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| problem(key, &error))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| problem(cert, &error))?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(|error| problem(key, &error))?;
    // WebSocket upgrades and the HTTP transport are HTTP/1 only.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Some(TlsAcceptor::from(Arc::new(config))))
}

fn problem(path: &Path, problem: &dyn std::fmt::Display) -> StartError {
    StartError::Key {
        path: path.to_owned(),
        problem: problem.to_string(),
    }
}

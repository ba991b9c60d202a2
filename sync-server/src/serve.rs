//! Listening and stopping.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};

use crate::error::{Error, Result};
use crate::routes::{App, router};
use crate::settings::ServeOptions;
use crate::store::sqlite::SqliteStore;
use crate::store::{Store, read, write};

/// Rounds under way at a stop may finish within this.
const GRACE: Duration = Duration::from_secs(20);

/// A server that listens.
pub struct Server {
    /// where it listens
    pub address: SocketAddr,
    handle: Handle<SocketAddr>,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Server {
    /// Opens the data folder and listens.
    pub async fn start(data: &Path, options: &ServeOptions) -> Result<Self> {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&crate::settings::database(data), false)?);
        Self::over(store, options).await
    }

    /// Listens over a store.
    pub async fn over(store: Arc<dyn Store>, options: &ServeOptions) -> Result<Self> {
        let _ = crate::routes::health::recorder();
        let tls = if options.tls { Some(read(&*store, crate::keys::tls)?) } else { None };
        let app = Arc::new(App::new(store.clone(), options)?);
        let cannot = |e: std::io::Error| {
            Error::invalid("无法监听该地址，可能端口已被占用。 The server cannot listen there; the port may be taken.")
                .because(e)
        };
        let listener = std::net::TcpListener::bind(options.listen).map_err(cannot)?;
        listener.set_nonblocking(true).map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{address}");
        let mode: &[u8] = if tls.is_some() { b"own" } else { b"proxy" };
        write(&*store, move |w| {
            w.set(crate::ops::TLS, mode)?;
            w.set(crate::ops::LAST_URL, url.as_bytes())
        })?;
        let handle = Handle::new();
        let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
        let plain = axum_server::from_tcp(listener).map_err(cannot)?.handle(handle.clone());
        let task = match tls {
            Some(config) => {
                let acceptor = RustlsAcceptor::new(RustlsConfig::from_config(Arc::new(config)));
                let mut server = plain.acceptor(acceptor);
                patience(server.http_builder());
                tokio::spawn(server.serve(service))
            }
            None => {
                let mut server = plain;
                patience(server.http_builder());
                tokio::spawn(server.serve(service))
            }
        };
        Ok(Self { address, handle, task })
    }

    /// Stops: takes no more, lets the rounds under way finish.
    pub async fn stop(self) -> Result<()> {
        self.handle.graceful_shutdown(Some(GRACE));
        self.ended().await
    }

    /// Runs until SIGTERM or SIGINT, then stops.
    pub async fn until_told(self) -> Result<()> {
        let told = told();
        tokio::pin!(told);
        let handle = self.handle.clone();
        let ended = self.ended();
        tokio::pin!(ended);
        tokio::select! {
            () = &mut told => {
                tracing::info!("stopping");
                handle.graceful_shutdown(Some(GRACE));
                ended.await
            }
            done = &mut ended => done,
        }
    }

    async fn ended(self) -> Result<()> {
        self.task
            .await
            .map_err(|e| Error::internal("服务异常结束。 The server ended by a mistake of ours.").because(e))??;
        Ok(())
    }
}

/// A client that sends its headers drop by drop is not waited for.
fn patience(builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>) {
    builder.http1().timer(hyper_util::rt::TokioTimer::new()).header_read_timeout(Duration::from_secs(20));
}

#[cfg(unix)]
async fn told() {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(mut term), Ok(mut int)) => {
            tokio::select! {
                _ = term.recv() => {}
                _ = int.recv() => {}
            }
        }
        _ => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn told() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

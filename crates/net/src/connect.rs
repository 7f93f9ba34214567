//! Opens connections to one endpoint.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;
use tower_service::Service;

use crate::Endpoint;
use crate::endpoint::Target;
use crate::fault::TlsFault;
use crate::resolve::Resolver;
use crate::stream::{Socket, Stream};

type BoxError = Box<dyn Error + Send + Sync>;

/// How long opening a connection may take, name lookup and TLS handshake included. Shorter than the usual
/// limit of an attempt (10 s), so that the error tells a host that cannot be reached from one that does not answer.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// No connection within [`CONNECT_TIMEOUT`].
#[derive(Debug, thiserror::Error)]
#[error("no connection within {} s", CONNECT_TIMEOUT.as_secs())]
pub(crate) struct ConnectTimeout;

/// Opens connections to one endpoint, whatever the URI of the request says.
#[derive(Clone, Debug)]
pub(crate) struct Connector {
    endpoint: Endpoint,
    tcp: HttpConnector<Resolver>,
    fault: TlsFault,
}

impl Connector {
    pub(crate) fn new(endpoint: Endpoint) -> Connector {
        let mut tcp = HttpConnector::new_with_resolver(Resolver);
        tcp.enforce_http(false);
        // Without it small writes wait for the acknowledgement of the one before.
        tcp.set_nodelay(true);
        // Shared out among the addresses of a name, so that a dead one leaves time for the next.
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        Connector { endpoint, tcp, fault: TlsFault::default() }
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// What TLS found wrong with the last connection that was opened here.
    pub(crate) fn fault(&self) -> &TlsFault {
        &self.fault
    }

    fn open(&mut self, uri: Uri) -> Pin<Box<dyn Future<Output = Result<Socket, BoxError>> + Send>> {
        match self.endpoint.target() {
            Target::Unix(path) => {
                let path = path.clone();
                Box::pin(async { Ok(Socket::Unix(TokioIo::new(UnixStream::connect(path).await?))) })
            }
            Target::Tcp { tls: None, .. } => {
                let connecting = self.tcp.call(uri);
                Box::pin(async { Ok(Socket::Tcp(Box::new(connecting.await?.into()))) })
            }
            Target::Tcp { tls: Some(tls), .. } => {
                // Made anew for each connection, with the configuration of the moment: certificates that
                // changed on disk are used by the next connection.
                let connecting = HttpsConnector::from((self.tcp.clone(), tls.config())).call(uri);
                Box::pin(async { Ok(Socket::Tcp(Box::new(connecting.await?))) })
            }
        }
    }
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tcp.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let (opening, fault) = (self.open(uri), self.fault.clone());
        Box::pin(async {
            let socket =
                tokio::time::timeout(CONNECT_TIMEOUT, opening).await.map_err(|_| ConnectTimeout)??;
            // What broke an earlier connection says nothing about this one.
            fault.clear();
            Ok(Stream::new(socket, fault))
        })
    }
}

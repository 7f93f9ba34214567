//! Host names to addresses, asked anew at each connect.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec;

use hyper_util::client::legacy::connect::dns::Name;
use tower_service::Service;

/// The system's resolver, with errors that can be told from those of the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resolver;

/// The name has no address, or the resolver cannot say.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(crate) struct ResolveError(#[from] io::Error);

impl Service<Name> for Resolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = ResolveError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, ResolveError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ResolveError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        Box::pin(async move {
            // The connector puts the port in.
            let addresses: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            Ok(addresses.into_iter())
        })
    }
}

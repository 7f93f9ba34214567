//! Addresses that behave badly.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpSocket;

/// A loopback port that is taken but refuses connections, as long as this lives.
#[derive(Debug)]
pub struct ClosedPort {
    socket: TcpSocket,
}

impl ClosedPort {
    /// Where nothing listens.
    pub fn address(&self) -> SocketAddr {
        self.socket.local_addr().expect("the socket is bound")
    }
}

/// Takes a port without listening on it, so that no other test can.
pub fn closed_port() -> ClosedPort {
    let socket = TcpSocket::new_v4().expect("sockets can be opened");
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).expect("loopback has a free port");
    ClosedPort { socket }
}

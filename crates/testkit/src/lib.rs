#![doc = include_str!("../README.md")]

mod body;
pub mod certs;
mod collector;
mod delivered;
pub mod fixture;
mod gate;
mod journal;
mod ports;
mod render;
mod reply;
mod request;
mod server;

pub use collector::{CollectorBuilder, MockCollector};
pub use delivered::DeliveredSpan;
pub use gate::Gate;
pub use ports::{ClosedPort, closed_port};
pub use reply::Reply;
pub use request::Request;

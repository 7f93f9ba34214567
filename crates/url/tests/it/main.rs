//! The URL table, its errors, its round trips and its secrets, through the public API.

mod errors;
mod forms;
mod round_trip;
mod secrets;

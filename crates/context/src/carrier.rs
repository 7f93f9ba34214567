//! What carries a context from process to process.

use std::collections::HashMap;
use std::hash::BuildHasher;

/// A message that a context can be read from, such as the header fields of a request.
pub trait Carrier {
    /// The values of all fields called `name`, in their order. `name` is lowercase; where the carrier is
    /// like HTTP, fields in any case count. A value that is no UTF-8 is left out.
    fn fields<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str>;
}

/// A message that a context can be written to.
pub trait CarrierMut {
    /// Sets the field `name`, in the place of all fields of that name. `name` is lowercase, and `value` is
    /// printable ASCII, spaces and tabs, and so fit for HTTP.
    fn set_field(&mut self, name: &'static str, value: &str);

    /// Takes all fields called `name` away, so that nothing stale is sent.
    fn remove_field(&mut self, name: &'static str);
}

impl<S: BuildHasher> Carrier for HashMap<String, String, S> {
    fn fields<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

impl<S: BuildHasher> CarrierMut for HashMap<String, String, S> {
    fn set_field(&mut self, name: &'static str, value: &str) {
        self.remove_field(name);
        self.insert(name.to_owned(), value.to_owned());
    }

    fn remove_field(&mut self, name: &'static str) {
        self.retain(|key, _| !key.eq_ignore_ascii_case(name));
    }
}

impl<K: AsRef<str>, V: AsRef<str>> Carrier for [(K, V)] {
    fn fields<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter()
            .filter(move |(key, _)| key.as_ref().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_ref())
    }
}

impl<K: AsRef<str>, V: AsRef<str>> Carrier for Vec<(K, V)> {
    fn fields<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.as_slice().fields(name)
    }
}

impl<K, V> CarrierMut for Vec<(K, V)>
where
    K: AsRef<str> + From<&'static str>,
    V: for<'a> From<&'a str>,
{
    fn set_field(&mut self, name: &'static str, value: &str) {
        self.remove_field(name);
        self.push((name.into(), value.into()));
    }

    fn remove_field(&mut self, name: &'static str) {
        self.retain(|(key, _)| !key.as_ref().eq_ignore_ascii_case(name));
    }
}

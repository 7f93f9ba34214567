//! Which forwarder is found on a machine.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::net::UnixListener;

use super::{header, local_forwarder};

fn forwarder(runtime_directory: Option<&OsStr>) -> String {
    local_forwarder(runtime_directory).to_string()
}

#[test]
fn the_socket_of_the_user_comes_before_everything_else() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("telespan")).unwrap();
    let socket = directory.path().join("telespan/forwarder.sock");
    let _listener = UnixListener::bind(&socket).unwrap();
    let expected = format!("unix://{}", socket.display());
    assert_eq!(forwarder(Some(directory.path().as_os_str())), expected);
}

#[test]
fn a_file_that_is_no_socket_is_no_forwarder() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("telespan")).unwrap();
    fs::write(directory.path().join("telespan/forwarder.sock"), "").unwrap();
    assert_eq!(forwarder(Some(directory.path().as_os_str())), forwarder(None));
}

#[test]
fn a_header_is_cut_at_its_first_colon() {
    for (text, name, value) in
        [("a: b", "a", "b"), ("a:b:c", "a", "b:c"), (" x-key :  v ", "x-key", "v"), ("a:", "a", "")]
    {
        let (actual_name, actual_value) = header(text).unwrap();
        assert_eq!((actual_name.as_str(), actual_value.expose()), (name, value), "{text}");
    }
}

#[test]
fn a_header_without_a_colon_is_not_quoted() {
    let error = header("Bearer s3cret").unwrap_err().to_string();
    assert_eq!(error, "--trace-header: write it as `name: value`");
}

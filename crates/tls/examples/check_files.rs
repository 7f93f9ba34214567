//! Checks TLS files as a client would use them: `check_files [CA_FILE [KEY_FILE CERT_FILE]]`.
#![allow(clippy::print_stdout, reason = "printing is what this example is for")]

use std::path::PathBuf;

use telespan_tls::{ClientTls, KeyPair, TlsFiles};

fn main() {
    let mut paths = std::env::args_os().skip(1).map(PathBuf::from);
    let ca_certs = Vec::from_iter(paths.next());
    let key_pairs = match (paths.next(), paths.next()) {
        (Some(key_file), Some(cert_file)) => vec![KeyPair { key_file, cert_file }],
        _ => Vec::new(),
    };
    let roots = if ca_certs.is_empty() { "the system's roots" } else { "the authorities of the CA file" };
    match ClientTls::load(TlsFiles { ca_certs, key_pairs }, &[b"h2"]) {
        Ok(tls) => {
            let identity =
                if tls.config().client_auth_cert_resolver.has_certs() { "the key pair" } else { "nothing" };
            println!("fine: trusts {roots}, identifies itself with {identity}");
        }
        Err(errors) => errors.iter().for_each(|error| println!("{error}")),
    }
}

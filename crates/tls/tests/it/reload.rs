//! Files that change while a client uses them.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use telespan_testkit::certs::{TestPki, server_config};
use telespan_tls::{ClientTls, WarningHook};

use crate::handshake::connect;
use crate::{client, setup};

/// A hook and what it was told.
fn collect_warnings() -> (WarningHook, Arc<Mutex<Vec<String>>>) {
    let warnings = Arc::new(Mutex::new(Vec::new()));
    let seen = warnings.clone();
    (Arc::new(move |error| seen.lock().unwrap().push(error.to_string())), warnings)
}

fn replace(file: &Path, contents: impl AsRef<[u8]>) {
    let new = file.with_extension("tmp");
    fs::write(&new, contents).unwrap();
    fs::rename(new, file).unwrap();
}

/// The configuration, which must not have been built anew.
fn unchanged(tls: &ClientTls) -> bool {
    Arc::ptr_eq(&tls.config(), &tls.config())
}

#[test]
fn the_same_configuration_is_given_out_while_nothing_changes() {
    let (_dir, pki) = setup();
    let tls = client(pki.ca_file(), &[pki.client("x")]);
    assert!(Arc::ptr_eq(&tls.config(), &tls.clone().config()));
}

#[test]
fn a_rotated_pair_is_shown_from_the_next_connection_on() {
    let (_dir, pki) = setup();
    let pair = pki.client("x");
    let tls = client(pki.ca_file(), std::slice::from_ref(&pair));
    let shown = || connect(tls.config(), server_config(&pki.server(), &[&pki])).client_certificate.unwrap();
    let before = shown();
    assert_eq!(pki.client("x"), pair);
    let after = shown();
    assert_ne!(after, before);
    assert_eq!(after, CertificateDer::from_pem_file(&pair.cert_file).unwrap());
    assert!(unchanged(&tls));
}

#[test]
fn a_replaced_authority_is_the_only_one_trusted_afterwards() {
    let (dir, old) = setup();
    let new = TestPki::named(dir.path(), "new");
    let tls = client(old.ca_file(), &[]);
    replace(old.ca_file(), fs::read(new.ca_file()).unwrap());
    let connect_to = |pki: &TestPki| connect(tls.config(), server_config(&pki.server(), &[])).client;
    connect_to(&new).unwrap();
    connect_to(&old).unwrap_err();
}

#[test]
fn a_link_that_points_elsewhere_counts_as_a_change() {
    let (dir, pki) = setup();
    let link = dir.path().join("current.pem");
    std::os::unix::fs::symlink(pki.ca_file(), &link).unwrap();
    let tls = client(&link, &[]);
    let other = TestPki::named(dir.path(), "other");
    let new_link = dir.path().join("next.pem");
    std::os::unix::fs::symlink(other.ca_file(), &new_link).unwrap();
    fs::rename(new_link, link).unwrap();
    connect(tls.config(), server_config(&other.server(), &[])).client.unwrap();
}

#[test]
fn a_broken_replacement_keeps_the_last_good_files_and_warns_once() {
    let (_dir, pki) = setup();
    let (hook, warnings) = collect_warnings();
    let tls = client(pki.ca_file(), &[]).with_warning_hook(hook);
    let good = tls.config();
    let original = fs::read(pki.ca_file()).unwrap();
    let broken: [&[u8]; 3] = [b"", b"-----BEGIN CERTIFICATE-----\nMIIB", &original[..original.len() / 2]];
    for (count, contents) in broken.into_iter().enumerate() {
        replace(pki.ca_file(), contents);
        for _ in 0..3 {
            assert!(Arc::ptr_eq(&tls.config(), &good));
        }
        let warnings = warnings.lock().unwrap();
        assert_eq!(warnings.len(), count + 1);
        assert!(warnings[count].contains(pki.ca_file().to_str().unwrap()), "{warnings:?}");
    }
    replace(pki.ca_file(), &original);
    assert!(!Arc::ptr_eq(&tls.config(), &good));
    assert_eq!(warnings.lock().unwrap().len(), broken.len());
}

#[test]
fn a_removed_file_keeps_the_last_good_one_until_it_is_back() {
    let (_dir, pki) = setup();
    let (hook, warnings) = collect_warnings();
    let tls = client(pki.ca_file(), &[]).with_warning_hook(hook);
    let original = fs::read(pki.ca_file()).unwrap();
    fs::remove_file(pki.ca_file()).unwrap();
    connect(tls.config(), server_config(&pki.server(), &[])).client.unwrap();
    assert!(unchanged(&tls));
    assert_eq!(warnings.lock().unwrap().len(), 1);
    fs::write(pki.ca_file(), original).unwrap();
    connect(tls.config(), server_config(&pki.server(), &[])).client.unwrap();
    assert_eq!(warnings.lock().unwrap().len(), 1);
}

#[test]
fn a_rotation_seen_halfway_warns_of_the_mismatch_and_ends_well() {
    let (_dir, pki) = setup();
    let pair = pki.client("x");
    let (hook, warnings) = collect_warnings();
    let tls = client(pki.ca_file(), std::slice::from_ref(&pair)).with_warning_hook(hook);
    let shown = || connect(tls.config(), server_config(&pki.server(), &[&pki])).client_certificate.unwrap();
    let old_cert = fs::read(&pair.cert_file).unwrap();
    let before = shown();
    pki.client("x");
    let new_cert = fs::read(&pair.cert_file).unwrap();
    replace(&pair.cert_file, old_cert);
    assert_eq!(shown(), before);
    assert!(warnings.lock().unwrap()[0].contains("does not belong to"));
    replace(&pair.cert_file, new_cert);
    assert_ne!(shown(), before);
    assert_eq!(warnings.lock().unwrap().len(), 1);
}

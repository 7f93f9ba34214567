//! As much of X.509 as choosing a client certificate takes: the issuer's name.

/// A tag, its contents, and tag, length and contents together.
struct Element<'a> {
    tag: u8,
    contents: &'a [u8],
    whole: &'a [u8],
}

const SEQUENCE: u8 = 0x30;
const EXPLICIT_VERSION: u8 = 0xa0;

/// The DER form of the issuer's distinguished name, as servers send it in their list of authorities. None if `cert`
/// is no certificate.
pub(crate) fn issuer(cert: &[u8]) -> Option<&[u8]> {
    let mut rest = sequence(&mut { cert })?;
    let mut fields = sequence(&mut rest)?;
    let version_or_serial = element(&mut fields)?;
    if version_or_serial.tag == EXPLICIT_VERSION {
        element(&mut fields)?;
    }
    let _signature_algorithm = element(&mut fields)?;
    let issuer = element(&mut fields)?;
    (issuer.tag == SEQUENCE).then_some(issuer.whole)
}

fn sequence<'a>(input: &mut &'a [u8]) -> Option<&'a [u8]> {
    element(input).filter(|element| element.tag == SEQUENCE).map(|element| element.contents)
}

/// Takes the first element off `input`. Knows single-byte tags only, all that a certificate's frame uses.
fn element<'a>(input: &mut &'a [u8]) -> Option<Element<'a>> {
    let (&tag, after_tag) = input.split_first()?;
    let (&first, after_first) = after_tag.split_first()?;
    let (length, body) = match first {
        0..=0x7f => (usize::from(first), after_first),
        0x81..=0x84 => {
            let (digits, body) = after_first.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0, |length, &digit| length << 8 | usize::from(digit)), body)
        }
        _ => return None,
    };
    let (contents, rest) = body.split_at_checked(length)?;
    let whole = &input[..input.len() - rest.len()];
    *input = rest;
    Some(Element { tag, contents, whole })
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    use telespan_testkit::certs::TestPki;

    use super::*;

    #[test]
    fn the_issuer_of_a_certificate_is_its_authoritys_subject() {
        let dir = tempfile::tempdir().unwrap();
        // Long enough for lengths of two bytes.
        let pki = TestPki::named(dir.path(), &"n".repeat(150));
        let authority = CertificateDer::from_pem_file(pki.ca_file()).unwrap();
        let cert = CertificateDer::from_pem_file(pki.client("x").cert_file).unwrap();
        let mut roots = rustls::RootCertStore::empty();
        roots.add(authority).unwrap();
        assert_eq!(issuer(&cert).unwrap(), roots.subjects()[0].as_ref());
    }

    #[test]
    fn a_certificate_cut_anywhere_has_no_issuer() {
        let dir = tempfile::tempdir().unwrap();
        let cert = CertificateDer::from_pem_file(TestPki::new(dir.path()).ca_file()).unwrap();
        assert!(issuer(&cert).is_some());
        assert!((0..cert.len()).all(|length| issuer(&cert[..length]).is_none()));
        for not_a_certificate in [&b"text"[..], &[0x30, 0x80], &[0x30, 0x88, 0xff, 0xff], &[0x30, 0x84, 0xff]]
        {
            assert_eq!(issuer(not_a_certificate), None);
        }
    }
}

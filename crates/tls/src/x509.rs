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

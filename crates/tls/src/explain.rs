//! Handshake errors in words that say what to do.

use std::error::Error as StdError;
use std::io;

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};

/// Says what to do about a failed handshake, if `error` or one of its sources is a rustls error of a known kind.
///
/// Looks through `std::io::Error`, whose `source` skips the error that it wraps. The text is a whole hint, lowercase,
/// without a full stop, to be shown beside the error.
///
/// ```
/// let error = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
/// assert!(telespan_tls::explain(&error).unwrap().contains("not issued by a trusted authority"));
/// ```
pub fn explain(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<Error>() {
            return explain_rustls(error);
        }
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn explain_rustls(error: &Error) -> Option<&'static str> {
    match error {
        Error::InvalidCertificate(error) => explain_server_certificate(error),
        Error::AlertReceived(alert) => explain_alert(*alert),
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            Some("the server does not speak TLS on this port: correct the port, or the scheme of the URL")
        }
        Error::PeerIncompatible(_) => Some(
            "client and server have no TLS version or cipher in common: the server must offer TLS 1.2 or newer",
        ),
        Error::NoApplicationProtocol => Some(WRONG_PROTOCOL),
        _ => None,
    }
}

const WRONG_PROTOCOL: &str =
    "the server does not speak this protocol on this port: correct the port, or the scheme of the URL";

/// What this client found wrong with the server's certificate.
fn explain_server_certificate(error: &CertificateError) -> Option<&'static str> {
    Some(match error {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "the server's certificate is not issued by a trusted authority: add the certificate of its CA to the CA \
             files, and check that this is the right server"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the server's certificate has expired: renew it there, or correct the clock here"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the server's certificate is not valid yet: correct the clock here, or issue it anew"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the server's certificate is for another host: connect by a name that it lists, or issue it for this one"
        }
        CertificateError::Revoked => "the server's certificate has been revoked: it needs a new one",
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "the server's certificate is not meant for servers: issue it with the extended key usage serverAuth"
        }
        _ => return None,
    })
}

/// What the server disliked, most often about this client's certificate.
fn explain_alert(alert: AlertDescription) -> Option<&'static str> {
    Some(match alert {
        AlertDescription::CertificateRequired => {
            "the server demands a client certificate: configure a key pair that its CA issued"
        }
        AlertDescription::UnknownCA
        | AlertDescription::BadCertificate
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::AccessDenied
        | AlertDescription::DecryptError => {
            "the server refused the client certificate: configure a key pair issued by a CA that it trusts"
        }
        AlertDescription::CertificateExpired => {
            "the server says that the client certificate has expired: renew it, or correct the clock there"
        }
        AlertDescription::CertificateRevoked => {
            "the server says that the client certificate has been revoked: configure a new one"
        }
        AlertDescription::HandshakeFailure => {
            "the server ended the handshake: it may demand a client certificate, or share no cipher with this client"
        }
        AlertDescription::ProtocolVersion => {
            "the server offers neither TLS 1.2 nor 1.3: enable one of them there"
        }
        AlertDescription::UnrecognisedName => {
            "the server does not serve this host name: connect by a name that it is configured for"
        }
        AlertDescription::NoApplicationProtocol => WRONG_PROTOCOL,
        _ => return None,
    })
}

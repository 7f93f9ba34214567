//! Every error: what, where, and the hint.

use telespan_url::{ExporterUrl, UrlProblem};

const CONNECT: &str = "write a host, for example localhost:4317";
const HOST: &str = "write a host name, an IPv4 address or an IPv6 address in brackets; \
                    a directory is written file:///abs/dir or file:rel/dir";
const IPV6: &str = "brackets hold an IPv6 address without a zone, for example [::1]:4317";
const PORT: &str = "a port is a number from 1 to 65535";
const GRPC_ONLY: &str = "a gRPC URL is grpc://host:port and nothing else";
const GRPC_PATH: &str = "a gRPC URL has no path; for OTLP over HTTP write http:// or https://, \
                         for a directory file:///abs/dir or file:rel/dir";
const USERINFO: &str = "a URL takes no user name and no password; send credentials with `headers`";
const HTTP_FRAGMENT: &str = "a server never sees a fragment; leave it out, or write # as %23";
const ESCAPE: &str = "% begins an escape of two hexadecimal digits; a percent sign itself is %25";
const BLANK: &str = "leave it out, or percent-encode it where it belongs to a path";
const VALUE: &str = "write name=value with a whole number from 1 to 18446744073709551615";
const PARAMETERS: &str = "a file URL takes limit=<bytes>, max_files=<number> and max_bytes=<bytes>";
const EMPTY: &str = "write host:port, or a URL that begins with one of \
                     grpc://, grpcs://, http://, https://, file:, unix: and stdout:";

/// Checks problem, hint and the piece of the text that the error points at.
fn check(cases: &[(&str, UrlProblem, &str, &str)]) {
    for (text, problem, place, hint) in cases {
        let error = text.parse::<ExporterUrl>().expect_err(text);
        assert_eq!(error.problem(), *problem, "{text}: {error}");
        assert_eq!(&text[error.span()], *place, "{text}: {error}");
        assert_eq!(error.hint(), *hint, "{text}");
        assert_eq!(error.to_string(), format!("{problem} at byte {}: {hint}", error.span().start), "{text}");
    }
}

#[test]
fn nothing_at_all() {
    use UrlProblem::*;
    check(&[("", Empty, "", EMPTY), (" \n", Empty, "", EMPTY)]);
}

#[test]
fn white_space_and_control_characters_inside() {
    use UrlProblem::*;
    check(&[
        ("collector :4317", Blank, " ", BLANK),
        ("file:///a\tb", Blank, "\t", BLANK),
        ("http://h/a\u{7f}", Blank, "\u{7f}", BLANK),
        ("file:///a\u{a0}b", Blank, "\u{a0}", BLANK),
        ("file:///a\u{85}b", Blank, "\u{85}", BLANK),
        ("  grpc://a\0b ", Blank, "\0", BLANK),
    ]);
}

#[test]
fn schemes() {
    use UrlProblem::*;
    let all = "grpc://, grpcs://, http://, https://, file:, unix: and stdout:";
    check(&[
        ("tcp://h:1", UnsupportedScheme, "tcp", &format!("`tcp` is none of {all}")),
        ("HTTP2://h", UnsupportedScheme, "HTTP2", &format!("`HTTP2` is none of {all}")),
        ("://h", UnsupportedScheme, "", &format!("begin with one of {all}")),
        ("a/b://h", UnsupportedScheme, "a/b", &format!("begin with one of {all}")),
        ("http:h", MissingSlashes, "http", "write http:// before the host"),
        ("http:1.2.3.4:80", MissingSlashes, "http", "write http:// before the host"),
        ("HTTPS:/h", MissingSlashes, "HTTPS", "write https:// before the host"),
        ("grpc:h:4317", MissingSlashes, "grpc", "write grpc:// before the host"),
        ("grpcs:", MissingSlashes, "grpcs", "write grpcs:// before the host"),
        ("stdout:x", UnexpectedPath, "x", "standard output takes no options; write stdout:"),
        ("stdout://", UnexpectedPath, "//", "standard output takes no options; write stdout:"),
    ]);
}

#[test]
fn hosts() {
    use UrlProblem::*;
    check(&[
        ("grpc://", EmptyHost, "", CONNECT),
        ("grpc:///x", EmptyHost, "", CONNECT),
        ("http://:80", EmptyHost, "", CONNECT),
        (":4317", EmptyHost, "", CONNECT),
        ("/var/lib/traces", EmptyHost, "", CONNECT),
        ("4317", InvalidHost, "4317", HOST),
        ("256.1.1.1", InvalidHost, "256.1.1.1", HOST),
        ("1.2.3", InvalidHost, "1.2.3", HOST),
        ("01.2.3.4", InvalidHost, "01.2.3.4", HOST),
        ("./traces", InvalidHost, ".", HOST),
        ("a..b", InvalidHost, "a..b", HOST),
        ("-a", InvalidHost, "-a", HOST),
        ("a-.b", InvalidHost, "a-.b", HOST),
        ("a%20b", InvalidHost, "a%20b", HOST),
        (
            "b\u{fc}cher.example",
            InvalidHost,
            "b\u{fc}cher.example",
            "write the name in its ASCII form (xn--…)",
        ),
        ("a:b:c", InvalidHost, "a:b:c", "write host:port, with one colon"),
        ("[::1", InvalidHost, "[::1", "close the bracket, for example [::1]:4317"),
        ("[]", InvalidHost, "", IPV6),
        ("[1.2.3.4]", InvalidHost, "1.2.3.4", IPV6),
        ("http://[fe80::1%25eth0]/", InvalidHost, "fe80::1%25eth0", IPV6),
        (&"a".repeat(64), InvalidHost, &"a".repeat(64), HOST),
        (&"a.".repeat(128), InvalidHost, &"a.".repeat(128), HOST),
    ]);
}

#[test]
fn unbracketed_ipv6_shows_the_bracketed_forms() {
    use UrlProblem::*;
    check(&[
        ("::1", UnbracketedIpv6, "::1", "did you mean [::1]?"),
        (
            "2001:db8::1:4317",
            UnbracketedIpv6,
            "2001:db8::1:4317",
            "did you mean [2001:db8::1]:4317 or [2001:db8::1:4317]?",
        ),
        ("grpcs://::1", UnbracketedIpv6, "::1", "did you mean grpcs://[::1]?"),
        ("http://fe80::1:65535/p", UnbracketedIpv6, "fe80::1:65535", "did you mean http://[fe80::1]:65535?"),
        ("https://fe80::ffff/p", UnbracketedIpv6, "fe80::ffff", "did you mean https://[fe80::ffff]?"),
    ]);
}

#[test]
fn ports() {
    use UrlProblem::*;
    check(&[
        ("h:0", InvalidPort, "0", PORT),
        ("grpc:65536", InvalidPort, "65536", PORT),
        ("h:65536", InvalidPort, "65536", PORT),
        ("h:", InvalidPort, "", PORT),
        ("h:+1", InvalidPort, "+1", PORT),
        ("grpc://h:-1", InvalidPort, "-1", PORT),
        ("http://h:http/", InvalidPort, "http", PORT),
        ("[::1]:x", InvalidPort, "x", PORT),
        ("[::1]4317", InvalidPort, "4317", "after the bracket comes nothing or :port"),
    ]);
}

#[test]
fn userinfo_names_headers() {
    use UrlProblem::*;
    check(&[
        ("http://user:pw@h/p", Userinfo, "user:pw@", USERINFO),
        ("https://@h", Userinfo, "@", USERINFO),
        ("grpc://user@h", Userinfo, "user@", USERINFO),
        ("user@h:4317", Userinfo, "user@", USERINFO),
        ("user:pw@h:4317", Userinfo, "user:pw@", USERINFO),
        ("file://user@h/p", Userinfo, "user@", USERINFO),
        ("http://a@b@h", Userinfo, "a@b@", USERINFO),
    ]);
}

#[test]
fn grpc_takes_nothing_behind_the_port() {
    use UrlProblem::*;
    check(&[
        ("grpc://h/v1/traces", UnexpectedPath, "/v1/traces", GRPC_PATH),
        ("h:1//", UnexpectedPath, "//", GRPC_PATH),
        ("rel/dir", UnexpectedPath, "/dir", GRPC_PATH),
        ("grpcs://h?a=b", UnexpectedQuery, "?a=b", GRPC_ONLY),
        ("grpc://h#f", UnexpectedFragment, "#f", GRPC_ONLY),
    ]);
}

#[test]
fn http_targets() {
    use UrlProblem::*;
    check(&[
        ("http://h#f", UnexpectedFragment, "#f", HTTP_FRAGMENT),
        ("http://h/p?q#f", UnexpectedFragment, "#f", HTTP_FRAGMENT),
        ("http://h/%", BadEscape, "%", ESCAPE),
        ("http://h/%2", BadEscape, "%", ESCAPE),
        ("http://h/?a=%zz", BadEscape, "%", ESCAPE),
        ("http://h/{id}", UnencodedCharacter, "{", "write this character as %7B"),
        ("http://h/?a=<", UnencodedCharacter, "<", "write this character as %3C"),
        ("http://h/gr\u{fc}n", UnencodedCharacter, "\u{fc}", "write this character as %C3%BC"),
    ]);
}

#[test]
fn file_urls() {
    use UrlProblem::*;
    let path = "write file:///abs/dir or file:rel/dir";
    check(&[
        (
            "file://rel/dir",
            UnexpectedHost,
            "rel",
            "a file URL has no host; did you mean file:///rel/dir or file:rel/dir?",
        ),
        (
            "FILE://dir?limit=1",
            UnexpectedHost,
            "dir",
            "a file URL has no host; did you mean file:///dir or file:dir?",
        ),
        ("file://a:b/c@d", UnexpectedHost, "a:b", &format!("a file URL has no host; {path}")),
        ("file://", EmptyPath, "", path),
        ("file:", EmptyPath, "", path),
        ("file:?limit=1", EmptyPath, "", path),
        ("file://localhost", EmptyPath, "", path),
        ("file:///a#b", UnexpectedFragment, "#b", "a file URL has no fragment; write # as %23"),
        ("file:///a%0", BadEscape, "%", ESCAPE),
        ("file:///%%41", BadEscape, "%", ESCAPE),
        ("file:///a%00b", NulByte, "/a%00b", "no file system takes %00 in a path; leave it out"),
    ]);
}

#[test]
fn file_parameters() {
    use UrlProblem::*;
    check(&[
        ("file:d?", MalformedParameter, "", VALUE),
        ("file:d?limit", MalformedParameter, "limit", VALUE),
        ("file:d?limit=", MalformedParameter, "", VALUE),
        ("file:d?limit=0", MalformedParameter, "0", VALUE),
        ("file:d?limit=-1", MalformedParameter, "-1", VALUE),
        ("file:d?limit=+1", MalformedParameter, "+1", VALUE),
        ("file:d?limit=1.5", MalformedParameter, "1.5", VALUE),
        ("file:d?limit=10MB", MalformedParameter, "10MB", VALUE),
        ("file:d?limit=0x10", MalformedParameter, "0x10", VALUE),
        ("file:d?limit=%31", MalformedParameter, "%31", VALUE),
        ("file:d?max_bytes=18446744073709551616", MalformedParameter, "18446744073709551616", VALUE),
        ("file:d?limit=1&", MalformedParameter, "", VALUE),
        ("file:d?=1", UnknownParameter, "", PARAMETERS),
        ("file:d?Limit=1", UnknownParameter, "Limit", PARAMETERS),
        ("file:d?size=1", UnknownParameter, "size", PARAMETERS),
        ("file:d?limit=1&limit=1", RepeatedParameter, "limit", "write each parameter once"),
        (
            "file:d?max_files=1&limit=1&max_files=2",
            RepeatedParameter,
            "max_files",
            "write each parameter once",
        ),
    ]);
}

#[test]
fn unix_urls() {
    use UrlProblem::*;
    check(&[
        ("unix:", EmptyPath, "", "write unix:///run/x.sock"),
        (
            "unix://run/x.sock",
            UnexpectedHost,
            "run",
            "a unix URL has no host; did you mean unix:///run/x.sock or unix:run/x.sock?",
        ),
        ("unix:/x?a", UnexpectedQuery, "a", "a unix URL is a path and nothing else; write ? as %3F"),
        ("unix:/x#a?", UnexpectedFragment, "#a?", "a unix URL has no fragment; write # as %23"),
    ]);
}

#[test]
fn the_place_counts_from_the_start_of_the_text_as_given() {
    let error = "  http://h:x ".parse::<ExporterUrl>().unwrap_err();
    assert_eq!(error.span(), 11..12);
    assert_eq!(error.to_string(), "invalid port at byte 11: a port is a number from 1 to 65535");
    let error = "file:d?limit=1&limit=2".parse::<ExporterUrl>().unwrap_err();
    assert_eq!(error.span(), 15..20);
}

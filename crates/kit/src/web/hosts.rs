//! The hosts for which this program answers. HTTP/1.1 requires one `Host` (RFC 9112, 3.2): without one, with two,
//! or with an unreadable one, the response is 400. In production, any host other than that of `public_url` and those
//! of clubs is answered with 421 (RFC 9110, 15.5.20), so that nothing cached, logged, or linked can carry a foreign
//! name. The hosts of clubs are in the database; `page_cache` looks them up in a copy (`clubs::host_table`).

use axum::http::header::{HOST, RETRY_AFTER};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, Uri, Version};
use axum::response::Response;

use crate::config::{Config, Environment};
use crate::errors;
use primitives::security::plain_answer;

/// The paths that monitoring requests by address, so that their host is not checked.
const WATCHED: [&str; 3] = ["/health/", "/ready/", "/metrics"];

/// The hosts for which the program answers.
#[derive(Debug, Clone)]
pub struct Hosts {
    /// The known hosts in production, in lower case and without port; `None` if every host is accepted.
    known: Option<Vec<String>>,
}

impl Hosts {
    /// Returns the hosts for a configuration: in production only the host of `public_url`, otherwise every host.
    pub fn of(config: &Config) -> Hosts {
        let own_host = || config.public_url.parse::<Uri>().ok().and_then(|url| url.host().map(plain));
        Hosts { known: (config.env == Environment::Production).then(|| own_host().into_iter().collect()) }
    }

    /// Returns the status with which a request must be rejected; `None` if its host is accepted.
    pub fn refusal<B>(&self, request: &Request<B>) -> Option<StatusCode> {
        let Ok(host) = host(request) else { return Some(StatusCode::BAD_REQUEST) };
        let known = self.known.as_ref()?;
        if WATCHED.contains(&request.uri().path()) || host.is_some_and(|host| known.contains(&host)) {
            return None;
        }
        Some(StatusCode::MISDIRECTED_REQUEST)
    }
}

/// Returns the host that a request names, in lower case and without port; `None` only for HTTP/1.0.
fn host<B>(request: &Request<B>) -> Result<Option<String>, ()> {
    let mut named = request.headers().get_all(HOST).into_iter();
    let (first, second) = (named.next(), named.next());
    if second.is_some() {
        return Err(());
    }
    let header = first.map(|value| value.to_str().map_err(|_| ()).and_then(authority)).transpose()?;
    let target = request.uri().authority();
    match (header, target) {
        (Some(header), Some(target)) if plain(header.host()) != plain(target.host()) => Err(()),
        (Some(header), _) => Ok(Some(plain(header.host()))),
        (None, Some(target)) if request.version() >= Version::HTTP_2 => Ok(Some(plain(target.host()))),
        (None, _) if request.version() <= Version::HTTP_10 => Ok(None),
        (None, _) => Err(()),
    }
}

/// Returns the host that a request names, in lower case and without a port. The club of the request is found by it.
pub fn requested_host(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let named = headers.get(HOST).and_then(|value| authority(value.to_str().ok()?).ok());
    named.as_ref().or(uri.authority()).map(|authority| plain(authority.host()))
}

/// Parses a host name of letters, digits, hyphens, and dots, without a port. Returns it in lower case, or `None`.
pub fn host_name(text: &str) -> Option<String> {
    let host = plain(text.trim());
    let is_label = |label: &str| {
        let is_inside = |c: char| c.is_ascii_alphanumeric() || c == '-';
        (1..=63).contains(&label.len())
            && label.chars().all(is_inside)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    (host.len() <= 253 && host.split('.').all(is_label)).then_some(host)
}

fn authority(text: &str) -> Result<Authority, ()> {
    let read = text.parse::<Authority>().map_err(|_| ())?;
    if read.host().is_empty() || text.contains('@') { Err(()) } else { Ok(read) }
}

fn plain(host: &str) -> String {
    host.trim_end_matches('.').to_ascii_lowercase()
}

/// Returns the response to a request whose host is rejected, or cannot be checked because the database fails.
pub(crate) fn refused(status: StatusCode) -> Response {
    let message = match status {
        StatusCode::BAD_REQUEST => "Send one Host header.\n",
        StatusCode::SERVICE_UNAVAILABLE => "Our system isn’t responding. Please try again in a minute.\n",
        _ => "This server does not serve that host.\n",
    };
    let mut response = plain_answer(status, message);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(errors::RETRY_SECONDS));
    }
    response
}

/// Returns whether a host is this machine itself. Browsers store secure cookies for such hosts even without https.
pub fn is_local(host: &str) -> bool {
    let host = plain(host.trim_start_matches('[').trim_end_matches(']'));
    let is_loopback = host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    host == "localhost" || host.ends_with(".localhost") || is_loopback
}

/// Returns a warning if the public address is plain http with a name other than localhost, because no browser keeps
/// a sign-in there.
pub fn plain_http(config: &Config) -> Option<String> {
    let url = config.public_url.parse::<Uri>().ok()?;
    let is_plain = url.scheme_str() == Some("http") && !url.host().is_some_and(is_local);
    is_plain.then(|| {
        format!(
            "{} is plain http on a name other than localhost: browsers do not keep the sign-in cookie there, so no one can \
             sign in. Put a proxy with TLS in front and set CORESYNC_PUBLIC_URL to https://…",
            config.public_url
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_name_is_normalized_to_lowercase() {
        assert_eq!(host_name(" Club.Example. ").as_deref(), Some("club.example"));
        for wrong in ["", "a b", "club.example:80", "https://club.example", "-a.test", "a..b", "клуб"] {
            assert_eq!(host_name(wrong), None, "{wrong}");
        }
    }

    fn status(hosts: &Hosts, version: Version, target: &str, named: &[&'static str]) -> Option<u16> {
        let mut request = Request::builder().version(version).uri(target);
        for host in named {
            request = request.header(HOST, *host);
        }
        hosts.refusal(&request.body(()).expect("a request")).map(|status| status.as_u16())
    }

    #[test]
    fn a_request_names_one_host_and_in_production_a_known_one() {
        let config = |env| Config { env, public_url: "https://Club.example".to_owned(), ..Config::default() };
        let (any, ours) =
            (Hosts::of(&config(Environment::Development)), Hosts::of(&config(Environment::Production)));
        for (version, target, named, anywhere, in_production) in [
            (Version::HTTP_11, "/", vec!["club.example"], None, None),
            (Version::HTTP_11, "/", vec!["CLUB.example.:443"], None, None),
            (Version::HTTP_11, "/", vec!["evil.test"], None, Some(421)),
            (Version::HTTP_11, "/health/", vec!["10.0.0.7:8080"], None, None),
            (Version::HTTP_11, "/ready/", vec!["10.0.0.7:8080"], None, None),
            (Version::HTTP_11, "/", vec![], Some(400), Some(400)),
            (Version::HTTP_11, "/health/", vec![], Some(400), Some(400)),
            (Version::HTTP_11, "/", vec!["club.example", "club.example"], Some(400), Some(400)),
            (Version::HTTP_11, "/", vec![""], Some(400), Some(400)),
            (Version::HTTP_11, "/", vec!["a b"], Some(400), Some(400)),
            (Version::HTTP_11, "/", vec!["you@club.example"], Some(400), Some(400)),
            (Version::HTTP_11, "http://evil.test/", vec!["club.example"], Some(400), Some(400)),
            (Version::HTTP_11, "http://evil.test/", vec![], Some(400), Some(400)),
            (Version::HTTP_10, "/", vec![], None, Some(421)),
            (Version::HTTP_2, "https://club.example/", vec![], None, None),
            (Version::HTTP_2, "https://evil.test/", vec![], None, Some(421)),
        ] {
            assert_eq!(status(&any, version, target, &named), anywhere, "{version:?} {target} {named:?}");
            assert_eq!(
                status(&ours, version, target, &named),
                in_production,
                "{version:?} {target} {named:?}"
            );
        }
    }

    #[test]
    fn plain_http_causes_a_warning_except_on_localhost() {
        for (url, is_warned) in [
            ("http://localhost:8080", false),
            ("http://127.0.0.1:8080", false),
            ("http://[::1]:8080", false),
            ("https://club.example", false),
            ("http://club.example", true),
            ("http://192.168.1.20:8080", true),
        ] {
            let config = Config { public_url: url.to_owned(), ..Config::default() };
            assert_eq!(plain_http(&config).is_some(), is_warned, "{url}");
        }
    }
}

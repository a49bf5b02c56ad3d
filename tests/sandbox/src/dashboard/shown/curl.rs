use super::body;
use super::mask::is_secret;
use crate::traffic::Exchange;

/// The request as a command line, with a shell variable in place of each secret.
pub(in crate::dashboard) fn curl(base_url: &str, exchange: &Exchange) -> String {
    let request = &exchange.request;
    let mut url = format!("{base_url}{}", request.path);
    if let Some(query) = body::query(exchange) {
        url.push('?');
        url.push_str(&query);
    }
    let mut lines = vec![format!("curl -X {} {}", request.method, quoted(&url))];
    for (name, value) in &request.headers {
        let name = name.as_str();
        let Ok(value) = value.to_str() else { continue };
        match name {
            "host" | "content-length" | "connection" | "accept-encoding" | "transfer-encoding" => {}
            "authorization" => {
                let scheme = value.split(' ').next().unwrap_or_default();
                let scheme = if scheme == "DPoP" { scheme } else { "Bearer" };
                lines.push(format!("-H \"Authorization: {scheme} $TOKEN\""));
            }
            "dpop" => lines.push("-H \"DPoP: $PROOF\"".to_owned()),
            "cookie" | "proxy-authorization" | "verification-token" => {}
            _ => lines.push(format!("-H {}", quoted(&format!("{name}: {value}")))),
        }
    }
    lines.extend(data(exchange));
    lines.join(" \\\n  ")
}

fn data(exchange: &Exchange) -> Vec<String> {
    if exchange.request_len == 0 {
        return Vec::new();
    }
    let form = exchange.request.media_type();
    if let (Some(body::FORM), Some(form)) = (form.as_deref(), exchange.whole_request()) {
        let fields = body::form_fields(form).into_iter();
        let fields = fields.map(|(name, value)| match is_secret(&name) {
            true => format!("--data-urlencode \"{}=${}\"", plain(&name), variable(&name)),
            false => format!("--data-urlencode {}", quoted(&format!("{name}={value}"))),
        });
        return fields.collect();
    }
    match body::request(exchange) {
        Some(body) => vec![format!("--data-raw {}", quoted(&body))],
        None => vec!["--data-binary @body".to_owned()],
    }
}

/// A name that is safe between double quotes.
fn plain(name: &str) -> String {
    let letters = name.chars();
    letters
        .filter(|it| it.is_ascii_alphanumeric() || *it == '_' || *it == '-')
        .collect()
}

fn variable(name: &str) -> String {
    plain(name).replace('-', "_").to_ascii_uppercase()
}

/// One word for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use http::{HeaderValue, Method, StatusCode};
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::{Request, Response};

    fn shown(request: Request) -> String {
        let response = Response::json(StatusCode::OK, &json!({}));
        let at = Timestamp::UNIX_EPOCH;
        let exchange = Exchange::new(at, Duration::ZERO, request, &response, None, None);
        curl("http://127.0.0.1:1", &exchange)
    }

    #[test]
    fn a_token_request_is_a_command_without_its_assertion() {
        let fields = [("grant_type", "client's"), ("client_assertion", "hush")];
        let expected = "curl -X POST 'http://127.0.0.1:1/v2/auth/token' \\\n  \
            -H 'content-type: application/x-www-form-urlencoded' \\\n  \
            --data-urlencode 'grant_type=client'\\''s' \\\n  \
            --data-urlencode \"client_assertion=$CLIENT_ASSERTION\"";
        assert_eq!(shown(Request::form("/v2/auth/token", &fields)), expected);
    }

    #[test]
    fn a_message_is_a_command_without_its_token() {
        let body = json!({ "Meta": { "Test": true }, "secret": "hush" }).to_string();
        let mut request = Request::json("/endpoint?token=hush&a=1", body).bearer("hush");
        let value = HeaderValue::from_static("$(rm); `x` \"");
        request.headers.insert("x-own", value);
        let command = shown(request);
        assert!(!command.contains("hush"), "{command}");
        assert!(
            command.contains("-H \"Authorization: Bearer $TOKEN\""),
            "{command}"
        );
        assert!(command.contains("-H 'x-own: $(rm); `x` \"'"), "{command}");
        assert!(command.contains("?token=%5Bredacted%5D&a=1'"), "{command}");
    }

    #[test]
    fn a_secret_field_s_name_runs_nothing_in_the_shell() {
        let command = shown(Request::form("/x", &[("secret$(rm -r)\"", "hush")]));
        assert!(
            !command.contains("$(rm") || command.contains("'secret"),
            "{command}"
        );
        let mut request = Request::new(Method::POST, "/upload");
        request.body = b"hush".to_vec();
        assert!(shown(request).ends_with("--data-binary @body"));
    }
}

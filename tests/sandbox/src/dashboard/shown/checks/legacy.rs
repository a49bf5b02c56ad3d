use http::StatusCode;

use super::list::{List, Verdict, shown_text};
use crate::fault::IN_PLACE;
use crate::legacy::REFRESH_PATH;
use crate::object::Object;
use crate::traffic::Exchange;

/// Applies the rules of the legacy flow to a request.
pub(super) fn check(exchange: &Exchange, list: &mut List) {
    let media_type = exchange.request.media_type();
    let json = "application/json";
    let is_json = media_type.as_deref() == Some(json);
    list.add(
        "Content-Type",
        is_json,
        json,
        shown_text(media_type.as_deref()),
    );
    let body = exchange.whole_request().and_then(Object::parse);
    let has = |name| {
        let body = body.as_ref();
        body.is_some_and(|body| body.text(name).is_some())
    };
    let second = match exchange.request.path.as_str() {
        REFRESH_PATH => "refreshToken",
        _ => "secret",
    };
    let found = |is_there| if is_there { "there" } else { "missing" };
    list.add("apiKey", has("apiKey"), "a text", found(has("apiKey")));
    list.add(second, has(second), "a text", found(has(second)));
    let verdict = match (exchange.status, exchange.reason()) {
        (_, Some(IN_PLACE)) | (StatusCode::BAD_REQUEST, _) => Verdict::Unchecked,
        (StatusCode::UNAUTHORIZED, _) => Verdict::Fail,
        _ => Verdict::Pass,
    };
    let found = match verdict {
        Verdict::Pass => "verified",
        Verdict::Fail => "one of them is wrong, or was replaced",
        Verdict::Unchecked => "refused earlier",
    };
    list.add(
        "credentials",
        verdict,
        "both belong to one legacy API key",
        found,
    );
}

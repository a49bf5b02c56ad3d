use std::collections::BTreeMap;

use serde_json::Value;

use super::View;
use super::frame::seconds;
use super::html::{Html, list, text};
use crate::dashboard::call::{Call, Problem};

/// One exchange: the reason of the answer, each rule, and the sent data.
pub(super) fn section(view: &View<'_>, number: &str, html: &mut Html) -> Result<(), Problem> {
    let call = Call {
        path: BTreeMap::from([("number", number.to_owned())]),
        ..Call::default()
    };
    let exchange = view.call("showExchange", &call)?;
    let curl = view.call("copyAsCurl", &call)?;
    let status = exchange.get("status").and_then(Value::as_u64);
    let is_good = status.is_some_and(|status| (200..400).contains(&status));
    html.raw("<p><a href=\"/traffic\">Traffic</a></p><h1>");
    html.member(&exchange, "method")
        .raw(" <code>")
        .member(&exchange, "path");
    html.raw("</code></h1><p class=\"verdict\"><span class=\"tag ");
    html.raw(if is_good { "ok" } else { "bad" }).raw("\">");
    html.member(&exchange, "status")
        .raw("</span> No. ")
        .member(&exchange, "number");
    html.raw(" at ")
        .text(&seconds(text(&exchange, "at")))
        .raw(", ");
    html.member(&exchange, "took_ms").raw(" ms");
    html.raw("</p>");
    why(&exchange, html);
    token(&exchange, html);
    checks(list(&exchange, "checks"), html);
    if let Some(assertion) = exchange.get("assertion").filter(|it| it.is_object()) {
        html.raw("<section><h2>Assertion</h2><div class=\"pair\">");
        block("Header", &assertion["header"], html);
        block("Claims", &assertion["claims"], html);
        html.raw("</div></section>");
    }
    if let Some(meta) = exchange.get("meta").filter(|it| !it.is_null()) {
        html.raw("<section><h2>Message</h2>");
        block("Meta", meta, html);
        html.raw("</section>");
    }
    sent(&exchange, &curl, html);
    Ok(())
}

/// The reason that the answer does not contain.
fn why(exchange: &Value, html: &mut Html) {
    let (reason, fault) = (text(exchange, "reason"), text(exchange, "fault"));
    if reason.is_empty() && fault.is_empty() {
        return;
    }
    html.raw("<dl class=\"facts why\">");
    let told = text(exchange, "told");
    if !told.is_empty() {
        html.raw("<dt>Answer to client</dt><dd>")
            .text(told)
            .raw("</dd>");
    }
    if !reason.is_empty() {
        html.raw("<dt>Reason</dt><dd>").text(reason).raw("</dd>");
    }
    if !fault.is_empty() {
        html.raw("<dt>Fault</dt><dd><code>")
            .text(fault)
            .raw("</code></dd>");
    }
    html.raw("</dl>");
}

fn token(exchange: &Value, html: &mut Html) {
    let Some(token) = exchange.get("token").filter(|it| it.is_object()) else {
        return;
    };
    html.raw("<section><h2>Token</h2><dl class=\"facts\"><dt>Tag</dt><dd><code>");
    html.member(token, "tag")
        .raw("</code>, ")
        .member(token, "state");
    html.raw("</dd>");
    if token.get("obtained_in").is_some_and(Value::is_u64) {
        html.raw("<dt>Obtained in</dt><dd>");
        link(&token["obtained_in"], html);
        html.raw("</dd>");
    }
    let uses = list(token, "used_in");
    if !uses.is_empty() {
        html.raw("<dt>Used in</dt><dd>");
        for number in uses {
            link(number, html);
            html.raw(" ");
        }
        html.raw("</dd>");
    }
    html.raw("</dl></section>");
}

fn link(number: &Value, html: &mut Html) {
    let number = number.to_string();
    html.raw("<a href=\"/traffic/").text(&number).raw("\">No. ");
    html.text(&number).raw("</a>");
}

fn checks(checks: &[Value], html: &mut Html) {
    if checks.is_empty() {
        return;
    }
    html.raw(
        "<section><h2>Rules</h2><table class=\"rules\" tabindex=\"0\"><caption class=\"unseen\">Rules</caption><thead><tr><th scope=\"col\">Rule</th>",
    );
    html.raw("<th scope=\"col\">Verdict</th><th scope=\"col\">Expected</th>");
    html.raw("<th scope=\"col\">Found</th></tr></thead><tbody>");
    // Failed rules first: users look for these.
    let has_failed = |check: &&Value| text(check, "verdict") == "fail";
    let failed = checks.iter().filter(has_failed);
    let others = checks.iter().filter(|check| !has_failed(check));
    for check in failed.chain(others) {
        html.raw(match text(check, "verdict") {
            "fail" => "<tr class=\"fail\"><th scope=\"row\">",
            _ => "<tr><th scope=\"row\">",
        });
        html.member(check, "rule").raw("</th><td>");
        html.raw(match text(check, "verdict") {
            "pass" => "<span class=\"tag ok\">pass</span>",
            "fail" => "<span class=\"tag bad\">fail</span>",
            _ => "<span class=\"tag\">not checked</span>",
        });
        html.raw("</td><td>")
            .member(check, "expected")
            .raw("</td><td><code>");
        html.member(check, "found").raw("</code></td></tr>");
    }
    html.raw("</tbody></table></section>");
}

fn block(title: &'static str, value: &Value, html: &mut Html) {
    let pretty = serde_json::to_string_pretty(value).unwrap_or_default();
    html.raw("<div><h3>")
        .raw(title)
        .raw("</h3><pre tabindex=\"0\" aria-label=\"");
    html.raw(title).raw("\">").text(&pretty).raw("</pre></div>");
}

fn sent(exchange: &Value, curl: &Value, html: &mut Html) {
    let (request, response) = (&exchange["request"], &exchange["response"]);
    html.raw("<section><h2>Request and response</h2><div class=\"pair\"><div><h3>Request</h3>");
    let query = text(request, "query");
    if !query.is_empty() {
        html.raw("<p>Query <code>").text(query).raw("</code></p>");
    }
    pairs("Headers of the request", list(request, "headers"), html);
    pairs("Fields of the form", list(request, "form"), html);
    html.raw("<p><small>Body: ")
        .member(request, "length")
        .raw(" bytes</small></p></div>");
    html.raw("<div><h3>Response</h3>");
    pairs("Headers of the response", list(response, "headers"), html);
    let body = text(response, "body");
    if !body.is_empty() {
        html.raw("<pre tabindex=\"0\" aria-label=\"Body of the response\">")
            .text(body);
        html.raw("</pre>");
    }
    html.raw("<p><small>Body: ")
        .member(response, "length")
        .raw(" bytes</small></p></div></div>");
    html.raw("<h3>As curl</h3><div class=\"copied\"><pre id=\"copy-curl\" tabindex=\"0\" ");
    html.raw("aria-label=\"Command\">")
        .text(curl.as_str().unwrap_or_default());
    html.raw("</pre><button type=\"button\" class=\"quiet\" hidden data-copy=\"copy-curl\">");
    html.raw("Copy as curl</button></div></section>");
}

fn pairs(caption: &'static str, pairs: &[Value], html: &mut Html) {
    if pairs.is_empty() {
        return;
    }
    html.raw("<table class=\"pairs\" tabindex=\"0\"><caption class=\"unseen\">")
        .raw(caption);
    html.raw("</caption><tbody>");
    for pair in pairs {
        html.raw("<tr><th scope=\"row\">")
            .member(pair, "name")
            .raw("</th><td><code>");
        html.member(pair, "value").raw("</code></td></tr>");
    }
    html.raw("</tbody></table>");
}

use serde_json::Value;
use url::form_urlencoded::Serializer;

use super::View;
use super::form::button;
use super::frame::seconds;
use super::html::{Html, list, text};
use crate::dashboard::call::{Call, Problem};
use crate::dashboard::operations::exchanges::MOST;

/// The exchanges, the newest first, with new ones as they come.
pub(super) fn section(view: &View<'_>, html: &mut Html) -> Result<(), Problem> {
    let call = Call {
        query: view.query.clone(),
        ..Call::default()
    };
    let answer = view.call("listTraffic", &call)?;
    html.raw("<h1>Traffic</h1>");
    filter(view, html);
    let exchanges = list(&answer, "exchanges");
    html.raw("<p id=\"told\" class=\"unseen\" role=\"status\"></p>");
    html.raw("<table class=\"traffic\" id=\"traffic\" data-newest=\"");
    html.member(&answer, "newest").raw("\" data-most=\"");
    html.text(&MOST.to_string());
    html.raw("\"><caption class=\"unseen\">Exchanges, the newest first</caption><thead><tr>");
    html.raw("<th scope=\"col\">No.</th><th scope=\"col\">Time</th><th scope=\"col\">Request</th>");
    html.raw("<th scope=\"col\">Answer</th><th scope=\"col\">Client and content</th>");
    html.raw(
        "<th scope=\"col\">Reason</th><th scope=\"col\" class=\"end\">ms</th></tr></thead><tbody>",
    );
    for exchange in exchanges {
        row(exchange, html);
    }
    html.raw("</tbody></table>");
    html.raw(match exchanges.is_empty() {
        true => "<p class=\"empty\" id=\"nothing\">No requests yet. New requests appear as they arrive.</p>",
        false => "",
    });
    html.raw("<template id=\"row\">");
    row(&Value::Null, html);
    html.raw("</template>");
    Ok(())
}

/// One exchange; with nothing in it, the template that the script fills.
fn row(exchange: &Value, html: &mut Html) {
    let status = exchange.get("status").and_then(Value::as_u64);
    html.raw("<tr><td><a data-of=\"number\" href=\"/traffic/");
    html.member(exchange, "number")
        .raw("\">")
        .member(exchange, "number");
    html.raw("</a></td><td><time data-of=\"time\">");
    let time = seconds(text(exchange, "at"));
    html.text(time.split_once(' ').map_or("", |(_, time)| time));
    html.raw("</time></td><td><span class=\"tag\" data-of=\"kind\">")
        .member(exchange, "kind");
    html.raw("</span> <span data-of=\"method\">")
        .member(exchange, "method");
    html.raw("</span> <code data-of=\"path\">")
        .member(exchange, "path");
    html.raw("</code></td><td><span data-of=\"status\" class=\"tag ");
    html.raw(match status {
        Some(200..400) => "ok",
        _ => "bad",
    });
    html.raw("\">")
        .member(exchange, "status")
        .raw("</span></td><td><span data-of=\"who\">");
    html.member(exchange, "who")
        .raw("</span> <small data-of=\"what\">");
    html.member(exchange, "what")
        .raw("</small></td><td><span data-of=\"reason\">");
    html.member(exchange, "reason")
        .raw("</span> <small data-of=\"fault\">");
    html.member(exchange, "fault")
        .raw("</small></td><td class=\"end\" data-of=\"took_ms\">");
    html.member(exchange, "took_ms").raw("</td></tr>");
}

fn filter(view: &View<'_>, html: &mut Html) {
    let given = |name: &str| view.query.get(name).map_or("", String::as_str);
    html.raw("<div class=\"tools\"><form method=\"get\" action=\"/traffic\" role=\"search\">");
    choice("kind", "Kind", given("kind"), &KINDS, html);
    choice("outcome", "Outcome", given("outcome"), &OUTCOMES, html);
    html.raw("<label>Search <input type=\"search\" name=\"q\" value=\"")
        .text(given("q"));
    html.raw("\" placeholder=\"client, path, reason\"></label><button>Show</button></form>");
    html.raw("<label class=\"check\" id=\"live\" hidden><input type=\"checkbox\" checked> Live");
    html.raw("</label><a class=\"quiet\" download=\"sandbox.har\" href=\"/api/traffic.har?");
    let names = ["kind", "outcome", "q"];
    let query = names.map(|name| (name, given(name)));
    let query = query.iter().filter(|(_, value)| !value.is_empty());
    let query = Serializer::new(String::new()).extend_pairs(query).finish();
    html.text(&query).raw("\">Export HAR</a>");
    button(view, "clearTraffic", &[], "Clear", "all traffic", html);
    html.raw("</div>");
}

fn choice(
    name: &'static str,
    label: &'static str,
    given: &str,
    options: &[&'static str],
    html: &mut Html,
) {
    html.raw("<label>")
        .raw(label)
        .raw(" <select name=\"")
        .raw(name);
    html.raw("\"><option value=\"\">any</option>");
    for option in options {
        html.raw("<option");
        html.raw(if *option == given { " selected>" } else { ">" });
        html.raw(option).raw("</option>");
    }
    html.raw("</select></label>");
}

const KINDS: [&str; 8] = [
    "token", "legacy", "message", "fhir", "upload", "platform", "jwks", "other",
];

const OUTCOMES: [&str; 2] = ["accepted", "refused"];

use jiff::SignedDuration;
use serde_json::Value;

use super::View;
use super::form::{Field, button, form};
use super::frame::seconds;
use super::html::{Html, list, text};
use crate::FaultOrder;
use crate::dashboard::call::Problem;

/// Faults on demand: faults, the clock, and revoked tokens.
pub(super) fn section(view: &View<'_>, html: &mut Html) -> Result<(), Problem> {
    html.raw("<h1>Faults and clock</h1>");
    clock(view, html)?;
    faults(view, html)?;
    tokens(view, html)
}

fn clock(view: &View<'_>, html: &mut Html) -> Result<(), Problem> {
    let clock = view.answer("showClock")?;
    let is_frozen = clock.get("frozen") == Some(&Value::Bool(true));
    html.raw("<section><h2>Clock</h2><p class=\"time\"><time>");
    html.text(&seconds(text(&clock, "now")));
    html.raw("</time> UTC, ");
    let ahead = clock.get("ahead_secs").and_then(Value::as_i64);
    let apart = SignedDuration::from_secs(ahead.unwrap_or(0));
    match ahead {
        Some(0) | None => html.raw("same as this machine"),
        Some(1..) => html
            .text(&format!("{apart:#}"))
            .raw(" ahead of this machine"),
        Some(_) => html
            .text(&format!("{:#}", apart.abs()))
            .raw(" behind this machine"),
    };
    html.raw(if is_frozen {
        ", frozen</p><div class=\"tools\">"
    } else {
        "</p><div class=\"tools\">"
    });
    for (by, label) in [
        ("-5m", "5 min back"),
        ("1m", "1 min ahead"),
        ("5m", "5 min ahead"),
        ("24h", "1 day ahead"),
    ] {
        button(view, "moveClock", &[("by", by)], label, "", html);
    }
    let (frozen, label) = match is_frozen {
        true => ("false", "Unfreeze"),
        false => ("true", "Freeze"),
    };
    button(view, "moveClock", &[("frozen", frozen)], label, "", html);
    button(
        view,
        "resetClock",
        &[],
        "Reset to this machine's time",
        "",
        html,
    );
    html.raw("</div>");
    form(view, "moveClock", &[], html, |html| {
        html.raw("<div class=\"row\">");
        let by = Field {
            name: "by",
            label: "Move by",
            hint: "90s, 2h, -1m",
            is_needed: true,
        };
        by.write(view, "moveClock", html);
        html.raw("<button>Move</button></div>");
    });
    html.raw("</section>");
    Ok(())
}

fn faults(view: &View<'_>, html: &mut Html) -> Result<(), Problem> {
    let answer = view.answer("listFaults")?;
    let waiting = list(&answer, "faults");
    html.raw("<section><h2>Faults</h2>");
    if waiting.is_empty() {
        html.raw("<p class=\"empty\">No fault is waiting.</p>");
    } else {
        html.raw("<ol class=\"list\">");
        for fault in waiting {
            let (number, spec) = (&fault["number"].to_string(), text(fault, "spec"));
            html.raw("<li><code>").text(spec).raw("</code>");
            button(
                view,
                "clearFault",
                &[("number", number)],
                "Clear",
                spec,
                html,
            );
            html.raw("</li>");
        }
        html.raw("</ol>");
        button(view, "clearFaults", &[], "Clear all", "faults", html);
    }
    order(view, html);
    html.raw("</section>");
    Ok(())
}

fn order(view: &View<'_>, html: &mut Html) {
    const OPERATION: &str = "orderFault";
    form(view, OPERATION, &[], html, |html| {
        html.raw("<div class=\"row\">");
        select(view, OPERATION, "place", "Where", &PLACES, html);
        html.raw("<label>Fault <select name=\"fault\">");
        let entered = view.entered(OPERATION, "fault");
        for (group, faults) in FAULTS {
            html.raw("<optgroup label=\"").raw(group).raw("\">");
            for (fault, label) in *faults {
                html.raw("<option value=\"").raw(fault).raw("\"");
                html.raw(if *fault == entered { " selected>" } else { ">" });
                html.raw(label).raw("</option>");
            }
            html.raw("</optgroup>");
        }
        html.raw("</select></label>");
        for (name, label, hint) in [
            ("value", "Value", "if the fault has one"),
            ("times", "Answers", "all"),
            ("retry_after", "Retry-After", "none"),
        ] {
            let field = Field {
                name,
                label,
                hint,
                is_needed: false,
            };
            field.write(view, OPERATION, html);
        }
        html.raw("<button>Order fault</button></div>");
    });
    html.raw("<details><summary>All faults, in the form of the command line</summary>");
    form(view, OPERATION, &[], html, |html| {
        html.raw("<div class=\"row\">");
        let spec = Field {
            name: "spec",
            label: "Fault",
            hint: "token:429:retry-after=3:times=2",
            is_needed: true,
        };
        spec.write(view, OPERATION, html);
        html.raw("<button>Order</button></div>");
    });
    html.raw("<pre tabindex=\"0\" aria-label=\"Text form of faults\">");
    html.text(FaultOrder::GRAMMAR).raw("</pre></details>");
}

fn select(
    view: &View<'_>,
    operation: &'static str,
    name: &'static str,
    label: &'static str,
    options: &[(&'static str, &'static str)],
    html: &mut Html,
) {
    html.raw("<label>")
        .raw(label)
        .raw(" <select name=\"")
        .raw(name)
        .raw("\">");
    let entered = view.entered(operation, name);
    for (value, label) in options {
        html.raw("<option value=\"").raw(value).raw("\"");
        html.raw(if *value == entered { " selected>" } else { ">" });
        html.raw(label).raw("</option>");
    }
    html.raw("</select></label>");
}

fn tokens(view: &View<'_>, html: &mut Html) -> Result<(), Problem> {
    let answer = view.answer("listTokens")?;
    html.raw("<section><h2>Tokens</h2><p>")
        .member(&answer, "live_count");
    html.raw(" live. The page shows only the tag of a token.</p>");
    for (name, title, label) in [
        ("live", "Live tokens", "Revoke"),
        ("revoked", "Revoked tokens", "Restore"),
    ] {
        let tokens = list(&answer, name);
        if tokens.is_empty() {
            continue;
        }
        html.raw("<h3>")
            .raw(title)
            .raw("</h3><table><caption class=\"unseen\">")
            .raw(title);
        html.raw("</caption><thead><tr>");
        html.raw("<th scope=\"col\">Tag</th><th scope=\"col\">Kind</th><th scope=\"col\">Of</th>");
        html.raw("<th scope=\"col\">Expires in</th><th><span class=\"unseen\">Action</span></th>");
        html.raw("</tr></thead><tbody>");
        for token in tokens {
            let tag = text(token, "tag");
            html.raw("<tr><td><code>").text(tag).raw("</code></td><td>");
            html.member(token, "kind")
                .raw("</td><td><code>")
                .member(token, "holder");
            html.raw("</code></td><td>").member(token, "expires_in");
            html.raw(" s</td><td class=\"end\">");
            let operation = if name == "live" {
                "revokeToken"
            } else {
                "restoreToken"
            };
            button(view, operation, &[("tag", tag)], label, tag, html);
            html.raw("</td></tr>");
        }
        html.raw("</tbody></table>");
    }
    html.raw("</section>");
    Ok(())
}

type Choice = (&'static str, &'static str);

const PLACES: [Choice; 6] = [
    ("token", "Token endpoint"),
    ("legacy", "Legacy tokens"),
    ("api", "Data Model and FHIR"),
    ("upload", "Upload"),
    ("platform", "Platform API"),
    ("jwks", "JWK Sets"),
];

const FAULTS: &[(&str, &[Choice])] = &[
    (
        "In place of an answer",
        &[
            ("429", "429 too many requests"),
            ("500", "500"),
            ("502", "502"),
            ("503", "503"),
            ("504", "504"),
            ("blank", "a blank refusal"),
            ("unknown-key", "key not registered"),
            ("redirect", "redirect to (value: URL)"),
            ("html", "200 with HTML"),
            ("empty", "200 with an empty body"),
            ("wrong-types", "200 with wrong types"),
            ("long-token", "a long token (value: bytes)"),
            ("oversized", "a large body (value: bytes)"),
            ("endless", "a body without an end"),
            (
                "drop",
                "disconnect (value: unanswered, before, within, after)",
            ),
        ],
    ),
    (
        "The true answer, changed",
        &[
            ("latency", "late (value: 500ms)"),
            ("slow", "slow (value: 16/100ms)"),
            ("truncated", "half of the body missing"),
            ("revoked", "token revoked"),
            ("undated", "no Date"),
            ("date", "a wrong Date (value: 1h)"),
            ("garbled-date", "a Date that is not a date"),
            ("age", "from a cache (value: seconds)"),
        ],
    ),
    (
        "Several",
        &[
            ("none", "no fault, before the next one"),
            ("mix", "a random one (value: seed)"),
        ],
    ),
];

use serde_json::Value;

use super::html::{Html, text};
use super::{Notice, View};
use crate::dashboard::call::Problem;

/// A whole page around its content.
pub(super) fn page(view: &View<'_>, title: &'static str, content: Html) -> String {
    let mut html = Html::default();
    html.raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
        .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
        .raw("<meta name=\"color-scheme\" content=\"light dark\"><title>")
        .raw(title)
        .raw(" · Redox sandbox</title><link rel=\"stylesheet\" href=\"/style.css\">")
        .raw("<link rel=\"icon\" href=\"/icon.svg\">")
        .raw("<script src=\"/live.js\" defer></script></head><body>")
        .raw("<a class=\"skip\" href=\"#content\">Skip to content</a>");
    head(view, &mut html);
    html.raw("<main id=\"content\">");
    if let Some(notice) = view.notice {
        shown(notice, &mut html);
    }
    html.html(&content).raw("</main></body></html>");
    html.finish()
}

fn head(view: &View<'_>, html: &mut Html) {
    let sandbox = view.answer("showSandbox").unwrap_or_default();
    let clock = view.answer("showClock").unwrap_or_default();
    html.raw("<header><div class=\"bar\"><p class=\"brand\"><span aria-hidden=\"true\"></span>");
    html.member(&sandbox, "like")
        .raw(" sandbox</p><nav aria-label=\"Sections\"><ul>");
    for (path, label) in [
        ("/", "API keys"),
        ("/sources", "Sources"),
        ("/traffic", "Traffic"),
        ("/faults", "Faults and clock"),
        ("/rehearsal", "Rehearsal"),
        ("/incoming", "Incoming"),
    ] {
        let is_here = view.path == path || path != "/" && view.path.starts_with(path);
        html.raw("<li><a href=\"").raw(path).raw("\"");
        html.raw(if is_here {
            " aria-current=\"page\">"
        } else {
            ">"
        });
        html.raw(label).raw("</a></li>");
    }
    html.raw("</ul></nav><p class=\"clock\"><span class=\"unseen\">Sandbox time </span><time>");
    html.text(&seconds(text(&clock, "now")));
    html.raw("</time><span class=\"unseen\"> UTC</span>");
    if clock.get("frozen") == Some(&Value::Bool(true)) {
        html.raw(" <span class=\"tag warn\">frozen</span>");
    } else if clock.get("ahead_secs").is_some_and(|ahead| *ahead != 0) {
        html.raw(" <span class=\"tag warn\">moved</span>");
    }
    html.raw("</p></div></header>");
}

/// A time to the second, for people: `2026-01-31 12:00:00`.
pub(super) fn seconds(time: &str) -> String {
    let whole = time.split_once('.').map_or(time, |(seconds, _)| seconds);
    whole.trim_end_matches('Z').replace('T', " ")
}

pub(super) fn problem(problem: &Problem, html: &mut Html) {
    html.raw("<h1>Not shown</h1><p class=\"notice bad\" role=\"alert\">");
    html.text(&problem.to_string()).raw("</p>");
}

fn shown(notice: &Notice, html: &mut Html) {
    match notice {
        Notice::Problem { problem, .. } => {
            html.raw("<p class=\"notice bad\" role=\"alert\"><strong>Not done.</strong> ");
            html.text(&problem.to_string()).raw("</p>");
        }
        Notice::Secret(answer) => secret(answer, html),
        // The section shows it.
        Notice::Done { .. } => {}
    }
}

/// Each member of the answer. It holds a secret, which only this page shows.
fn secret(answer: &Value, html: &mut Html) {
    html.raw("<section class=\"notice good\" role=\"status\"><h2>Copy this now</h2>");
    html.raw("<p>The sandbox does not show it again.</p><dl>");
    for (name, label) in [
        ("client_id", "Client ID"),
        ("kid", "Key ID (kid)"),
        ("private_key", "Private key"),
        ("api_key", "API key"),
        ("secret", "Secret"),
    ] {
        if answer.get(name).is_some() {
            html.raw("<dt>").raw(label).raw("</dt><dd>");
            copied(name, label, text(answer, name), html);
            html.raw("</dd>");
        }
    }
    html.raw("</dl></section>");
}

/// A text with a button that copies it, where scripts run.
pub(super) fn copied(id: &str, label: &'static str, text: &str, html: &mut Html) {
    html.raw("<span class=\"copied\"><code id=\"copy-")
        .text(id)
        .raw("\">")
        .text(text);
    html.raw("</code><button type=\"button\" class=\"quiet\" hidden data-copy=\"copy-");
    html.text(id)
        .raw("\">Copy<span class=\"unseen\"> ")
        .raw(label);
    html.raw("</span></button></span>");
}

use serde_json::Value;

use super::form::{Field, form};
use super::html::{Html, text};
use super::{Notice, View};
use crate::dashboard::call::Problem;

/// Calls to the user's own endpoint, as Redox makes them.
pub(super) fn section(view: &View<'_>, html: &mut Html) -> Result<(), Problem> {
    const OPERATION: &str = "callEndpoint";
    html.raw("<h1>Incoming</h1><p>Call your own endpoint as Redox does: https, or http on this ");
    html.raw("machine. The sandbox does not keep the verification token.</p>");
    if let Some(Notice::Done { answer, .. }) = view.notice {
        answered(answer, html);
    }
    form(view, OPERATION, &[], html, |html| {
        html.raw("<div class=\"row wide\">");
        for (name, label, hint) in [
            ("url", "Endpoint", "http://localhost:8080/redox"),
            ("verification_token", "Verification token", ""),
        ] {
            let field = Field {
                name,
                label,
                hint,
                is_needed: true,
            };
            field.write(view, OPERATION, html);
        }
        html.raw("<label>Send <select name=\"what\">");
        let entered = view.entered(OPERATION, "what");
        for (what, label) in [
            ("challenge-post", "the challenge with POST"),
            ("challenge-get", "the challenge with GET"),
            ("message", "a message"),
        ] {
            html.raw("<option value=\"").raw(what).raw("\"");
            html.raw(if what == entered { " selected>" } else { ">" });
            html.raw(label).raw("</option>");
        }
        html.raw("</select></label></div><label>Message, if you send one");
        html.raw("<textarea name=\"message\" rows=\"5\" spellcheck=\"false\" ");
        html.raw("placeholder=\"a PatientAdmin message\">\n");
        html.text(view.entered(OPERATION, "message"));
        html.raw("</textarea></label><button>Send</button>");
    });
    Ok(())
}

fn answered(answer: &Value, html: &mut Html) {
    let is_taken = answer.get("taken") == Some(&Value::Bool(true));
    html.raw("<section class=\"notice ");
    html.raw(if is_taken { "good" } else { "bad" });
    html.raw("\" role=\"status\"><h2>");
    html.raw(match is_taken {
        true => "Redox would accept this answer",
        false => "Redox would not accept this answer",
    });
    html.raw("</h2><p>Status ")
        .member(answer, "status")
        .raw(", ");
    html.member(answer, "took_ms").raw(" ms");
    if !text(answer, "echo").is_empty() {
        html.raw(", ").member(answer, "echo");
    }
    html.raw("</p>");
    if !text(answer, "body").is_empty() {
        html.raw("<pre tabindex=\"0\" aria-label=\"Body of the answer\">");
        html.member(answer, "body").raw("</pre>");
    }
    html.raw("</section>");
}

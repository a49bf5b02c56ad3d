use serde_json::Value;

use super::View;
use super::form::form;
use super::frame::copied;
use super::html::{Html, list, text};
use crate::dashboard::call::Problem;

/// The sandbox's URLs, the server that its token endpoint behaves like, and the settings for clients.
pub(super) fn section(view: &View<'_>, html: &mut Html) -> Result<(), Problem> {
    let sandbox = view.answer("showSandbox")?;
    html.raw("<dl class=\"facts\"><dt>Base URL</dt><dd>");
    copied("base-url", "base URL", text(&sandbox, "base_url"), html);
    html.raw("</dd><dt>Token endpoint</dt><dd>");
    let url = text(&sandbox, "token_url");
    copied("token-url", "token endpoint", url, html);
    html.raw("</dd><dt>Behaves like</dt><dd>");
    choice(view, text(&sandbox, "server"), html)?;
    html.raw("</dd></dl>");
    let reason = text(&sandbox, "no_token");
    if !reason.is_empty() {
        html.raw("<p class=\"notice bad\">No client obtains a token from this server: ");
        html.text(reason).raw(".</p>");
    }
    settings(list(&sandbox, "settings"), html);
    Ok(())
}

fn choice(view: &View<'_>, chosen: &str, html: &mut Html) -> Result<(), Problem> {
    let answer = view.answer("listServers")?;
    form(view, "chooseServer", &[], html, |html| {
        html.raw("<span class=\"pick\"><label><span class=\"unseen\">Server</span>");
        html.raw("<select name=\"server\">");
        for server in list(&answer, "servers") {
            html.raw("<option value=\"").member(server, "name");
            html.raw(match text(server, "name") == chosen {
                true => "\" selected>",
                false => "\">",
            });
            html.member(server, "title").raw("</option>");
        }
        html.raw("</select></label><button class=\"quiet\">Switch</button></span>");
    });
    Ok(())
}

fn settings(settings: &[Value], html: &mut Html) {
    if settings.is_empty() {
        return;
    }
    html.raw("<details class=\"card\" open><summary>Settings for clients of this server</summary>");
    html.raw(
        "<table class=\"pairs\" tabindex=\"0\"><caption class=\"unseen\">Settings of a client</caption><tbody>",
    );
    for setting in settings {
        html.raw("<tr><th scope=\"row\">").member(setting, "name");
        html.raw("</th><td><code>").member(setting, "value");
        html.raw("</code></td></tr>");
    }
    html.raw("</tbody></table></details>");
}

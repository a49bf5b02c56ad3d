use serde_json::Value;

use super::View;
use super::form::{self, Field, button, form};
use super::frame::copied;
use super::html::{Html, list, text};
use super::server;
use crate::dashboard::call::Problem;
use crate::dashboard::new_key::ALGORITHMS;

/// API keys: OAuth keys above, legacy keys below, as in Redox's own dashboard.
pub(super) fn section(view: &View<'_>, html: &mut Html) -> Result<(), Problem> {
    html.raw("<h1>API keys</h1>");
    server::section(view, html)?;
    html.raw("<section><h2>OAuth keys</h2>");
    let answer = view.answer("listOAuthKeys")?;
    let keys = list(&answer, "oauth_keys");
    if keys.is_empty() {
        html.raw("<p class=\"empty\">No OAuth key yet. Create one below.</p>");
    }
    for (place, key) in keys.iter().enumerate() {
        oauth_key(view, place, key, html);
    }
    create(view, html);
    html.raw("</section><section><h2>Legacy keys</h2>");
    legacy(view, html)?;
    html.raw("</section>");
    Ok(())
}

fn oauth_key(view: &View<'_>, place: usize, key: &Value, html: &mut Html) {
    let id = text(key, "client_id");
    let is_enabled = key.get("enabled") == Some(&Value::Bool(true));
    html.raw("<article class=\"card\"><header><h3>");
    copied(&format!("client-id-{place}"), "client ID", id, html);
    html.raw("</h3><span class=\"tag\">")
        .member(key, "environment");
    html.raw("</span>");
    html.raw(match is_enabled {
        true => "<span class=\"tag ok\">enabled</span>",
        false => "<span class=\"tag bad\">disabled</span>",
    });
    let label = if is_enabled { "Disable" } else { "Enable" };
    let enabled = if is_enabled { "false" } else { "true" };
    let hidden = [("client_id", id), ("enabled", enabled)];
    button(view, "changeOAuthKey", &hidden, label, id, html);
    html.raw("</header>");
    let url = text(key, "jwks_url");
    if !url.is_empty() {
        html.raw("<p>JWK Set URL <code>").text(url);
        html.raw("</code>. The sandbox fetches it for every token request.</p></article>");
        return;
    }
    html.raw("<table><caption class=\"unseen\">Public keys</caption><thead><tr>");
    html.raw("<th scope=\"col\">kid</th><th scope=\"col\">Type</th><th scope=\"col\">Algorithm");
    html.raw("</th><th scope=\"col\" class=\"end\">Tokens</th><th scope=\"col\">State</th><th><span class=\"unseen\">Action</span></th>");
    html.raw("</tr></thead><tbody>");
    for key in list(key, "keys") {
        public_key(view, id, key, html);
    }
    let has_failed = ["addKey", "replaceKeys"]
        .into_iter()
        .any(|operation| view.has_failed(operation) && view.entered(operation, "client_id") == id);
    html.raw("</tbody></table>");
    html.raw(if has_failed {
        "<details open>"
    } else {
        "<details>"
    });
    html.raw("<summary>Add or replace keys</summary><div class=\"pair\">");
    let hidden = [("client_id", id)];
    form(view, "addKey", &hidden, html, |html| {
        pasted(view, "addKey", "Another public key, to rotate to", html);
        made(html);
        html.raw("<button>Add a key</button>");
    });
    form(view, "replaceKeys", &hidden, html, |html| {
        pasted(view, "replaceKeys", "Public keys to replace these", html);
        html.raw("<button>Replace</button>");
    });
    html.raw("</div></details></article>");
}

fn public_key(view: &View<'_>, client_id: &str, key: &Value, html: &mut Html) {
    let id = text(key, "kid");
    html.raw("<tr><td><code>").text(id).raw("</code></td><td>");
    html.member(key, "kty").raw("</td><td>").member(key, "alg");
    html.raw("</td><td class=\"end\">")
        .member(key, "tokens")
        .raw("</td><td>");
    let is_active = text(key, "state") == "active";
    html.raw(match is_active {
        true => "<span class=\"tag ok\">active</span>",
        false => "<span class=\"tag bad\">withdrawn</span>",
    });
    html.raw("</td><td class=\"end\">");
    let hidden = [("client_id", client_id), ("kid", id)];
    match is_active {
        true => button(view, "withdrawKey", &hidden, "Withdraw", id, html),
        false => button(view, "restoreKey", &hidden, "Restore", id, html),
    }
    html.raw("</td></tr>");
}

fn create(view: &View<'_>, html: &mut Html) {
    const OPERATION: &str = "createOAuthKey";
    html.raw("<details class=\"card\"");
    html.raw(match view.has_failed(OPERATION) {
        true => " open>",
        false => ">",
    });
    html.raw("<summary>Create API key</summary>");
    form(view, OPERATION, &[], html, |html| {
        html.raw("<div class=\"row\">");
        let client_id = Field {
            name: "client_id",
            label: "Client ID",
            hint: "a new UUID",
            is_needed: false,
        };
        client_id.write(view, OPERATION, html);
        form::environment(view, OPERATION, html);
        html.raw("</div><fieldset><legend>Public keys: one of three</legend>");
        pasted(view, OPERATION, "Paste a JWK Set", html);
        let url = Field {
            name: "jwks_url",
            label: "or give a JWK Set URL",
            hint: "https://…/jwks.json",
            is_needed: false,
        };
        url.write(view, OPERATION, html);
        made(html);
        html.raw("</fieldset><button>Create</button>");
    });
    html.raw("</details>");
}

fn pasted(view: &View<'_>, operation: &'static str, label: &'static str, html: &mut Html) {
    html.raw("<label>").raw(label);
    html.raw("<textarea name=\"jwks\" rows=\"5\" spellcheck=\"false\" placeholder=\"");
    html.text("{\"keys\": [{\"kty\": …}]}")
        .raw("\"></textarea></label>");
    if view.has_failed(operation) {
        html.raw("<p>Paste the JWK Set again: this page does not show it, because it may contain a private key.</p>");
    }
}

/// The algorithm of a key that the sandbox makes, in place of a public key.
fn made(html: &mut Html) {
    html.raw("<label>or make a key <select name=\"make\"><option value=\"\">no</option>");
    for algorithm in ALGORITHMS {
        html.raw("<option>").raw(algorithm).raw("</option>");
    }
    html.raw("</select></label>");
}

fn legacy(view: &View<'_>, html: &mut Html) -> Result<(), Problem> {
    let answer = view.answer("listLegacyKeys")?;
    for (place, key) in list(&answer, "legacy_keys").iter().enumerate() {
        let id = text(key, "api_key");
        html.raw("<article class=\"card\"><header><h3>")
            .member(key, "source");
        html.raw("</h3><span class=\"tag\">")
            .member(key, "environment");
        html.raw("</span></header><dl class=\"facts\"><dt>API key</dt><dd>");
        copied(&format!("api-key-{place}"), "API key", id, html);
        html.raw("</dd><dt>Secret</dt><dd><span aria-label=\"hidden\">••••••••</span>");
        form(view, "generateSecret", &[("api_key", id)], html, |html| {
            html.raw("<label class=\"check\"><input type=\"checkbox\" name=\"revoke_tokens\" ");
            html.raw("value=\"true\"> also revoke its tokens</label>");
            html.raw("<button class=\"quiet\">Generate new secret<span class=\"unseen\"> for ");
            html.member(key, "source").raw("</span></button>");
        });
        html.raw("</dd></dl></article>");
    }
    let answer = view.answer("listSources")?;
    let is_free = |source: &&Value| source.get("legacy_key") == Some(&Value::Bool(false));
    let free: Vec<_> = list(&answer, "sources").iter().filter(is_free).collect();
    if free.is_empty() {
        html.raw("<p class=\"empty\">A legacy key belongs to a source, and each source here has ");
        html.raw("its own. <a href=\"/sources\">Create a source</a> for another one.</p>");
        return Ok(());
    }
    form(view, "createLegacyKey", &[], html, |html| {
        html.raw("<div class=\"row\"><label>Source <select name=\"source_id\">");
        for source in free {
            html.raw("<option value=\"").member(source, "id").raw("\">");
            html.member(source, "name").raw("</option>");
        }
        html.raw("</select></label><button>Create legacy key</button></div>");
    });
    Ok(())
}

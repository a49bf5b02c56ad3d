use serde_json::Value;

use super::View;
use super::html::{Html, list};
use crate::dashboard::call::Problem;

/// Migration and rotation, and for each step whether the sandbox has seen it.
pub(super) fn section(view: &View<'_>, html: &mut Html) -> Result<(), Problem> {
    let answer = view.answer("showRehearsal")?;
    html.raw("<h1>Rehearsal</h1><p>A step is done when the sandbox has seen it. ");
    html.raw("If a step waits for ten minutes, <a href=\"/faults\">move the clock</a>.</p>");
    html.raw("<section><h2>Migration from a legacy key</h2>");
    let migrations = list(&answer, "migrations");
    if migrations.is_empty() {
        html.raw("<p class=\"empty\">No legacy key to migrate from. ");
        html.raw("<a href=\"/\">Create one</a> to rehearse.</p>");
    }
    for migration in migrations {
        html.raw("<article class=\"card\"><header><h3>")
            .member(migration, "source");
        html.raw("</h3></header>");
        steps(list(migration, "steps"), html);
    }
    html.raw("</section><section><h2>Rotation of an OAuth key</h2>");
    let rotations = list(&answer, "rotations");
    if rotations.is_empty() {
        html.raw("<p class=\"empty\">No OAuth key is registered by value. ");
        html.raw("<a href=\"/\">Create one</a> to rehearse.</p>");
    }
    for rotation in rotations {
        html.raw("<article class=\"card\"><header><h3><code>")
            .member(rotation, "client_id");
        html.raw("</code></h3></header>");
        steps(list(rotation, "steps"), html);
    }
    html.raw("</section>");
    Ok(())
}

fn steps(steps: &[Value], html: &mut Html) {
    html.raw("<ol class=\"steps\">");
    for step in steps {
        html.raw("<li>");
        html.raw(match step.get("done") {
            Some(Value::Bool(true)) => "<span class=\"tag ok\">done</span>",
            _ => "<span class=\"tag\">open</span>",
        });
        html.raw("<span>")
            .member(step, "text")
            .raw("</span><small>")
            .member(step, "seen");
        html.raw("</small></li>");
    }
    html.raw("</ol></article>");
}

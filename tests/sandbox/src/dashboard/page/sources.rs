use super::View;
use super::form::{self, Field, form};
use super::html::{Html, list};
use crate::dashboard::call::Problem;

/// Sources, which send, and destinations, which receive.
pub(super) fn section(view: &View<'_>, html: &mut Html) -> Result<(), Problem> {
    html.raw("<h1>Sources and destinations</h1>");
    environments(view, html)?;
    html.raw("<section><h2>Sources</h2>");
    let answer = view.answer("listSources")?;
    let sources = list(&answer, "sources");
    if sources.is_empty() {
        html.raw("<p class=\"empty\">No source yet.</p>");
    } else {
        html.raw("<table tabindex=\"0\"><caption class=\"unseen\">Sources</caption><thead><tr>");
        html.raw("<th scope=\"col\">Name</th><th scope=\"col\">Source ID</th>");
        html.raw("<th scope=\"col\">Environment</th></tr></thead><tbody>");
        for source in sources {
            html.raw("<tr><td>")
                .member(source, "name")
                .raw("</td><td><code>");
            html.member(source, "id").raw("</code></td><td>");
            html.member(source, "environment").raw("</td></tr>");
        }
        html.raw("</tbody></table>");
    }
    const SOURCE: &str = "createSource";
    form(view, SOURCE, &[], html, |html| {
        html.raw("<div class=\"row\">");
        name(view, SOURCE, html);
        id(view, SOURCE, html);
        form::environment(view, SOURCE, html);
        html.raw("<button>Create source</button></div>");
    });
    html.raw("</section><section><h2>Destinations</h2>");
    let answer = view.answer("listDestinations")?;
    let destinations = list(&answer, "destinations");
    if destinations.is_empty() {
        html.raw("<p class=\"empty\">No destination yet.</p>");
    } else {
        html.raw(
            "<table tabindex=\"0\"><caption class=\"unseen\">Destinations</caption><thead><tr>",
        );
        html.raw("<th scope=\"col\">Name</th><th scope=\"col\">Destination ID</th>");
        html.raw("<th scope=\"col\">FHIR slug</th><th scope=\"col\">Environment</th>");
        html.raw("</tr></thead><tbody>");
        for destination in destinations {
            html.raw("<tr><td>")
                .member(destination, "name")
                .raw("</td><td><code>");
            html.member(destination, "id").raw("</code></td><td>");
            html.member(destination, "slug").raw("</td><td>");
            html.member(destination, "environment").raw("</td></tr>");
        }
        html.raw("</tbody></table>");
    }
    const DESTINATION: &str = "createDestination";
    form(view, DESTINATION, &[], html, |html| {
        html.raw("<div class=\"row\">");
        name(view, DESTINATION, html);
        id(view, DESTINATION, html);
        let slug = Field {
            name: "slug",
            label: "FHIR slug",
            hint: "none",
            is_needed: false,
        };
        slug.write(view, DESTINATION, html);
        form::environment(view, DESTINATION, html);
        html.raw("<button>Create destination</button></div>");
    });
    html.raw("</section>");
    Ok(())
}

/// Redox keeps keys, sources and destinations of one environment apart from those of another.
fn environments(view: &View<'_>, html: &mut Html) -> Result<(), Problem> {
    let answer = view.answer("listEnvironments")?;
    html.raw(
        "<section><h2>Environments</h2><table tabindex=\"0\"><caption class=\"unseen\">Environments</caption>",
    );
    html.raw("<thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Environment ID</th>");
    html.raw("<th scope=\"col\" class=\"end\">Sources</th>");
    html.raw("<th scope=\"col\" class=\"end\">Destinations</th>");
    html.raw("<th scope=\"col\" class=\"end\">OAuth keys</th>");
    html.raw("<th scope=\"col\" class=\"end\">Legacy keys</th></tr></thead><tbody>");
    for environment in list(&answer, "environments") {
        html.raw("<tr><th scope=\"row\">")
            .member(environment, "name");
        html.raw("</th><td><code>")
            .member(environment, "id")
            .raw("</code></td>");
        for count in ["sources", "destinations", "oauth_keys", "legacy_keys"] {
            html.raw("<td class=\"end\">")
                .member(environment, count)
                .raw("</td>");
        }
        html.raw("</tr>");
    }
    html.raw("</tbody></table></section>");
    Ok(())
}

fn name(view: &View<'_>, operation: &'static str, html: &mut Html) {
    let field = Field {
        name: "name",
        label: "Name",
        hint: "",
        is_needed: true,
    };
    field.write(view, operation, html);
}

fn id(view: &View<'_>, operation: &'static str, html: &mut Html) {
    let field = Field {
        name: "id",
        label: "ID",
        hint: "a new UUID",
        is_needed: false,
    };
    field.write(view, operation, html);
}

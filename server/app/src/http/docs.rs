//! The reference page, made from the same document that is checked in: no script, nothing from elsewhere. And one page
//! per problem, because a problem's `type` is an address people open.

use super::{Problem, access, openapi, problem as problems};
use axum::{
    extract::Path,
    response::{Html, IntoResponse, Response},
};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;
use std::sync::OnceLock;

const STYLE: &str = "body{font:16px/1.5 'Be Vietnam Pro',system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;\
color:#1d232b;background:#fff}h2{margin-top:3rem;border-bottom:1px solid #ccd3db}h3 code{font-size:1rem}code,pre{font-family:\
ui-monospace,monospace}pre{background:#f4f6f8;padding:1rem;overflow:auto;border-radius:6px}.m{display:inline-block;min-width:4.2rem;\
font-weight:700}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #e3e8ed;\
vertical-align:top}.who{color:#5a6572}@media(prefers-color-scheme:dark){body{color:#e6eaef;background:#14181d}pre{background:#1d232b}\
a{color:#8fb8ff}.who{color:#9aa5b1}td,th{border-color:#2b333c}}";

pub async fn page() -> Response {
    static PAGE: OnceLock<String> = OnceLock::new();
    let page = PAGE.get_or_init(|| {
        let document: Value = serde_json::from_str(openapi::text()).expect("we wrote this document ourselves");
        reference(&document).into_string()
    });
    Html(page.as_str()).into_response()
}

/// What a problem means; its `type` leads here.
pub async fn problem(Path(slug): Path<String>) -> Response {
    let found = problems::ALL.iter().find(|known| known.0 == slug);
    let Some((slug, status, title)) = found else {
        return Problem::missing().into_response();
    };
    frame(
        title,
        html! {
            h1 { (title) }
            p { "Problem type " code { "/problems/" (slug) } ", answered with HTTP status " (status.as_u16()) "." }
            p { a href="/api/docs#problems" { "All problems" } }
        },
    )
    .into_response()
}

fn reference(document: &Value) -> Markup {
    let tags = document["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
    frame(
        "Rostrum interface",
        html! {
            h1 { "Rostrum interface" }
            p { (text(&document["info"]["description"])) }
            p { a href="/api/openapi.json" { "openapi.json" } }
            ul { @for tag in tags { li { a href={ "#" (text(&tag["name"])) } { (text(&tag["description"])) } } } }
            @for tag in tags {
                h2 id=(text(&tag["name"])) { (text(&tag["description"])) }
                @for (path, method, operation) in operations(document, text(&tag["name"])) { (one(path, method, operation)) }
            }
            h2 id="problems" { "Problems" }
            table {
                tr { th { "type" } th { "status" } th { "meaning" } }
                @for (slug, status, title) in problems::ALL {
                    tr { td { code { "/problems/" (slug) } } td { (status.as_u16()) } td { (title) } }
                }
            }
            h2 id="schemas" { "Schemas" }
            @for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
                h3 id={ "schema-" (name) } { code { (name) } }
                pre { (serde_json::to_string_pretty(schema).unwrap_or_default()) }
            }
        },
    )
}

fn one(path: &str, method: &str, operation: &Value) -> Markup {
    let method = method.to_uppercase();
    html! {
        h3 { span.m { (method) } code { (path) } }
        p { (text(&operation["summary"])) " " (text(&operation["description"])) }
        p.who { (who(&method, path)) }
        @if let Some(parameters) = operation["parameters"].as_array() {
            table { @for parameter in parameters {
                tr {
                    td { code { (text(&parameter["name"])) } }
                    td { (text(&parameter["in"])) @if parameter["required"] == true { ", required" } }
                    td { (text(&parameter["description"])) }
                }
            } }
        }
        @if let Some(schema) = operation.pointer("/requestBody/content/application~1json/schema") {
            p { "Takes " (schema_link(schema)) "." }
        }
        table { @for (status, response) in operation["responses"].as_object().into_iter().flatten() {
            tr {
                td { (status) }
                td { (text(&response["description"])) }
                td { @if let Some(schema) = response.pointer("/content/application~1json/schema") { (schema_link(schema)) } }
            }
        } }
    }
}

fn operations<'d>(document: &'d Value, tag: &str) -> Vec<(&'d str, &'d str, &'d Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, item)| {
            let methods = item.as_object().into_iter().flatten();
            methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
        })
        .filter(|(_, _, operation)| {
            operation["tags"]
                .as_array()
                .is_some_and(|tags| tags.iter().any(|known| known == tag))
        })
        .collect()
}

fn who(method: &str, path: &str) -> String {
    match access::access(method, path) {
        Some(access::Access::Public) => "Anybody".into(),
        Some(access::Access::SignedIn) => "Anybody signed in, for their own things".into(),
        Some(access::Access::Grant) => "The holder of a grant".into(),
        Some(access::Access::May(action)) => {
            let roles = action.roles().iter().map(|role| format!("{role:?}").to_lowercase());
            roles.collect::<Vec<_>>().join(", ")
        }
        None => String::new(),
    }
}

fn schema_link(schema: &Value) -> Markup {
    let (schema, list) = if schema["items"].is_object() {
        (&schema["items"], true)
    } else {
        (schema, false)
    };
    let name = text(&schema["$ref"]).rsplit('/').next().unwrap_or_default();
    html! {
        @if list { "a list of " }
        @if name.is_empty() { code { (schema) } } @else { a href={ "#schema-" (name) } { code { (name) } } }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn frame(title: &str, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { main { (body) } }
        }
    }
}

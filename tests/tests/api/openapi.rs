//! The description of the API: complete, and changed only on purpose.

use std::collections::BTreeSet;

use serde_json::Value;
use tests::app::App;

/// The document as it is served.
pub async fn document() -> Value {
    App::new().await.visitor().get("/api/v1/openapi.json").await.ok()
}

/// Each operation: method, path, and what is said of it.
pub fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let mut found = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("operations") {
            if ["get", "put", "post", "patch", "delete"].contains(&method.as_str()) {
                found.push((method.to_uppercase(), path.clone(), operation));
            }
        }
    }
    found
}

#[tokio::test]
async fn the_description_changes_only_on_purpose() {
    insta::assert_json_snapshot!(document().await);
}

#[tokio::test]
async fn every_operation_says_what_it_takes_and_answers() {
    let document = document().await;
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let name = format!("{method} {path}");
        let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{name} has no operationId"));
        assert!(ids.insert(id.to_owned()), "{name}: two operations are called {id}");
        let said =
            ["summary", "description"].iter().any(|key| operation[key].as_str().is_some_and(|text| !text.is_empty()));
        assert!(said, "{name} is not described");
        let responses = operation["responses"].as_object().expect("responses");
        assert!(responses.keys().any(|status| status.starts_with('2')), "{name} never succeeds");
        for (status, response) in responses.iter().filter(|(status, _)| !status.starts_with('2')) {
            let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/Problem", "{name}: {status} is no problem document");
        }
        if path != "/openapi.json" {
            for status in ["400", "401", "500", "503"] {
                assert!(responses.contains_key(status), "{name} does not say {status}");
            }
        }
        if path.contains('{') && !path.contains("{secret}") {
            assert!(responses.contains_key("404"), "{name} does not say 404");
        }
        if let Some(body) = operation["requestBody"].as_object() {
            // A file has no fields.
            let refused = if body["content"]["application/json"].is_object() { "422" } else { "415" };
            assert!(responses.contains_key(refused), "{name} does not say {refused}");
        }
        for piece in path.split('{').skip(1) {
            let parameter = piece.split('}').next().expect("a name");
            let parameters = operation["parameters"].as_array().unwrap_or_else(|| panic!("{name} has no parameters"));
            assert!(parameters.iter().any(|said| said["name"] == parameter), "{name} does not describe {parameter}");
        }
    }
    assert!(ids.len() > 25, "only {} operations are described", ids.len());
}

#[tokio::test]
async fn every_text_of_a_request_says_how_long_it_may_be() {
    // What only has to equal something known has no length of its own.
    let compared = ["token", "invite", "board", "current", "SignIn.email", "SignIn.password"];
    let document = document().await;
    let (mut texts, mut open) = (0, BTreeSet::new());
    for (method, path, operation) in operations(&document) {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let Some(name) = schema["$ref"].as_str().and_then(|to| to.rsplit('/').next()) else { continue };
        let schema = &document["components"]["schemas"][name];
        // What does one of several things has the properties of each.
        let kinds = schema["oneOf"].as_array().map_or_else(|| vec![schema], |kinds| kinds.iter().collect());
        let properties = kinds.iter().flat_map(|kind| kind["properties"].as_object().expect("properties"));
        for (property, said) in properties {
            let kinds = said["type"].as_array().map_or_else(|| vec![&said["type"]], |kinds| kinds.iter().collect());
            let full = format!("{name}.{property}");
            let text =
                kinds.iter().any(|kind| **kind == "string") && said["format"].is_null() && said["enum"].is_null();
            if text && !compared.contains(&property.as_str()) && !compared.contains(&full.as_str()) {
                texts += 1;
                if !said["maxLength"].is_u64() {
                    open.insert(format!("{method} {path}: {full}"));
                }
            }
        }
    }
    assert_eq!(open, BTreeSet::new());
    assert!(texts > 15, "only {texts} texts were found");
}

#[tokio::test]
async fn every_reference_leads_somewhere() {
    let document = document().await;
    let mut open = vec![&document];
    let mut references = 0;
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(members) => {
                if let Some(Value::String(to)) = members.get("$ref") {
                    let pointer = to.strip_prefix('#').expect("a reference within the document");
                    assert!(document.pointer(pointer).is_some(), "{to} leads nowhere");
                    references += 1;
                }
                open.extend(members.values());
            }
            _ => {}
        }
    }
    assert!(references > 50, "only {references} references were found");
}

#[test]
fn every_route_of_the_router_is_described() {
    let (router, document) = server::http::api::routes().split_for_parts();
    // axum tells a router's paths to nobody but its debugger.
    let debug = format!("{router:?}");
    let fallback = |text: &&str| *text == "/" || text.contains("__private");
    let routed: BTreeSet<&str> =
        debug.split('"').skip(1).step_by(2).filter(|text| text.starts_with('/') && !fallback(text)).collect();
    let described: BTreeSet<&str> = document.paths.paths.keys().map(String::as_str).collect();
    assert!(routed.len() > 15, "{debug}");
    assert_eq!(routed, described);
}

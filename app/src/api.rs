//! The client of the JSON API: `fetch` in the browser; while rendering on the server, the same API called in process.

use serde::{Serialize, de::DeserializeOwned};
use shared::api::{Code, Problem};
#[cfg(feature = "hydrate")]
use shared::outbox;

/// Asks for a thing. `path` comes after `/api/v1`.
///
/// # Errors
/// The problem document of the answer, or [`Code::Unreachable`].
pub async fn get<T: DeserializeOwned>(path: String) -> Result<T, Problem> {
    read(&text(path).await?)
}

/// Asks for a thing and leaves its JSON unread.
///
/// # Errors
/// As [`get`].
pub fn text(path: String) -> impl Future<Output = Result<String, Problem>> + Send + 'static {
    send("GET", path, None, None)
}

/// Makes a thing.
///
/// # Errors
/// As [`get`].
pub async fn post<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, Problem> {
    read(&send("POST", path.to_owned(), write(body)?, None).await?)
}

/// Makes a thing once, however often it is retried with the same key.
///
/// # Errors
/// As [`get`].
pub async fn post_once<T: DeserializeOwned>(path: &str, body: &impl Serialize, key: &str) -> Result<T, Problem> {
    read(&send("POST", path.to_owned(), write(body)?, Some(key)).await?)
}

/// Changes a thing.
///
/// # Errors
/// As [`get`].
pub async fn patch<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, Problem> {
    read(&send("PATCH", path.to_owned(), write(body)?, None).await?)
}

/// Puts a thing where the path says; there is nothing more to say about it.
///
/// # Errors
/// As [`get`].
pub async fn put(path: &str) -> Result<(), Problem> {
    send("PUT", path.to_owned(), None, None).await.map(drop)
}

/// Puts a thing where the path says, and reads what became of it.
///
/// # Errors
/// As [`get`].
pub async fn put_for<T: DeserializeOwned>(path: &str) -> Result<T, Problem> {
    read(&send("PUT", path.to_owned(), None, None).await?)
}

/// Puts a thing where the path says, with a body, and reads what became of it.
///
/// # Errors
/// As [`get`].
pub async fn put_with<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, Problem> {
    read(&send("PUT", path.to_owned(), write(body)?, None).await?)
}

/// Puts a file where the path says, and reads what became of what it belongs to.
///
/// # Errors
/// As [`get`].
#[cfg(not(feature = "ssr"))]
pub async fn put_file<T: DeserializeOwned>(path: &str, file: web_sys::File) -> Result<T, Problem> {
    let unreachable = |error| Problem::new(Code::Unreachable, format!("{error:?}"));
    let body = Some(("application/octet-stream", file.into()));
    let (status, text) = fetch("PUT", path, body, None).await.map_err(unreachable)?;
    read(&judge(status, text)?)
}

/// Removes a thing, and reads what became of what it belonged to.
///
/// # Errors
/// As [`get`].
pub async fn delete_for<T: DeserializeOwned>(path: &str) -> Result<T, Problem> {
    read(&send("DELETE", path.to_owned(), None, None).await?)
}

/// Removes a thing.
///
/// # Errors
/// As [`get`].
pub async fn delete(path: &str) -> Result<(), Problem> {
    send("DELETE", path.to_owned(), None, None).await.map(drop)
}

/// Sends a file of this kind, as it is.
///
/// # Errors
/// As [`get`].
#[cfg(feature = "hydrate")]
pub async fn post_file<T: DeserializeOwned>(path: String, kind: &str, file: &web_sys::Blob) -> Result<T, Problem> {
    let answer = fetch("POST", &path, Some((kind, file.into())), None).await;
    let (status, text) = answer.map_err(|error| Problem::new(Code::Unreachable, format!("{error:?}")))?;
    read(&judge(status, text)?)
}

fn write(body: &impl Serialize) -> Result<Option<String>, Problem> {
    serde_json::to_string(body).map(Some).map_err(|error| Problem::new(Code::BadJson, error.to_string()))
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let text = if text.is_empty() { "null" } else { text };
    serde_json::from_str(text).map_err(|error| Problem::new(Code::Internal, error.to_string()))
}

fn judge(status: u16, text: String) -> Result<String, Problem> {
    if (200..300).contains(&status) {
        return Ok(text);
    }
    Err(serde_json::from_str(&text).unwrap_or_else(|_| {
        let code = if matches!(status, 502..=504) { Code::Unavailable } else { Code::Internal };
        Problem { status, ..Problem::new(code, "The answer was no problem document.") }
    }))
}

#[cfg(feature = "ssr")]
mod in_process {
    use std::{pin::Pin, sync::Arc};

    use bytes::Bytes;

    /// What an in-process call answers with, sooner or later.
    pub type Answer = Pin<Box<dyn Future<Output = http::Response<Bytes>> + Send>>;

    /// Calls the API in process with the visitor's credentials. The server provides it as context for each page.
    #[derive(Clone)]
    pub struct InProcess(pub Arc<dyn Fn(http::Request<Bytes>) -> Answer + Send + Sync>);
}
#[cfg(feature = "ssr")]
pub use in_process::{Answer, InProcess};

#[cfg(feature = "ssr")]
fn send(
    method: &'static str,
    path: String,
    body: Option<String>,
    key: Option<&str>,
) -> impl Future<Output = Result<String, Problem>> + Send + 'static {
    // Taken now: after the first await the context may be another visitor's or none.
    let service = leptos::prelude::use_context::<InProcess>();
    let key = key.map(str::to_owned);
    async move {
        let unreachable = |why: String| Problem::new(Code::Unreachable, why);
        let service = service.ok_or_else(|| unreachable("There is no server here.".to_owned()))?;
        let mut request = http::Request::builder().method(method).uri(format!("/api/v1{path}"));
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let request = request
            .body(body.unwrap_or_default().into())
            .map_err(|error| Problem::new(Code::BadRequest, error.to_string()))?;
        let answer = service.0(request).await;
        judge(answer.status().as_u16(), String::from_utf8_lossy(answer.body()).into_owned())
    }
}

#[cfg(not(feature = "ssr"))]
fn send(
    method: &'static str,
    path: String,
    body: Option<String>,
    key: Option<&str>,
) -> impl Future<Output = Result<String, Problem>> + Send + 'static {
    let key = key.map(str::to_owned);
    send_wrapper::SendWrapper::new(async move {
        let body = body.map(|body| ("application/json", body.into()));
        let (status, text) = fetch(method, &path, body, key)
            .await
            .map_err(|error| Problem::new(Code::Unreachable, format!("{error:?}")))?;
        judge(status, text)
    })
}

/// Sends what waited, once, in the name of who did it: what came back, if anything did.
#[cfg(feature = "hydrate")]
pub async fn reply(request: &outbox::Request, key: &str, person: shared::PersonId) -> Option<outbox::Reply> {
    let body = request.body.as_ref().map(|body| ("application/json", body.into()));
    let headers = [("idempotency-key", key.to_owned()), (outbox::ON_BEHALF, person.to_string())];
    let answer = ask(request.method, &request.path, body, &headers).await.ok()?;
    let retry_after = answer.headers().get("retry-after").ok().flatten().and_then(|after| after.parse().ok());
    let text = wasm_bindgen_futures::JsFuture::from(answer.text().ok()?).await.ok()?;
    Some(outbox::Reply { status: answer.status(), body: text.as_string()?, retry_after })
}

#[cfg(not(feature = "ssr"))]
async fn fetch(
    method: &str,
    path: &str,
    body: Option<(&str, wasm_bindgen::JsValue)>,
    key: Option<String>,
) -> Result<(u16, String), wasm_bindgen::JsValue> {
    let key = key.map(|key| ("idempotency-key", key));
    let answer = ask(method, path, body, key.as_slice()).await?;
    let text = wasm_bindgen_futures::JsFuture::from(answer.text()?).await?;
    Ok((answer.status(), text.as_string().unwrap_or_default()))
}

#[cfg(not(feature = "ssr"))]
async fn ask(
    method: &str,
    path: &str,
    body: Option<(&str, wasm_bindgen::JsValue)>,
    more: &[(&str, String)],
) -> Result<web_sys::Response, wasm_bindgen::JsValue> {
    use wasm_bindgen::JsCast;
    use wasm_bindgen_futures::JsFuture;

    let init = web_sys::RequestInit::new();
    init.set_method(method);
    let headers = web_sys::Headers::new()?;
    headers.set("accept", "application/json")?;
    if let Some((kind, body)) = body {
        headers.set("content-type", kind)?;
        init.set_body(&body);
    }
    for (name, value) in more {
        headers.set(name, value)?;
    }
    init.set_headers(&headers);
    let request = web_sys::Request::new_with_str_and_init(&format!("/api/v1{path}"), &init)?;
    JsFuture::from(leptos::prelude::window().fetch_with_request(&request)).await?.dyn_into()
}

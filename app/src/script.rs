//! Scripts that are loaded when they are needed.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// The language's own `import`, relative to the app's script.
    #[wasm_bindgen(js_name = import)]
    fn import(address: &str) -> Promise;
}

/// A function of the script at an address, once that is loaded.
///
/// # Errors
/// What the browser says: the script did not load, or has no such function.
pub(crate) async fn function(address: &str, name: &str) -> Result<Function, JsValue> {
    let module = JsFuture::from(import(address)).await?;
    Reflect::get(&module, &name.into())?.dyn_into()
}

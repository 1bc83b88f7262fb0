//! Taking the canvas away as a drawing: SVG, or PNG made of it by the browser.

use leptos::prelude::*;

use super::scene::Scene;
use crate::{
    i18n::{t, t_string},
    ui::icon::icon,
};

/// The menu of the two.
pub(super) fn menu(scene: Scene) -> AnyView {
    let take = move |png: bool| {
        #[cfg(feature = "hydrate")]
        in_browser::take(scene, png);
        #[cfg(not(feature = "hydrate"))]
        let _ = (scene, png);
    };
    view! {
        <button type="button" class="canvas-look" popovertarget="canvas-export" title=move || t_string!(scene.i18n, canvas.export)>
            {icon("download-simple")} <span class="unseen">{t!(scene.i18n, canvas.export)}</span>
        </button>
        <div class="menu canvas-menu" id="canvas-export" popover="auto">
            <ul>
                <li>
                    <button type="button" class="menu-item" popovertarget="canvas-export" popovertargetaction="hide" on:click=move |_| take(false)>
                        {icon("file-code")} {t!(scene.i18n, canvas.export_svg)}
                    </button>
                </li>
                <li>
                    <button type="button" class="menu-item" popovertarget="canvas-export" popovertargetaction="hide" on:click=move |_| take(true)>
                        {icon("file-png")} {t!(scene.i18n, canvas.export_png)}
                    </button>
                </li>
            </ul>
        </div>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
mod in_browser {
    use std::collections::HashMap;

    use js_sys::{Array, Promise};
    use leptos::{prelude::*, task::spawn_local};
    use shared::canvas::svg::{CardWords, Names, Use};
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{
        Blob, BlobPropertyBag, CanvasRenderingContext2d, HtmlAnchorElement, HtmlCanvasElement, HtmlImageElement,
    };

    use crate::{
        canvas::{
            scene::Scene,
            stage::{drawn, named},
        },
        i18n::t_string,
        ui::toast,
    };

    /// The longer side of a PNG, in pixels, at most.
    const LONGEST: f64 = 8_000.0;

    /// The names of a scene, with the pictures themselves in place of their addresses.
    struct Whole<N> {
        names: N,
        pictures: HashMap<String, String>,
    }

    impl<N: Names> Names for Whole<N> {
        fn maker(&self, actor: &str) -> Option<String> {
            self.names.maker(actor)
        }

        fn card(&self, idea: &str) -> Option<CardWords> {
            self.names.card(idea)
        }

        fn picture(&self, picture: &str) -> Option<String> {
            self.pictures.get(picture).cloned()
        }
    }

    pub(super) fn take(scene: Scene, png: bool) {
        spawn_local(async move {
            if export(scene, png).await.is_err() {
                toast::warn(t_string!(scene.i18n, canvas.not_exported));
            }
        });
    }

    async fn export(scene: Scene, png: bool) -> Result<(), JsValue> {
        let addresses: Vec<String> = scene
            .with(|canvas| canvas.pictures.values().map(|picture| picture.picture.clone()).collect())
            .unwrap_or_default();
        let mut pictures = HashMap::new();
        for address in addresses {
            // One that does not come is left out, and the rest is there.
            if let Ok(data) = fetched(&address).await {
                pictures.insert(address, data);
            }
        }
        let drawing = drawn(scene, &Whole { names: named(scene), pictures }, Use::File);
        let blob = blob(&drawing, "image/svg+xml")?;
        let name = scene.slug.get_value();
        if !png {
            return save(&blob, &format!("{name}.svg"));
        }
        save(&painted(&drawing).await?, &format!("{name}.png"))
    }

    /// A file of ours as a `data:` address.
    async fn fetched(address: &str) -> Result<String, JsValue> {
        let answer = JsFuture::from(window().fetch_with_str(address)).await?;
        let answer: web_sys::Response = answer.dyn_into()?;
        if !answer.ok() {
            return Err(JsValue::from_str("the picture did not come"));
        }
        let blob: Blob = JsFuture::from(answer.blob()?).await?.dyn_into()?;
        data_address(&blob).await
    }

    async fn data_address(blob: &Blob) -> Result<String, JsValue> {
        let reader = web_sys::FileReader::new()?;
        let read = Promise::new(&mut |done, failed| {
            reader.set_onload(Some(&done));
            reader.set_onerror(Some(&failed));
        });
        reader.read_as_data_url(blob)?;
        JsFuture::from(read).await?;
        reader.result()?.as_string().ok_or_else(|| JsValue::from_str("no text"))
    }

    fn blob(text: &str, kind: &str) -> Result<Blob, JsValue> {
        let options = BlobPropertyBag::new();
        options.set_type(kind);
        Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options)
    }

    /// The drawing in pixels: twice as large as the canvas, while that is not too large.
    async fn painted(drawing: &str) -> Result<Blob, JsValue> {
        let image = HtmlImageElement::new()?;
        let loaded = Promise::new(&mut |done, failed| {
            image.set_onload(Some(&done));
            image.set_onerror(Some(&failed));
        });
        // A drawing of ours as data: it asks for nothing from anywhere.
        image.set_src(&data_address(&blob(drawing, "image/svg+xml")?).await?);
        JsFuture::from(loaded).await?;
        let (w, h) = (f64::from(image.natural_width()), f64::from(image.natural_height()));
        let scale = (LONGEST / w.max(h).max(1.0)).min(2.0);
        let canvas: HtmlCanvasElement = document().create_element("canvas")?.dyn_into()?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 8,000")]
        let sides = ((w * scale) as u32, (h * scale) as u32);
        canvas.set_width(sides.0.max(1));
        canvas.set_height(sides.1.max(1));
        let context = canvas.get_context("2d")?.ok_or_else(|| JsValue::from_str("no context"))?;
        let context: CanvasRenderingContext2d = context.dyn_into()?;
        context.draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, w * scale, h * scale)?;
        let made = Promise::new(&mut |done, failed| {
            let took = Closure::once_into_js(move |blob: JsValue| {
                let told = if blob.is_null() { &failed } else { &done };
                let _ = told.call1(&JsValue::NULL, &blob);
            });
            let _ = canvas.to_blob(took.unchecked_ref());
        });
        JsFuture::from(made).await?.dyn_into()
    }

    fn save(blob: &Blob, name: &str) -> Result<(), JsValue> {
        let address = web_sys::Url::create_object_url_with_blob(blob)?;
        let link: HtmlAnchorElement = document().create_element("a")?.dyn_into()?;
        link.set_href(&address);
        link.set_download(name);
        link.click();
        // The browser has taken it once the click is over.
        set_timeout(
            move || {
                let _ = web_sys::Url::revoke_object_url(&address);
            },
            std::time::Duration::from_secs(10),
        );
        Ok(())
    }
}

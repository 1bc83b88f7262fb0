//! What becomes of the files that people, cameras and attackers send.

use std::{io::Write as _, time::Instant};

use flate2::{Compression, write::ZlibEncoder};
use image::{ImageEncoder as _, Rgb, Rgba, RgbaImage, codecs::gif::GifEncoder};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use super::*;

const SIDES: Sides = Sides { large: 160, small: 64 };

/// A photograph: the upper half red, the lower blue.
fn photograph(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |_, y| if y < height / 2 { Rgb([200, 30, 30]) } else { Rgb([30, 30, 200]) })
}

fn jpeg(picture: &RgbImage, prepare: impl FnOnce(&mut JpegEncoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut out, 95);
    prepare(&mut encoder);
    encoder.write_image(picture, picture.width(), picture.height(), image::ExtendedColorType::Rgb8).expect("a JPEG");
    out
}

fn png(picture: &DynamicImage) -> Vec<u8> {
    write(picture, MediaType::Png).expect("a PNG")
}

/// An Exif block that says which way is up, where the camera was and what somebody noted.
fn exif(orientation: u16) -> Vec<u8> {
    let note = b"in somebody's kitchen\0";
    let mut block = b"II*\0\x08\0\0\0\x02\0".to_vec();
    for (tag, kind, count, value) in [(0x010e_u16, 2_u16, note.len(), 38_u32), (0x0112, 3, 1, u32::from(orientation))] {
        block.extend(tag.to_le_bytes());
        block.extend(kind.to_le_bytes());
        block.extend(u32::try_from(count).expect("a short note").to_le_bytes());
        block.extend(value.to_le_bytes());
    }
    block.extend([0; 4]);
    block.extend(note);
    block
}

fn holds(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

fn shown(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory(bytes).expect("a picture")
}

/// A chunk of a PNG file.
fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut check = flate2::Crc::new();
    check.update(kind);
    check.update(data);
    let length = u32::try_from(data.len()).expect("a short chunk").to_be_bytes();
    [&length, &kind[..], data, &check.sum().to_be_bytes()].concat()
}

/// A PNG file that says it is this large, in eight or sixteen bits of RGBA, and holds these chunks and no pixels.
fn png_of(width: u32, height: u32, bits: u8, chunks: &[Vec<u8>]) -> Vec<u8> {
    let size = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[bits, 6, 0, 0, 0]].concat();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    file.extend(chunk(b"IHDR", &size));
    file.extend(chunks.concat());
    file.extend(chunk(b"IDAT", &squeezed(&[0])));
    file.extend(chunk(b"IEND", &[]));
    file
}

fn squeezed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

#[test]
fn a_photograph_comes_out_upright_smaller_and_without_what_the_camera_noted() {
    let raw = jpeg(&photograph(400, 300), |encoder| encoder.set_exif_metadata(exif(6)).expect("JPEG holds Exif"));
    assert!(holds(&raw, b"kitchen") && holds(&raw, b"Exif"));
    let developed = develop(&raw, SIDES).expect("a photograph");
    assert_eq!((developed.width, developed.height, developed.media_type), (120, 160, MediaType::Jpeg));
    let small = developed.small.expect("a small form");
    for form in [&developed.large, &small] {
        for word in [&b"kitchen"[..], b"Exif", b"ICC_PROFILE", b"http"] {
            assert!(!holds(form, word), "{}", String::from_utf8_lossy(word));
        }
    }
    assert_eq!((shown(&small).width(), shown(&small).height()), (48, 64));
    // What was above is to the right, as the camera was held.
    let large = shown(&developed.large).into_rgb8();
    let (left, right) = (large.get_pixel(20, 80), large.get_pixel(100, 80));
    assert!(right.0[0] > 150 && left.0[2] > 150, "{left:?} {right:?}");
}

#[test]
fn a_wide_gamut_photograph_keeps_its_colours_without_its_profile() {
    let profile = ColorProfile::new_display_p3().encode().expect("a profile");
    let raw = jpeg(&photograph(80, 80), |encoder| encoder.set_icc_profile(profile).expect("JPEG holds profiles"));
    let developed = develop(&raw, SIDES).expect("a photograph");
    assert!(!holds(&developed.large, b"ICC_PROFILE"));
    // The same red is further out in the numbers of sRGB.
    assert!(shown(&developed.large).into_rgb8().get_pixel(40, 20).0[0] > 210);
}

#[test]
fn what_is_small_enough_has_one_form() {
    let developed = develop(&jpeg(&photograph(60, 40), |_| {}), SIDES).expect("a photograph");
    assert_eq!((developed.width, developed.height, developed.small), (60, 40, None));
}

#[test]
fn drawings_stay_sharp_and_what_is_clear_stays_clear() {
    let drawing =
        DynamicImage::from(RgbaImage::from_fn(100, 100, |x, _| Rgba([0, 0, 0, if x < 50 { 0 } else { 255 }])));
    let developed = develop(&png(&drawing), SIDES).expect("a drawing");
    assert_eq!(developed.media_type, MediaType::Png);
    assert_eq!(shown(&developed.large).into_rgba8().get_pixel(10, 10).0[3], 0);
    // One that only could be clear is as any other.
    let opaque = DynamicImage::from(RgbaImage::from_pixel(100, 100, Rgba([9, 9, 9, 255])));
    assert!(!shown(&develop(&png(&opaque), SIDES).expect("a drawing").large).color().has_alpha());
    // A photograph that was saved as PNG gets light.
    let mut random = StdRng::seed_from_u64(7);
    let noisy = DynamicImage::from(RgbImage::from_fn(100, 100, |_, _| Rgb(random.random())));
    assert_eq!(develop(&png(&noisy), SIDES).expect("a photograph").media_type, MediaType::Jpeg);
}

#[test]
fn of_what_moves_the_first_frame_is_kept() {
    let mut raw = Vec::new();
    let mut encoder = GifEncoder::new(&mut raw);
    for colour in [Rgba([200, 0, 0, 255]), Rgba([0, 0, 200, 255])] {
        encoder.encode_frame(image::Frame::new(RgbaImage::from_pixel(40, 40, colour))).expect("a frame");
    }
    drop(encoder);
    let developed = develop(&raw, SIDES).expect("a picture");
    assert!(shown(&developed.large).into_rgb8().get_pixel(20, 20).0[0] > 150);
}

#[test]
fn webp_is_read() {
    let mut raw = Vec::new();
    let encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut raw);
    DynamicImage::from(photograph(80, 80)).write_with_encoder(encoder).expect("a picture");
    assert_eq!(develop(&raw, SIDES).map(|developed| developed.width), Ok(80));
}

#[test]
fn what_is_no_picture_is_refused_whatever_it_says() {
    let cut = jpeg(&photograph(80, 80), |_| {})[..40].to_vec();
    for (name, bytes) in [
        ("nothing", Vec::new()),
        ("a page", b"<!doctype html><script>alert(1)</script>".to_vec()),
        ("a drawing with scripts", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec()),
        ("a page that begins as a GIF", b"GIF89a\x09\0\x09\0<script>alert(1)</script>*/".to_vec()),
        ("a page that begins as a JPEG", b"\xff\xd8\xff\xe0<script>alert(1)</script>".to_vec()),
        ("a BMP", b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0".to_vec()),
        ("an archive", b"PK\x03\x04\x14\0\0\0\x08\0".to_vec()),
        ("the beginning of a JPEG", cut),
    ] {
        assert_eq!(develop(&bytes, SIDES), Err(Unfit::NoPicture), "{name}");
    }
}

#[test]
fn what_hangs_on_to_a_picture_is_left_behind() {
    let mut raw = jpeg(&photograph(80, 80), |_| {});
    raw.extend(b"<script>alert(1)</script>PK\x03\x04");
    let developed = develop(&raw, SIDES).expect("a photograph");
    assert!(!holds(&developed.large, b"<script") && !holds(&developed.large, b"PK"));
}

#[test]
fn what_would_take_too_much_memory_is_refused_at_once() {
    let gif =
        [b"GIF89a".as_slice(), &[255, 255, 255, 255, 0, 0, 0], b",\0\0\0\0\xff\xff\xff\xff\0\x02\x01\0\0;"].concat();
    let begun = Instant::now();
    for (name, bytes) in [
        ("100 megapixels", png_of(10_000, 10_000, 8, &[])),
        ("49 megapixels of eight bytes", png_of(7_000, 7_000, 16, &[])),
        ("as large as can be said", png_of(i32::MAX as u32, i32::MAX as u32, 8, &[])),
        ("a GIF of 4 gigapixels", gif),
    ] {
        assert_eq!(develop(&bytes, SIDES), Err(Unfit::TooManyPixels), "{name}");
    }
    assert!(begun.elapsed().as_secs() < 2, "{:?}", begun.elapsed());
}

#[test]
fn what_swells_beside_the_pixels_is_not_unpacked() {
    // 300 MB of nothing, in a profile and in a note.
    let swelling = squeezed(&vec![0; 300 * 1024 * 1024]);
    let profile = [b"bomb\0\0".as_slice(), &swelling].concat();
    let note = [b"Comment\0\0".as_slice(), &swelling].concat();
    let raw = png_of(1, 1, 8, &[chunk(b"iCCP", &profile), chunk(b"zTXt", &note)]);
    assert!(raw.len() < 1024 * 1024);
    let begun = Instant::now();
    let developed = develop(&raw, SIDES);
    assert!(begun.elapsed().as_secs() < 2, "{:?}", begun.elapsed());
    assert!(developed.is_err());
}

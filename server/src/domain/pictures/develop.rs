//! From the bytes somebody sent to a picture that may be shown: read by what they are, upright, in the colours screens
//! expect, no larger than needed, and written anew, so that of the file nothing is left but what one sees.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage,
    codecs::{
        jpeg::JpegEncoder,
        png::{CompressionType, FilterType as PngFilter, PngEncoder},
    },
    imageops::FilterType,
    metadata::Orientation,
};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};
use shared::limits;

use crate::store::pictures::MediaType;

/// What we read. Of a moving picture the first frame.
const FORMATS: [ImageFormat; 4] = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif];
/// Bytes that may be taken to see how large one is, whatever its file says besides.
const GLANCE: u64 = 8 * 1024 * 1024;
/// Bytes that decoding one may take, its pixels included.
const MEMORY: u64 = 256 * 1024 * 1024;
/// Bytes of a colour profile that is looked at.
const PROFILE: usize = 1024 * 1024;
/// How well photographs are kept, of 100.
const QUALITY: u8 = 82;

/// How long the longer side of each form may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sides {
    /// Of the large form.
    pub large: u32,
    /// Of the small form.
    pub small: u32,
}

impl Sides {
    /// For what stands in texts.
    pub const TEXT: Self = Self { large: limits::PICTURE_SIDE, small: limits::SMALL_PICTURE_SIDE };
}

/// A picture as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Developed {
    /// The width of the large form.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// What both forms are.
    pub media_type: MediaType,
    /// The large form.
    pub large: Vec<u8>,
    /// The small form, where the large one is not small enough.
    pub small: Option<Vec<u8>>,
}

/// Why bytes do not become a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// They are none of what we read, or broken.
    #[error("this is no JPEG, PNG, WebP or GIF picture, or it is broken")]
    NoPicture,
    /// Reading them would take too much memory.
    #[error("a picture may have {} megapixels at most", limits::PIXELS / 1_000_000)]
    TooManyPixels,
}

impl From<ImageError> for Unfit {
    fn from(error: ImageError) -> Self {
        if matches!(error, ImageError::Limits(_)) { Self::TooManyPixels } else { Self::NoPicture }
    }
}

/// Develops a picture. Takes long, and much memory: call it where nothing waits.
///
/// # Errors
/// When the bytes are no picture, or one that is too large; told before its pixels are read.
pub fn develop(bytes: &[u8], sides: Sides) -> Result<Developed, Unfit> {
    let Raw { picture, profile } = read(bytes)?;
    let large = eight_bits(fit(picture, sides.large));
    let large = match profile {
        Some(profile) => as_on_screens(large, &profile),
        None => large,
    };
    let (width, height) = (large.width(), large.height());
    let photograph = image::guess_format(bytes).is_ok_and(|format| format == ImageFormat::Jpeg);
    let (media_type, bytes) = write_best(&large, photograph)?;
    let small = if width.max(height) > sides.small { Some(write(&fit(large, sides.small), media_type)?) } else { None };
    Ok(Developed { width, height, media_type, large: bytes, small })
}

/// The pixels of a file, and the profile that says what their numbers mean.
struct Raw {
    picture: DynamicImage,
    profile: Option<Vec<u8>>,
}

fn read(bytes: &[u8]) -> Result<Raw, Unfit> {
    let glance = reader(bytes, GLANCE)?.into_decoder()?;
    let ((width, height), pixels) = (glance.dimensions(), glance.total_bytes());
    if u64::from(width) * u64::from(height) > limits::PIXELS || pixels > MEMORY {
        return Err(Unfit::TooManyPixels);
    }
    // Twice, as some decoders hold a frame beside the picture.
    let mut decoder = reader(bytes, (2 * pixels + GLANCE).min(MEMORY))?.into_decoder()?;
    // What is wrong with them is no reason to refuse the pixels.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().ok().flatten().filter(|profile| profile.len() <= PROFILE);
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(Raw { picture, profile })
}

/// What reads a file of a kind we know, within so much memory.
fn reader(bytes: &[u8], memory: u64) -> Result<ImageReader<Cursor<&[u8]>>, Unfit> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| Unfit::NoPicture)?;
    if !reader.format().is_some_and(|format| FORMATS.contains(&format)) {
        return Err(Unfit::NoPicture);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(memory);
    reader.limits(limits);
    Ok(reader)
}

/// The picture, smaller if one of its sides is longer.
fn fit(picture: DynamicImage, side: u32) -> DynamicImage {
    let longer = picture.width().max(picture.height());
    if longer <= side {
        return picture;
    }
    // Quickly to twice the size, then well: most of the time goes by the number of pixels that come in.
    let near = if longer > 4 * side { picture.thumbnail(2 * side, 2 * side) } else { picture };
    near.resize(side, side, FilterType::CatmullRom)
}

/// With eight bits a channel, and transparent only where something shows through.
fn eight_bits(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8().into();
    }
    let clear = picture.into_rgba8();
    if clear.pixels().all(|pixel| pixel.0[3] == u8::MAX) {
        return DynamicImage::from(clear).into_rgb8().into();
    }
    clear.into()
}

/// The colours as sRGB has them. A profile that cannot be read means nothing.
fn as_on_screens(picture: DynamicImage, profile: &[u8]) -> DynamicImage {
    let layout = if picture.color().has_alpha() { Layout::Rgba } else { Layout::Rgb };
    let Ok(profile) = ColorProfile::new_from_slice(profile) else { return picture };
    if profile.color_space != DataColorSpace::Rgb {
        return picture;
    }
    let there = ColorProfile::new_srgb();
    let Ok(to_srgb) = profile.create_transform_8bit(layout, &there, layout, TransformOptions::default()) else {
        return picture;
    };
    let mut out = vec![0; picture.as_bytes().len()];
    if to_srgb.transform(picture.as_bytes(), &mut out).is_err() {
        return picture;
    }
    let (width, height) = (picture.width(), picture.height());
    let made = if layout == Layout::Rgba {
        image::RgbaImage::from_raw(width, height, out).map(DynamicImage::from)
    } else {
        RgbImage::from_raw(width, height, out).map(DynamicImage::from)
    };
    made.unwrap_or(picture)
}

/// As JPEG what was one; of the rest, what lets something through as PNG, and else as what is smaller: a screenshot stays
/// sharp, a photograph gets light.
fn write_best(picture: &DynamicImage, photograph: bool) -> Result<(MediaType, Vec<u8>), Unfit> {
    if picture.color().has_alpha() {
        return Ok((MediaType::Png, write(picture, MediaType::Png)?));
    }
    let jpeg = write(picture, MediaType::Jpeg)?;
    if photograph {
        return Ok((MediaType::Jpeg, jpeg));
    }
    let png = write(picture, MediaType::Png)?;
    Ok(if png.len() <= jpeg.len() { (MediaType::Png, png) } else { (MediaType::Jpeg, jpeg) })
}

fn write(picture: &DynamicImage, media_type: MediaType) -> Result<Vec<u8>, Unfit> {
    let mut out = Vec::new();
    match media_type {
        MediaType::Jpeg => picture.write_with_encoder(JpegEncoder::new_with_quality(&mut out, QUALITY))?,
        MediaType::Png => picture.write_with_encoder(PngEncoder::new_with_quality(
            &mut out,
            CompressionType::Default,
            PngFilter::Adaptive,
        ))?,
    }
    Ok(out)
}

#[cfg(test)]
mod tests;

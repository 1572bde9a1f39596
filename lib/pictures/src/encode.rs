//! Makes the three sizes of an image from an uploaded file, or the square of a user.
//!
//! Memory is bounded by the number of pixels, which is read from the file's header before anything is decoded.

use std::io::Cursor;

use domain::picture::{Size, USER_PICTURE_EDGE};
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, Rgb, RgbImage};

use crate::inspect::{Refusal, inspect, kind};

/// The largest number of pixels of an uploaded picture.
const MAX_PIXELS: u64 = 50_000_000;
const MAX_EDGE: u32 = 16_384;
/// The memory that decoding may use: at most eight bytes for each pixel.
const MAX_ALLOCATION: u64 = MAX_PIXELS * 8 + 16 * 1024 * 1024;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sized {
    pub size: Size,
    pub jpeg: Vec<u8>,
}

/// The three sizes, with width and height of the largest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pictures {
    pub sizes: Vec<Sized>,
    pub width: u32,
    pub height: u32,
}

/// `content_type`: that of the upload's form.
pub fn encode_sizes(bytes: &[u8], content_type: &str) -> Result<Pictures, Refusal> {
    let Decoded { whole, orientation } = decode(bytes, content_type)?;
    let large = upright(fit(whole, Size::Large), orientation);
    let medium = smaller(&large, Size::Medium);
    let small = smaller(&medium, Size::Small);
    let (width, height) = large.dimensions();
    let pictures = [(Size::Small, small), (Size::Medium, medium), (Size::Large, large)];
    let sizes = pictures.into_iter().map(|(size, picture)| {
        let jpeg = encode(&picture)?;
        Ok(Sized { size, jpeg })
    });
    Ok(Pictures { sizes: sizes.collect::<Result<_, _>>()?, width, height })
}

/// The middle of a picture, as a square JPEG that is not larger than that of a user may be.
pub fn encode_square(bytes: &[u8], content_type: &str) -> Result<Vec<u8>, Refusal> {
    let Decoded { whole, orientation } = decode(bytes, content_type)?;
    let (width, height) = (whole.width(), whole.height());
    let shorter = width.min(height);
    let edge = shorter.min(USER_PICTURE_EDGE);
    // First smaller and then cut, because a copy of a whole picture takes much memory.
    let scaled = |side: u32| u32::try_from(u64::from(side) * u64::from(edge) / u64::from(shorter)).unwrap_or(edge);
    let whole = if edge < shorter { whole.thumbnail_exact(scaled(width), scaled(height)) } else { whole };
    let (left, top) = ((whole.width() - edge) / 2, (whole.height() - edge) / 2);
    encode(&upright(whole.crop_imm(left, top, edge, edge), orientation))
}

struct Decoded {
    whole: DynamicImage,
    orientation: Orientation,
}

fn decode(bytes: &[u8], content_type: &str) -> Result<Decoded, Refusal> {
    let kind = kind(bytes).ok_or(Refusal::NotAPicture)?;
    if kind.content_type() != content_type {
        return Err(Refusal::OtherType);
    }
    let broken = |_| Refusal::Broken;
    let reader = || ImageReader::with_format(Cursor::new(bytes), kind.format());
    let mut decoder = reader().into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS || width > MAX_EDGE || height > MAX_EDGE {
        return Err(Refusal::TooManyPixels);
    }
    inspect(kind, bytes)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_ALLOCATION);
    decoder.set_limits(limits).map_err(broken)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let whole = DynamicImage::from_decoder(decoder).map_err(broken)?;
    Ok(Decoded { whole, orientation })
}

/// The orientation of the camera is metadata, which is dropped, so the pixels are turned.
fn upright(mut picture: DynamicImage, orientation: Orientation) -> RgbImage {
    picture.apply_orientation(orientation);
    opaque(picture)
}

/// Makes a picture smaller if it is too large.
fn fit(picture: DynamicImage, size: Size) -> DynamicImage {
    let edge = size.edge();
    if picture.width() <= edge && picture.height() <= edge { picture } else { picture.thumbnail(edge, edge) }
}

fn smaller(picture: &RgbImage, size: Size) -> RgbImage {
    fit(DynamicImage::ImageRgb8(picture.clone()), size).into_rgb8()
}

/// On a white background, because JPEG has no transparency.
fn opaque(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [r, g, b, alpha] = picture.get_pixel(x, y).0;
        let over = |channel: u8| {
            let (channel, alpha) = (u32::from(channel), u32::from(alpha));
            u8::try_from((channel * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
        };
        Rgb([over(r), over(g), over(b)])
    })
}

fn encode(picture: &RgbImage) -> Result<Vec<u8>, Refusal> {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 85).encode_image(picture).map_err(|_| Refusal::Broken)?;
    Ok(jpeg)
}

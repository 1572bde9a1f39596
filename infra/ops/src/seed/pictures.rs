//! A drawing for each product: a still life of a few shapes in light, in the colours of its brand. Drawn here and then
//! developed as an uploaded photo would be.

use std::io::Cursor;

use domain::picture::{PUBLIC, path};
use domain::product::{Image, Product};
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use kit::runtime::aws::cause;

use crate::Failure;
use crate::stack::Stack;

const EDGE: u32 = 900;

/// Puts the three sizes of a product's picture where the public finds them.
pub(super) async fn hang(
    stack: &Stack,
    product: &mut Product,
    image: domain::id::ImageId,
    (shape, hue): (usize, usize),
) -> Result<(), Failure> {
    let drawn = tokio::task::spawn_blocking(move || draw(shape, hue)).await?;
    let drawn = drawn?;
    for sized in &drawn.sizes {
        let key = format!("{PUBLIC}{}", path(product.id, image, sized.size));
        let put = stack.files.put_object().bucket(stack.output("FilesBucket")?).key(key);
        put.body(sized.jpeg.clone().into())
            .content_type("image/jpeg")
            .cache_control("public, max-age=31536000, immutable")
            .send()
            .await
            .map_err(|error| cause(&error))?;
    }
    product.images.push(Image {
        id: image,
        alt: format!("{}, drawn", product.name),
        width: drawn.width,
        height: drawn.height,
    });
    Ok(())
}

fn draw(shape: usize, hue: usize) -> Result<media::Pictures, String> {
    let picture = RgbImage::from_fn(EDGE, EDGE, |x, y| colour(shape, hue, x, y));
    let mut file = Cursor::new(Vec::new());
    let drawn = JpegEncoder::new_with_quality(&mut file, 90).encode_image(&picture);
    drawn.map_err(|error| error.to_string())?;
    media::develop(file.get_ref(), "image/jpeg").map_err(|refusal| refusal.to_string())
}

/// Integers only, around a centre of 0, 0 and up to 450 to each side.
fn colour(shape: usize, hue: usize, x: u32, y: u32) -> Rgb<u8> {
    let centre = |n: u32| i32::try_from(n).unwrap_or(0) - 450;
    let (x, y) = (centre(x), centre(y));
    let context = PALETTE[hue % PALETTE.len()];
    let light = 215 + (y - x) / 30;
    let inside = match shape % 5 {
        0 => x * x + y * y < 260 * 260,
        1 => x.abs() < 220 && y.abs() < 260,
        2 => y > -280 && y < 240 && x.abs() < y.midpoint(280),
        3 => x.abs() + y.abs() < 330,
        _ => (x * x) / 4 + y * y < 170 * 170 || (x.abs() < 40 && y.abs() < 300),
    };
    // The shadow falls to the lower right, on a table whose edge is at 250.
    let shadow = !inside && (x - 60) * (x - 60) / 4 + (y - 290) * (y - 290) * 3 < 180 * 180;
    let shade = |context: i32| {
        let value = match (inside, shadow) {
            (true, _) => context + (-x - y) / 9 + (x / 23 + y / 17 + i32::try_from(hue).unwrap_or(0)) % 7,
            (_, true) => light - 60,
            _ if y > 250 => light - 25,
            _ => light,
        };
        u8::try_from(value.clamp(0, 255)).unwrap_or(0)
    };
    Rgb(context.map(shade))
}

const PALETTE: [[i32; 3]; 12] = [
    [176, 92, 72],
    [72, 120, 168],
    [98, 136, 88],
    [196, 154, 74],
    [120, 92, 150],
    [70, 140, 140],
    [150, 150, 150],
    [190, 110, 140],
    [110, 86, 64],
    [60, 96, 80],
    [200, 120, 60],
    [90, 100, 120],
];

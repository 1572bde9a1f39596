//! Pictures for the products: a few simple shapes, one picture in the colour of each brand. They are drawn once, are
//! resized like an uploaded photo, and are uploaded for each product.

use std::io::Cursor;
use std::sync::Arc;

use domain::id::{ImageId, ProductId};
use domain::picture::{PUBLIC, path};
use image::{ImageFormat, Rgb, RgbImage};
use kit::runtime::aws::cause;
use picture_files::Pictures;
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, spawn_blocking};

use super::kinds::BRANDS;
use crate::Failure;
use crate::stack::Stack;

/// The width and the height of a picture.
pub(super) const EDGE: u32 = 600;

/// How many files are uploaded at once.
const AT_ONCE: usize = 32;

/// A picture for each brand, in all sizes.
pub(super) async fn draw_all() -> Result<Vec<Arc<Pictures>>, Failure> {
    let drawings: Vec<_> = (0..BRANDS.len()).map(|brand| spawn_blocking(move || draw(brand))).collect();
    let mut pictures = Vec::new();
    for drawing in drawings {
        pictures.push(Arc::new(drawing.await??));
    }
    Ok(pictures)
}

/// Uploads all sizes of these pictures to the public folder.
pub(super) async fn upload_all(
    stack: &Stack,
    pictures: Vec<(ProductId, ImageId, Arc<Pictures>)>,
) -> Result<(), Failure> {
    let (mut uploads, places) = (JoinSet::new(), Arc::new(Semaphore::new(AT_ONCE)));
    for (product, image, pictures) in pictures {
        for sized in &pictures.sizes {
            let place = Arc::clone(&places).acquire_owned().await?;
            let put = stack
                .files
                .put_object()
                .bucket(stack.output("FilesBucket")?)
                .key(format!("{PUBLIC}{}", path(product, image, sized.size)))
                .body(sized.jpeg.clone().into())
                .content_type("image/jpeg")
                .cache_control("public, max-age=31536000, immutable");
            uploads.spawn(async move {
                let uploaded = put.send().await;
                drop(place);
                uploaded
            });
        }
    }
    while let Some(uploaded) = uploads.join_next().await {
        uploaded?.map_err(|error| cause(&error))?;
    }
    Ok(())
}

fn draw(brand: usize) -> Result<Pictures, String> {
    let picture = RgbImage::from_fn(EDGE, EDGE, |x, y| colour(brand, x, y));
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png).map_err(|error| error.to_string())?;
    picture_files::encode_sizes(file.get_ref(), "image/png").map_err(|refusal| refusal.to_string())
}

/// Each brand has a shape and a colour. Coordinates are integers from -450 to 450 around the centre.
fn colour(brand: usize, x: u32, y: u32) -> Rgb<u8> {
    let centre = |n: u32| i32::try_from(n * 900 / EDGE).unwrap_or(0) - 450;
    let (x, y) = (centre(x), centre(y));
    let colour = PALETTE[brand % PALETTE.len()];
    let light = 215 + (y - x) / 30;
    let inside = match brand % 5 {
        0 => x * x + y * y < 260 * 260,
        1 => x.abs() < 220 && y.abs() < 260,
        2 => y > -280 && y < 240 && x.abs() < y.midpoint(280),
        3 => x.abs() + y.abs() < 330,
        _ => (x * x) / 4 + y * y < 170 * 170 || (x.abs() < 40 && y.abs() < 300),
    };
    // The shadow falls to the lower right, on a table. Its edge is at 250.
    let shadow = !inside && (x - 60) * (x - 60) / 4 + (y - 290) * (y - 290) * 3 < 180 * 180;
    let shade = |channel: i32| {
        let value = match (inside, shadow) {
            (true, _) => channel + (-x - y) / 9 + (x / 23 + y / 17 + i32::try_from(brand).unwrap_or(0)) % 7,
            (_, true) => light - 60,
            _ if y > 250 => light - 25,
            _ => light,
        };
        u8::try_from(value.clamp(0, 255)).unwrap_or(0)
    };
    Rgb(colour.map(shade))
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

//! Which uploaded files are accepted as pictures. These tests need only bytes, no services.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use picture_files::{Refusal, encode_sizes, encode_square};

fn photo(width: u32, height: u32) -> DynamicImage {
    let pixel = |x: u32, y: u32| {
        let byte = |n: u32| u8::try_from(n % 256).unwrap();
        Rgb([byte(x), byte(y), byte(x + y)])
    };
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, pixel))
}

fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn refused(bytes: &[u8], content_type: &str) -> Refusal {
    encode_sizes(bytes, content_type).unwrap_err()
}

#[test]
fn a_photo_becomes_three_sizes_that_keep_its_shape_and_are_never_enlarged() {
    for (format, content_type) in
        [(ImageFormat::Jpeg, "image/jpeg"), (ImageFormat::Png, "image/png"), (ImageFormat::WebP, "image/webp")]
    {
        let made = encode_sizes(&file(&photo(2000, 1000), format), content_type).unwrap();
        let sizes: Vec<(u32, u32)> = made
            .sizes
            .iter()
            .map(|sized| {
                let picture = image::load_from_memory_with_format(&sized.jpeg, ImageFormat::Jpeg).unwrap();
                (picture.width(), picture.height())
            })
            .collect();
        assert_eq!(sizes, [(200, 100), (800, 400), (1600, 800)], "{content_type}");
        assert_eq!((made.width, made.height), (1600, 800));
    }
    let tiny = encode_sizes(&file(&photo(20, 10), ImageFormat::Png), "image/png").unwrap();
    assert_eq!((tiny.width, tiny.height), (20, 10));
}

#[test]
fn the_picture_of_a_user_is_the_middle_as_a_small_upright_square_that_is_never_enlarged() {
    let square = |width, height| {
        let made = encode_square(&file(&photo(width, height), ImageFormat::Png), "image/png").unwrap();
        let picture = image::load_from_memory_with_format(&made, ImageFormat::Jpeg).unwrap();
        (picture.width(), picture.height())
    };
    for (width, height, edge) in
        [(2000, 1000, 256), (300, 1000, 256), (257, 256, 256), (20, 10, 10), (1, 900, 1), (1, 1, 1), (7000, 257, 256)]
    {
        assert_eq!(square(width, height), (edge, edge), "{width} x {height}");
    }
    // White, black and white: the middle is black.
    let black = |x: u32| if (300..600).contains(&x) { Rgb([0; 3]) } else { Rgb([255; 3]) };
    let stripes = DynamicImage::ImageRgb8(RgbImage::from_fn(900, 300, |x, _| black(x)));
    let made = encode_square(&file(&stripes, ImageFormat::Png), "image/png").unwrap();
    let middle = image::load_from_memory(&made).unwrap().into_rgb8();
    assert!(middle.pixels().all(|pixel| pixel.0.iter().all(|&c| c < 10)));
    assert_eq!(encode_square(b"GIF89a", "image/png"), Err(Refusal::NotAPicture));
}

#[test]
fn transparent_parts_become_white() {
    let clear = DynamicImage::ImageRgba8(RgbaImage::from_pixel(16, 16, Rgba([0, 0, 0, 0])));
    let made = encode_sizes(&file(&clear, ImageFormat::Png), "image/png").unwrap();
    let large = image::load_from_memory(&made.sizes[2].jpeg).unwrap().into_rgb8();
    assert!(large.pixels().all(|pixel| pixel.0.iter().all(|&c| c > 250)));
}

#[test]
fn a_file_must_be_a_picture_of_its_declared_type() {
    let jpeg = file(&photo(30, 20), ImageFormat::Jpeg);
    assert_eq!(refused(&jpeg, "image/png"), Refusal::OtherType);
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    for bytes in [svg.as_slice(), b"", b"GIF89a", b"%PDF-1.7", b"PK\x03\x04", b"\x89PNG"] {
        assert_eq!(refused(bytes, "image/png"), Refusal::NotAPicture);
    }
    let cut = &jpeg[..jpeg.len() / 2];
    assert_eq!(refused(cut, "image/jpeg"), Refusal::Broken);
}

/// The header of a PNG of any declared size, and nothing else.
fn claims(width: u32, height: u32) -> Vec<u8> {
    let mut png = file(&photo(1, 1), ImageFormat::Png);
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    png
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 })
    })
}

#[test]
fn a_decompression_bomb_is_refused_by_its_header() {
    let mut bomb = claims(60_000, 60_000);
    bomb.resize(5_000, 0);
    for png in [bomb, claims(20_000, 10), claims(10_000, 10_000)] {
        assert_eq!(refused(&png, "image/png"), Refusal::TooManyPixels);
    }
}

#[test]
fn a_picture_that_is_also_another_kind_of_file_is_refused() {
    let jpeg = file(&photo(30, 20), ImageFormat::Jpeg);
    let png = file(&photo(30, 20), ImageFormat::Png);
    let webp = file(&photo(30, 20), ImageFormat::WebP);
    for (bytes, content_type) in [(&jpeg, "image/jpeg"), (&png, "image/png"), (&webp, "image/webp")] {
        for tail in [b"PK\x03\x04 an archive".as_slice(), b"<script>alert(1)</script>", b"x"] {
            let both = [bytes.as_slice(), tail].concat();
            assert_eq!(refused(&both, content_type), Refusal::MoreThanAPicture, "{content_type}");
        }
        let padded = [bytes.as_slice(), &[0; 64]].concat();
        assert!(encode_sizes(&padded, content_type).is_ok(), "{content_type}");
    }
    let remark = b"<?PHP system('id'); ?>";
    let length = u16::try_from(remark.len() + 2).unwrap().to_be_bytes();
    let with_remark = [&jpeg[..2], &[0xff, 0xfe], &length, remark, &jpeg[2..]].concat();
    assert_eq!(refused(&with_remark, "image/jpeg"), Refusal::MoreThanAPicture);
    let harmless = b"taken in Lisbon, 2 > 1";
    let length = u16::try_from(harmless.len() + 2).unwrap().to_be_bytes();
    let with_remark = [&jpeg[..2], &[0xff, 0xfe], &length, harmless, &jpeg[2..]].concat();
    let made = encode_sizes(&with_remark, "image/jpeg").unwrap();
    for sized in &made.sizes {
        let text = String::from_utf8_lossy(&sized.jpeg).into_owned();
        assert!(!text.contains("Lisbon"), "no comment is kept");
    }
    let second = [jpeg.as_slice(), &jpeg].concat();
    assert!(encode_sizes(&second, "image/jpeg").is_ok(), "telephones append a second picture");
}

#[test]
fn the_orientation_in_exif_is_applied() {
    let jpeg = file(&photo(40, 20), ImageFormat::Jpeg);
    // The smallest Exif block: one entry, Orientation = 6 (turn right).
    let exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let turned = [&jpeg[..2], &[0xff, 0xe1], &length, exif, &jpeg[2..]].concat();
    let made = encode_sizes(&turned, "image/jpeg").unwrap();
    assert_eq!((made.width, made.height), (20, 40));
    let half = |x: u32| if x < 20 { Rgb([255; 3]) } else { Rgb([0; 3]) };
    let halves = DynamicImage::ImageRgb8(RgbImage::from_fn(40, 40, |x, _| half(x)));
    let jpeg = file(&halves, ImageFormat::Jpeg);
    let turned = [&jpeg[..2], &[0xff, 0xe1], &length, exif, &jpeg[2..]].concat();
    let square = encode_square(&turned, "image/jpeg").unwrap();
    assert!(!square.windows(4).any(|bytes| bytes == b"Exif"), "no metadata is kept");
    let square = image::load_from_memory(&square).unwrap().into_rgb8();
    assert!(square.get_pixel(30, 5).0[0] > 200 && square.get_pixel(10, 35).0[0] < 50, "what was left is on top");
}

#[test]
fn no_file_causes_a_panic() {
    let whole = [
        (file(&photo(30, 20), ImageFormat::Jpeg), "image/jpeg"),
        (file(&photo(30, 20), ImageFormat::Png), "image/png"),
        (file(&photo(30, 20), ImageFormat::WebP), "image/webp"),
    ];
    for (bytes, content_type) in whole {
        for at in 0..bytes.len().min(700) {
            let _ = encode_sizes(&bytes[..at], content_type);
            let mut bent = bytes.clone();
            bent[at] ^= 0xff;
            let _ = encode_sizes(&bent, content_type);
        }
    }
}

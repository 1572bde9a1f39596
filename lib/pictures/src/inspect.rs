//! Checks a file before it is decoded: its type by its first bytes, that it ends where its picture ends, and that its
//! metadata contains nothing that another program would run.

/// Why a file is not accepted as a picture. The codes are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("The file is not a JPEG, PNG or WebP picture.")]
    NotAPicture,
    #[error("The file does not have the content type of the upload.")]
    OtherType,
    #[error("The file contains more than a picture. Save it again as JPEG or PNG.")]
    MoreThanAPicture,
    #[error("The picture is larger than 50 megapixels, or than 16384 pixels on one side.")]
    TooManyPixels,
    #[error("The picture is damaged.")]
    Broken,
}

impl Refusal {
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAPicture => "not_a_picture",
            Self::OtherType => "other_type",
            Self::MoreThanAPicture => "more_than_a_picture",
            Self::TooManyPixels => "too_many_pixels",
            Self::Broken => "broken_picture",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Jpeg,
    Png,
    Webp,
}

impl Kind {
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }

    pub(crate) fn format(self) -> image::ImageFormat {
        match self {
            Self::Jpeg => image::ImageFormat::Jpeg,
            Self::Png => image::ImageFormat::Png,
            Self::Webp => image::ImageFormat::WebP,
        }
    }
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The type by the first bytes. The content type that the client sent is not used.
pub(crate) fn kind(bytes: &[u8]) -> Option<Kind> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some(Kind::Jpeg),
        _ if bytes.starts_with(PNG) => Some(Kind::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Kind::Webp),
        _ => None,
    }
}

/// The content type by the first bytes, if it is one of a picture.
pub fn content_type(bytes: &[u8]) -> Option<&'static str> {
    kind(bytes).map(Kind::content_type)
}

/// Refuses files that contain something else besides a picture.
pub(crate) fn inspect(kind: Kind, bytes: &[u8]) -> Result<(), Refusal> {
    let rest = match kind {
        Kind::Jpeg => jpeg(bytes)?,
        Kind::Png => png(bytes)?,
        Kind::Webp => webp(bytes)?,
    };
    let padding = rest.iter().all(|&byte| byte == 0);
    // Phones append a second JPEG with depth or brightness. It is dropped, but it must contain no program.
    let second = kind == Kind::Jpeg && rest.starts_with(&[0xff, 0xd8, 0xff]);
    if padding || (second && !holds_program(rest)) { Ok(()) } else { Err(Refusal::MoreThanAPicture) }
}

/// Returns what follows the end of the picture. The segments before the pixels are metadata, which is searched.
fn jpeg(bytes: &[u8]) -> Result<&[u8], Refusal> {
    let mut at = 2;
    loop {
        // Any number of fill bytes may come before a marker.
        while bytes.get(at) == Some(&0xff) && bytes.get(at + 1) == Some(&0xff) {
            at += 1;
        }
        let (Some(0xff), Some(&marker)) = (bytes.get(at), bytes.get(at + 1)) else {
            return Err(Refusal::Broken);
        };
        at += 2;
        match marker {
            0xd9 => return Ok(&bytes[at..]),
            0x01 | 0xd0..=0xd7 => {}
            _ => {
                let Some([a, b]) = bytes.get(at..at + 2) else {
                    return Err(Refusal::Broken);
                };
                let length = usize::from(*a) << 8 | usize::from(*b);
                let segment = bytes.get(at..at + length.max(2)).ok_or(Refusal::Broken)?;
                if matches!(marker, 0xe0..=0xef | 0xfe) && holds_program(segment) {
                    return Err(Refusal::MoreThanAPicture);
                }
                at += length.max(2);
                if marker == 0xda {
                    at += pixels(bytes.get(at..).unwrap_or_default());
                }
            }
        }
    }
}

/// How many bytes of pixels come before the next marker.
fn pixels(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|&byte| byte == 0xff) {
        at += found;
        match bytes.get(at + 1) {
            Some(0x00 | 0xd0..=0xd7) => at += 2,
            Some(0xff) => at += 1,
            _ => return at,
        }
    }
    bytes.len()
}

fn png(bytes: &[u8]) -> Result<&[u8], Refusal> {
    let mut at = PNG.len();
    loop {
        let Some([a, b, c, d]) = bytes.get(at..at + 4) else {
            return Err(Refusal::Broken);
        };
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let name = bytes.get(at + 4..at + 8).ok_or(Refusal::Broken)?;
        let end = at.checked_add(length).and_then(|end| end.checked_add(12)).filter(|&end| end <= bytes.len());
        let end = end.ok_or(Refusal::Broken)?;
        let metadata = !matches!(name, b"IDAT" | b"fdAT" | b"IHDR" | b"PLTE" | b"iCCP");
        if metadata && holds_program(&bytes[at + 8..end]) {
            return Err(Refusal::MoreThanAPicture);
        }
        at = end;
        if name == b"IEND" {
            return Ok(&bytes[at..]);
        }
    }
}

fn webp(bytes: &[u8]) -> Result<&[u8], Refusal> {
    let size = |at: usize| {
        let four = bytes.get(at..at + 4)?;
        Some(u32::from_le_bytes([four[0], four[1], four[2], four[3]]) as usize)
    };
    let end = size(4).and_then(|size| size.checked_add(8)).filter(|&end| end <= bytes.len()).ok_or(Refusal::Broken)?;
    let mut at = 12;
    while at < end {
        let length = size(at + 4).ok_or(Refusal::Broken)?;
        let next = at.checked_add(8 + length + length % 2).ok_or(Refusal::Broken)?;
        let chunk = bytes.get(at + 8..at + 8 + length).ok_or(Refusal::Broken)?;
        let pixels = matches!(&bytes[at..at + 4], b"VP8 " | b"VP8L" | b"ALPH" | b"ANMF" | b"ICCP");
        if !pixels && holds_program(chunk) {
            return Err(Refusal::MoreThanAPicture);
        }
        at = next;
    }
    Ok(&bytes[end..])
}

/// Whether the bytes contain what a browser, a server or another program would run or open.
fn holds_program(bytes: &[u8]) -> bool {
    const MARKS: [&[u8]; 7] = [b"<script", b"<?php", b"<html", b"<svg", b"%pdf-", b"pk\x03\x04", b"pk\x05\x06"];
    let begins = |at: usize, mark: &[u8]| {
        let found = bytes.get(at..at + mark.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(mark))
    };
    let first = |byte: &u8| matches!(byte, b'<' | b'%' | b'P' | b'p');
    let places = bytes.iter().enumerate().filter(|(_, byte)| first(byte));
    places.into_iter().any(|(at, _)| MARKS.iter().any(|mark| begins(at, mark)))
}

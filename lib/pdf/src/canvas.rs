//! Pages with text and lines: where things go, and the file that is made of them. The same pages are always the same bytes.

use std::sync::LazyLock;

use krilla::color::rgb;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Data, Document, SerializeSettings};
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider};

use crate::PdfError;

/// A4, in points.
pub(crate) const WIDTH: f32 = 595.28;
pub(crate) const HEIGHT: f32 = 841.89;
pub(crate) const LEFT: f32 = 57.0;
pub(crate) const RIGHT: f32 = WIDTH - 57.0;
pub(crate) const BOTTOM: f32 = HEIGHT - 90.0;
const TOP: f32 = 60.0;

const REGULAR: &[u8] = include_bytes!("../fonts/Roboto-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../fonts/Roboto-Bold.ttf");

/// The widths of letters, which decide where lines break.
struct Face {
    charmap: Charmap<'static>,
    widths: GlyphMetrics<'static>,
    units: f32,
}

impl Face {
    fn new(bytes: &'static [u8]) -> Self {
        let font = FontRef::new(bytes).expect("the fonts are a part of the program");
        let units = f32::from(font.metrics(Size::unscaled(), LocationRef::default()).units_per_em);
        Self { charmap: font.charmap(), widths: font.glyph_metrics(Size::unscaled(), LocationRef::default()), units }
    }

    /// The glyph of a letter, and its width at size 1. A question mark stands for letters that the font lacks.
    fn glyph(&self, letter: char) -> (u32, f32) {
        let letter = if letter.is_whitespace() { ' ' } else { letter };
        let glyph = self.charmap.map(letter).or_else(|| self.charmap.map('?')).unwrap_or_default();
        (glyph.to_u32(), self.widths.advance_width(glyph).unwrap_or(0.0) / self.units)
    }

    fn width(&self, text: &str) -> f32 {
        text.chars().map(|letter| self.glyph(letter).1).sum()
    }
}

static FACES: LazyLock<[Face; 2]> = LazyLock::new(|| [Face::new(REGULAR), Face::new(BOLD)]);

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Style {
    pub(crate) size: f32,
    pub(crate) bold: bool,
    pub(crate) grey: bool,
}

pub(crate) const NORMAL: Style = Style { size: 9.5, bold: false, grey: false };
pub(crate) const STRONG: Style = Style { bold: true, ..NORMAL };
pub(crate) const SMALL: Style = Style { size: 8.0, bold: false, grey: true };
pub(crate) const TITLE: Style = Style { size: 19.0, bold: true, grey: false };

impl Style {
    fn face(self) -> &'static Face {
        &FACES[usize::from(self.bold)]
    }

    pub(crate) fn width(self, text: &str) -> f32 {
        self.face().width(text) * self.size
    }

    pub(crate) fn line(self) -> f32 {
        self.size * 1.35
    }

    /// Breaks a text into lines of at most this width, between words where it can.
    pub(crate) fn wrap(self, text: &str, width: f32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for word in text.split_whitespace() {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.width(&longer) <= width {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for letter in word.chars() {
                line.push(letter);
                if self.width(&line) > width && line.chars().count() > 1 {
                    line.pop();
                    lines.push(std::mem::replace(&mut line, letter.to_string()));
                }
            }
        }
        if !line.is_empty() || lines.is_empty() {
            lines.push(line);
        }
        lines
    }
}

#[derive(Debug, Clone)]
enum Mark {
    Text { x: f32, y: f32, style: Style, text: String },
    Block { x: f32, y: f32, width: f32, height: f32, grey: bool },
}

/// Where the next thing goes.
#[derive(Debug)]
pub(crate) struct Canvas {
    pages: Vec<Vec<Mark>>,
    pub(crate) y: f32,
}

/// What a file says about itself.
#[derive(Debug)]
pub(crate) struct About {
    pub(crate) title: String,
    pub(crate) author: String,
    pub(crate) language: String,
    pub(crate) id: String,
    /// Such as `2026-11-20T10:00:00Z`.
    pub(crate) made_at: String,
}

impl Canvas {
    pub(crate) fn new() -> Self {
        Self { pages: vec![Vec::new()], y: TOP }
    }

    /// Puts the pages of another one after these.
    pub(crate) fn append(&mut self, other: Self) {
        self.pages.extend(other.pages);
        self.y = other.y;
    }

    pub(crate) fn next_page(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP;
    }

    /// Whether so much fits on the page.
    pub(crate) fn has_room(&self, height: f32) -> bool {
        self.y + height <= BOTTOM
    }

    /// Goes to the next page, if so much does not fit on this one.
    pub(crate) fn need(&mut self, height: f32) {
        if !self.has_room(height) {
            self.next_page();
        }
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Text whose base line is a line below `y`.
    pub(crate) fn text(&mut self, x: f32, style: Style, text: &str) {
        let y = self.y + style.size;
        self.mark(Mark::Text { x, y, style, text: text.to_owned() });
    }

    /// Text that ends at `x`.
    pub(crate) fn text_to(&mut self, x: f32, style: Style, text: &str) {
        self.text(x - style.width(text), style, text);
    }

    /// Lines of text, and the place below them.
    pub(crate) fn paragraph(&mut self, x: f32, width: f32, style: Style, text: &str) {
        for line in style.wrap(text, width) {
            self.need(style.line());
            self.text(x, style, &line);
            self.y += style.line();
        }
    }

    pub(crate) fn rule(&mut self, from: f32, to: f32) {
        let y = self.y;
        self.mark(Mark::Block { x: from, y, width: to - from, height: 0.6, grey: true });
    }

    pub(crate) fn square(&mut self, x: f32, y: f32, size: f32) {
        self.mark(Mark::Block { x, y, width: size, height: size, grey: false });
    }

    /// Writes something at the bottom of every page: `lines` in the middle, and the page's number on the right.
    pub(crate) fn footer(&mut self, lines: &[String], page_words: &str) {
        let pages = self.pages.len();
        for (at, page) in self.pages.iter_mut().enumerate() {
            let mut y = BOTTOM + 34.0;
            page.push(Mark::Block { x: LEFT, y: y - 14.0, width: RIGHT - LEFT, height: 0.6, grey: true });
            for line in lines {
                let x = (WIDTH - SMALL.width(line)) / 2.0;
                page.push(Mark::Text { x, y, style: SMALL, text: line.clone() });
                y += SMALL.line();
            }
            let number = page_words.replace("{page}", &(at + 1).to_string()).replace("{pages}", &pages.to_string());
            page.push(Mark::Text { x: RIGHT - SMALL.width(&number), y, style: SMALL, text: number });
        }
    }

    /// The file, as PDF/A-3. `attachment` is an XML file that says the same for machines.
    pub(crate) fn finish(self, about: &About, attachment: Option<(&str, Vec<u8>)>) -> Result<Vec<u8>, PdfError> {
        let configuration = ConfigurationBuilder::new().with_archival_validator(Archival::A3_B).finish();
        let configuration = configuration.map_err(|error| PdfError(format!("{error:?}")))?;
        let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
        let fonts = [REGULAR, BOLD].map(|bytes| Font::new(Data::from(bytes.to_vec()), 0));
        let [Some(regular), Some(bold)] = fonts else { return Err(PdfError("a font cannot be read".to_owned())) };
        let settings =
            PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| PdfError("the page has no size".to_owned()))?;
        for marks in &self.pages {
            let mut page = document.start_page_with(settings.clone());
            let mut surface = page.surface();
            for mark in marks {
                draw(&mut surface, mark, [&regular, &bold]);
            }
            surface.finish();
            page.finish();
        }
        let made_at = date_time(&about.made_at);
        if let Some((name, bytes)) = attachment {
            let file = EmbeddedFile {
                path: name.to_owned(),
                mime_type: MimeType::new("text/xml"),
                description: Some(about.title.clone()),
                association_kind: AssociationKind::Alternative,
                data: Data::from(bytes),
                modification_date: made_at,
                compress: None,
                location: None,
            };
            document.embed_file(file).ok_or_else(|| PdfError("the file cannot be attached".to_owned()))?;
        }
        let mut metadata = Metadata::new()
            .title(about.title.clone())
            .authors(vec![about.author.clone()])
            .language(about.language.clone())
            .creator("Kontor".to_owned())
            .document_id(about.id.clone());
        if let Some(made_at) = made_at {
            metadata = metadata.creation_date(made_at);
        }
        document.set_metadata(metadata);
        document.finish().map_err(|error| PdfError(format!("{error:?}")))
    }
}

fn date_time(text: &str) -> Option<DateTime> {
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<u8>().ok();
    let year = text.get(..4)?.parse().ok()?;
    let day = DateTime::new(year).month(part(5, 7)?).day(part(8, 10)?);
    Some(day.hour(part(11, 13)?).minute(part(14, 16)?).second(part(17, 19)?).utc_offset_hour(0).utc_offset_minute(0))
}

fn draw(surface: &mut Surface<'_>, mark: &Mark, [regular, bold]: [&Font; 2]) {
    let shade = |grey: bool| if grey { 90 } else { 0 };
    match mark {
        Mark::Text { x, y, style, text } => {
            surface.set_fill(Some(fill(shade(style.grey))));
            let face = style.face();
            let glyphs: Vec<KrillaGlyph> = text
                .char_indices()
                .map(|(at, letter)| {
                    let (glyph, width) = face.glyph(letter);
                    let range = at..at + letter.len_utf8();
                    KrillaGlyph::new(GlyphId::new(glyph), width, 0.0, 0.0, 0.0, range, None)
                })
                .collect();
            let font = if style.bold { bold } else { regular };
            surface.draw_glyphs(Point::from_xy(*x, *y), &glyphs, font.clone(), text, style.size, false);
        }
        Mark::Block { x, y, width, height, grey } => {
            let mut path = PathBuilder::new();
            if let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) {
                path.push_rect(rect);
            }
            surface.set_fill(Some(fill(if *grey { 170 } else { 0 })));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
    }
}

fn fill(grey: u8) -> Fill {
    Fill {
        paint: rgb::Color::new(grey, grey, grey).into(),
        opacity: NormalizedF32::ONE,
        rule: krilla::paint::FillRule::default(),
    }
}

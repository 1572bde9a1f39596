//! The head of a page: what search engines and previews of links show of it.

use domain::picture::Size;
use domain::product::Image;
use serde::Serialize;
use serde_json::Value;

use crate::App;
use crate::json_ld::script_text;

/// A search engine shows no more of a description.
const MAX_DESCRIPTION: usize = 160;

#[derive(Debug, Default, Serialize)]
pub(crate) struct Head {
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    /// The one address of the page. Without one nobody should find it.
    pub(crate) url: Option<String>,
    /// What Open Graph says that it is.
    pub(crate) kind: &'static str,
    pub(crate) site: String,
    pub(crate) locale: &'static str,
    pub(crate) picture: Option<HeadPicture>,
    /// The shop's logo, which previews of links show where there is no picture.
    pub(crate) logo: Option<String>,
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
    /// Texts of `script` elements, which cannot end these.
    pub(crate) json_ld: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct HeadPicture {
    pub(crate) url: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) alt: String,
}

impl HeadPicture {
    pub(crate) fn new(app: &App, path: &str, image: &Image) -> Self {
        let (width, height) = scaled(image, Size::Large);
        Self { url: format!("{}/{path}", app.images_url), width, height, alt: image.alt.clone() }
    }
}

/// The width and height of a size of a picture.
pub(crate) fn scaled(image: &Image, size: Size) -> (u32, u32) {
    let longest = image.width.max(image.height).max(1);
    let edge = size.edge().min(longest);
    let scale = |side: u32| {
        let pixels = u64::from(side) * u64::from(edge) / u64::from(longest);
        u32::try_from(pixels).unwrap_or(edge).max(1)
    };
    (scale(image.width), scale(image.height))
}

impl Head {
    /// A page with this name at this path, or the home page.
    pub(crate) fn new(app: &App, name: Option<&str>, path: &str) -> Self {
        let site = app.branding.shop_name.clone();
        Self {
            title: name.map_or_else(|| site.clone(), |name| format!("{name} – {site}")),
            url: Some(app.url(path)),
            kind: "website",
            locale: app.words.open_graph(),
            logo: app.branding.logo_url.clone(),
            site,
            ..Self::default()
        }
    }

    /// A page that nobody should find.
    pub(crate) fn hidden(app: &App, name: Option<&str>) -> Self {
        Self { url: None, ..Self::new(app, name, "") }
    }

    pub(crate) fn described(mut self, text: &str) -> Self {
        self.description = Some(shortened(text, MAX_DESCRIPTION)).filter(|text| !text.is_empty());
        self
    }

    /// The names of what the page lists, if nobody wrote a description.
    pub(crate) fn listing<'a>(self, name: &str, listed: impl IntoIterator<Item = &'a str>) -> Self {
        let listed: Vec<&str> = listed.into_iter().collect();
        if self.description.is_some() || listed.is_empty() {
            return self;
        }
        self.described(&format!("{name}: {}", listed.join(", ")))
    }

    pub(crate) fn with_json_ld(mut self, blocks: &[Value]) -> Self {
        self.json_ld = blocks.iter().map(script_text).collect();
        self
    }
}

/// The first words of a text, in one line.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    let mut short = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        length += word.chars().count() + usize::from(!short.is_empty());
        if length >= most {
            short.push('…');
            break;
        }
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(word);
    }
    short
}

#[cfg(test)]
mod tests {
    use domain::id::ImageId;
    use domain::picture::Size;
    use domain::product::Image;
    use domain::time::Time;

    use super::{scaled, shortened};

    #[test]
    fn a_description_ends_with_a_whole_word() {
        assert_eq!(shortened("  A shirt\n\nof linen. ", 100), "A shirt of linen.");
        assert_eq!(shortened("A shirt of linen.", 13), "A shirt of…");
        assert_eq!(shortened(&"x".repeat(500), 160), "…");
        assert_eq!(shortened("", 160), "");
    }

    #[test]
    fn a_size_of_a_picture_keeps_its_form_and_is_never_larger_than_the_picture() {
        let image = |width, height| Image {
            id: ImageId::new(Time::from_unix_millis(0), 1),
            alt: String::new(),
            width,
            height,
            shows: None,
        };
        assert_eq!(scaled(&image(1600, 800), Size::Medium), (800, 400));
        assert_eq!(scaled(&image(100, 50), Size::Medium), (100, 50));
        assert_eq!(scaled(&image(1, 1600), Size::Small), (1, 200));
        assert_eq!(scaled(&image(0, 0), Size::Small), (1, 1));
    }
}

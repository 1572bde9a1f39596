//! How the shop looks and who it is, in its mails and on its own pages.

use domain::colour::Colour;
use domain::email::Email;
use domain::mail_language::MailLanguage;
use domain::text::line;

use crate::runtime::config::Env;

/// The longest postal address of a shop.
const MAX_ADDRESS: usize = 200;
/// The longest URL of a logo.
const MAX_URL: usize = 1_000;
/// A usual dark grey.
const DEFAULT_COLOUR: Colour = Colour::grey(0x22);

#[derive(Debug, Clone)]
pub struct Branding {
    pub shop_name: String,
    pub shop_url: String,
    /// A picture in place of the name.
    pub logo_url: Option<String>,
    pub colour: Colour,
    /// The postal address of the shop, in one line.
    pub address: Option<String>,
    /// Where people write to, and where answers to mails go.
    pub contact: Option<Email>,
    /// The language of mails to staff, and to people whose language nobody knows.
    pub language: MailLanguage,
}

impl Branding {
    /// A shop that has set nothing but its name and URL.
    pub fn new(shop_name: &str, shop_url: &str) -> Self {
        Self {
            shop_name: shop_name.to_owned(),
            shop_url: shop_url.to_owned(),
            logo_url: None,
            colour: DEFAULT_COLOUR,
            address: None,
            contact: None,
            language: MailLanguage::ENGLISH,
        }
    }

    pub fn read(env: &mut Env) -> Self {
        let bare = Self::new(&env.text("SHOP_NAME"), &env.url("SHOP_URL"));
        Self {
            logo_url: env.optional("SHOP_LOGO_URL", logo),
            colour: env.optional("SHOP_COLOUR", Colour::parse).unwrap_or(bare.colour),
            address: env.optional("SHOP_ADDRESS", |text| line(text, MAX_ADDRESS)),
            contact: env.optional("SHOP_CONTACT", Email::parse),
            language: env.optional("SHOP_LANGUAGE", MailLanguage::parse).unwrap_or(bare.language),
            ..bare
        }
    }
}

/// Mail programs show no picture of a page without encryption.
fn logo(url: &str) -> Result<String, InvalidLogo> {
    let is_whole = url.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    let is_plain = url.len() <= MAX_URL && url.bytes().all(|c| c.is_ascii_graphic() && !b"\"'<>\\`".contains(&c));
    if is_whole && is_plain { Ok(url.to_owned()) } else { Err(InvalidLogo) }
}

#[derive(Debug, thiserror::Error)]
#[error("must be a URL that begins with https:// and has no spaces or quotes")]
struct InvalidLogo;

#[cfg(test)]
mod tests {
    use super::Branding;
    use crate::runtime::config::Env;

    fn read(settings: &[(&'static str, &str)]) -> Result<Branding, String> {
        let named = [("SHOP_NAME", "Kontor"), ("SHOP_URL", "https://shop.test/")];
        let mut env = Env::of(named.iter().chain(settings).map(|(name, value)| (*name, (*value).to_owned())));
        let branding = Branding::read(&mut env);
        env.finish(branding).map_err(|error| error.0.join("; "))
    }

    #[test]
    fn a_shop_that_sets_nothing_is_dark_grey_and_writes_in_english() {
        let empty =
            ["SHOP_LOGO_URL", "SHOP_COLOUR", "SHOP_ADDRESS", "SHOP_CONTACT", "SHOP_LANGUAGE"].map(|name| (name, ""));
        let branding = read(&empty).unwrap();
        assert_eq!((branding.colour.to_string().as_str(), branding.language.as_str()), ("#222222", "en"));
        assert_eq!((branding.logo_url, branding.address, branding.contact), (None, None, None));
    }

    #[test]
    fn what_could_break_a_mail_is_refused_when_a_function_starts() {
        for (name, value) in [
            ("SHOP_LOGO_URL", "http://shop.test/logo.png"),
            ("SHOP_LOGO_URL", "https://shop.test/logo.png\" onload=\"x"),
            ("SHOP_LOGO_URL", "https:///logo.png"),
            ("SHOP_LOGO_URL", "javascript:alert(1)"),
            ("SHOP_COLOUR", "red;}body{display:none"),
            ("SHOP_COLOUR", "#12345"),
            ("SHOP_ADDRESS", "Street 1\nBcc: eve@example.com"),
            ("SHOP_CONTACT", "write to us"),
            ("SHOP_LANGUAGE", "tlh"),
        ] {
            let refused = read(&[(name, value)]).unwrap_err();
            assert!(refused.starts_with(&format!("{name} must")), "{value}: {refused}");
        }
        assert!(read(&[("SHOP_LOGO_URL", "https://shop.test/logo.png?v=2"), ("SHOP_COLOUR", "#1A73e8")]).is_ok());
    }
}

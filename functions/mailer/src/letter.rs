//! The words: one layout and one template a letter, as HTML (escaped) and as text. Rendering is pure.

use domain::mail::Letter;
use domain::time::Time;
use minijinja::{AutoEscape, Environment, context};

/// What all letters of a shop have in common.
#[derive(Debug, Clone)]
pub struct Letterhead {
    pub shop_name: String,
    pub shop_url: String,
}

/// The links that a letter may carry, ready to follow.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// What the letter is about: verify, reset.
    pub action: Option<String>,
    pub unsubscribe: Option<String>,
}

/// Whom a letter is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    pub name: String,
    pub email: String,
}

/// What a letter about stock is about, as it is when the letter is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ware {
    pub name: String,
    /// Such as `M, Blue`; empty for a product without options.
    pub options: String,
    pub sku: String,
    pub price: String,
    pub available: i64,
    pub threshold: i64,
    pub url: String,
}

impl Ware {
    fn facts(&self) -> minijinja::Value {
        context! {
            name => &self.name,
            options => &self.options,
            sku => &self.sku,
            price => &self.price,
            available => self.available,
            threshold => self.threshold,
            url => &self.url,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    pub subject: String,
    pub html: String,
    pub text: String,
}

macro_rules! templates {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../templates/", $name)))),+]
    };
}

const TEMPLATES: &[(&str, &str)] = templates![
    "layout.html",
    "layout.txt",
    "welcome.html",
    "welcome.txt",
    "verify.html",
    "verify.txt",
    "reset.html",
    "reset.txt",
    "password-changed.html",
    "password-changed.txt",
    "two-factor-changed.html",
    "two-factor-changed.txt",
    "new-device.html",
    "new-device.txt",
    "banned.html",
    "banned.txt",
    "low-stock.html",
    "low-stock.txt",
    "back-in-stock.html",
    "back-in-stock.txt",
];

/// The letter to this reader; `ware` for a letter about stock. `Err` only if a template is broken, which the tests rule out.
pub fn render(
    letter: &Letter,
    reader: &Reader,
    ware: Option<&Ware>,
    (head, links): (&Letterhead, &Links),
    at: Time,
) -> Result<Rendered, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|name| match name.rsplit_once('.') {
        Some((_, "html")) => AutoEscape::Html,
        _ => AutoEscape::None,
    });
    // A misspelt name is an error, not an empty space in a letter.
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    let subject = subject(letter, &head.shop_name, ware);
    let facts = match letter {
        Letter::TwoFactorChanged { enabled } => context! { enabled },
        Letter::NewDevice { device, ip } => context! { device, ip },
        Letter::Banned { reason, until } => context! { reason, until => minute(*until) },
        Letter::LowStock { .. } | Letter::BackInStock { .. } => {
            context! { ware => ware.map(Ware::facts) }
        }
        Letter::Welcome | Letter::Verify | Letter::Reset | Letter::PasswordChanged => context! {},
    };
    let context = context! {
        subject => &subject,
        facts,
        name => &reader.name,
        about_account => !matches!(letter, Letter::LowStock { .. }),
        shop => &head.shop_name,
        shop_url => &head.shop_url,
        action => &links.action,
        unsubscribe => &links.unsubscribe,
        at => minute(at),
    };
    let render = |ending: &str| {
        environment
            .get_template(&format!("{}.{ending}", letter.name()))?
            .render(&context)
    };
    Ok(Rendered {
        html: render("html")?,
        text: render("txt")?,
        subject,
    })
}

fn subject(letter: &Letter, shop: &str, ware: Option<&Ware>) -> String {
    let name = ware.map_or("", |ware| ware.name.as_str());
    match letter {
        Letter::LowStock { sku, .. } => format!("Low stock: {name} ({sku})"),
        Letter::BackInStock { .. } => format!("{name} is back at {shop}"),
        Letter::Welcome => format!("Welcome to {shop}"),
        Letter::Verify => format!("Please confirm your address for {shop}"),
        Letter::Reset => format!("Set a new password for {shop}"),
        Letter::PasswordChanged => format!("Your password for {shop} was changed"),
        Letter::TwoFactorChanged { enabled: true } => {
            format!("Two-factor sign-in is on for {shop}")
        }
        Letter::TwoFactorChanged { enabled: false } => {
            format!("Two-factor sign-in is off for {shop}")
        }
        Letter::NewDevice { .. } => format!("A new device signed in to {shop}"),
        Letter::Banned { .. } => format!("Your account at {shop} is suspended"),
    }
}

/// `2026-11-20 10:00 UTC`.
fn minute(time: Time) -> String {
    let text = time.to_string();
    format!("{} {} UTC", &text[..10], &text[11..16])
}

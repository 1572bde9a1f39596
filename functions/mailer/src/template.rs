//! The mails. The words of each are a file in the folder of its language; two layouts make HTML (escaped) and text of
//! them, so both say the same. Rendering is pure.

use domain::colour::Colour;
use domain::mail::MailTemplate;
use domain::mail_language::MailLanguage;
use domain::text::without_links;
use domain::time::Time;
use kit::runtime::branding::Branding;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value, context, escape_formatter};
use serde::Serialize;

use crate::order_summary::{OrderSummary, SummaryLine};
use crate::wording::{TEMPLATES, Wording};

/// The card of a mail in dark mode.
const DARK: Colour = Colour::grey(0x1e);
/// What WCAG asks for between text and its background.
const READABLE: f64 = 4.5;

/// The links of a mail, with their tokens.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// What the recipient is asked to do: confirm the address, set a new password.
    pub action: Option<String>,
    pub unsubscribe: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientAddress {
    /// Only if the owner of the address wrote it. Otherwise the mail greets nobody by name.
    pub name: Option<String>,
    pub email: String,
}

/// A variant of a product as it is when the mail is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProductFacts {
    pub name: String,
    /// Such as `M, Blue`; empty for a product without options.
    pub options: String,
    pub sku: String,
    pub price: String,
    pub available: i64,
    pub threshold: i64,
    pub url: String,
}

/// A product that its buyer can review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReviewableProduct {
    pub name: String,
    pub url: String,
}

/// An endpoint that gets no more events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WebhookFacts {
    pub url: String,
    /// It said itself that it wants no more.
    pub is_gone: bool,
    /// Since when it took no event.
    pub failing_since: Option<String>,
}

/// What a mail is about, in addition to the fields of its template.
#[derive(Debug, Clone, Copy, Default)]
pub enum Facts<'a> {
    #[default]
    Account,
    Product(&'a ProductFacts),
    Order(&'a OrderSummary),
    /// For staff.
    ProductForStaff(&'a ProductFacts),
    OrderForStaff(&'a OrderSummary),
    Webhook(&'a WebhookFacts),
    Reviewable(&'a [ReviewableProduct]),
    /// What can be bought of what somebody left in the cart.
    Cart(&'a [SummaryLine]),
}

impl<'a> Facts<'a> {
    pub(crate) fn is_for_staff(self) -> bool {
        matches!(self, Self::ProductForStaff(_) | Self::OrderForStaff(_) | Self::Webhook(_))
    }

    /// The page that the mail is about.
    fn page(self) -> Option<&'a String> {
        match self {
            Self::Account | Self::Webhook(_) | Self::Reviewable(_) | Self::Cart(_) => None,
            Self::Product(product) | Self::ProductForStaff(product) => Some(&product.url),
            Self::Order(order) | Self::OrderForStaff(order) => Some(&order.url),
        }
    }

    /// The order that is shown with its lines.
    fn order(self) -> Option<&'a OrderSummary> {
        if let Self::Order(order) = self { Some(order) } else { None }
    }

    /// What was ordered, or stands in the cart.
    fn lines(self) -> &'a [SummaryLine] {
        match self {
            Self::Order(order) => &order.lines,
            Self::Cart(lines) => lines,
            _ => &[],
        }
    }

    /// The products that the mail leads to.
    fn products(self) -> &'a [ReviewableProduct] {
        if let Self::Reviewable(products) = self { products } else { &[] }
    }

    fn urls(self) -> impl Iterator<Item = &'a String> {
        let order = self.order();
        let pictures = self.lines().iter().filter_map(|line| line.picture.as_ref());
        let pages = self.page().into_iter().chain(self.products().iter().map(|product| &product.url));
        pages.chain(order.and_then(|order| order.tracking_url.as_ref())).chain(pictures)
    }
}

/// One mail to somebody.
#[derive(Debug, Clone, Copy)]
pub struct Mail<'a> {
    pub template: &'a MailTemplate,
    pub language: MailLanguage,
    pub to: &'a RecipientAddress,
    pub facts: Facts<'a>,
    pub links: &'a Links,
    /// The time of its event.
    pub at: Time,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedMail {
    pub subject: String,
    pub html: String,
    pub text: String,
}

/// The words of a mail, as its file has them.
struct Words {
    subject: String,
    /// What lists of mails show after the subject.
    preview: String,
    paragraphs: Vec<String>,
    /// Empty if there is no button.
    button: String,
    /// What stands small below the button. May be empty.
    note: String,
}

impl Mail<'_> {
    /// The only links in the mail are those of its `links`, of its order or product, of a known carrier and of the shop:
    /// all other texts are written so that no mail program makes a link of a part of them. `Err` only if a template has
    /// an error, which the tests exclude.
    pub fn render(&self, branding: &Branding) -> Result<RenderedMail, Error> {
        let wording = Wording::of(self.language);
        let wording = wording.ok_or_else(|| Error::new(ErrorKind::TemplateNotFound, "there is no such language"))?;
        let words = self.words(branding, wording)?;
        let context = self.layout_context(branding, wording, &words);
        let own = [
            self.own(branding),
            vec![words.subject.clone(), words.preview, words.button, words.note],
            words.paragraphs,
        ];
        let environment = environment(own.concat(), ["layout.html", "lines.html", "order.html", "layout.txt"])?;
        let html = environment.get_template("layout.html")?.render(context.clone())?;
        let text = environment.get_template("layout.txt")?.render(context)?;
        Ok(RenderedMail { subject: words.subject, html, text })
    }

    /// What stands in the mail as it is: nobody but the shop writes these.
    fn own(&self, branding: &Branding) -> Vec<String> {
        let mut own = vec![branding.shop_name.clone(), branding.shop_url.clone()];
        own.extend([&branding.logo_url, &branding.address].into_iter().flatten().cloned());
        own.extend(branding.contact.as_ref().map(ToString::to_string));
        own.extend([&self.links.action, &self.links.unsubscribe].into_iter().flatten().cloned());
        own.extend(self.facts.urls().cloned());
        if let Facts::Webhook(webhook) = self.facts {
            own.push(webhook.url.clone());
        }
        if let MailTemplate::NewDevice { ip, .. } = self.template {
            own.push(ip.clone());
        }
        own
    }

    fn words(&self, branding: &Branding, wording: &'static Wording) -> Result<Words, Error> {
        let name = format!("{}/{}.txt", self.language.as_str(), self.template.name());
        let mut environment = environment(self.own(branding), [name.as_str()])?;
        environment
            .add_filter("minute", |time: String| Time::parse(&time).map_or(time, |time| wording.locale.minute(time)));
        let about = match self.facts {
            Facts::Account | Facts::Reviewable(_) | Facts::Cart(_) => context! {},
            Facts::Product(product) | Facts::ProductForStaff(product) => context! { product => Serde(product) },
            Facts::Order(order) | Facts::OrderForStaff(order) => context! { order => Serde(order) },
            Facts::Webhook(webhook) => context! { webhook => Serde(webhook) },
        };
        let context = context! {
            facts => Value::from(Serde(self.template)),
            shop => &branding.shop_name,
            shop_address => &branding.address,
            action => &self.links.action,
            at => self.at.to_string(),
            ..about
        };
        let mut captured = environment.get_template(&name)?.render_captured(context)?;
        // Where a line ends in the file is of no importance, but an empty line is the end of a paragraph.
        let mut block = |name: &str| captured.with_state_mut(|state| state.render_block(name));
        Ok(Words {
            subject: joined(&block("subject")?),
            preview: joined(&block("preview")?),
            paragraphs: block("words")?.split("\n\n").map(joined).filter(|it| !it.is_empty()).collect(),
            button: joined(&block("button")?),
            note: joined(&block("note")?),
        })
    }

    fn layout_context(&self, branding: &Branding, wording: &Wording, words: &Words) -> Value {
        let layout = &wording.layout;
        let order = self.facts.order();
        // Who has only just been asked to confirm an order gets no key to it.
        let order_url = order.filter(|_| self.links.action.is_none()).map(|order| &order.url);
        let is_sent = match self.template {
            MailTemplate::OrderShipped | MailTemplate::ParcelShipped { .. } => true,
            MailTemplate::ReturnCompleted { .. } => {
                order.and_then(|order| order.goods_return.as_ref()).is_some_and(|it| it.exchanges.is_some())
            }
            _ => false,
        };
        let parcel = order.and_then(|order| order.tracking_url.as_ref()).filter(|_| is_sent);
        let url = self.links.action.as_ref().or(parcel).or(self.facts.page()).unwrap_or(&branding.shop_url);
        let has_button = !words.button.is_empty();
        let greeting = match &self.to.name {
            _ if self.facts.is_for_staff() => layout.hello_team.clone(),
            Some(name) => layout.hello_name.replace("{name}", name),
            None => layout.hello.clone(),
        };
        let about = match self.facts {
            Facts::Account | Facts::Cart(_) => &layout.about_account,
            Facts::Order(_) | Facts::Reviewable(_) => &layout.about_order,
            _ => &layout.about_shop,
        };
        context! {
            language => self.language.as_str(),
            subject => &words.subject,
            preview => &words.preview,
            greeting,
            paragraphs => &words.paragraphs,
            products => Serde(self.facts.products()),
            button => has_button.then(|| context! { label => &words.button, url }),
            note => &words.note,
            lines => Serde(self.facts.lines()),
            order => order.map(Serde),
            order_link => order_url.filter(|order| !has_button || *order != url),
            words => Serde(layout),
            colours => colours(branding.colour),
            logo => &branding.logo_url,
            shop => &branding.shop_name,
            shop_url => &branding.shop_url,
            address => &branding.address,
            contact => branding.contact.as_ref().filter(|_| !self.facts.is_for_staff()).map(ToString::to_string),
            unsubscribe => &self.links.unsubscribe,
            about,
        }
    }
}

/// One line of a text of the template's lines.
fn joined(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The colour of the shop, so that all can be read in light and in dark mode.
fn colours(shop: Colour) -> Value {
    let dark_button = shop.seen_on(DARK, READABLE);
    context! {
        button => shop.to_string(),
        on_button => shop.text_on().to_string(),
        link => shop.seen_on(Colour::WHITE, READABLE).to_string(),
        dark => DARK.to_string(),
        dark_button => dark_button.to_string(),
        on_dark_button => dark_button.text_on().to_string(),
    }
}

/// These templates. Texts that are not `own` lose their links.
fn environment<'a>(own: Vec<String>, names: impl IntoIterator<Item = &'a str>) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|name| match name.rsplit_once('.') {
        Some((_, "html")) => AutoEscape::Html,
        _ => AutoEscape::None,
    });
    // A misspelt name is an error, not an empty space in a mail.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(move |out, state, value| match value.as_str() {
        Some(text) if !own.iter().any(|known| known == text) => {
            escape_formatter(out, state, &Value::from(without_links(text)))
        }
        _ => escape_formatter(out, state, value),
    });
    for name in names {
        let source = TEMPLATES.iter().find(|(known, _)| *known == name);
        let (name, source) = source.ok_or_else(|| Error::new(ErrorKind::TemplateNotFound, name.to_owned()))?;
        environment.add_template(name, source)?;
    }
    Ok(environment)
}

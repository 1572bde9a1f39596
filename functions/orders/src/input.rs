//! What a buyer says when they order.

use checkout::ItemReference;
use checkout::wire::ItemInput;
use domain::address::{AddressBook, PostalAddress};
use domain::coupon::CouponCode;
use domain::email::Email;
use domain::id::AddressId;
use domain::money::Currency;
use domain::order::Method;
use domain::text;
use kit::http::body::{Fields, Object};
use kit::http::money::MoneyInput;
use kit::http::postal::PostalInput;
use kit::http::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

/// Without `item`, the cart is ordered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PlaceInput {
    /// One thing, past the cart.
    #[schema(value_type = Option<ItemInput>)]
    item: Option<Object<ItemInput>>,
    /// A guest's address; whoever is signed in has theirs.
    email: Option<String>,
    #[schema(value_type = Option<PostalInput>)]
    shipping_address: Option<Object<PostalInput>>,
    /// One of the address book's.
    shipping_address_id: Option<String>,
    /// The shipping address, if it is not given.
    #[schema(value_type = Option<PostalInput>)]
    billing_address: Option<Object<PostalInput>>,
    billing_address_id: Option<String>,
    /// `payment_intent`, `checkout_session` or `cash_on_delivery`.
    #[schema(example = "checkout_session")]
    payment_method: String,
    /// In place of the cart's.
    coupon_code: Option<String>,
    /// What the buyer saw that it comes to. With it, prices that changed since are agreed to or the order is refused.
    #[schema(value_type = Option<MoneyInput>)]
    expected_total: Option<Object<MoneyInput>>,
    note: Option<String>,
}

/// An address that was written out, or one of the book's.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    Inline(PostalAddress),
    Book(&'static str, AddressId),
}

impl Place {
    pub(crate) fn find(self, book: &AddressBook) -> Result<PostalAddress, Problem> {
        match self {
            Self::Inline(address) => Ok(address),
            Self::Book(field, id) => match book.find(id) {
                Some(address) => Ok(address.postal.clone()),
                None => Err(Problem::field(field, "is not in your address book")),
            },
        }
    }
}

#[derive(Debug)]
pub(crate) struct Wish {
    pub(crate) item: Option<(ItemReference, u32)>,
    pub(crate) email: Option<Email>,
    pub(crate) shipping: Place,
    pub(crate) billing: Option<Place>,
    pub(crate) method: Method,
    pub(crate) coupon: Option<CouponCode>,
    pub(crate) expected_total: Option<i64>,
    pub(crate) note: Option<String>,
}

impl Wish {
    pub(crate) fn needs_book(&self) -> bool {
        let of_book = |place: &Place| matches!(place, Place::Book(..));
        of_book(&self.shipping) || self.billing.as_ref().is_some_and(of_book)
    }
}

impl PlaceInput {
    pub(crate) fn parse(self, currency: Currency) -> Result<Wish, Problem> {
        let item = self.item.map(|Object(item)| item.parse("item.")).transpose()?;
        let shipping =
            place(("shippingAddress", "shippingAddressId"), (self.shipping_address, self.shipping_address_id))?;
        let shipping =
            shipping.ok_or_else(|| Problem::field("shippingAddress", "is required, or shippingAddressId"))?;
        let billing = place(("billingAddress", "billingAddressId"), (self.billing_address, self.billing_address_id))?;
        let mut fields = Fields::default();
        if let Some(Object(total)) = &self.expected_total
            && total.currency != currency
        {
            let message = format!("must be in {}, the shop's currency", currency.as_str());
            fields.refuse("expectedTotal", &message);
        }
        let checked = (
            fields.check("paymentMethod", Method::parse(&self.payment_method)),
            fields.check_optional("email", self.email, |email| Email::parse(&email)),
            fields.check_optional("couponCode", self.coupon_code, |code| CouponCode::parse(&code)),
            fields.check_optional("note", self.note, |note| text::prose(&note, 1_000)),
        );
        let (method, email, coupon, note) = fields.finish(checked)?;
        Ok(Wish {
            item,
            email,
            shipping,
            billing,
            method,
            coupon,
            expected_total: self.expected_total.map(|Object(total)| total.amount),
            note: note.filter(|note| !note.is_empty()),
        })
    }
}

type Given = (Option<Object<PostalInput>>, Option<String>);

fn place((inline, of_book): (&'static str, &'static str), given: Given) -> Result<Option<Place>, Problem> {
    match given {
        (None, None) => Ok(None),
        (Some(Object(address)), None) => {
            let address = address.into_domain(&format!("{inline}."))?;
            Ok(Some(Place::Inline(address)))
        }
        (None, Some(id)) => match AddressId::parse(&id) {
            Ok(id) => Ok(Some(Place::Book(of_book, id))),
            Err(error) => Err(Problem::field(of_book, error.to_string())),
        },
        (Some(_), Some(_)) => Err(Problem::field(of_book, format!("cannot be given with {inline}"))),
    }
}

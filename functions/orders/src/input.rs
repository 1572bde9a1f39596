//! The request that places an order.

use checkout::shipping_body::chosen_method;
use checkout::wire::{ItemInput, ItemRequest};
use domain::address::{AddressBook, PostalAddress};
use domain::coupon::CouponCode;
use domain::email::Email;
use domain::id::{AddressId, ShippingMethodId};
use domain::money::Currency;
use domain::order::{MAX_NOTE, Method};
use domain::text;
use domain::vat::VatNumber;
use kit::http::body::{Fields, Object};
use kit::http::money::MoneyInput;
use kit::http::postal::PostalInput;
use kit::http::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

/// Without `item`, the cart is ordered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PlaceOrderInput {
    /// Orders this item only, not the cart. Its `price` or `expectedTotal` is required.
    #[schema(value_type = Option<ItemInput>)]
    item: Option<Object<ItemInput>>,
    /// Required for guests. Ignored for signed-in users.
    email: Option<String>,
    #[schema(value_type = Option<PostalInput>)]
    shipping_address: Option<Object<PostalInput>>,
    /// An address of the user's address book.
    shipping_address_id: Option<String>,
    /// Default: the shipping address.
    #[schema(value_type = Option<PostalInput>)]
    billing_address: Option<Object<PostalInput>>,
    billing_address_id: Option<String>,
    /// `payment_intent`, `checkout_session` or `cash_on_delivery`.
    #[schema(example = "checkout_session")]
    payment_method: String,
    /// Default: the coupon of the cart.
    coupon_code: Option<String>,
    /// The total that the buyer saw. If the total is different now, the order is refused. Without it, the order is
    /// refused if a price is not the one in the cart, or in `item`.
    #[schema(value_type = Option<MoneyInput>)]
    expected_total: Option<Object<MoneyInput>>,
    note: Option<String>,
    /// One of the `shippingMethods` of the quote or the cart. Default: the first that takes the order.
    shipping_method_id: Option<String>,
    /// The VAT number of a business. If it is of another country of the European Union, and the goods go to such a
    /// country, the buyer pays the tax.
    vat_number: Option<String>,
}

/// An address that the request contains, or one of the address book.
#[derive(Debug, Clone)]
pub(crate) enum AddressChoice {
    Inline(PostalAddress),
    Saved { field: &'static str, id: AddressId },
}

impl AddressChoice {
    pub(crate) fn resolve(self, address_book: &AddressBook) -> Result<PostalAddress, Problem> {
        match self {
            Self::Inline(address) => Ok(address),
            Self::Saved { field, id } => match address_book.find(id) {
                Some(address) => Ok(address.postal.clone()),
                None => Err(Problem::field(field, "is not in your address book")),
            },
        }
    }
}

#[derive(Debug)]
pub(crate) struct OrderRequest {
    pub(crate) item: Option<ItemRequest>,
    pub(crate) email: Option<Email>,
    pub(crate) shipping: AddressChoice,
    pub(crate) billing: Option<AddressChoice>,
    pub(crate) method: Method,
    pub(crate) coupon: Option<CouponCode>,
    pub(crate) expected_total: Option<i64>,
    pub(crate) note: Option<String>,
    pub(crate) shipping_method: Option<ShippingMethodId>,
    pub(crate) vat_number: Option<VatNumber>,
}

impl OrderRequest {
    pub(crate) fn needs_address_book(&self) -> bool {
        let saved = |choice: &AddressChoice| matches!(choice, AddressChoice::Saved { .. });
        saved(&self.shipping) || self.billing.as_ref().is_some_and(saved)
    }
}

impl PlaceOrderInput {
    pub(crate) fn parse(self, currency: Currency) -> Result<OrderRequest, Problem> {
        let item = self.item.map(|Object(item)| item.parse("item.", currency)).transpose()?;
        let shipping =
            address("shippingAddress", self.shipping_address, "shippingAddressId", self.shipping_address_id)?
                .ok_or_else(|| Problem::field("shippingAddress", "is required, or shippingAddressId"))?;
        let billing = address("billingAddress", self.billing_address, "billingAddressId", self.billing_address_id)?;
        let mut fields = Fields::default();
        // No cart has shown the buyer a price.
        if self.expected_total.is_none() && item.as_ref().is_some_and(|item| item.quoted_price.is_none()) {
            fields.refuse("expectedTotal", &"is required with item, or item.price");
        }
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
            fields.check_optional("note", self.note, |note| text::prose(&note, MAX_NOTE)),
            fields.check_optional("vatNumber", self.vat_number.as_deref(), VatNumber::parse),
            chosen_method(&mut fields, self.shipping_method_id.as_deref()),
        );
        let (method, email, coupon, note, vat_number, shipping_method) = fields.finish(checked)?;
        Ok(OrderRequest {
            item,
            email,
            shipping,
            billing,
            method,
            coupon,
            expected_total: self.expected_total.map(|Object(total)| total.amount),
            note: note.filter(|note| !note.is_empty()),
            shipping_method,
            vat_number,
        })
    }
}

fn address(
    inline_field: &str,
    inline: Option<Object<PostalInput>>,
    id_field: &'static str,
    id: Option<String>,
) -> Result<Option<AddressChoice>, Problem> {
    match (inline, id) {
        (None, None) => Ok(None),
        (Some(Object(address)), None) => {
            Ok(Some(AddressChoice::Inline(address.into_domain(&format!("{inline_field}."))?)))
        }
        (None, Some(id)) => match AddressId::parse(&id) {
            Ok(id) => Ok(Some(AddressChoice::Saved { field: id_field, id })),
            Err(error) => Err(Problem::field(id_field, error.to_string())),
        },
        (Some(_), Some(_)) => Err(Problem::field(id_field, format!("cannot be given with {inline_field}"))),
    }
}

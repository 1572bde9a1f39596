//! Catalog: the routes of products, categories and brands. Everybody can read what is on sale. Staff who send their
//! token also see drafts, deleted products and exact stock. Lists of products are those of the search function.

mod app;
mod images;
mod input;
mod parse;
mod products;
mod refusal;
mod shown;
mod term_input;
mod term_routes;
mod terms;
mod variant_input;

pub use app::{App, Config};
use axum::Router;
use domain::access::Permission::{ProductsRead, ProductsWrite};
use kit::http::auth::Access::{OptionalStaff, Staff};
use kit::http::routes::Route;
use kit::route;

use crate::term_routes::{brands, categories};

pub fn routes() -> Vec<Route<App>> {
    vec![
        route!(OptionalStaff(ProductsRead), "getProduct", products::show),
        route!(Staff(ProductsWrite), "createProduct", products::create),
        route!(Staff(ProductsWrite), "replaceProduct", products::replace),
        route!(Staff(ProductsWrite), "updateProduct", products::edit),
        route!(Staff(ProductsWrite), "deleteProduct", products::delete),
        route!(Staff(ProductsWrite), "restoreProduct", products::restore),
        route!(Staff(ProductsWrite), "arrangeProductImages", images::arrange),
        route!(Staff(ProductsWrite), "removeProductImage", images::remove),
        route!(OptionalStaff(ProductsRead), "listCategories", categories::list),
        route!(OptionalStaff(ProductsRead), "getCategory", categories::show),
        route!(Staff(ProductsWrite), "createCategory", categories::create),
        route!(Staff(ProductsWrite), "replaceCategory", categories::replace),
        route!(Staff(ProductsWrite), "updateCategory", categories::edit),
        route!(Staff(ProductsWrite), "deleteCategory", categories::delete),
        route!(Staff(ProductsWrite), "removeCategoryImage", categories::remove_image),
        route!(OptionalStaff(ProductsRead), "listBrands", brands::list),
        route!(OptionalStaff(ProductsRead), "getBrand", brands::show),
        route!(Staff(ProductsWrite), "createBrand", brands::create),
        route!(Staff(ProductsWrite), "replaceBrand", brands::replace),
        route!(Staff(ProductsWrite), "updateBrand", brands::edit),
        route!(Staff(ProductsWrite), "deleteBrand", brands::delete),
        route!(Staff(ProductsWrite), "removeBrandImage", brands::remove_image),
    ]
}

pub fn router(app: App) -> Router {
    let context = app.context.clone();
    context.router(routes(), app)
}

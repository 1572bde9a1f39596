//! Files of browsers: forms with which they upload files to S3, the state of each upload, and what they download: CSV files,
//! documents of orders and pictures of returns. Only packing slips pass through this function. This file lists the routes.

mod app;
mod documents;
mod exports;
mod form;
mod packing_slips;
mod return_pictures;
mod review_pictures;
mod uploads;
mod user_pictures;

pub use app::{App, Config};
use axum::Router;
use domain::access::Permission::{OrdersReadAll, ProductsWrite, ReturnsWrite};
use kit::http::auth::Access::{OptionalStaff, SignedIn, Staff};
use kit::http::routes::Route;
use kit::route;

pub fn routes() -> Vec<Route<App>> {
    vec![
        route!(Staff(ProductsWrite), "createUpload", uploads::create),
        route!(Staff(ProductsWrite), "getUpload", uploads::show),
        route!(Staff(ProductsWrite), "listBadLines", uploads::bad_lines),
        route!(SignedIn, "createPictureUpload", user_pictures::create),
        route!(SignedIn, "getPictureUpload", user_pictures::show),
        route!(SignedIn, "createReviewPictureUpload", review_pictures::create),
        route!(SignedIn, "getReviewPictureUpload", review_pictures::show),
        route!(OptionalStaff(ReturnsWrite), "createReturnPictureUpload", return_pictures::create),
        route!(OptionalStaff(ReturnsWrite), "getReturnPictureUpload", return_pictures::show),
        route!(OptionalStaff(ReturnsWrite), "listReturnImages", return_pictures::list),
        route!(OptionalStaff(ReturnsWrite), "removeReturnImage", return_pictures::remove),
        route!(SignedIn, "createExport", exports::create),
        route!(SignedIn, "getExport", exports::show),
        route!(OptionalStaff(OrdersReadAll), "listDocuments", documents::list),
        route!(Staff(OrdersReadAll), "getPackingSlip", packing_slips::of_order),
        route!(Staff(OrdersReadAll), "getPackingSlips", packing_slips::of_orders),
    ]
}

pub fn router(app: App) -> Router {
    let context = app.context.clone();
    context.router(routes(), app)
}

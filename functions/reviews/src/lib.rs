//! Reviews: what customers write about products that they bought, votes and reports about that, and what staff do with
//! it. This file lists the routes.

mod author;
mod change;
mod list;
mod marks;
mod staff;
mod write;

use std::sync::Arc;

use axum::Router;
use checkout::OrderAccess;
use domain::access::Permission::ReviewsModerate;
use domain::review::Moderation;
use kit::http::auth::Access::{OptionalSignIn, Public, SignedIn, Staff};
use kit::http::context::{Context, ContextConfig};
use kit::http::routes::Route;
use kit::route;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::links::LinkKeys;
use kit::runtime::secrets::Secrets;

pub fn routes() -> Vec<Route<App>> {
    vec![
        route!(Public, "listProductReviews", list::of_product),
        route!(OptionalSignIn, "listMyReviews", list::mine),
        route!(OptionalSignIn, "createReview", write::create),
        route!(SignedIn, "listHelpfulReviews", marks::helpful),
        route!(OptionalSignIn, "getReview", list::show),
        route!(OptionalSignIn, "updateReview", write::edit),
        route!(OptionalSignIn, "deleteReview", write::delete),
        route!(OptionalSignIn, "removeReviewImage", write::remove_image),
        route!(SignedIn, "markReviewHelpful", marks::vote),
        route!(SignedIn, "unmarkReviewHelpful", marks::unvote),
        route!(SignedIn, "reportReview", marks::report),
        route!(Staff(ReviewsModerate), "listReviews", staff::list),
        route!(Staff(ReviewsModerate), "getWholeReview", staff::show),
        route!(Staff(ReviewsModerate), "approveReview", staff::approve),
        route!(Staff(ReviewsModerate), "rejectReview", staff::reject),
        route!(Staff(ReviewsModerate), "answerReview", staff::answer),
        route!(Staff(ReviewsModerate), "removeReviewAnswer", staff::remove_answer),
    ]
}

pub fn router(app: App) -> Router {
    let context = app.context.clone();
    context.router(routes(), app)
}

#[derive(Debug, Clone)]
pub struct Config {
    pub context: ContextConfig,
    pub moderation: Moderation,
    pub link_secret: String,
    /// The base URL of public images.
    pub images_url: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            context: ContextConfig::read(&mut env),
            moderation: env.parsed("REVIEW_MODERATION", Moderation::Before, Moderation::parse),
            link_secret: env.text("LINK_SECRET"),
            images_url: env.url("IMAGES_URL"),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub context: Context,
    pub(crate) access: OrderAccess,
    pub(crate) moderation: Moderation,
    pub(crate) images_url: Arc<str>,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        let secrets = Secrets::manager(aws_sdk_secretsmanager::Client::new(&aws));
        Self::new(config, Context::connect(&config.context, &aws), secrets)
    }

    pub fn new(config: &Config, context: Context, secrets: Secrets) -> Self {
        let links = LinkKeys::new(secrets, &config.link_secret);
        Self {
            access: OrderAccess { auth: context.auth.clone(), links },
            context,
            moderation: config.moderation,
            images_url: config.images_url.as_str().into(),
        }
    }
}

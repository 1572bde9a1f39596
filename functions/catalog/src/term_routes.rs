//! The routes of categories and of brands. They differ only in their names, so one macro makes both.

macro_rules! term_routes {
    ($plural:ident, $singular:ident, $Id:ident, $list_description:literal) => {
        pub(crate) mod $plural {
            use axum::extract::{Path, State};
            use axum::http::HeaderMap;
            use axum::response::Response;
            use domain::access::Permission::ProductsRead;
            use domain::id::$Id;
            use kit::http::answer::{Answer, Envelope, Nothing};
            use kit::http::auth::Identity;
            use kit::http::body::Body;
            use kit::http::caching::IfNoneMatch;
            use kit::http::etag::{IfMatch, RequiredIfMatch};
            use kit::http::problem::Problem;
            use products::term_body::TermBody;

            use crate::App;
            use crate::term_input::{TermInput, TermPatchInput};
            use crate::terms;

            #[utoipa::path(get, path = concat!("/api/v1/", stringify!($plural)),
                summary = concat!("All ", stringify!($plural), "."),
                description = $list_description,
                responses(
                    (status = 200, description = concat!("All ", stringify!($plural), "."), body = Envelope<Vec<TermBody>>),
                    (status = 304, description = "Not modified."),
                )
            )]
            pub(crate) async fn list(
                State(app): State<App>,
                headers: HeaderMap,
                if_none_match: IfNoneMatch,
            ) -> Result<Response, Problem> {
                if app.context.auth.is_staff(&headers, ProductsRead).await? {
                    return terms::list::<$Id>(&app, &app.context.store.taxonomy().await?, true, &if_none_match);
                }
                terms::list(&app, &*app.cards.taxonomies.$plural(app.context.clock.now()).await?, false, &if_none_match)
            }

            #[utoipa::path(get, path = concat!("/api/v1/", stringify!($plural), "/{id}"),
                summary = concat!("One ", stringify!($singular), "."),
                description = "By its id or its slug. Staff who send their token also see an inactive one.",
                params(("id" = String, Path, description = "Id or slug")),
                responses(
                    (status = 200, description = concat!("The ", stringify!($singular), "."), body = Envelope<TermBody>),
                    (status = 304, description = "Not modified."),
                    (status = 404, description = concat!("`", stringify!($singular), "_not_found`.")),
                )
            )]
            pub(crate) async fn show(
                State(app): State<App>,
                headers: HeaderMap,
                if_none_match: IfNoneMatch,
                Path(name): Path<String>,
            ) -> Result<Response, Problem> {
                if app.context.auth.is_staff(&headers, ProductsRead).await? {
                    return terms::show::<$Id>(&app, &app.context.store.taxonomy().await?, &name, true, &if_none_match);
                }
                terms::show(&app, &*app.cards.taxonomies.$plural(app.context.clock.now()).await?, &name, false, &if_none_match)
            }

            #[utoipa::path(post, path = concat!("/api/v1/", stringify!($plural)), request_body = TermInput,
                summary = concat!("Creates a ", stringify!($singular), "."),
                description = "Its slug is made from its name if none is given.",
                responses(
                    (status = 201, description = "Created.", body = Envelope<TermBody>, headers(("ETag"))),
                    (status = 409, description = "`slug_taken`, or `taxonomy_full`."),
                )
            )]
            pub(crate) async fn create(
                State(app): State<App>,
                staff: Identity,
                Body(body): Body<TermInput>,
            ) -> Result<Answer<TermBody>, Problem> {
                let id = app.context.ids.$singular(app.context.clock.now());
                terms::create(&app, &staff, id, body).await
            }

            #[utoipa::path(put, path = concat!("/api/v1/", stringify!($plural), "/{id}"), request_body = TermInput,
                summary = concat!("Replaces a ", stringify!($singular), "."),
                description = "Fields that are left out get their default, except the slug, which stays.",
                params(("id" = String, Path, description = "Id or slug"), ("If-Match" = String, Header)),
                responses(
                    (status = 400, description = "`category_circle`: the parent is the category itself or one below it."),
                    (status = 200, description = "Replaced.", body = Envelope<TermBody>, headers(("ETag"))),
                    (status = 404, description = concat!("`", stringify!($singular), "_not_found`.")),
                    (status = 409, description = "`slug_taken`."),
                    (status = 412, description = "`precondition_failed`."),
                    (status = 428, description = "`precondition_required`."),
                )
            )]
            pub(crate) async fn replace(
                State(app): State<App>,
                staff: Identity,
                Path(name): Path<String>,
                RequiredIfMatch(if_match): RequiredIfMatch,
                Body(body): Body<TermInput>,
            ) -> Result<Answer<TermBody>, Problem> {
                terms::replace::<$Id>(&app, &staff, &name, &if_match, body).await
            }

            #[utoipa::path(patch, path = concat!("/api/v1/", stringify!($plural), "/{id}"), request_body = TermPatchInput,
                summary = concat!("Changes the given fields of a ", stringify!($singular), "."),
                description = "With If-Match, the change is refused if somebody else made one since.",
                params(("id" = String, Path, description = "Id or slug"), ("If-Match" = Option<String>, Header)),
                responses(
                    (status = 400, description = "`category_circle`: the parent is the category itself or one below it."),
                    (status = 200, description = "Changed.", body = Envelope<TermBody>, headers(("ETag"))),
                    (status = 404, description = concat!("`", stringify!($singular), "_not_found`.")),
                    (status = 409, description = "`slug_taken`."),
                    (status = 412, description = "`precondition_failed`."),
                )
            )]
            pub(crate) async fn edit(
                State(app): State<App>,
                staff: Identity,
                Path(name): Path<String>,
                if_match: IfMatch,
                Body(body): Body<TermPatchInput>,
            ) -> Result<Answer<TermBody>, Problem> {
                terms::edit::<$Id>(&app, &staff, &name, &if_match, body).await
            }

            #[utoipa::path(delete, path = concat!("/api/v1/", stringify!($plural), "/{id}/image"),
                summary = concat!("Removes the picture of a ", stringify!($singular), "."),
                description = "Its files are deleted. An upload gives it a picture, in place of the one that it has.",
                params(("id" = String, Path, description = "Id or slug"), ("If-Match" = Option<String>, Header)),
                responses(
                    (status = 200, description = "Changed.", body = Envelope<TermBody>, headers(("ETag"))),
                    (status = 404, description = concat!("`", stringify!($singular), "_not_found`, or `image_not_found`.")),
                    (status = 412, description = "`precondition_failed`."),
                )
            )]
            pub(crate) async fn remove_image(
                State(app): State<App>,
                staff: Identity,
                Path(name): Path<String>,
                if_match: IfMatch,
            ) -> Result<Answer<TermBody>, Problem> {
                terms::remove_image::<$Id>(&app, &staff, &name, &if_match).await
            }

            #[utoipa::path(delete, path = concat!("/api/v1/", stringify!($plural), "/{id}"),
                summary = concat!("Deletes a ", stringify!($singular), " that is not in use."),
                description = "It is in use as long as a product, or another one below it, names it.",
                params(("id" = String, Path, description = "Id or slug"), ("If-Match" = Option<String>, Header)),
                responses(
                    (status = 200, description = "Deleted.", body = Envelope<Nothing>),
                    (status = 404, description = concat!("`", stringify!($singular), "_not_found`.")),
                    (status = 409, description = concat!("`", stringify!($singular), "_in_use`.")),
                    (status = 412, description = "`precondition_failed`."),
                )
            )]
            pub(crate) async fn delete(
                State(app): State<App>,
                staff: Identity,
                Path(name): Path<String>,
                if_match: IfMatch,
            ) -> Result<Answer<Nothing>, Problem> {
                terms::delete::<$Id>(&app, &staff, &name, &if_match).await
            }
        }
    };
}

term_routes!(
    categories,
    category,
    CategoryId,
    "They are in tree order: each one after its parent. Staff who send their token also see inactive ones."
);
term_routes!(brands, brand, BrandId, "Staff who send their token also see inactive ones.");

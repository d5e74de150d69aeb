//! The catalogue as JSON: lists of services, categories, and rooms. The price of a service for the caller comes from
//! the crate `bookings`, which knows the caller's entitlements.

use kit::web::{Input, List, Paging, Query, RawInput, in_address};
use kit::{AppState, Cents, Id, Result};
use people::Caller;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::hours::{Hours, Shift};
use crate::model::{Catalogue, Filter, Room, Service};
use crate::store::current;

/// Returns the API routes of this crate.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(services))
        .routes(routes!(categories))
        .routes(routes!(mensuite))
        .routes(routes!(featured))
        .routes(routes!(rooms))
}

/// A service in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceCard {
    id: Id,
    name: String,
    slug: String,
    short_description: String,
    category_name: String,
    category_slug: String,
    member_price: Cents,
    non_member_price: Cents,
    savings_for_members: Cents,
    /// Whole percent, rounded half up.
    member_discount_percentage: i64,
    /// The duration in minutes.
    duration: i64,
    max_capacity: i64,
    featured: bool,
    member_only: bool,
    main_image: Option<String>,
}

impl ServiceCard {
    /// Creates the list entry of a service.
    pub fn of(catalogue: &Catalogue, service: &Service) -> ServiceCard {
        let category = catalogue.category(service.category);
        let savings = service.list - service.member;
        let percent = if service.list.0 > 0 {
            kit::amounts::half_up(i128::from(savings.0.max(0)) * 100, i128::from(service.list.0))
        } else {
            0
        };
        ServiceCard {
            id: service.id,
            name: service.name.clone(),
            slug: service.slug.clone(),
            short_description: service.short_description.clone(),
            category_name: category.map(|category| category.name.clone()).unwrap_or_default(),
            category_slug: category.map(|category| category.slug.clone()).unwrap_or_default(),
            member_price: service.member,
            non_member_price: service.list,
            savings_for_members: savings,
            member_discount_percentage: percent,
            duration: service.minutes,
            max_capacity: service.max_capacity,
            featured: service.featured,
            member_only: service.member_only,
            main_image: service.main_image.clone(),
        }
    }
}

/// The query of a list of services.
struct ServicesQuery {
    filter: Filter,
    paging: Paging,
    /// The filter as a query string, for the links to the other pages of the list.
    query: String,
}

impl Input for ServicesQuery {
    fn parse(input: &mut RawInput) -> ServicesQuery {
        let featured = input.raw("featured").is_some();
        let is_featured = input.yes("featured");
        let filter = Filter {
            category: input.opt_text_within("category", 100),
            search: input.opt_text_within("search", 100),
            featured: featured.then_some(is_featured),
            tag: input.opt_text_within("tag", 100),
        };
        ServicesQuery { query: query_of(&filter), filter, paging: Paging::parse(input) }
    }
}

/// Encodes a filter as a query string.
fn query_of(filter: &Filter) -> String {
    let featured = filter.featured.map(|featured| featured.to_string());
    let raw_input = [
        ("category", &filter.category),
        ("search", &filter.search),
        ("featured", &featured),
        ("tag", &filter.tag),
    ];
    let pairs = raw_input.iter().filter_map(|(name, value)| value.as_ref().map(|value| (name, value)));
    pairs.map(|(name, value)| format!("{name}={}", in_address(value, ""))).collect::<Vec<_>>().join("&")
}

async fn cards(caller: &Caller, query: ServicesQuery, path: &str) -> Result<List<ServiceCard>> {
    let catalogue = caller.view(|tx, _| current(tx)).await?;
    let all = catalogue.find(&query.filter).map(|service| ServiceCard::of(&catalogue, service)).collect();
    let path = if query.query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.query) };
    Ok(List::of(all, query.paging, path))
}

/// List services by category, then name.
#[utoipa::path(get, path = "/api/services/", tag = "services",
    params(("category" = Option<String>, Query), ("search" = Option<String>, Query), ("featured" = Option<bool>, Query),
        ("tag" = Option<String>, Query), ("page" = Option<u32>, Query), ("page_size" = Option<u32>, Query)),
    responses((status = 200, body = Vec<ServiceCard>), (status = 400, body = kit::web::Problem)))]
async fn services(caller: Caller, Query(query): Query<ServicesQuery>) -> Result<List<ServiceCard>> {
    cards(&caller, query, "/api/services/").await
}

/// List the services of Mensuite (S28).
#[utoipa::path(get, path = "/api/services/mensuite/", tag = "services",
    params(("page" = Option<u32>, Query), ("page_size" = Option<u32>, Query)),
    responses((status = 200, body = Vec<ServiceCard>)))]
async fn mensuite(caller: Caller, Query(mut query): Query<ServicesQuery>) -> Result<List<ServiceCard>> {
    query.filter.tag = Some("mensuite".to_owned());
    cards(&caller, query, "/api/services/mensuite/").await
}

/// List the featured services (S28).
#[utoipa::path(get, path = "/api/services/featured/", tag = "services",
    params(("page" = Option<u32>, Query), ("page_size" = Option<u32>, Query)),
    responses((status = 200, body = Vec<ServiceCard>)))]
async fn featured(caller: Caller, Query(mut query): Query<ServicesQuery>) -> Result<List<ServiceCard>> {
    query.filter.featured = Some(true);
    cards(&caller, query, "/api/services/featured/").await
}

/// A category in a list.
#[derive(Debug, Serialize, ToSchema)]
struct CategoryCard {
    id: Id,
    name: String,
    slug: String,
    description: String,
    /// `mensuite`, `private`, or `shared`.
    half: String,
    services_count: usize,
}

/// List categories in the club’s order (S27: current right after an edit).
#[utoipa::path(get, path = "/api/services/categories/", tag = "services",
    params(("page" = Option<u32>, Query), ("page_size" = Option<u32>, Query)),
    responses((status = 200, body = Vec<CategoryCard>)))]
async fn categories(caller: Caller, Query(paging): Query<Paging>) -> Result<List<CategoryCard>> {
    let catalogue = caller.view(|tx, _| current(tx)).await?;
    let count = |id: Id| catalogue.services.iter().filter(|s| s.active && s.category == id).count();
    let all = catalogue.categories.iter().map(|category| CategoryCard {
        id: category.id,
        name: category.name.clone(),
        slug: category.slug.clone(),
        description: category.description.clone(),
        half: category.brand.as_str().to_owned(),
        services_count: count(category.id),
    });
    Ok(List::of(all.collect(), paging, "/api/services/categories/"))
}

/// A room in a list.
#[derive(Debug, Serialize, ToSchema)]
struct RoomCard {
    id: Id,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    capacity: i64,
    features: Vec<String>,
    has_iot_control: bool,
    /// A multiplier with two decimals, like `1.10`.
    premium_modifier: String,
    operating_hours: Vec<OpenDay>,
}

/// The opening hours of a room on one weekday.
#[derive(Debug, Serialize, ToSchema)]
struct OpenDay {
    /// The weekday in English: `monday`, …
    day: &'static str,
    /// The opening time as `HH:MM`.
    opens: String,
    /// `HH:MM`. At or before `opens` means after midnight.
    closes: String,
}

/// The rooms of the club.
#[derive(Debug, Serialize, ToSchema)]
struct Rooms {
    rooms: Vec<RoomCard>,
    total_rooms: usize,
}

impl RoomCard {
    fn of(room: &Room) -> RoomCard {
        RoomCard {
            id: room.id,
            name: room.name.clone(),
            kind: room.kind.clone(),
            capacity: room.capacity,
            features: room.features.clone(),
            has_iot_control: room.has_iot,
            premium_modifier: factor(room.premium_bp),
            operating_hours: open_days(&room.hours),
        }
    }
}

/// Formats basis points as a factor with at least two decimal places: 11000 is `1.10`, 10050 is `1.005`.
fn factor(basis_points: i64) -> String {
    let text = format!("{}.{:04}", basis_points / 10_000, basis_points % 10_000);
    let short = text.trim_end_matches('0');
    let places = short.len() - short.find('.').unwrap_or_default() - 1;
    if places >= 2 { short.to_owned() } else { format!("{short}{}", "0".repeat(2 - places)) }
}

fn open_days(hours: &Hours) -> Vec<OpenDay> {
    const NAMES: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let clock = |minutes: i64| format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60);
    let day = |shift: &Shift| OpenDay {
        day: NAMES[usize::try_from(shift.weekday - 1).unwrap_or_default() % 7],
        opens: clock(shift.opens),
        closes: clock(shift.closes),
    };
    hours.0.iter().map(day).collect()
}

/// List rooms by name.
#[utoipa::path(get, path = "/api/rooms/", tag = "rooms", responses((status = 200, body = Rooms)))]
async fn rooms(caller: Caller) -> Result<axum::Json<Rooms>> {
    let catalogue = caller.view(|tx, _| current(tx)).await?;
    let rooms: Vec<_> = catalogue.rooms.iter().filter(|room| room.active).map(RoomCard::of).collect();
    Ok(axum::Json(Rooms { total_rooms: rooms.len(), rooms }))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_factor_has_at_least_two_decimal_places() {
        for (points, text) in
            [(10_000, "1.00"), (11_000, "1.10"), (10_550, "1.055"), (9_500, "0.95"), (12_345, "1.2345")]
        {
            assert_eq!(super::factor(points), text);
        }
    }
}

//! Services, categories, and rooms in the API: their JSON shapes, and which services a filter finds.

use serde_json::{Value, json};
use testing::assert_shape;

use crate::open;

fn card() -> Value {
    json!({
        "id": "id", "name": "text", "slug": "text", "short_description": "text", "category_name": "text",
        "category_slug": "text", "member_price": "money", "non_member_price": "money", "savings_for_members": "money",
        "member_discount_percentage": "integer", "duration": "integer", "max_capacity": "integer",
        "featured": "yes-or-no", "member_only": "yes-or-no", "main_image": "text?",
    })
}

#[tokio::test]
async fn the_api_lists_services_and_rooms() {
    let app = open().await;
    let visitor = app.visitor();
    let all = visitor.get("/api/services/").await.expect(200);
    assert_shape("services", &all.body, &json!([card()]));
    assert_eq!(all.list("").len(), 7);
    for (path, slugs) in [
        ("/api/services/mensuite/", vec!["laser", "massage"]),
        ("/api/services/featured/", vec!["massage", "suite"]),
        ("/api/services/?category=quiet", vec!["circle", "lawn", "pod"]),
        ("/api/services/?search=EVERYTHING%20about%20pod", vec!["pod"]),
        ("/api/services/?featured=true", vec!["massage", "suite"]),
        ("/api/services/?tag=coresync-private", vec!["suite"]),
        ("/api/services/?category=nothing", vec![]),
    ] {
        let found = visitor.get(path).await.expect(200);
        let found: Vec<_> = found.list("").iter().map(|one| one["slug"].as_str().expect("a slug")).collect();
        assert_eq!(found, slugs, "{path}");
    }
    let massage = all.list("").iter().find(|one| one["slug"] == "massage").expect("a massage");
    assert_eq!(
        (&massage["savings_for_members"], &massage["member_discount_percentage"]),
        (&json!("50.00"), &json!(25))
    );
    let categories = visitor.get("/api/services/categories/").await.expect(200);
    assert_shape("categories", &categories.body, &json!([{"id": "id", "name": "text", "slug": "text"}]));
    let rooms = visitor.get("/api/rooms/").await.expect(200);
    let room = json!({"id": "id", "name": "text", "type": "text", "capacity": "integer", "features": ["text"],
        "has_iot_control": "yes-or-no", "premium_modifier": "text", "operating_hours": [{}]});
    assert_shape("rooms", &rooms.body, &json!({"rooms": [room], "total_rooms": "integer"}));
    assert_eq!((rooms.list("rooms").len(), rooms.number("total_rooms")), (5, 5));
}

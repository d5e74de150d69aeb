//! How the records of the catalogue are stored. The id and the club of a new one are inserted beside it.

use crate::model::{Addon, Category, Equipment, Room, Service, SoldByTime, Technician};

kit::record! {
    "service_categories" as "c", category_columns, insert_category;
    Category { id: read "c.id", slug: "slug", name: "name", brand: "half", description: "description", }
    with "id", "club_id", "position"
}

kit::record! {
    "addons" as "a", addon_columns, insert_addon;
    Addon {
        id: read "a.id",
        slug: "slug",
        name: "name",
        description: "description",
        cents: "cents",
        active: "active",
    }
    with "id", "club_id"
}

kit::record! {
    "equipment" as "e", equipment_columns, insert_equipment;
    Equipment { id: read "e.id", slug: "slug", name: "name", reset: "reset", active: "active", }
    with "id", "club_id"
}

kit::record! {
    "rooms" as "r", room_columns, insert_room;
    Room {
        id: read "r.id",
        slug: "slug",
        name: "name",
        kind: "kind",
        brand: "half",
        capacity: "capacity",
        units: "units",
        premium_bp: "premium_bp",
        features: json "features",
        has_iot: "has_iot",
        description: "description",
        hours: default,
        active: "active",
    }
    with "id", "club_id"
}

kit::record! {
    "technicians" as "t", technician_columns, insert_technician;
    Technician {
        id: read "t.id",
        person: "person_id",
        slug: "slug",
        name: "name",
        title: "title",
        bio: "bio",
        skills: json "skills",
        pad: "pad",
        hours: default,
        active: "active",
    }
    with "id", "club_id"
}

kit::record! {
    "services" as "s", service_columns, insert_service;
    Service {
        id: read "s.id",
        category: "category_id",
        slug: "slug",
        name: "name",
        short_description: "short_description",
        description: "description",
        list: "list_cents",
        member: "member_cents",
        minutes: "minutes",
        sold_by_time: option SoldByTime { least: "least_minutes", most: "most_minutes", step: "step_minutes", },
        setup: "setup",
        turnover: "turnover",
        party: "party",
        max_capacity: "max_capacity",
        technicians: "technicians",
        skill: "skill",
        featured: "featured",
        member_only: "member_only",
        active: "active",
        tags: json "tags",
        main_image: "main_image",
        gallery_images: json "gallery_images",
        video_url: "video_url",
        rooms: default,
        equipment: default,
        addons: default,
    }
    with "id", "club_id"
}

#[allow(clippy::single_component_path_imports, reason = "they make the macros paths for other files")]
pub(crate) use {
    addon_columns, category_columns, equipment_columns, insert_addon, insert_category, insert_equipment,
    insert_room, insert_service, insert_technician, room_columns, service_columns, technician_columns,
};

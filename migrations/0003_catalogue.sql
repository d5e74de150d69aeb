-- What the club offers: services, rooms, technicians, equipment, prices, and hours.

CREATE TABLE clubs (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    currency TEXT NOT NULL,
    address TEXT NOT NULL,
    phone TEXT NOT NULL,
    email TEXT NOT NULL
);

CREATE TABLE service_categories (
    id BIGINT NOT NULL PRIMARY KEY,
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    half TEXT NOT NULL,
    description TEXT NOT NULL,
    position BIGINT NOT NULL,
    UNIQUE (club_id, slug)
);

CREATE TABLE services (
    id BIGINT NOT NULL PRIMARY KEY,
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    category_id BIGINT NOT NULL REFERENCES service_categories (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    short_description TEXT NOT NULL,
    description TEXT NOT NULL,
    list_cents BIGINT NOT NULL CHECK (list_cents >= 0),
    member_cents BIGINT NOT NULL CHECK (member_cents >= 0),
    minutes BIGINT NOT NULL CHECK (minutes > 0 AND minutes % 5 = 0),
    setup BIGINT NOT NULL CHECK (setup >= 0 AND setup % 5 = 0),
    turnover BIGINT NOT NULL CHECK (turnover >= 0 AND turnover % 5 = 0),
    party BIGINT NOT NULL CHECK (party > 0),
    max_capacity BIGINT NOT NULL CHECK (max_capacity >= party),
    technicians BIGINT NOT NULL CHECK (technicians >= 0),
    skill TEXT NOT NULL,
    featured BOOLEAN NOT NULL,
    member_only BOOLEAN NOT NULL,
    active BOOLEAN NOT NULL,
    tags TEXT NOT NULL,
    main_image TEXT,
    gallery_images TEXT NOT NULL,
    video_url TEXT,
    UNIQUE (club_id, slug)
);

CREATE TABLE addons (
    id BIGINT NOT NULL PRIMARY KEY,
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    cents BIGINT NOT NULL CHECK (cents >= 0),
    active BOOLEAN NOT NULL,
    UNIQUE (club_id, slug)
);

CREATE TABLE rooms (
    id BIGINT NOT NULL PRIMARY KEY,
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    half TEXT NOT NULL,
    capacity BIGINT NOT NULL CHECK (capacity > 0),
    units BIGINT NOT NULL CHECK (units > 0),
    premium_bp BIGINT NOT NULL CHECK (premium_bp > 0),
    features TEXT NOT NULL,
    has_iot BOOLEAN NOT NULL,
    description TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    UNIQUE (club_id, slug)
);

CREATE TABLE technicians (
    id BIGINT NOT NULL PRIMARY KEY,
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    person_id BIGINT REFERENCES people (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    bio TEXT NOT NULL,
    skills TEXT NOT NULL,
    pad BIGINT NOT NULL CHECK (pad >= 0 AND pad % 5 = 0),
    active BOOLEAN NOT NULL,
    UNIQUE (club_id, slug)
);

CREATE TABLE equipment (
    id BIGINT NOT NULL PRIMARY KEY,
    club_id BIGINT NOT NULL REFERENCES clubs (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    reset BIGINT NOT NULL CHECK (reset >= 0 AND reset % 5 = 0),
    active BOOLEAN NOT NULL,
    UNIQUE (club_id, slug)
);

-- Opening hours of rooms and shifts of technicians, in minutes since midnight of the weekday; past midnight they exceed 1440.
-- Monday is 1.
CREATE TABLE weekly_hours (
    resource_id BIGINT NOT NULL,
    weekday BIGINT NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    opens BIGINT NOT NULL CHECK (opens >= 0 AND opens < 1440 AND opens % 5 = 0),
    closes BIGINT NOT NULL CHECK (closes > opens AND closes <= opens + 1440 AND closes % 5 = 0),
    PRIMARY KEY (resource_id, weekday, opens)
);

-- The rooms and equipment that can serve a service, and the add-ons that can be booked with it.
CREATE TABLE service_rooms (
    service_id BIGINT NOT NULL REFERENCES services (id),
    room_id BIGINT NOT NULL REFERENCES rooms (id),
    PRIMARY KEY (service_id, room_id)
);

CREATE TABLE service_equipment (
    service_id BIGINT NOT NULL REFERENCES services (id),
    equipment_id BIGINT NOT NULL REFERENCES equipment (id),
    PRIMARY KEY (service_id, equipment_id)
);

CREATE TABLE service_addons (
    service_id BIGINT NOT NULL REFERENCES services (id),
    addon_id BIGINT NOT NULL REFERENCES addons (id),
    PRIMARY KEY (service_id, addon_id)
);

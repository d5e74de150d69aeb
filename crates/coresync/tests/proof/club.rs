//! A club for the proofs: sixty-four rooms that never close, and guests with a token each.

use catalogue as cat;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kit::clock::Clock;
use kit::db::{Caches, Dependencies, Place, Width};
use kit::encryption::Encryptor;
use kit::live::Live;
use kit::testing::{TestPlace, test_place};
use kit::{Cents, Db, Id, Result, Tx, args, sql, tokens};
use people::{NewPerson, Role};

/// The club's database, and what the club offers.
pub(crate) struct ProofClub {
    /// The database URL and the data folder.
    pub(crate) place: TestPlace,
    /// The key that its data is encrypted with.
    pub(crate) key: [u8; 32],
    /// The sixty-four rooms.
    pub(crate) rooms: Vec<Id>,
    /// A service in the first room only: 10 + 60 + 15 minutes.
    pub(crate) one_room: Id,
    /// A service in the second, third, and fourth room.
    pub(crate) three_rooms: Id,
    /// A service in any room, by the only technician.
    pub(crate) one_technician: Id,
    /// A service in any room, with the only piece of equipment.
    pub(crate) one_piece: Id,
    /// A service in any room.
    pub(crate) any_room: Id,
    /// The access tokens of the guests.
    pub(crate) guests: Vec<String>,
    /// The access token of a front desk clerk.
    pub(crate) desk: String,
}

/// Tuesday, 10:00 in New York: the time at which every proof begins.
pub(crate) const NOW: &str = "2026-11-24T10:00:00-05:00";
/// The next day, which everyone may book.
pub(crate) const TOMORROW: Date = jiff::civil::date(2026, 11, 25);

impl ProofClub {
    /// Creates the club on the engine under test, with a number of guests.
    pub(crate) async fn create(guests: usize) -> ProofClub {
        let place = test_place();
        let key = [9; 32];
        write_key(&place.folder, &key);
        let db = open(&place.url, &key).await;
        let club = db.tx(move |tx| create(tx, guests)).await.unwrap();
        db.leave().await.unwrap();
        let Founded { rooms, services, tokens, desk } = club;
        let [one_room, three_rooms, one_technician, one_piece, any_room] = services;
        ProofClub {
            place,
            key,
            rooms,
            one_room,
            three_rooms,
            one_technician,
            one_piece,
            any_room,
            guests: tokens,
            desk,
        }
    }

    /// Opens the database, to inspect it.
    pub(crate) async fn db(&self) -> Db {
        open(&self.place.url, &self.key).await
    }
}

impl Drop for ProofClub {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.place.folder);
    }
}

/// Writes a key file that only its owner can read.
pub(crate) fn write_key(folder: &std::path::Path, key: &[u8]) {
    use std::io::Write as _;
    kit::files::create_private(&folder.join("club.key")).unwrap().write_all(key).unwrap();
}

async fn open(url: &str, key: &[u8]) -> Db {
    let now: Timestamp = NOW.parse().unwrap();
    let dependencies = Dependencies {
        clock: Clock::fixed_at(now),
        live: Live::default(),
        encryptor: Encryptor::from_key(key).unwrap(),
        caches: Caches::default(),
    };
    let db = Db::open(Place::parse(url).unwrap(), dependencies, Width { postgres: 2, sqlite_readers: 1 })
        .await
        .unwrap();
    db.migrate().await.unwrap();
    db.join().await.unwrap();
    db
}

struct Founded {
    rooms: Vec<Id>,
    services: [Id; 5],
    tokens: Vec<String>,
    desk: String,
}

fn create(tx: &mut Tx<'_>, guests: usize) -> Result<Founded> {
    let club = cat::Club {
        slug: "main".to_owned(),
        hosts: Vec::new(),
        id: Id(0),
        name: "Proof".to_owned(),
        zone: TimeZone::get("America/New_York").unwrap(),
        currency: "USD".to_owned(),
        address: String::new(),
        phone: String::new(),
        email: String::new(),
    };
    let club = cat::add_club(tx, &club)?;
    let mut rooms = Vec::new();
    for n in 1..=64 {
        rooms.push(cat::add_room(tx, club, &room(n))?);
    }
    let technician = cat::Technician {
        id: Id(0),
        person: None,
        slug: "solo".to_owned(),
        name: "Solo".to_owned(),
        title: String::new(),
        bio: String::new(),
        skills: vec!["solo".to_owned()],
        pad: 10,
        hours: "mon-sun 00:00-00:00".parse().unwrap(),
        active: true,
    };
    cat::add_technician(tx, club, &technician)?;
    let piece =
        cat::Equipment { id: Id(0), slug: "one".to_owned(), name: "One".to_owned(), reset: 5, active: true };
    let piece = cat::add_equipment(tx, club, &piece)?;
    let category = cat::Category {
        id: Id(0),
        slug: "all".to_owned(),
        name: "All".to_owned(),
        brand: cat::Brand::Shared,
        description: String::new(),
    };
    let category = cat::add_category(tx, club, &category)?;
    let mut add = |slug: &str, rooms: &[Id], technicians: i64, equipment: Vec<Id>| {
        cat::add_service(tx, club, &service(category, slug, rooms, technicians, equipment))
    };
    let services = [
        add("one-room", &rooms[..1], 0, Vec::new())?,
        add("three-rooms", &rooms[1..4], 0, Vec::new())?,
        add("one-technician", &rooms, 1, Vec::new())?,
        add("one-piece", &rooms, 0, vec![piece])?,
        add("any-room", &rooms, 0, Vec::new())?,
    ];
    let tokens = (0..guests).map(|n| person(tx, n, Role::Account)).collect::<Result<_>>()?;
    Ok(Founded { rooms, services, tokens, desk: person(tx, guests, Role::FrontDesk)? })
}

fn room(n: usize) -> cat::Room {
    cat::Room {
        id: Id(0),
        slug: format!("room-{n}"),
        name: format!("Room {n:02}"),
        kind: "massage".to_owned(),
        brand: cat::Brand::Shared,
        capacity: 2,
        units: 1,
        premium_bp: 10_000,
        features: Vec::new(),
        has_iot: false,
        description: String::new(),
        hours: "mon-sun 00:00-00:00".parse().unwrap(),
        active: true,
    }
}

fn service(category: Id, slug: &str, rooms: &[Id], technicians: i64, equipment: Vec<Id>) -> cat::Service {
    cat::Service {
        id: Id(0),
        category,
        slug: slug.to_owned(),
        name: slug.to_owned(),
        short_description: String::new(),
        description: String::new(),
        list: Cents(20_000),
        member: Cents(15_000),
        minutes: 60,
        setup: 10,
        turnover: 15,
        party: 1,
        max_capacity: 2,
        technicians,
        skill: if technicians > 0 { "solo".to_owned() } else { String::new() },
        featured: false,
        member_only: false,
        active: true,
        tags: Vec::new(),
        main_image: None,
        gallery_images: Vec::new(),
        video_url: None,
        sold_by_time: None,
        rooms: rooms.to_vec(),
        equipment,
        addons: Vec::new(),
    }
}

/// Adds a person who is signed in, and returns the access token.
fn person(tx: &mut Tx<'_>, n: usize, role: Role) -> Result<String> {
    let new = NewPerson {
        email: Some(format!("{n}@proof.test")),
        first_name: "Guest".to_owned(),
        last_name: n.to_string(),
        phone: None,
        role,
        birthday: None,
        password_hash: None,
        verified: true,
    };
    let person = people::add(tx, &new)?.id;
    let (id, token, now) = (tx.new_id()?, tokens::secret()?, tx.now());
    tx.run(
        sql!(
            "INSERT INTO sessions (id, person_id, kind, token_digest, family, created_at, expires_at)
             VALUES ($1, $2, 'access', $3, $1, $4, $5)"
        ),
        args![id, person, tokens::digest(&token), now, now + jiff::SignedDuration::from_hours(24)],
    )?;
    Ok(token)
}

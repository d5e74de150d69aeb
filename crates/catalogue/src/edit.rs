//! Operations that change the catalogue. Each ends with [`changed`], so that no process keeps showing the previous
//! catalogue.

use kit::errors::OrRefuse;
use kit::{Cents, Error, Id, Refusal, Result, Tx, args, clubs, sql, versions};
use people::{Action, Actor, AuditEvent, AuditSubject, SubjectKind, note_change};
use serde_json::json;

use crate::hours::Hours;
use crate::model::{Addon, Category, Club, Equipment, Room, Service, Technician, VERSION};
use crate::records::{
    insert_addon, insert_category, insert_equipment, insert_room, insert_service, insert_technician,
};

/// The refusal for a second item of the same kind in a club with the same name in URLs.
pub const SLUG_TAKEN: Refusal = Refusal::conflict(
    "slug_taken",
    "Another item’s web address already uses this name. Choose a different one.",
);

/// The refusal for a second club with the same slug.
pub const CLUB_EXISTS: Refusal = Refusal::conflict("club_exists", "Another club already has this slug.");
/// The refusal for a slug that no club has.
pub const NO_SUCH_CLUB: Refusal =
    Refusal::conflict("no_such_club", "No club has this slug. List the clubs with `coresync club list`.");

fn changed(tx: &mut Tx<'_>) -> Result<()> {
    versions::bump(tx, VERSION)
}

/// Creates a club and its host names with a new id, which it returns. The id in `club` is ignored. The rest of the
/// transaction belongs to the new club. The first club takes over the roles that were given before there was a club.
///
/// # Errors
/// Returns the refusal `club_exists` if another club has the slug, `host_taken` if another club has one of the host
/// names, or a fault if the database fails.
pub fn add_club(tx: &mut Tx<'_>, club: &Club) -> Result<Id> {
    let id = tx.new_id()?;
    let is_first = clubs::clubs(tx)?.all().is_empty();
    let zone = club.zone.iana_name().unwrap_or("UTC");
    tx.run(
        sql!(
            "INSERT INTO clubs (id, slug, name, zone, currency, address, phone, email)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        ),
        args![id, &club.slug, &club.name, zone, &club.currency, &club.address, &club.phone, &club.email],
    )
    .or_refuse("clubs", &CLUB_EXISTS)?;
    clubs::added(tx, id)?;
    if is_first {
        people::adopt_roles(tx, id)?;
    }
    for host in &club.hosts {
        clubs::add_host(tx, host)?;
    }
    changed(tx)?;
    Ok(id)
}

/// Adds a category at the end of the list with a new id, which it returns.
///
/// # Errors
/// Returns the refusal `slug_taken` if a category of the club has the same slug.
pub fn add_category(tx: &mut Tx<'_>, club: Id, category: &Category) -> Result<Id> {
    let id = tx.new_id()?;
    tx.run(sql!(insert_category!()), [category.values(), args![id, club, id].to_vec()].concat())
        .or_refuse("service_categories", &SLUG_TAKEN)?;
    changed(tx)?;
    Ok(id)
}

/// Adds an add-on with a new id, which it returns.
///
/// # Errors
/// Returns the refusal `slug_taken` if an add-on of the club has the same slug.
pub fn add_addon(tx: &mut Tx<'_>, club: Id, addon: &Addon) -> Result<Id> {
    let id = tx.new_id()?;
    tx.run(sql!(insert_addon!()), [addon.values(), args![id, club].to_vec()].concat())
        .or_refuse("addons", &SLUG_TAKEN)?;
    changed(tx)?;
    Ok(id)
}

/// Adds a piece of equipment with a new id, which it returns.
///
/// # Errors
/// Returns the refusal `slug_taken` if a piece of equipment of the club has the same slug.
pub fn add_equipment(tx: &mut Tx<'_>, club: Id, piece: &Equipment) -> Result<Id> {
    let id = tx.new_id()?;
    tx.run(sql!(insert_equipment!()), [piece.values(), args![id, club].to_vec()].concat())
        .or_refuse("equipment", &SLUG_TAKEN)?;
    changed(tx)?;
    Ok(id)
}

/// Adds a room and its opening hours with a new id, which it returns.
///
/// # Errors
/// Returns the refusal `slug_taken` if a room of the club has the same slug.
pub fn add_room(tx: &mut Tx<'_>, club: Id, room: &Room) -> Result<Id> {
    let id = tx.new_id()?;
    tx.run(sql!(insert_room!()), [room.values(), args![id, club].to_vec()].concat())
        .or_refuse("rooms", &SLUG_TAKEN)?;
    insert_hours(tx, id, &room.hours)?;
    changed(tx)?;
    Ok(id)
}

/// Adds a technician and their working hours with a new id, which it returns.
///
/// # Errors
/// Returns the refusal `slug_taken` if a technician of the club has the same slug.
pub fn add_technician(tx: &mut Tx<'_>, club: Id, technician: &Technician) -> Result<Id> {
    let id = tx.new_id()?;
    tx.run(sql!(insert_technician!()), [technician.values(), args![id, club].to_vec()].concat())
        .or_refuse("technicians", &SLUG_TAKEN)?;
    insert_hours(tx, id, &technician.hours)?;
    changed(tx)?;
    Ok(id)
}

fn insert_hours(tx: &mut Tx<'_>, resource: Id, hours: &Hours) -> Result<()> {
    for shift in &hours.0 {
        tx.run(
            sql!("INSERT INTO weekly_hours (resource_id, weekday, opens, closes) VALUES ($1, $2, $3, $4)"),
            args![resource, shift.weekday, shift.opens, shift.closes],
        )?;
    }
    Ok(())
}

/// Adds a service and links it to its rooms, equipment, and add-ons, with a new id, which it returns.
///
/// # Errors
/// Returns the refusal `slug_taken` if a service of the club has the same slug.
pub fn add_service(tx: &mut Tx<'_>, club: Id, service: &Service) -> Result<Id> {
    let id = tx.new_id()?;
    tx.run(sql!(insert_service!()), [service.values(), args![id, club].to_vec()].concat())
        .or_refuse("services", &SLUG_TAKEN)?;
    for room in &service.rooms {
        tx.run(sql!("INSERT INTO service_rooms (service_id, room_id) VALUES ($1, $2)"), args![id, room])?;
    }
    for piece in &service.equipment {
        tx.run(
            sql!("INSERT INTO service_equipment (service_id, equipment_id) VALUES ($1, $2)"),
            args![id, piece],
        )?;
    }
    for addon in &service.addons {
        tx.run(sql!("INSERT INTO service_addons (service_id, addon_id) VALUES ($1, $2)"), args![id, addon])?;
    }
    changed(tx)?;
    Ok(id)
}

/// Sets the list price and the member price of a service. Existing bookings keep their price (P6).
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may manage the catalogue, and `Error::NotFound` if there is no such service.
pub fn reprice(tx: &mut Tx<'_>, by: &Actor, service: Id, list: Cents, member: Cents) -> Result<()> {
    by.need(Action::ManageCatalogue)?;
    let club = tx.club()?;
    let before: Option<(String, Cents, Cents)> = tx.one(
        sql!("SELECT slug, list_cents, member_cents FROM services WHERE id = $1 AND club_id = $2"),
        args![service, club],
    )?;
    let (slug, old_list, old_member) = before.ok_or(Error::NotFound)?;
    tx.run(
        sql!("UPDATE services SET list_cents = $1, member_cents = $2 WHERE id = $3 AND club_id = $4"),
        args![list, member, service, club],
    )?;
    let price = |list: Cents, member: Cents| json!({"list_price": list, "member_price": member});
    let subject = AuditSubject { kind: SubjectKind::Service, id: Some(service), name: &slug };
    note_change(
        tx,
        by,
        AuditEvent::PriceChanged,
        subject,
        (price(old_list, old_member), price(list, member)),
    )?;
    changed(tx)
}

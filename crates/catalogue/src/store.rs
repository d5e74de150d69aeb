//! All SQL statements that read the tables of the catalogue.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kit::config::Config;
use kit::versions::Cached;
use kit::{AppState, Error, Fault, Id, Result, Tx, args, clubs, sql};

use crate::hours::{Hours, Shift};
use crate::model::{Catalogue, Club, Room, Service, Technician, VERSION};
use crate::records::{
    addon_columns, category_columns, equipment_columns, room_columns, service_columns, technician_columns,
};

/// Returns the whole catalogue as this transaction sees it.
///
/// # Errors
/// Returns `Error::NotFound` if no club is set up yet.
pub fn current(tx: &mut Tx<'_>) -> Result<Arc<Catalogue>> {
    tx.caches::<Cached<(), Catalogue>>().get(tx, VERSION, (), load)
}

/// Returns the current date by the time of the club.
///
/// # Errors
/// Returns `Error::NotFound` if no club is set up yet.
pub fn today(tx: &mut Tx<'_>) -> Result<Date> {
    let zone = current(tx)?.club.zone.clone();
    Ok(tx.now().to_zoned(zone).date())
}

/// Returns the state of the program with the public address of the club's website ([`Club::website`]) in its
/// configuration. The club is that of the database handle. If there is no club yet, the state is returned unchanged.
///
/// # Errors
/// Returns a fault if the database fails.
pub async fn for_own_website(app: &AppState) -> Result<AppState> {
    let club = match app.db.view(current).await {
        Ok(catalogue) => catalogue.club.clone(),
        Err(Error::NotFound) => return Ok(app.clone()),
        Err(error) => return Err(error),
    };
    let website = club.website(&app.config);
    if website == app.config.public_url {
        return Ok(app.clone());
    }
    let config = Config { public_url: website, ..Config::clone(&app.config) };
    Ok(AppState { db: app.db.clone(), config: Arc::new(config) })
}

fn load(tx: &mut Tx<'_>, version: Id) -> Result<Catalogue> {
    let club = club(tx)?;
    let hours = hours(tx, club.id)?;
    let categories = tx.all(
        sql!(concat!(
            "SELECT ",
            category_columns!(),
            " FROM service_categories c WHERE c.club_id = $1 ORDER BY c.position"
        )),
        args![club.id],
    )?;
    let addons = tx.all(
        sql!(concat!(
            "SELECT ",
            addon_columns!(),
            " FROM addons a WHERE a.club_id = $1 ORDER BY lower(a.name)"
        )),
        args![club.id],
    )?;
    let equipment = tx.all(
        sql!(concat!(
            "SELECT ",
            equipment_columns!(),
            " FROM equipment e WHERE e.club_id = $1 ORDER BY lower(e.name)"
        )),
        args![club.id],
    )?;
    let services = services(tx, club.id)?;
    let mut rooms: Vec<Room> = tx.all(
        sql!(concat!(
            "SELECT ",
            room_columns!(),
            " FROM rooms r WHERE r.club_id = $1 ORDER BY lower(r.name)"
        )),
        args![club.id],
    )?;
    let mut technicians: Vec<Technician> = tx.all(
        sql!(concat!(
            "SELECT ",
            technician_columns!(),
            " FROM technicians t WHERE t.club_id = $1 ORDER BY lower(t.name)"
        )),
        args![club.id],
    )?;
    let hours_of = |id: Id| hours.get(&id).cloned().unwrap_or_default();
    rooms.iter_mut().for_each(|room| room.hours = hours_of(room.id));
    technicians.iter_mut().for_each(|technician| technician.hours = hours_of(technician.id));
    let numbers = crate::settings::load(tx, club.id)?;
    Ok(Catalogue::of(version, club, categories, services, addons, rooms, technicians, equipment, numbers))
}

fn club(tx: &mut Tx<'_>) -> Result<Club> {
    struct Row {
        id: Id,
        slug: Option<String>,
        name: String,
        zone: String,
        currency: String,
        address: String,
        phone: String,
        email: String,
    }
    kit::row!(Row { id, slug, name, zone, currency, address, phone, email });
    let id = tx.club()?;
    let row: Option<Row> = tx.one(
        sql!("SELECT id, slug, name, zone, currency, address, phone, email FROM clubs WHERE id = $1"),
        args![id],
    )?;
    let row = row.ok_or(Error::NotFound)?;
    let zone = TimeZone::get(&row.zone).map_err(|e| Fault::because(format!("zone of the club: {e}")))?;
    let Row { id, slug, name, currency, address, phone, email, .. } = row;
    // The column permits null, because it was added to a table that many others refer to.
    let slug = slug.ok_or_else(|| Fault::because(format!("club {id} has no slug")))?;
    Ok(Club { id, slug, name, zone, currency, address, phone, email, hosts: clubs::hosts(tx)? })
}

fn hours(tx: &mut Tx<'_>, club: Id) -> Result<HashMap<Id, Hours>> {
    let mut hours: HashMap<Id, Hours> = HashMap::new();
    tx.each(
        sql!(
            "SELECT resource_id, weekday, opens, closes FROM weekly_hours WHERE resource_id IN
             (SELECT id FROM rooms WHERE club_id = $1 UNION ALL SELECT id FROM technicians WHERE club_id = $1)
             ORDER BY resource_id, weekday, opens"
        ),
        args![club],
        |row| {
            let shift = Shift { weekday: row.get(1)?, opens: row.get(2)?, closes: row.get(3)? };
            hours.entry(row.get(0)?).or_default().0.push(shift);
            Ok(())
        },
    )?;
    Ok(hours)
}

fn services(tx: &mut Tx<'_>, club: Id) -> Result<Vec<Service>> {
    let rooms = pairs(
        tx,
        club,
        sql!(
            "SELECT service_id, room_id FROM service_rooms JOIN rooms ON rooms.id = room_id
             WHERE rooms.club_id = $1 ORDER BY room_id"
        ),
    )?;
    let equipment = pairs(
        tx,
        club,
        sql!(
            "SELECT service_id, equipment_id FROM service_equipment JOIN equipment ON equipment.id = equipment_id
             WHERE equipment.club_id = $1 ORDER BY equipment_id"
        ),
    )?;
    let addons = pairs(
        tx,
        club,
        sql!(
            "SELECT service_id, addon_id FROM service_addons JOIN addons ON addons.id = addon_id
             WHERE addons.club_id = $1 ORDER BY lower(addons.name)"
        ),
    )?;
    let mut services: Vec<Service> = tx.all(
        sql!(concat!(
            "SELECT ",
            service_columns!(),
            " FROM services s JOIN service_categories c ON c.id = s.category_id
             WHERE s.club_id = $1 ORDER BY c.position, lower(s.name)"
        )),
        args![club],
    )?;
    let of = |pairs: &HashMap<Id, Vec<Id>>, id: Id| pairs.get(&id).cloned().unwrap_or_default();
    for service in &mut services {
        service.rooms = of(&rooms, service.id);
        service.equipment = of(&equipment, service.id);
        service.addons = of(&addons, service.id);
    }
    Ok(services)
}

fn pairs(tx: &mut Tx<'_>, club: Id, sql: &'static kit::db::Sql) -> Result<HashMap<Id, Vec<Id>>> {
    let mut pairs: HashMap<Id, Vec<Id>> = HashMap::new();
    tx.each(sql, args![club], |row| {
        pairs.entry(row.get(0)?).or_default().push(row.get(1)?);
        Ok(())
    })?;
    Ok(pairs)
}

//! A booking as a row: its columns, its reader, and the JSON stored in them.

use booking_rules::{Booking, Frozen};
use kit::{Fault, Result};
use money::Line;
use serde_json::{Value, json};

/// The columns of a booking, in the order in which [`BookingRow`] reads them.
macro_rules! columns {
    () => {
        "b.id, b.reference, b.person_id, b.service_id, b.room_id, b.party, b.day, b.starts_at, b.ends_at, b.status, \
         b.base_cents, b.addons_cents, b.discount_cents, b.tax_cents, b.policy, b.guest_name, b.special_requests, \
         b.created_at, b.why, b.guest_email, b.companion_id, b.companion_name, b.expires_at, b.sale, b.visit_id, \
         b.series_id, b.moves, b.moved_from, b.frozen_cents, b.frozen_late, b.free_to_cancel, b.fee_cents, b.token, b.extended"
    };
}

pub(crate) use columns;

/// A booking and the lines of its price.
pub(crate) struct BookingRow {
    pub(crate) booking: Booking,
    pub(crate) why: Vec<Line>,
    /// The digest of the token with which a visitor proves that a hold is theirs.
    pub(crate) token: Option<Vec<u8>>,
}

impl kit::db::FromRow for BookingRow {
    fn from_row(row: &kit::db::Row<'_>) -> Result<BookingRow> {
        let policy: String = row.get(14)?;
        let basis: Option<String> = row.get(23)?;
        let booking = Booking {
            id: row.get(0)?,
            reference: row.get(1)?,
            person: row.get(2)?,
            service: row.get(3)?,
            room: row.get(4)?,
            party: row.get(5)?,
            day: row.get(6)?,
            starts_at: row.get(7)?,
            ends_at: row.get(8)?,
            status: row.get(9)?,
            base: row.get(10)?,
            addons_total: row.get(11)?,
            discount: row.get(12)?,
            tax: row.get(13)?,
            policy: serde_json::from_str(&policy).map_err(Fault::because)?,
            guest_name: row.get(15)?,
            special_requests: row.get(16)?,
            created_at: row.get(17)?,
            guest_email: row.get(19)?,
            companion: row.get(20)?,
            companion_name: row.get(21)?,
            expires_at: row.get(22)?,
            basis: basis.as_deref().map(serde_json::from_str).transpose().map_err(Fault::because)?,
            visit: row.get(24)?,
            series: row.get(25)?,
            moves: row.get(26)?,
            moved_from: row.get(27)?,
            frozen: Frozen { fee: row.get(28)?, late: row.get(29)? },
            free_to_cancel: row.get(30)?,
            fee: row.get(31)?,
            extended: row.get(33)?,
        };
        Ok(BookingRow { booking, why: read_lines(&row.get::<String>(18)?)?, token: row.get(32)? })
    }
}

pub(crate) fn written_sale(booking: &Booking) -> Result<Option<String>> {
    booking.basis.as_ref().map(serde_json::to_string).transpose().map_err(Fault::because)
}

pub(crate) fn written_policy(booking: &Booking) -> Result<String> {
    serde_json::to_string(&booking.policy).map_err(Fault::because)
}

pub(crate) fn written(why: &[Line]) -> String {
    let line = |line: &Line| json!({"kind": line.kind, "code": line.code, "label": line.label, "cents": line.amount.0});
    Value::from(why.iter().map(line).collect::<Vec<_>>()).to_string()
}

fn read_lines(text: &str) -> Result<Vec<Line>> {
    #[derive(serde::Deserialize)]
    struct Written {
        kind: money::LineKind,
        code: String,
        label: String,
        cents: i64,
    }
    let lines: Vec<Written> = serde_json::from_str(text).map_err(Fault::because)?;
    let line = |line: Written| Line::new(line.kind, &line.code, line.label, kit::Cents(line.cents));
    Ok(lines.into_iter().map(line).collect())
}

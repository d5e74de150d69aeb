//! A booking as a row: its columns, and the JSON stored in them.

use booking_rules::{
    BookedParty, BookedPrice, Booking, BookingGroup, CancellationState, Frozen, HoldState, Moves,
};
use kit::{Cents, Id};
use money::{Line, LineKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A booking and the lines of its price.
pub(crate) struct BookingRow {
    pub(crate) booking: Booking,
    pub(crate) why: PriceLines,
    /// The digest of the token with which a visitor proves that a hold is theirs.
    pub(crate) token: Option<Vec<u8>>,
}

/// The columns of a booking that are not read with it.
pub(crate) struct Unread {
    pub(crate) club: Id,
    pub(crate) booked_by: Option<Id>,
    pub(crate) guest_phone: Option<String>,
    /// The encrypted allergies of the guest.
    pub(crate) allergies: Option<Vec<u8>>,
    pub(crate) ai_program: Option<String>,
    pub(crate) scene: Option<Value>,
}

kit::record! {
    "bookings" as "b", columns, insert_text;
    BookingRow {
        booking: Booking {
            id: "id",
            reference: "reference",
            person: "person_id",
            service: "service_id",
            room: "room_id",
            day: "day",
            starts_at: "starts_at",
            ends_at: "ends_at",
            status: "status",
            created_at: "created_at",
            party: BookedParty {
                people: "party",
                guest_name: "guest_name",
                guest_email: "guest_email",
                companion: "companion_id",
                companion_name: "companion_name",
                special_requests: "special_requests",
            },
            price: BookedPrice {
                base: "base_cents",
                addons_total: "addons_cents",
                discount: "discount_cents",
                tax: "tax_cents",
                basis: "price_basis",
            },
            hold: HoldState { expires_at: "expires_at", extended: "extended", },
            group: BookingGroup { visit: "visit_id", series: "series_id", },
            moves: Moves { count: "moves", from: "moved_from", },
            cancellation: CancellationState {
                policy: "policy",
                frozen: Frozen { fee: "frozen_cents", late: "frozen_late", },
                is_free: "free_to_cancel",
                fee: "fee_cents",
            },
        },
        why: "why",
        token: "token",
    }
    with Unread {
        club: "club_id",
        booked_by: "booked_by",
        guest_phone: "guest_phone",
        allergies: "allergies",
        ai_program: "ai_program",
        scene: "scene",
    }
}

#[allow(clippy::single_component_path_imports, reason = "they make the macros paths for other files")]
pub(crate) use {columns, insert_text};

/// The lines of a price as they are stored.
#[derive(Clone)]
pub(crate) struct PriceLines(pub(crate) Vec<Line>);

/// A line of a price in its stored form.
#[derive(Serialize, Deserialize)]
struct StoredLine {
    cents: i64,
    code: String,
    kind: LineKind,
    label: String,
}

impl PriceLines {
    fn read(text: String) -> Option<PriceLines> {
        let lines: Vec<StoredLine> = serde_json::from_str(&text).ok()?;
        let line = |line: StoredLine| Line::new(line.kind, &line.code, line.label, Cents(line.cents));
        Some(PriceLines(lines.into_iter().map(line).collect()))
    }

    fn written(self) -> String {
        let line = |line: Line| StoredLine {
            cents: line.amount.0,
            code: line.code,
            kind: line.kind,
            label: line.label,
        };
        let lines: Vec<StoredLine> = self.0.into_iter().map(line).collect();
        serde_json::to_string(&lines).expect("text and numbers can always be written")
    }
}

kit::column_as!(PriceLines, String, PriceLines::read, PriceLines::written);

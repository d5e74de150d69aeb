//! What is left of a membership, as a few figures.

use jiff::civil::Date;
use kit::Cents;
use ui::format;

use crate::Entitlements;

/// One figure of a member's benefits, shown as dots or as text.
#[derive(Debug)]
pub struct Tile {
    /// The name of the figure, such as `Credits`.
    pub label: &'static str,
    /// One for each that the month has, and whether it is left; empty if there are none or too many to count at a glance.
    pub dots: Vec<bool>,
    /// The figure in words: `1 used, 2 left`.
    pub value: String,
}

/// The most dots that are counted at a glance.
const MOST_DOTS: i64 = 8;

impl Tile {
    fn counted(label: &'static str, used: i64, left: i64) -> Tile {
        let given = used + left;
        let dots =
            if given <= MOST_DOTS { (0..given).map(|place| place < left).collect() } else { Vec::new() };
        Tile { label, dots, value: format!("{used} used, {left} left") }
    }
}

/// Returns the credits and the guest passes of the month, and what the membership has saved so far; empty for a person
/// without a membership.
pub fn tiles(entitlements: &Entitlements, today: Date, saved: Cents) -> Vec<Tile> {
    let Some((_, plan)) = &entitlements.held else { return Vec::new() };
    let mut tiles = Vec::new();
    let used = entitlements.credits_used_in(today);
    match (plan.monthly_credits, entitlements.credits_left(today)) {
        (None, _) => tiles.push(Tile {
            label: "Services this month",
            dots: Vec::new(),
            value: format!("{used} used, all included"),
        }),
        (Some(given), Some(left)) if given > 0 => tiles.push(Tile::counted("Credits this month", used, left)),
        _ => {}
    }
    if plan.guest_passes > 0 {
        let (used, left) = (entitlements.passes_used_in(today), entitlements.passes_left(today));
        tiles.push(Tile::counted("Guest passes", used, left));
    }
    tiles.push(Tile { label: "Saved so far", dots: Vec::new(), value: format::money(saved) });
    tiles
}

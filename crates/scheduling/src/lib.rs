//! Calendars of rooms, technicians, and equipment, and the claims on their time. Claimants are known only by their
//! id: this crate has no dependency on bookings. A time is offered only if everything it needs is free, and it can be
//! claimed only if the primary key of `claims` permits it, regardless of how many processes write.

mod bits;
mod blocks;
mod calendar;
mod cells;
mod claim;
mod days;
mod field;
mod free;
mod id_lists;
mod model;
mod read;
mod store;

pub use bits::Bits;
pub use blocks::{
    Block, BlockKind, blocks_beside, blocks_between, bump_resource, change_block, claim_block, find_block,
    has_blocks, insert_block, mark_removed, span, unclaim_block,
};
pub use calendar::{Busy, Factors, LONGEST, ReleaseMask, ResourceCalendar};
pub use cells::{Cell, MINUTES, begin, cell_at, cell_from, cells};
pub use claim::{
    Chosen, ClaimOutcome, Claimant, ClaimedResources, EndExpired, Requirement, claim_all, claim_offer,
    clear_expired,
};
pub use days::{Day, Days, Open, Openings, is_within, minute, moments};
pub use field::{Candidates, Demand, Field, PreferredResources};
pub use free::{DayCount, GRID, Offer, Offers};
pub use id_lists::id_lists;
pub use model::{Allocation, ResourceKind};
pub use read::{field_with_blocks_of, field_without};
pub use store::{
    bump_versions, claimants_on, forget_allocations, forget_claims, has_resource, insert_allocations,
    is_claimed, keep_until, people_of, release, release_resource, resources_of, technicians_of,
    technicians_of_each,
};

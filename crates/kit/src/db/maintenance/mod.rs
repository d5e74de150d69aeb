//! Operations on a whole database: migrations, copies, checks, and the lease of a node number.

mod copy;
mod inspect;
mod lease;
mod migrate;
mod tally;

pub use copy::{Copied, copy_into_file, copy_out_of_file};
pub use inspect::{Inspection, State, inspect};
pub use lease::OTHER_KEY;
pub use migrate::Migrated;

//! What is claimed, and by what kind of resource.

use kit::Id;

use crate::cells::Cell;

/// What kind of resource is claimed. A person is one: nobody is in two places at once (F6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceKind {
    /// A room.
    Room,
    /// A technician.
    Technician,
    /// A piece of equipment.
    Equipment,
    /// A guest or a companion.
    Person,
}

impl ResourceKind {
    /// As it stands in the table.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            ResourceKind::Room => "room",
            ResourceKind::Technician => "technician",
            ResourceKind::Equipment => "equipment",
            ResourceKind::Person => "person",
        }
    }
}

/// A resource that is claimed from one cell to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allocation {
    /// The resource.
    pub resource: Id,
    /// Its kind.
    pub kind: ResourceKind,
    /// The first cell.
    pub from: Cell,
    /// The cell after the last.
    pub to: Cell,
}

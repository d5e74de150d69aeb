//! What is claimed, and the kinds of resources.

use kit::Id;

use crate::cells::Cell;

/// The kind of a claimed resource. A person is a resource because no one can be in two places at once (F6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceKind {
    /// A room, which serves one or several bookings at once.
    Room,
    /// A technician, who serves one booking at once.
    Technician,
    /// A piece of equipment.
    Equipment,
    /// A guest or a companion.
    Person,
}

impl ResourceKind {
    /// Returns the name of the kind as it is stored in the database.
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
    /// The id of the resource.
    pub resource: Id,
    /// The kind of the resource.
    pub kind: ResourceKind,
    /// The first cell that is occupied.
    pub from: Cell,
    /// The cell after the last cell.
    pub to: Cell,
}

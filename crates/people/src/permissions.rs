//! What each role may do: one table, asked by verbs. Whether a thing is somebody's own is not asked
//! here; a verb knows that.

use crate::model::Role;

/// Something that not everybody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Book, move and cancel in the name of somebody else.
    BookForOthers,
    /// Book outside the windows and releases (W1, W3).
    BookAnyTime,
    /// Check guests in, begin and end their time, say who did not come.
    RunTheDay,
    /// Undo a step of a visit after the desk's own time for it, with a reason (D4).
    CorrectTheDay,
    /// See the whole day, not one's own bookings alone.
    SeeEveryBooking,
    /// Change services, prices, rooms, plans and release rules.
    ManageCatalogue,
    /// Write staff down, plan shifts, approve hours.
    ManageStaff,
    /// Read reports and figures.
    SeeMetrics,
    /// Look people up.
    SeePeople,
    /// Read the audit log.
    SeeAudit,
    /// Give and take roles.
    ManageRoles,
    /// Enrol, take dues, change, freeze and end the memberships of others.
    RunMemberships,
    /// Correct what people can't change of themselves, such as a birthday after its gift was used.
    CorrectPeople,
    /// See background jobs, try them again, and discard them.
    ManageJobs,
}

impl Action {
    /// Every action.
    pub const ALL: [Action; 14] = [
        Action::BookForOthers,
        Action::BookAnyTime,
        Action::RunTheDay,
        Action::CorrectTheDay,
        Action::SeeEveryBooking,
        Action::ManageCatalogue,
        Action::ManageStaff,
        Action::SeeMetrics,
        Action::SeePeople,
        Action::SeeAudit,
        Action::ManageRoles,
        Action::RunMemberships,
        Action::CorrectPeople,
        Action::ManageJobs,
    ];
}

/// The table: who may do it.
fn table(action: Action) -> &'static [Role] {
    use Role::{FrontDesk, Manager, Owner};
    match action {
        Action::BookForOthers => &[FrontDesk, Manager, Owner],
        Action::BookAnyTime => &[FrontDesk, Manager, Owner],
        Action::RunTheDay => &[FrontDesk, Manager, Owner],
        Action::CorrectTheDay => &[Manager, Owner],
        Action::SeeEveryBooking => &[FrontDesk, Manager, Owner],
        Action::ManageCatalogue => &[Manager, Owner],
        Action::ManageStaff => &[Manager, Owner],
        Action::SeeMetrics => &[Manager, Owner],
        Action::SeePeople => &[Manager, Owner],
        Action::SeeAudit => &[Manager, Owner],
        Action::ManageRoles => &[Owner],
        Action::RunMemberships => &[FrontDesk, Manager, Owner],
        Action::CorrectPeople => &[Manager, Owner],
        Action::ManageJobs => &[Manager, Owner],
    }
}

/// Whether somebody of this role (`None`: a visitor) may do it.
pub fn may(role: Option<Role>, action: Action) -> bool {
    role.is_some_and(|role| table(action).contains(&role))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_matrix_is_as_written_here() {
        let everybody: Vec<Option<Role>> = std::iter::once(None).chain(Role::ALL.map(Some)).collect();
        let mut matrix = String::new();
        for action in Action::ALL {
            let marks: String =
                everybody.iter().map(|role| if may(*role, action) { 'x' } else { '.' }).collect();
            matrix.push_str(&format!("{marks} {action:?}\n"));
        }
        println!("{matrix}");
        // visitor, account, technician, front desk, manager, owner
        let written = "\
...xxx BookForOthers
...xxx BookAnyTime
...xxx RunTheDay
....xx CorrectTheDay
...xxx SeeEveryBooking
....xx ManageCatalogue
....xx ManageStaff
....xx SeeMetrics
....xx SeePeople
....xx SeeAudit
.....x ManageRoles
...xxx RunMemberships
....xx CorrectPeople
....xx ManageJobs
";
        assert_eq!(matrix, written);
    }
}

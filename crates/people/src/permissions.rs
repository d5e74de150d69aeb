//! What each role and kind of actor may do: one table, used by the operations. Whether an entity belongs to the actor
//! is decided by the operation, not here.

use crate::model::{ActorKind, Role};

/// An action that requires a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Book, reschedule, and cancel for another person.
    BookForOthers,
    /// Book outside the booking windows and release rules (W1, W3).
    BookAnyTime,
    /// Check guests in, begin and end visits, and mark no-shows.
    RunTheDay,
    /// Undo a step of a visit after the front desk's time limit, with a reason (D4).
    CorrectTheDay,
    /// See all bookings of a day, not only one's own.
    SeeEveryBooking,
    /// See the visits of a day that one carries out oneself, as a technician.
    SeeOwnVisits,
    /// Change services, prices, rooms, plans, and release rules.
    ManageCatalogue,
    /// Add staff, plan shifts, and approve hours.
    ManageStaff,
    /// Read reports and metrics.
    SeeMetrics,
    /// Search for people and read their contact details.
    SeePeople,
    /// Read the audit log.
    SeeAudit,
    /// Give and remove roles.
    ManageRoles,
    /// Enroll members, collect dues, and change, freeze, and end memberships of others.
    RunMemberships,
    /// Correct what people cannot change themselves, such as a birthday after its gift was used.
    CorrectPeople,
    /// See background jobs, retry them, and discard them.
    ManageJobs,
    /// Close business days of the ledger (T20).
    CloseDays,
    /// Take payments, hand back what rules refund, and see payments (T17, T20).
    TakePayments,
    /// Refund, give for free, and write off, with a reason (T18, T20).
    AdjustCharges,
}

impl Action {
    /// Every action, for the table of permissions.
    pub const ALL: [Action; 18] = [
        Action::BookForOthers,
        Action::BookAnyTime,
        Action::RunTheDay,
        Action::CorrectTheDay,
        Action::SeeEveryBooking,
        Action::SeeOwnVisits,
        Action::ManageCatalogue,
        Action::ManageStaff,
        Action::SeeMetrics,
        Action::SeePeople,
        Action::SeeAudit,
        Action::ManageRoles,
        Action::RunMemberships,
        Action::CorrectPeople,
        Action::ManageJobs,
        Action::CloseDays,
        Action::TakePayments,
        Action::AdjustCharges,
    ];
}

/// Returns the roles that may perform the action. This is the permission table.
fn table(action: Action) -> &'static [Role] {
    use Role::{FrontDesk, Manager, Owner, Technician};
    match action {
        Action::BookForOthers => &[FrontDesk, Manager, Owner],
        Action::BookAnyTime => &[FrontDesk, Manager, Owner],
        Action::RunTheDay => &[FrontDesk, Manager, Owner],
        Action::CorrectTheDay => &[Manager, Owner],
        Action::SeeEveryBooking => &[FrontDesk, Manager, Owner],
        Action::SeeOwnVisits => &[Technician],
        Action::ManageCatalogue => &[Manager, Owner],
        Action::ManageStaff => &[Manager, Owner],
        Action::SeeMetrics => &[Manager, Owner],
        Action::SeePeople => &[Manager, Owner],
        Action::SeeAudit => &[Manager, Owner],
        Action::ManageRoles => &[Owner],
        Action::RunMemberships => &[FrontDesk, Manager, Owner],
        Action::CorrectPeople => &[Manager, Owner],
        Action::ManageJobs => &[Manager, Owner],
        Action::CloseDays => &[Manager, Owner],
        Action::TakePayments => &[FrontDesk, Manager, Owner],
        Action::AdjustCharges => &[Manager, Owner],
    }
}

/// Returns whether an actor of this kind may perform the action.
pub fn may(kind: ActorKind, action: Action) -> bool {
    match kind {
        ActorKind::Person(role) => table(action).contains(&role),
        ActorKind::Visitor => false,
        // The only operation that runs as the system is `appoint`, which the operator starts by command and which
        // checks no permission. Jobs act for a person or call operations without an actor.
        ActorKind::System => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_permission_matrix_matches_this_table() {
        let people = Role::ALL.map(ActorKind::Person);
        let everybody: Vec<ActorKind> =
            [ActorKind::Visitor].into_iter().chain(people).chain([ActorKind::System]).collect();
        let mut matrix = String::new();
        for action in Action::ALL {
            let marks: String =
                everybody.iter().map(|kind| if may(*kind, action) { 'x' } else { '.' }).collect();
            matrix.push_str(&format!("{marks} {action:?}\n"));
        }
        println!("{matrix}");
        // The columns: visitor, account, technician, front desk, manager, owner, system.
        let written = "\
...xxx. BookForOthers
...xxx. BookAnyTime
...xxx. RunTheDay
....xx. CorrectTheDay
...xxx. SeeEveryBooking
..x.... SeeOwnVisits
....xx. ManageCatalogue
....xx. ManageStaff
....xx. SeeMetrics
....xx. SeePeople
....xx. SeeAudit
.....x. ManageRoles
...xxx. RunMemberships
....xx. CorrectPeople
....xx. ManageJobs
....xx. CloseDays
...xxx. TakePayments
....xx. AdjustCharges
";
        assert_eq!(matrix, written);
    }
}

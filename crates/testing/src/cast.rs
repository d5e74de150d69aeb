//! The named people on whom every test can rely.

use jiff::civil::date;
use kit::{Id, Result, Tx, args, sql, tokens};
use membership::NewMembership;
use people::{NewPerson, Role};

/// A member of the cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Player {
    /// The first name.
    pub first_name: &'static str,
    /// The last name.
    pub last_name: &'static str,
    /// The email address with which the person signs in.
    pub email: &'static str,
    /// The role in the club.
    pub role: Role,
    /// The slug of the membership plan.
    pub plan: Option<&'static str>,
}

macro_rules! cast {
    ($($(#[$words:meta])* $name:ident: $first:literal $last:literal, $email:literal, $role:ident, $plan:expr;)*) => {
        $($(#[$words])*
        pub const $name: Player = Player {
            first_name: $first,
            last_name: $last,
            email: $email,
            role: Role::$role,
            plan: $plan,
        };)*
        /// Every person of the cast.
        pub const CAST: [Player; 8] = [$($name),*];
    };
}

cast! {
    /// A guest without a plan.
    GUS: "Gus" "Harlow", "gus@cast.test", Account, None;
    /// A member with the Base plan.
    BEA: "Bea" "Morrow", "bea@cast.test", Account, Some("base");
    /// A member with the Premium plan.
    PIA: "Pia" "Lund", "pia@cast.test", Account, Some("premium");
    /// A member with the Unlimited plan.
    UMA: "Uma" "Reyes", "uma@cast.test", Account, Some("unlimited");
    /// A technician who gives massages.
    TOM: "Tom" "Ashby", "tom@cast.test", Technician, None;
    /// A member of the front desk.
    DORA: "Dora" "Quill", "dora@cast.test", FrontDesk, None;
    /// The manager of the club.
    MAX: "Max" "Stern", "max@cast.test", Manager, None;
    /// The owner of the club.
    OLA: "Ola" "Vance", "ola@cast.test", Owner, None;
}

/// A member of the cast in a club.
#[derive(Debug, Clone)]
pub(crate) struct CastMember {
    pub(crate) player: Player,
    pub(crate) id: Id,
    /// The token for `Authorization: Bearer`.
    pub(crate) bearer: String,
    /// The token for the cookie of a browser.
    pub(crate) page: String,
}

/// Creates a player and signs them in, both as an app and as a browser. The sessions outlast every test.
pub(crate) fn enter(tx: &mut Tx<'_>, player: Player) -> Result<CastMember> {
    let new = NewPerson {
        email: Some(player.email.to_owned()),
        first_name: player.first_name.to_owned(),
        last_name: player.last_name.to_owned(),
        phone: None,
        role: player.role,
        birthday: None,
        password_hash: None,
        verified: true,
    };
    let id = people::add(tx, &new)?.id;
    Ok(CastMember { player, id, bearer: session(tx, id, "access")?, page: session(tx, id, "page")? })
}

/// Creates a session like that of a sign-in, but without the cost of a password hash and practically without
/// expiry.
fn session(tx: &mut Tx<'_>, person: Id, kind: &str) -> Result<String> {
    let token = tokens::secret()?;
    let (id, now) = (tx.new_id()?, tx.now());
    let never: jiff::Timestamp = "2100-01-01T00:00:00Z".parse().expect("a time");
    tx.run(
        sql!(
            "INSERT INTO sessions (id, person_id, kind, token_digest, family, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $1, $5, $6)"
        ),
        args![id, person, kind, tokens::digest(&token), now, never],
    )?;
    Ok(token)
}

/// Enrolls a person as a renewing member since May, paid until 9 December 2026.
pub(crate) fn enrol(tx: &mut Tx<'_>, club: Id, person: Id, plan: Id) -> Result<()> {
    let new = NewMembership::active(person, plan, (date(2026, 5, 10), date(2026, 12, 9)));
    membership::enrol(tx, club, &new).map(drop)
}

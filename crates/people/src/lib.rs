//! Who: accounts, sign-in, sessions, roles and what each role may do. Whoever asks is resolved in the
//! same transaction as what they ask ([`Caller`]); what they may do is one table ([`may`]).

mod actor;
mod api;
mod caller;
mod cookies;
mod find;
mod inputs;
mod limits;
mod model;
mod pace;
mod passwords;
mod permissions;
mod profile;
mod sessions;
mod sign_in;
mod sign_up;
mod store;

pub use actor::Actor;
pub use api::{Profile, User, routes};
pub use caller::Caller;
pub use cookies::{ended_cookie, session_cookie};
pub use find::{find, names};
pub use inputs::{ChangePassword, ProfileChange, SignIn, SignUp, opt_email, opt_name, opt_phone};
pub use limits::{TOO_MANY_ATTEMPTS, network};
pub use model::{EMAIL_TAKEN, EmergencyContact, NewPerson, Person, Role};
pub use pace::{Limits, TOO_MANY_REQUESTS, limit};
pub use passwords::{check_password, hash_password};
pub use permissions::{Action, may};
pub use profile::{change_profile, emergency_contact};
pub use sessions::{SessionKind, SignedIn, Tokens, refresh, sign_out};
pub use sign_in::{WRONG_SIGN_IN, change_password, set_password, sign_in};
pub use sign_up::{add, sign_up};
pub use store::{person, person_by_email};

//! Accounts, sign-in, sessions, roles, and permissions. The actor is resolved in the same transaction as the
//! operation ([`Caller`]), and one table lists what each role may do ([`may`]).

mod account_api;
mod account_emails;
mod actor;
mod api;
mod audit;
mod caller;
mod client_info;
mod confirm;
mod cookies;
mod find;
mod hash_queue;
mod inputs;
mod known_credentials;
mod limits;
mod model;
mod network;
mod notification_kinds;
mod passwords;
mod permissions;
mod person_key;
mod phones;
mod preferences;
mod privacy;
mod private_api;
mod profile;
mod proofs;
mod rate_limit;
mod reset;
mod roles;
mod search_index;
mod sessions;
mod sign_in;
mod sign_up;
mod staff_api;
mod store;
mod user;

pub use account_emails::{ACCOUNT_KINDS, AccountNews, account_email, notify};
pub use actor::{Actor, OWN_ACCOUNT};
pub use api::{Profile, routes};
pub use audit::{
    AuditFilter, AuditRow, AuditSubject, Audited, Checkpoint, What, audit, audit_of_me, check_audit,
    checkpoint, last_checkpoint, note, note_change, note_operation,
};
pub use caller::Caller;
pub use client_info::ClientInfo;
pub use confirm::{Confirmed, EmailLink, Purpose, confirm_address, look_at};
pub use cookies::{
    cookie, device_cookie, ended_cookie, ended_sign_up_cookie, has_session, session_cookie, sign_up_cookie,
};
pub use find::{find, names};
pub use inputs::{
    ChangePassword, ConfirmAddress, Forgotten, NewAddress, NewPassword, NewRole, ProfileChange, SignIn,
    SignUp, opt_birthday, opt_email, opt_name, opt_phone,
};
pub use limits::TOO_MANY_ATTEMPTS;
pub use model::{EMAIL_TAKEN, EmergencyContact, NewPerson, Person, Role};
pub use network::network;
pub use notification_kinds::{
    ChosenNotifications, LINK_BROKEN, NotificationKind, choose_notification_kinds, my_notification_kinds,
    read_unsubscribe, unsubscribe, unsubscribe_token, wants,
};
pub use passwords::{check_password, hash_password};
pub use permissions::{Action, may};
pub use person_key::{decrypt_for, encrypt_for};
pub use phones::{e164, spoken_phone};
pub use preferences::{
    MUSIC, Preferences, PreferencesChange, SCENES, SCENTS, change_preferences, preferences, preferences_of,
    spoken_degrees,
};
pub use privacy::{
    AGREEMENTS, Agreement, Consent, Leaver, agree_to, ask_leaver, consents_to, erase, my_addresses,
    my_consents, my_devices,
};
pub use profile::{
    BIRTHDAY_FIXED, change_profile, contact_of, correct_birthday, emergency_contact, fix_birthday,
};
pub use proofs::{
    ADDRESS_GONE, AccountEmail, AddressChangeRequested, AddressChanged, AddressClaimed, Claim, LINK_EXPIRED,
    News, PasswordChanged, Proven, ResetRequested, mail_of,
};
pub use rate_limit::{RateLimits, TOO_MANY_REQUESTS, limit};
pub use reset::{ask_address, ask_again, ask_reset, reset_password};
pub use roles::{OWN_ROLE, appoint, find_people, look_up, note_look, set_role, sign_out_of_all};
pub use search_index::{SEARCH_TOO_SHORT, index_people, is_search};
pub use sessions::{
    SessionKind, SignedIn, Tokens, end_other_sign_ins, end_sign_in, my_sign_ins, refresh, sign_out,
};
pub use sign_in::{WRONG_SIGN_IN, change_password, set_password, sign_in};
pub use sign_up::{Onward, add, prune_unverified, sign_up};
pub use store::sessions::{SignedInHere, forget_old_proofs};
pub use store::{adopt_roles, is_here, person, person_by_email, works_anywhere};
pub use user::User;

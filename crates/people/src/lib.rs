//! Accounts, sign-in, sessions, roles, and permissions. The actor is resolved in the same transaction as the
//! operation ([`Caller`]), and one table lists what each role may do ([`may`]).

mod accounts;
mod actor;
mod api;
mod audit;
mod audit_events;
mod model;
mod permissions;
mod personal_data;
mod requests;
mod search;
mod store;
mod subject;

pub use accounts::account_emails::{AccountNotification, account_email, notify};
pub use accounts::confirm::{Confirmed, EmailLink, Purpose, confirm_address, describe_link};
pub use accounts::inputs::{
    ChangePassword, ConfirmAddress, Forgotten, NewAddress, NewPassword, NewRole, ProfileChange, SignIn,
    SignUp, opt_birthday, opt_email, opt_name, opt_phone,
};
pub use accounts::passwords::{check_password, hash_password};
pub use accounts::profile::{
    BIRTHDAY_FIXED, change_profile, contact_of, correct_birthday, emergency_contact, fix_birthday,
};
pub use accounts::proofs::{
    ADDRESS_GONE, AccountEmail, AddressChangeRequested, AddressChanged, AddressClaimed, Claim,
    EmailConfirmed, LINK_EXPIRED, News, PasswordChanged, ResetRequested, mail_of,
};
pub use accounts::reset::{
    request_address_change, request_link_again, request_password_reset, reset_password,
};
pub use accounts::roles::{OWN_ROLE, appoint, find_people, look_up, note_view, set_role, sign_out_of_all};
pub use accounts::sign_in::{WRONG_SIGN_IN, change_password, set_password, sign_in};
pub use accounts::sign_up::{AfterSignUp, add, create, prune_unverified, sign_up};
pub use accounts::step_up::{CONFIRM_AGAIN, confirm_sign_in, is_confirmed, need_confirmation};
pub use actor::{Actor, OWN_ACCOUNT};
pub use api::routes::{Profile, routes};
pub use api::user::User;
pub use audit::{
    AuditFilter, AuditRow, AuditSubject, Audited, Checkpoint, audit, audit_of_me, check_audit, checkpoint,
    last_checkpoint, note, note_change, note_operation,
};
pub use audit_events::AuditEvent;
pub use kit::phones::{e164, format_phone};
pub use model::{ActorKind, EMAIL_TAKEN, EmergencyContact, NewPerson, Person, Role};
pub use permissions::{Action, may};
pub use personal_data::notification_kinds::{
    ChosenNotifications, LINK_BROKEN, NotificationKind, choose_notification_kinds, my_notification_kinds,
    read_unsubscribe, unsubscribe, unsubscribe_token, wants,
};
pub use personal_data::person_key::{decrypt_for, encrypt_for};
pub use personal_data::preferences::{
    MUSIC, Preferences, PreferencesChange, SCENES, SCENTS, change_preferences, format_degrees, preferences,
    preferences_of,
};
pub use personal_data::privacy::{
    AGREEMENTS, Agreement, ConfirmedErasure, Consent, agree_to, confirm_erasure, consents_to, erase,
    my_addresses, my_consents, my_devices,
};
pub use requests::caller::Caller;
pub use requests::client_info::ClientInfo;
pub use requests::cookies::{
    cookie, device_cookie, ended_cookie, ended_sign_up_cookie, has_session, session_cookie, sign_up_cookie,
};
pub use requests::limits::TOO_MANY_ATTEMPTS;
pub use requests::network::network;
pub use requests::rate_limit::{RateLimits, TOO_MANY_REQUESTS, limit};
pub use requests::sessions::{
    SessionKind, SignedIn, Tokens, end_other_sign_ins, end_sign_in, my_sign_ins, refresh, sign_out,
};
pub use search::find::{find, find_ids, names};
pub use search::index::{Findable, NameSearch, SEARCH_TOO_SHORT, index_people, is_search};
pub use store::sessions::{SignedInHere, forget_old_proofs};
pub use store::{adopt_roles, has_any_role, person, person_by_email, person_exists};
pub use subject::{Subject, SubjectKind};

//! Accounts: signing up and in, passwords, links in emails, profiles, and roles.

pub(crate) mod account_emails;
pub(crate) mod confirm;
pub(crate) mod hash_queue;
pub(crate) mod inputs;
pub(crate) mod known_credentials;
pub(crate) mod passwords;
pub(crate) mod profile;
pub(crate) mod proofs;
pub(crate) mod reset;
pub(crate) mod roles;
pub(crate) mod sign_in;
pub(crate) mod sign_up;
pub(crate) mod step_up;

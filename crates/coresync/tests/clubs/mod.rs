//! Several clubs in one database.

mod one_club;
mod two_clubs;

//! The program that a club runs on. Here every crate is wired to the others, once, in the open: the addresses
//! ([`app`]), what follows from what ([`reactions`]), the commands.

mod access;
pub mod app;
pub mod check;
pub mod club_commands;
pub mod commands;
pub mod connections;
mod dashboard;
pub mod demo;
mod docs;
pub mod document;
mod document_bounds;
pub mod log;
pub mod reactions;
pub mod serve;
mod site;

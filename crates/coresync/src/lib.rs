//! The program that runs a club. This crate alone sees all others and connects them: the routes ([`app`]), the
//! reactions of one crate to another ([`reactions`]), and the commands.

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

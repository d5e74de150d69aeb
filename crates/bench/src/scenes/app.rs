//! A member's app, as the scenarios use it.

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kit::errors::OrFault as _;
use kit::{Clock, Fault, Id, Result};
use serde_json::{Value, json};

use crate::club::token;
use crate::http::{Connection, get, post};
use crate::process::Process;
use crate::rng::Rng;

/// A member's app: a bearer token, and what it knows about the club.
#[derive(Clone)]
pub(crate) struct App {
    pub(super) authorization: String,
    pub(super) services: Vec<Id>,
    today: Date,
}

impl App {
    /// Creates the app of the n-th member.
    pub(crate) fn of(server: &Process, n: usize) -> Result<App> {
        let mut connection = Connection::open(server.addr)?;
        let authorization = format!("Bearer {}", token(n));
        let list: Value =
            serde_json::from_slice(&connection.send(&get("/api/services/", &[]))?.body()).or_fault()?;
        let ids = list.as_array().into_iter().flatten().filter_map(|one| one["id"].as_i64().map(Id));
        let zone = TimeZone::get("America/New_York").or_fault()?;
        let today = Clock::system().now().to_zoned(zone).date();
        Ok(App { authorization, services: ids.collect(), today })
    }

    /// Returns the app of another member.
    pub(crate) fn of_member(&self, n: usize) -> App {
        App { authorization: format!("Bearer {}", token(n)), ..self.clone() }
    }

    pub(super) fn day(&self, ahead: usize) -> Date {
        self.today.checked_add(i64::try_from(ahead).unwrap_or(0).days()).unwrap_or(self.today)
    }

    pub(super) fn service(&self, rng: &mut Rng) -> Id {
        rng.pick(&self.services).copied().unwrap_or(Id(0))
    }

    /// Returns a request for the free times of ninety days, compressed as browsers and apps request it.
    pub(crate) fn ninety_days(&self) -> Vec<u8> {
        let service = self.services.get(2).copied().unwrap_or(Id(0));
        let (from, to) = (self.today, self.day(89));
        let path = format!("/api/bookings/availability/?service_id={service}&from={from}&to={to}");
        get(&path, &[("Authorization", &self.authorization), ("Accept-Encoding", "br")])
    }

    /// Requests the free times of one day and returns their starts. They are found without parsing the JSON, so that
    /// the client needs little time.
    pub(super) fn free_starts(
        &self,
        connection: &mut Connection,
        service: Id,
        day: Date,
    ) -> Result<Vec<String>> {
        let path = format!("/api/bookings/availability/?service_id={service}&date={day}");
        let answer = connection.send(&get(&path, &[("Authorization", &self.authorization)]))?;
        let body = answer.body();
        if answer.status != 200 {
            return Err(Fault::because(String::from_utf8_lossy(&body)));
        }
        let text = std::str::from_utf8(&body).or_fault()?;
        let starts = text.split("\"starts_at\":\"").skip(1).filter_map(|rest| rest.split('"').next());
        Ok(starts.map(str::to_owned).collect())
    }

    /// Books a start. Returns whether it was still free.
    pub(super) fn book(&self, connection: &mut Connection, service: Id, start: &str) -> Result<bool> {
        let body = json!({"service_id": service, "starts_at": start});
        let headers = [("Authorization", self.authorization.as_str())];
        let answer = connection.send(&post("/api/bookings/create_booking/", &headers, &body))?;
        match answer.status {
            201 => Ok(true),
            409 => Ok(false),
            _ => Err(Fault::because(String::from_utf8_lossy(&answer.body()))),
        }
    }

    /// Books any free time on any day.
    pub(crate) fn book_something(&self, connection: &mut Connection, rng: &mut Rng) -> Result<()> {
        for _ in 0..100 {
            let (service, day) = (self.service(rng), self.day(1 + rng.below(85)));
            let starts = self.free_starts(connection, service, day)?;
            if let Some(start) = rng.pick(&starts)
                && self.book(connection, service, start)?
            {
                return Ok(());
            }
        }
        Err(Fault::because("no free time was found in a hundred tries"))
    }
}

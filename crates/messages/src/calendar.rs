//! Calendars: events as an iCalendar file (RFC 5545) that a mail program handles by itself (RFC 5546): it adds, moves and removes
//! what it is sent. Times are in UTC, so that no time zone has to be described.

use jiff::Timestamp;

/// The most bytes on a line, without its end.
const WIDTH: usize = 75;

/// A booking as a calendar sees it.
#[derive(Debug, Clone)]
pub struct Event {
    /// The same for ever: by it a calendar finds the event again.
    pub uid: String,
    /// Rises with every change.
    pub sequence: i64,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// When this was written.
    pub stamped_at: Timestamp,
    /// What it is.
    pub summary: String,
    /// Where it is.
    pub location: String,
    /// What else there is to know.
    pub description: String,
    /// Whether it is off.
    pub cancelled: bool,
    /// Who invites.
    pub organizer: Party,
    /// Who is invited.
    pub attendee: Party,
}

/// A name and an email address.
#[derive(Debug, Clone)]
pub struct Party {
    /// As it is shown.
    pub name: String,
    /// The address.
    pub email: String,
}

/// The text of the file: every event is on, or every event is off (one file has one method).
pub fn ics(events: &[Event]) -> String {
    let is_cancelled = events.iter().all(|event| event.cancelled);
    let method = if is_cancelled { "CANCEL" } else { "REQUEST" };
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//CoreSync//Bookings//EN".to_owned(),
        "CALSCALE:GREGORIAN".to_owned(),
        format!("METHOD:{method}"),
    ];
    lines.extend(events.iter().flat_map(component));
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line)).collect()
}

fn component(event: &Event) -> Vec<String> {
    let status = if event.cancelled { "CANCELLED" } else { "CONFIRMED" };
    let Party { name, email } = &event.attendee;
    vec![
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}", escaped(&event.uid)),
        format!("SEQUENCE:{}", event.sequence),
        format!("DTSTAMP:{}", utc(event.stamped_at)),
        format!("DTSTART:{}", utc(event.starts_at)),
        format!("DTEND:{}", utc(event.ends_at)),
        format!("SUMMARY:{}", escaped(&event.summary)),
        format!("LOCATION:{}", escaped(&event.location)),
        format!("DESCRIPTION:{}", escaped(&event.description)),
        format!("ORGANIZER;CN={}:mailto:{}", quoted(&event.organizer.name), address(&event.organizer.email)),
        format!(
            "ATTENDEE;CN={};ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:{}",
            quoted(name),
            address(email)
        ),
        format!("STATUS:{status}"),
        "END:VEVENT".to_owned(),
    ]
}

/// A name as the value of a parameter: in quotes, without what would end them (RFC 5545, 3.2).
fn quoted(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control() && *c != '"').collect();
    format!("\"{plain}\"")
}

/// An address without what has no place in one.
fn address(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect()
}

fn utc(moment: Timestamp) -> String {
    moment.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Text in which nothing means anything to a calendar any more.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// The line in pieces of at most 75 bytes, no character torn apart; each piece but the first begins
/// with a space.
fn folded(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let mut used = 0;
    for c in line.chars() {
        if used + c.len_utf8() > WIDTH {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(c);
        used += c.len_utf8();
    }
    out.push_str("\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(description: &str) -> Event {
        let moment = |text: &str| text.parse().expect("a time");
        Event {
            uid: "booking-17@demo.coresync.test".to_owned(),
            sequence: 2,
            starts_at: moment("2026-11-24T18:30:00-05:00"),
            ends_at: moment("2026-11-24T19:30:00-05:00"),
            stamped_at: moment("2026-11-23T09:00:00.123Z"),
            summary: "Deep tissue, 60 minutes; quiet".to_owned(),
            location: "Mensuite \\ Room 2".to_owned(),
            description: description.to_owned(),
            cancelled: false,
            organizer: Party {
                name: "The \"Small\" Club".to_owned(),
                email: "hello@demo.coresync.test".to_owned(),
            },
            attendee: Party {
                name: "Anna; Ko\r\nX:1".to_owned(),
                email: "anna@example.com\r\nX:1".to_owned(),
            },
        }
    }

    #[test]
    fn an_event_is_written_in_utc_and_its_text_escaped() {
        let text = ics(&[event("First line\r\nsecond\u{7} line\nEND:VCALENDAR")]);
        for line in [
            "METHOD:REQUEST",
            "ORGANIZER;CN=\"The Small Club\":mailto:hello@demo.coresync.test",
            "DTSTAMP:20261123T090000Z",
            "DTSTART:20261124T233000Z",
            "DTEND:20261125T003000Z",
            "SEQUENCE:2",
            "SUMMARY:Deep tissue\\, 60 minutes\\; quiet",
            "LOCATION:Mensuite \\\\ Room 2",
            "DESCRIPTION:First line\\nsecond line\\nEND:VCALENDAR",
            "STATUS:CONFIRMED",
        ] {
            assert!(text.contains(&format!("\r\n{line}\r\n")), "{line}\n{text}");
        }
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("\r\nEND:VCALENDAR\r\n"));
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    }

    #[test]
    fn what_is_off_is_cancelled() {
        let text = ics(&[Event { cancelled: true, ..event("") }]);
        assert!(text.contains("\r\nMETHOD:CANCEL\r\n") && text.contains("\r\nSTATUS:CANCELLED\r\n"));
    }

    #[test]
    fn who_is_invited_is_named_and_begins_no_other_line() {
        let text = ics(&[event("")]).replace("\r\n ", "");
        let line = "ATTENDEE;CN=\"Anna; KoX:1\";ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:anna@example.comX:1";
        assert!(text.contains(&format!("\r\n{line}\r\n")), "{text}");
    }

    #[test]
    fn several_events_are_one_file() {
        let two =
            [event("first"), Event { uid: "booking-18@demo.coresync.test".to_owned(), ..event("second") }];
        let text = ics(&two);
        assert_eq!((text.matches("BEGIN:VEVENT").count(), text.matches("BEGIN:VCALENDAR").count()), (2, 1));
        assert_eq!(text.matches("METHOD:").count(), 1);
    }

    #[test]
    fn long_lines_are_folded_between_characters() {
        for shift in 0..4 {
            let long = format!("{}{}", "x".repeat(shift), "Гарячий камінь 🔥 ".repeat(30));
            let text = ics(&[event(&long)]);
            assert!(text.split("\r\n").all(|line| line.len() <= WIDTH), "{text}");
            let unfolded = text.replace("\r\n ", "");
            assert!(unfolded.contains(&format!("\r\nDESCRIPTION:{long}\r\n")), "{unfolded}");
        }
    }
}

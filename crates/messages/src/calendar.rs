//! Calendar files: events in the iCalendar format (RFC 5545) that an email client processes by itself (RFC 5546),
//! adding, updating, and removing events. Times are in UTC, so that no time zone has to be described.

use jiff::Timestamp;

/// The most bytes on a line, without the line ending.
const WIDTH: usize = 75;

/// A booking as a calendar event.
#[derive(Debug, Clone)]
pub struct Event {
    /// The permanent identifier by which a calendar finds the event again.
    pub uid: String,
    /// The sequence number, which rises with every change.
    pub sequence: i64,
    /// When the event begins.
    pub starts_at: Timestamp,
    /// When the event ends.
    pub ends_at: Timestamp,
    /// When this version of the event was written.
    pub stamped_at: Timestamp,
    /// The title of the event.
    pub summary: String,
    /// The location of the event.
    pub location: String,
    /// Further details, which calendar programs show below the title.
    pub description: String,
    /// Whether the event is canceled.
    pub cancelled: bool,
    /// The party that invites.
    pub organizer: Party,
    /// The party that is invited.
    pub attendee: Party,
}

/// A name with an email address.
#[derive(Debug, Clone)]
pub struct Party {
    /// The name that calendar programs show.
    pub name: String,
    /// The email address to which the invitation is sent.
    pub email: String,
}

/// Returns the text of the file. All events must be active, or all canceled, because a file has only one method.
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

/// Quotes a name as the value of a parameter, without the characters that would end the quotes (RFC 5545, 3.2).
fn quoted(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control() && *c != '"').collect();
    format!("\"{plain}\"")
}

/// Removes the characters that an address must not contain.
fn address(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect()
}

fn utc(moment: Timestamp) -> String {
    moment.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Escapes the characters that have a meaning in iCalendar text.
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

/// Folds a line into pieces of at most 75 bytes without splitting a character. Each piece except the first begins
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
    fn an_event_is_written_in_utc_with_escaped_text() {
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
    fn a_canceled_event_is_sent_as_a_cancellation() {
        let text = ics(&[Event { cancelled: true, ..event("") }]);
        assert!(text.contains("\r\nMETHOD:CANCEL\r\n") && text.contains("\r\nSTATUS:CANCELLED\r\n"));
    }

    #[test]
    fn an_attendee_name_cannot_start_another_line() {
        let text = ics(&[event("")]).replace("\r\n ", "");
        let line = "ATTENDEE;CN=\"Anna; KoX:1\";ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:anna@example.comX:1";
        assert!(text.contains(&format!("\r\n{line}\r\n")), "{text}");
    }

    #[test]
    fn several_events_share_one_file() {
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

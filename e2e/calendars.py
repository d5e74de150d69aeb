"""Checks the calendar files of the emails with two independent parsers (icalendar, vobject) and a real CalDAV server (Radicale).

The test acts as a mail program: both parsers read the calendar part of each email, its method is compared with that of the MIME
part, and it is applied to a calendar on the server according to RFC 5546: REQUEST stores the event (a higher SEQUENCE replaces
it), and CANCEL removes it. Needs the packages of e2e/requirements.txt and target/debug/coresync (or CORESYNC_BIN).
"""

import email
import email.policy
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid

import icalendar
import requests
import vobject

HERE = pathlib.Path(__file__).resolve().parent
BINARY = os.environ.get("CORESYNC_BIN") or str(HERE.parent / os.environ.get("CARGO_TARGET_DIR", "target") / "debug/coresync")
PASSWORD = "coresync-demo"
OWNER = "unlimited@demo.coresync.test"
GUEST = "ann.lee@example.com"


def free_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def wait_for(port, process, what):
    for _ in range(1800):
        if process.poll() is not None:
            raise SystemExit(f"{what} ended with {process.returncode}")
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"{what} did not start")


class Club:
    """A running program with the demo club, and the emails that it writes to its data folder."""

    def __init__(self, folder, started):
        self.port = free_port()
        self.mail = folder / "data" / "mail"
        self.url = f"http://localhost:{self.port}"
        environment = {
            "PATH": os.environ["PATH"],
            "CORESYNC_ADDR": f"127.0.0.1:{self.port}",
            "CORESYNC_DATA": str(folder / "data"),
            "CORESYNC_NOW": "2026-11-24T10:00:00-05:00",
            "CORESYNC_PUBLIC_URL": self.url,
            "CORESYNC_LOG": "warn",
        }
        self.process = subprocess.Popen([BINARY, "serve", "--demo"], cwd=folder, env=environment, stdout=subprocess.DEVNULL)
        started.append(self.process)
        self.wait_until_ready()
        self.token = self.post("/api/auth/login/", {"email": OWNER, "password": PASSWORD})["access"]

    token = None
    seen = 0

    def wait_until_ready(self):
        """Waits until the demo club is filled. The program already listens before that."""
        end = time.monotonic() + 180
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise SystemExit(f"coresync ended with {self.process.returncode}")
            try:
                with urllib.request.urlopen(f"{self.url}/ready/", timeout=2):
                    return
            except OSError:
                time.sleep(0.2)
        raise SystemExit("coresync was not ready within 180 seconds")

    def ask(self, path, body=None):
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{path}: {error.code} {error.read().decode()}") from error

    def post(self, path, body):
        return self.ask(path, body)

    def emails(self, count):
        """Waits for the next `count` emails with a calendar file, and returns them."""
        for _ in range(300):
            files = sorted(self.mail.glob("*.eml")) if self.mail.exists() else []
            read = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
            read = [one for one in read if calendars_of(one)]
            if len(read) >= self.seen + count:
                new, self.seen = read[self.seen :], len(read)
                check(len(new) == count, f"{len(new)} emails where {count} were expected")
                return new
            time.sleep(0.1)
        raise SystemExit(f"{count} emails did not come: {[one['Subject'] for one in read]}")


class Calendar:
    """A calendar on its own CalDAV server."""

    def __init__(self, folder, started):
        port = free_port()
        arguments = ["--hosts", f"127.0.0.1:{port}", "--auth-type", "none", "--rights-type", "authenticated"]
        arguments += ["--storage-filesystem-folder", str(folder / "radicale"), "--config", "", "--logging-level", "warning"]
        self.process = subprocess.Popen([sys.executable, "-m", "radicale", *arguments])
        started.append(self.process)
        wait_for(port, self.process, "Radicale")
        self.base = f"http://127.0.0.1:{port}/ann/visits/"
        self.http = requests.Session()
        self.http.auth = ("ann", "any")
        made = self.http.request("MKCALENDAR", self.base)
        check(made.status_code == 201, f"MKCALENDAR: {made.status_code} {made.text}")

    def address(self, uid):
        return self.base + uuid.uuid5(uuid.NAMESPACE_URL, uid).hex + ".ics"

    def receive(self, calendar):
        """Handles an invitation or a cancellation as a mail program does."""
        method = str(calendar["METHOD"])
        for event in calendar.walk("VEVENT"):
            address = self.address(str(event["UID"]))
            stored = self.stored_event(address)
            if stored is not None:
                check(int(event["SEQUENCE"]) > int(stored["SEQUENCE"]), f"SEQUENCE does not rise: {event.to_ical().decode()}")
            if method == "CANCEL":
                check(stored is not None, "what is canceled was not there")
                check(self.http.delete(address).status_code == 200, "DELETE")
                continue
            # A stored event has no method (RFC 4791, 4.1).
            stored = icalendar.Calendar()
            stored.add("PRODID", "-//Test//Mail program//EN")
            stored.add("VERSION", "2.0")
            stored.add_component(event)
            put = self.http.put(address, data=stored.to_ical(), headers={"Content-Type": "text/calendar; charset=utf-8"})
            check(put.status_code in (201, 204), f"PUT: {put.status_code} {put.text}")

    def stored_event(self, address):
        answer = self.http.get(address)
        if answer.status_code == 404:
            return None
        check(answer.status_code == 200, f"GET: {answer.status_code}")
        return icalendar.Calendar.from_ical(answer.content).walk("VEVENT")[0]

    def events(self):
        """Returns the start and UID of every event, in order. Queries the server as calendar programs do."""
        query = """<?xml version="1.0"?><C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
            <D:prop><C:calendar-data/></D:prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"/>
            </C:comp-filter></C:filter></C:calendar-query>"""
        answer = self.http.request("REPORT", self.base, data=query, headers={"Depth": "1", "Content-Type": "application/xml"})
        check(answer.status_code == 207, f"REPORT: {answer.status_code}")
        import defusedxml.ElementTree

        found = defusedxml.ElementTree.fromstring(answer.content).iter("{urn:ietf:params:xml:ns:caldav}calendar-data")
        events = [icalendar.Calendar.from_ical(one.text).walk("VEVENT")[0] for one in found]
        return sorted((event["DTSTART"].dt.isoformat(), str(event["UID"])) for event in events)


def check(holds, what):
    if not holds:
        raise SystemExit(f"calendars: {what}")


def calendars_of(message):
    return [part for part in message.walk() if part.get_content_type() == "text/calendar"]


def parsed(message):
    """Returns the calendar of an email. Both parsers read it and must agree on every property that matters."""
    parts = calendars_of(message)
    texts = {part.get_content() if isinstance(part.get_content(), str) else part.get_content().decode() for part in parts}
    check(len(parts) == 2 and len(texts) == 1, f"{message['Subject']}: one file, shown and attached, not {len(parts)}")
    text = texts.pop().replace("\r\n", "\n").replace("\n", "\r\n")
    one = icalendar.Calendar.from_ical(text)
    other = vobject.readOne(text)
    method = str(one["METHOD"])
    check(method in ("REQUEST", "CANCEL"), f"METHOD {method}")
    check(other.method.value == method, "the parsers see other methods")
    for part in parts:
        check(part.get_param("method") == method, f"the MIME part says {part.get_param('method')}, the file {method}")
    events, others = one.walk("VEVENT"), other.vevent_list
    check(len(events) == len(others) > 0, "the parsers see other events")
    for event, twin in zip(events, others):
        check(not event.errors, f"{event.errors}")
        check(str(event["UID"]) == twin.uid.value, "UID")
        check(int(event["SEQUENCE"]) == int(twin.sequence.value), "SEQUENCE")
        check(event["DTSTART"].dt == twin.dtstart.value and event["DTEND"].dt == twin.dtend.value, "times")
        check(str(event["SUMMARY"]) == twin.summary.value, "SUMMARY")
        check(str(event["ORGANIZER"]) == twin.organizer.value == "mailto:hello@demo.coresync.test", "ORGANIZER")
        check(str(event["ATTENDEE"]) == twin.attendee.value == f"mailto:{address_of(message)}", "ATTENDEE")
        check(str(event["STATUS"]) == ("CANCELLED" if method == "CANCEL" else "CONFIRMED"), "STATUS")
    return one


def address_of(message):
    return message["To"].addresses[0].addr_spec


def book(club, service, date, clock, **more):
    body = {"service_id": service, "date": date, "start_time": clock, "guest_name": "Ann Lee", "guest_email": GUEST, **more}
    return club.post(more.pop("path", "/api/bookings/create_booking/"), {k: v for k, v in body.items() if k != "path"})


def move(club, booking, starts_at):
    """Moves a booking with the room and the technicians that the preview shows."""
    path = f"/api/bookings/{booking}/reschedule/"
    shown = club.post(path, {"starts_at": starts_at, "preview": True})
    accepted = {
        "expected_room_id": shown["room"]["id"],
        "expected_technician_ids": [one["id"] for one in shown["technicians"]],
    }
    return club.post(path, {"starts_at": starts_at, **accepted})


def free_start(club, service, date):
    slots = club.ask(f"/api/bookings/availability/?service_id={service}&date={date}")["available_slots"]
    return [slot["starts_at"] for slot in slots]


def run_scenario(club, calendar):
    service = next(one["id"] for one in club.ask("/api/services/") if one["slug"] == "signature-massage")
    starts = free_start(club, service, "2026-12-02")
    booked = book(club, service, None, None, starts_at=starts[0])
    # The owner and the guest both get an email. Only the guest's calendar is checked.
    for count, act in [
        (2, lambda: None),
        (2, lambda: move(club, booked["id"], starts[-1])),
        (2, lambda: club.post(f"/api/bookings/{booked['id']}/cancel_booking/", {})),
    ]:
        act()
        for message in club.emails(count):
            one = parsed(message)
            if address_of(message) == GUEST:
                calendar.receive(one)
        yield calendar.events()
    series = book(club, service, None, None, starts_at=free_start(club, service, "2026-12-03")[0], path="/api/bookings/series/",
                  every_weeks=1, times=3, skip_conflicts=True)
    for message in club.emails(2):
        one = parsed(message)
        check(len(one.walk("VEVENT")) == len(series["bookings"]), "a series is one file with every event")
        if address_of(message) == GUEST:
            calendar.receive(one)
    yield calendar.events()
    club.post(f"/api/bookings/{series['bookings'][0]['id']}/cancel_series/", {})
    for message in club.emails(2):
        one = parsed(message)
        if address_of(message) == GUEST:
            calendar.receive(one)
    yield calendar.events()


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="coresync-calendars-"))
    started = []
    try:
        club = Club(folder, started)
        calendar = Calendar(folder, started)
        booked, moved, cancelled, series, off = run_scenario(club, calendar)
        check(len(booked) == len(moved) == 1, f"one visit in the calendar: {booked}, {moved}")
        check(booked[0][1] == moved[0][1] and booked[0][0] != moved[0][0], f"the same event, moved: {booked}, {moved}")
        check(cancelled == [] and off == [], f"what is canceled is gone: {cancelled}, {off}")
        check(len(series) >= 2 and len({uid for _, uid in series}) == len(series), f"each date an event: {series}")
        print(f"calendars: {club.seen} emails read by two parsers, put, moved and removed on a CalDAV server")
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
        shutil.rmtree(folder, ignore_errors=True)


main()

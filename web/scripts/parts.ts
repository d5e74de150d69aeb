// Small elements and attributes that all pages share. Each enhances something that works without it.

/** Shows a message for a few seconds, and announces it to screen readers. */
export function say(text: string): void {
  let place = document.querySelector<HTMLElement>(".toasts");
  if (!place) {
    place = document.createElement("div");
    place.className = "toasts";
    place.role = "status";
    document.body.append(place);
  }
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.textContent = text;
  place.append(toast);
  setTimeout(() => toast.remove(), 6000);
}

/**
 * `Held for you<span class="countdown" data-until="2026-11-24T10:10:00-05:00" data-now="…"> until 10:10 AM</span>`: shows
 * the remaining minutes and seconds (`Held for you, 9:41 left`), and the time of day to screen readers only. `data-now`
 * is the server's time when it rendered the page, for devices with a wrong clock.
 */
function countdowns(): void {
  for (const until of document.querySelectorAll<HTMLElement>(".countdown[data-until]")) {
    const end = Date.parse(until.dataset.until ?? "");
    const serverNow = Date.parse(until.dataset.now ?? "");
    if (Number.isNaN(end)) continue;
    const wrong = Number.isNaN(serverNow) ? 0 : serverNow - Date.now();
    const left = document.createElement("span");
    left.className = "countdown-left";
    left.role = "timer";
    until.classList.add("for-ears");
    until.after(", ", left);
    const show = () => {
      const seconds = Math.round((end - Date.now() - wrong) / 1000);
      const two = (count: number) => String(count).padStart(2, "0");
      left.textContent = seconds > 0 ? `${Math.floor(seconds / 60)}:${two(seconds % 60)} left` : "expired";
      if (seconds <= 0) clearInterval(beat);
    };
    const beat = setInterval(show, 1000);
    show();
  }
}

/** The name under which the browser tab stores the entries of a form with `data-remembers`. */
const ENTRIES = "entries";

/**
 * `<form data-remembers>`: what was entered stays while another day or service is chosen. The tab forgets it once the
 * form is sent and on every page without such a form, so that it never appears for another guest.
 */
function remembers(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-remembers]");
  if (!form) return sessionStorage.removeItem(ENTRIES);
  const fields = [...form.querySelectorAll<HTMLInputElement>("input:not([type=hidden])")];
  const entries = JSON.parse(sessionStorage.getItem(ENTRIES) ?? "{}");
  for (const field of fields) field.value ||= entries[field.name] ?? "";
  form.addEventListener("input", () => {
    sessionStorage.setItem(ENTRIES, JSON.stringify(Object.fromEntries(fields.map(({ name, value }) => [name, value]))));
  });
  form.addEventListener("submit", () => sessionStorage.removeItem(ENTRIES));
}

/** Marks a form as busy once it is sent, so that it is not sent twice. */
function busy(): void {
  document.addEventListener("submit", (event) => {
    const { submitter, defaultPrevented } = event;
    const form = event.target;
    if (defaultPrevented || !(form instanceof HTMLFormElement) || form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    submitter?.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) {
      delete form.dataset.sent;
      form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
    }
  });
}

/** `data-opens="id"` opens a dialog, `data-closes` closes the dialog around it, and `data-says="…"` shows a message. */
function buttons(): void {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-opens],[data-closes],[data-says]") : null;
    if (!button) return;
    const { opens, says } = button.dataset;
    if (opens) {
      const dialog = document.getElementById(opens);
      if (dialog instanceof HTMLDialogElement) dialog.showModal();
    }
    if (says) say(says);
    if ("closes" in button.dataset) button.closest("dialog")?.close();
  });
}

/** The menu closes with Escape and with a click outside it. */
function menu(): void {
  const one = document.querySelector<HTMLDetailsElement>("details.menu");
  if (!one) return;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !one.open) return;
    one.open = false;
    one.querySelector("summary")?.focus();
  });
  document.addEventListener("click", (event) => {
    if (event.target instanceof Node && !one.contains(event.target)) one.open = false;
  });
}

export function begin(): void {
  countdowns();
  busy();
  remembers();
  buttons();
  menu();
}

// Small elements and attributes that every surface shares. Each is an improvement of something that works without it.

/** Says something for a few seconds, also to who can't see it. */
export function say(words: string): void {
  let place = document.querySelector<HTMLElement>(".toasts");
  if (!place) {
    place = document.createElement("div");
    place.className = "toasts";
    place.role = "status";
    document.body.append(place);
  }
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.textContent = words;
  place.append(toast);
  setTimeout(() => toast.remove(), 6000);
}

/** `<time-left until="2026-11-24T10:10:00-05:00">`: minutes and seconds until then; `time-is-up` is told when it comes. */
class TimeLeft extends HTMLElement {
  #beat = 0;

  connectedCallback(): void {
    const end = Date.parse(this.getAttribute("until") ?? "");
    // What the house's clock said when it made this page, for a device whose own clock is wrong.
    const told = Date.parse(this.getAttribute("now") ?? "");
    const wrong = Number.isNaN(told) ? 0 : told - Date.now();
    if (Number.isNaN(end)) return;
    this.role = "timer";
    const show = () => {
      const left = Math.max(0, Math.round((end - Date.now() - wrong) / 1000));
      const hours = Math.floor(left / 3600);
      const minutes = Math.floor(left / 60) % 60;
      const two = (count: number) => String(count).padStart(2, "0");
      this.textContent = hours > 0 ? `${hours}:${two(minutes)}:${two(left % 60)}` : `${minutes}:${two(left % 60)}`;
      if (left > 0) return;
      clearInterval(this.#beat);
      this.dispatchEvent(new CustomEvent("time-is-up", { bubbles: true }));
    };
    show();
    this.#beat = window.setInterval(show, 1000);
  }

  disconnectedCallback(): void {
    clearInterval(this.#beat);
  }
}

/** A form that was sent says so, and is not sent twice by two fingers. */
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

/** `data-opens="id"` opens a dialog, `data-closes` closes the one it is in, `data-says="…"` says something. */
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

/** The menu closes by Escape and by a touch elsewhere. */
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
  customElements.define("time-left", TimeLeft);
  busy();
  buttons();
  menu();
}

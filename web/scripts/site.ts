// Enhancements of the public pages and the members' pages. Everything works without them.

import { LightStudy } from "./light-study";
import { begin, say } from "./parts";

/**
 * `<form data-follows>`: stores each choice in a `[data-priced]` group at once, as the button "Update total" does, and
 * shows what it changes: the elements with the same `data-part` on the page that the server returns.
 */
function follows(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-follows]");
  if (!form) return;
  for (const one of form.querySelectorAll<HTMLElement>("[data-by-hand]")) one.hidden = true;
  let latest = 0;
  let queue = Promise.resolve();
  const update = async (revision: number) => {
    if (revision !== latest || form.dataset.sent) return;
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
    body.append("action", "update");
    // A field with the name `action` hides the property `form.action`.
    const response = await fetch(form.getAttribute("action") ?? "", { method: "POST", body }).catch(() => null);
    const page = response && new DOMParser().parseFromString(await response.text(), "text/html");
    if (revision !== latest) return;
    form.removeAttribute("aria-busy");
    if (!response?.ok || !page?.querySelector("form[data-follows]")) {
      const why = page?.querySelector("main [role=alert]")?.textContent?.trim();
      say(why || "The total couldn’t be updated. Check your connection and try again.");
      return;
    }
    for (const old of document.querySelectorAll<HTMLElement>("[data-part]")) {
      const part = page.querySelector(`[data-part="${old.dataset.part}"]`);
      if (part && part.textContent !== old.textContent) old.replaceChildren(...part.childNodes);
    }
  };
  form.addEventListener("change", ({ target }) => {
    if (!(target instanceof Element && target.closest("[data-priced]"))) return;
    form.setAttribute("aria-busy", "true");
    const revision = (latest += 1);
    queue = queue.then(() => update(revision));
  });
}

/** `<output for="temperature" data-unit="°F">`: shows the value of the slider while it moves. */
function outputs(): void {
  for (const output of document.querySelectorAll<HTMLOutputElement>("output[data-unit]")) {
    const slider = document.getElementById(output.htmlFor.value);
    const unit = output.dataset.unit ?? "";
    if (!(slider instanceof HTMLInputElement)) continue;
    const show = () => {
      const { valueAsNumber: value } = slider;
      output.value = unit === "°F" ? `${value}°F (${Math.round((value - 32) / 1.8)}°C)` : `${value}${unit}`;
      slider.setAttribute("aria-valuetext", output.value);
    };
    slider.addEventListener("input", show);
    show();
  }
}

/** `data-scrolls`: a row that is wider than the screen begins at its current item. The page itself does not scroll. */
function rows(): void {
  for (const row of document.querySelectorAll<HTMLElement>("[data-scrolls]")) {
    const current = row.querySelector("[aria-current]")?.getBoundingClientRect();
    const { left, width } = row.getBoundingClientRect();
    if (current) row.scrollLeft += current.left + current.width / 2 - left - width / 2;
  }
}

/**
 * `<form data-goes-on>`: sent at once. The page of a confirmation link has it in the browser in which the person signed
 * up, so that they need not press its button.
 */
function goesOn(): void {
  document.querySelector<HTMLFormElement>("form[data-goes-on]")?.requestSubmit();
}

/** `<button data-prints hidden>`: prints the page. Without a script, the browser's own command does. */
function prints(): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-prints]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

begin();
follows();
outputs();
rows();
prints();
goesOn();
customElements.define("light-study", LightStudy);

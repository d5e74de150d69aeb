// Enhancements of the back office. Everything works without them.

import { begin, say } from "./parts";

/**
 * `<form data-progress="Uploading the picture">`: shows a progress bar while a large form is being sent. If the server
 * redirects, the browser follows; a page with error messages replaces this one.
 */
function uploads(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.dataset.progress || event.defaultPrevented) return;
    event.preventDefault();
    const bar = document.createElement("progress");
    bar.setAttribute("aria-label", form.dataset.progress);
    bar.max = 1;
    bar.value = 0;
    form.append(bar);
    const buttons = form.querySelectorAll("button");
    for (const button of buttons) button.disabled = true;
    const request = new XMLHttpRequest();
    request.responseType = "document";
    request.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) => {
      if (lengthComputable) bar.value = loaded / total;
    });
    const again = (text: string) => {
      bar.remove();
      for (const button of buttons) button.disabled = false;
      delete form.dataset.sent;
      say(text);
    };
    request.addEventListener("error", () => again("The upload was interrupted. Check your connection and try again."));
    request.addEventListener("load", () => {
      if (request.status < 400) {
        location.assign(request.responseURL);
        return;
      }
      const wrong = request.responseXML?.querySelector(`#${CSS.escape(form.closest(".slot")?.id ?? "")}`);
      const summary = request.responseXML?.querySelector(".summary li")?.textContent?.trim();
      again(summary || wrong?.querySelector(".wrong")?.textContent || "We couldn’t use that picture. Please try another.");
    });
    // A field with the name `action` hides the property `form.action`.
    request.open("POST", form.getAttribute("action") ?? "");
    request.send(new FormData(form));
  });
}

/** `<div data-only-with="method=terminal">`: hides a field unless this option of the list is selected. */
function dependents(): void {
  for (const field of document.querySelectorAll<HTMLElement>("[data-only-with]")) {
    const [name = "", option] = field.dataset.onlyWith?.split("=") ?? [];
    const list = document.getElementById(name);
    if (!(list instanceof HTMLSelectElement)) continue;
    const show = () => (field.hidden = list.value !== option && !field.querySelector(".wrong"));
    list.addEventListener("change", show);
    show();
  }
}

begin();
uploads();
dependents();

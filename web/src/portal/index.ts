/** The portal's script. Without it the form leads to a page with the same results. */

import { clear, show } from "./results";
import { Search } from "./search";

function start(): void {
  const form = document.getElementById("search");
  const field = document.getElementById("q");
  const section = document.getElementById("results");
  const place = document.getElementById("found");
  const status = document.getElementById("search-status");
  if (!(field instanceof HTMLInputElement) || !form || !section || !place || !status) return;
  if (typeof fetch !== "function" || typeof AbortController !== "function") return;

  const search = new Search(
    {
      found(query, found) {
        show(place, found);
        section.hidden = false;
        status.textContent = found.status;
        remember(`/?q=${encodeURIComponent(query)}`);
      },
      failed() {
        clear(place);
        section.hidden = true;
        status.textContent = form.dataset.failed || "";
      },
      cleared() {
        clear(place);
        section.hidden = true;
        status.textContent = "";
        remember("/");
      },
    },
    new URLSearchParams(location.search).get("q") || "",
  );
  // While an input method composes a syllable, its letters are no words yet.
  field.addEventListener("input", (event) => {
    if (!(event as InputEvent).isComposing) search.typed(field.value);
  });
  field.addEventListener("compositionend", () => search.typed(field.value));
  // Down from the field goes to the first result; the rest are ordinary links.
  field.addEventListener("keydown", (event) => {
    const first = place.querySelector("a");
    if (event.key === "ArrowDown" && first && !event.isComposing) {
      event.preventDefault();
      first.focus();
    }
  });
  // A browser that comes back may have kept the field's text.
  search.typed(field.value);
}

/** Who comes back from a procedure finds the results again. */
function remember(address: string): void {
  try {
    history.replaceState(history.state, "", address);
  } catch {
    // Too many changes in a short time: some browsers refuse.
  }
}

start();

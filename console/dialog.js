/** Questions before something is done: a dialog that holds the focus and gives it back. */

import { button, el, newId } from "./dom.js";
import { CANCEL } from "./words.js";

/** Call off what is asked just now: what it was about is gone. */
export function callOff() {
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.dispatchEvent(new Event("cancel", { cancelable: true }));
  }
}

/**
 * Ask; the answer is what `read()` gives, or null where it was called off. `fields` stand
 * between the text and the buttons.
 */
export function ask({ part, heading, text = "", yes, fields = [], read = () => true }) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const title = newId("dialog");
    const form = el("form", { method: "dialog" });
    const dialog = el("dialog", { part, "aria-labelledby": title }, form);
    const end = (answer) => {
      dialog.remove();
      if (before?.isConnected) before.focus();
      resolve(answer);
    };
    form.append(
      el("h2", { id: title }, heading),
      ...(text ? [el("p", {}, text)] : []),
      ...fields,
      el(
        "div",
        { class: "buttons" },
        el("button", { type: "submit", part: "dialog-yes" }, yes),
        button(CANCEL, "dialog-no", () => end(null), { class: "plain" }),
      ),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      end(read());
    });
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      end(null);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

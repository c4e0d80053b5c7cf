/** What is told of at the top of the page: politely, as an error, and that the line is down. */

import { button, el, setShown, setText } from "./dom.js";
import * as words from "./words.js";

/** The three places of notices. */
export class Notices {
  constructor() {
    this.status = el("p", { part: "notice", role: "status", "aria-live": "polite" });
    this.errorText = el("p", { part: "error", role: "alert" });
    this.errorBox = el(
      "div",
      { class: "error", flags: { hidden: true } },
      this.errorText,
      button(words.DISMISS, "error-dismiss", () => this.clearError(), { class: "plain" }),
    );
    this.offline = el("p", { part: "offline", role: "alert", class: "offline" });
    setShown(this.offline, false);
    const found = [this.offline, this.errorBox, this.status];
    this.element = el("div", { class: "notices", role: "region", "aria-label": words.NOTICES }, ...found);
  }

  /** Tell something; also where it is the same as before. */
  tell(text) {
    this.status.replaceChildren(text);
  }

  /** Tell what went wrong, until it is dismissed or the next thing goes well. */
  error(text) {
    setShown(this.errorBox, true);
    this.errorText.replaceChildren(text);
  }

  /** Nothing is wrong. */
  clearError() {
    setShown(this.errorBox, false);
    setText(this.errorText, "");
  }

  /** Whether the server can be reached. */
  setOnline(online) {
    if (online === this.offline.hidden) return;
    setShown(this.offline, !online);
    setText(this.offline, online ? "" : words.OFFLINE);
    if (online) this.tell(words.BACK_ONLINE);
  }
}

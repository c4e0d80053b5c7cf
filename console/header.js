/** The head of the page: where one is, whether one is on duty, and the way out. */

import { button, el, setText } from "./dom.js";
import * as words from "./words.js";

/** `goTo(view)`, `setDuty(on)` and `signOut()` are called by its buttons. */
export class Header {
  constructor(staff, { goTo, setDuty, signOut }) {
    const views = ["talks", "tickets", ...(staff.role === "operator" ? [] : ["audit"])];
    this.views = new Map(
      views.map((view) => [view, button(words.VIEWS[view], `view-${view}`, () => goTo(view))]),
    );
    this.duty = button(words.ON_DUTY, "duty", () => setDuty(!this.isOnDuty), {
      role: "switch",
      title: words.DUTY_HINT,
    });
    const who = `${staff.shown_name} · ${words.ROLES[staff.role] ?? staff.role}`;
    const place = words.deskName(staff.desk);
    this.element = el(
      "header",
      { class: "site" },
      el("h1", { class: "brand" }, el("span", { class: "province" }, words.PROVINCE), words.TITLE),
      el("nav", { "aria-label": words.NAVIGATION }, ...this.views.values()),
      el("p", { class: "who-am-i", part: "who-am-i" }, who, el("span", {}, place)),
      this.duty,
      button(words.SIGN_OUT, "sign-out", signOut),
    );
    this.setDuty(staff.on_duty);
  }

  get isOnDuty() {
    return this.duty.getAttribute("aria-checked") === "true";
  }

  /** Show whether one is on duty. */
  setDuty(on) {
    this.duty.setAttribute("aria-checked", String(Boolean(on)));
  }

  /** Show how many tickets are open. */
  setTickets(count) {
    setText(this.views.get("tickets"), words.ticketsOpen(count));
  }

  /** Show where one is. */
  setView(current) {
    for (const [view, press] of this.views) {
      if (view === current) press.setAttribute("aria-current", "page");
      else press.removeAttribute("aria-current");
    }
  }
}

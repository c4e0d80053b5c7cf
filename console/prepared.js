/** Answers that are written already: put into the box, changed there, sent by hand. */

import { button, el } from "./dom.js";
import * as words from "./words.js";

/** The list; `insert(text)` puts one into the answer. */
export class Prepared {
  constructor(api, insert) {
    this.api = api;
    this.insert = insert;
    this.list = el("ul", { class: "prepared", part: "prepared" });
    this.element = el("div", {}, this.list);
  }

  /** Read them. Throws ApiError. */
  async load() {
    const found = await this.api.get("prepared");
    const items = found.map(({ title, text }) =>
      el(
        "li",
        {},
        button(title, "prepared-answer", () => this.insert(text), { class: "plain small" }),
        el("p", { class: "muted" }, text),
      ),
    );
    this.list.replaceChildren(...items);
    if (!items.length) this.element.append(el("p", { class: "muted" }, words.NO_PREPARED));
  }
}

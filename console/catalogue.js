/** Search of the catalogue; what is put into an answer is what the catalogue says, no more. */

import { button, el, labelled, setText } from "./dom.js";
import { cited } from "./facts.js";
import { procedureLink } from "./summary.js";
import * as words from "./words.js";

const MOST = 8;

/** The panel; `insert(text)` puts a text into the answer, `room()` is how much still fits. */
export class Catalogue {
  constructor({ api, publicUrl, insert, room, failed }) {
    Object.assign(this, { api, publicUrl, insert, room, failed });
    this.turn = 0;
    this.query = el("input", { type: "search", part: "catalogue-query", maxlength: 200 });
    this.status = el("p", { role: "status", part: "catalogue-status" });
    this.list = el("ol", { class: "found", part: "catalogue-found" });
    this.facts = Object.entries(words.FACTS).map(([group, name]) => {
      const box = el("input", { type: "checkbox", part: `fact-${group}`, value: group });
      return { box, label: el("label", { class: "choice" }, box, ` ${name}`) };
    });
    const form = el("form", { on: { submit: (event) => this.search(event) } });
    const send = el("button", { type: "submit", part: "catalogue-search" }, words.SEARCH);
    form.append(
      ...labelled(words.CATALOGUE_QUERY, this.query),
      el(
        "fieldset",
        {},
        el("legend", {}, words.CATALOGUE_WITH),
        ...this.facts.map(({ label }) => label),
      ),
      send,
    );
    this.element = el("div", { part: "catalogue" }, form, this.status, this.list);
  }

  async search(event) {
    event.preventDefault();
    const query = this.query.value.trim();
    if (!query) return;
    this.turn += 1;
    const { turn } = this;
    try {
      const found = await this.api.procedures(query, MOST);
      if (turn !== this.turn) return;
      this.list.replaceChildren(...found.map((one) => this.item(one)));
      setText(this.status, words.found(found.length));
    } catch (error) {
      if (turn === this.turn) this.failed(error);
    }
  }

  item({ code, name, field, level }) {
    const href = procedureLink(this.publicUrl, code);
    const link = el("a", { href, target: "_blank", rel: "noopener noreferrer" }, name);
    const facts = [code, field, words.LEVELS[level]].filter(Boolean).join(" · ");
    const press = button(words.INSERT, "catalogue-insert", () => this.put(code, press), {
      "aria-label": words.insertOf(name),
      class: "plain small",
    });
    return el("li", {}, link, el("p", { class: "muted" }, facts), press);
  }

  async put(code, press) {
    press.disabled = true;
    try {
      const procedure = await this.api.procedure(code);
      const chosen = this.facts.map(({ box }) => box).filter((box) => box.checked);
      const groups = chosen.map((box) => box.value);
      const link = procedureLink(this.publicUrl, procedure.code);
      this.insert(cited(procedure, groups, link, this.room()));
    } catch (error) {
      this.failed(error);
    } finally {
      press.disabled = false;
    }
  }
}

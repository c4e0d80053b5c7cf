/** The record of what staff did, for who supervises them. */

import { button, el, setShown } from "./dom.js";
import { moment } from "./time.js";
import * as words from "./words.js";

const MOST = 200;

/** The latest entries as a table. */
export class Audit {
  constructor(desk) {
    this.desk = desk;
    this.rows = el("tbody", { part: "audit" });
    const columns = words.AUDIT_COLUMNS.map((name) => el("th", { scope: "col" }, name));
    const table = el("table", {}, el("thead", {}, el("tr", {}, ...columns)), this.rows);
    this.none = el("p", { class: "muted" }, words.NO_AUDIT);
    this.heading = el("h2", { tabindex: -1 }, words.AUDIT);
    const reload = button(words.RELOAD, "audit-reload", () => this.load(), { class: "plain" });
    this.element = el("section", { class: "page", part: "audit-page", "aria-label": words.AUDIT });
    const wide = el("div", { class: "scrolls", tabindex: 0, role: "group" }, table);
    wide.setAttribute("aria-label", words.AUDIT);
    this.element.append(this.heading, reload, this.none, wide);
    setShown(this.none, false);
  }

  /** Read them anew. */
  async load() {
    try {
      const found = await this.desk.api.get(`audit?limit=${MOST}`);
      this.rows.replaceChildren(...found.map(row));
      setShown(this.none, found.length === 0);
    } catch (error) {
      if (error.status !== 401) this.desk.notices.error(error.message);
    }
  }
}

function row({ at, name, action, subject, detail }) {
  const [kind, id] = subject.split(/:(.*)/s);
  const about = id && words.SUBJECTS[kind] ? `${words.SUBJECTS[kind]} ${id}` : subject;
  const said = words.CLOSE_REASONS[detail] ?? detail;
  const cells = [moment(at), name, words.ACTIONS[action] ?? action, about, said];
  return el("tr", {}, ...cells.map((text) => el("td", {}, text)));
}

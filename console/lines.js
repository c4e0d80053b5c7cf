/** What was said in a talk. */

import { button, el, setShown, setText } from "./dom.js";
import { instant, moment } from "./time.js";
import * as words from "./words.js";

const NEAR_END_PX = 48;

/** The log; `reveal(lineId)` promises what was masked in a line, or null. */
export class Lines {
  constructor(reveal) {
    this.reveal = reveal;
    this.list = el("ol", { part: "lines", class: "lines" });
    this.element = el("div", {
      class: "log", role: "log", "aria-label": words.LOG, tabindex: 0, part: "log",
    });
    this.element.append(this.list);
    this.clear();
  }

  /** Nothing was said. */
  clear() {
    this.known = new Map();
    this.shown = new Map();
    this.part = null;
    this.list.replaceChildren();
  }

  /** The identifier behind which to ask: what has not been delivered is asked for again. */
  get after() {
    const waiting = [...this.known.values()].filter((line) => isPending(line));
    if (waiting.length) return waiting[0].id - 1;
    return Math.max(0, ...this.known.keys());
  }

  /** Show lines that are new or have changed; whether the talk is `mine`. */
  update(lines, mine) {
    const { element } = this;
    const atEnd =
      element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
    const first = this.known.size === 0;
    let added = false;
    for (const line of lines) {
      if (!this.known.has(line.id)) {
        this.add(line);
        added = true;
      }
      this.known.set(line.id, line);
    }
    for (const [id, line] of this.known) this.shown.get(id)(line, mine);
    // Whoever reads further up is not torn away.
    if (added && (first || atEnd || lines.at(-1)?.from === "operator")) {
      element.scrollTop = element.scrollHeight;
    }
  }

  add(line) {
    const part = line.earlier ? words.EARLIER : words.SINCE_HANDOVER;
    if (part !== this.part) {
      this.list.append(el("li", { class: "divider" }, el("h3", {}, part)));
      this.part = part;
    }
    const author = words.AUTHORS[line.from] ?? line.from;
    const who = el("strong", {}, line.from === "operator" && line.name ? line.name : author);
    const time = el("time", { datetime: new Date(instant(line.at)).toISOString() });
    setText(time, moment(line.at));
    const delivered = el("span", { part: "delivered" });
    const text = el("p", { part: "text", class: "text" }, line.text);
    const values = el("p", { part: "revealed", class: "revealed", flags: { hidden: true } });
    const open = button(words.REVEAL, "reveal", () => this.open(line.id, values), {
      class: "plain small",
    });
    this.list.append(
      el(
        "li",
        { part: "line", "data-from": line.from, "data-line": line.id,
          class: line.earlier ? "line earlier" : "line" },
        el("p", { class: "who" }, who, " ", time, " ", delivered),
        text,
        open,
        values,
      ),
    );
    this.shown.set(line.id, (now, mine) => {
      const told = now.from !== "citizen" && !now.earlier;
      setText(delivered, told ? (now.delivered ? words.DELIVERED : words.NOT_DELIVERED) : "");
      setShown(open, Boolean(mine && now.has_sealed && values.hidden));
      if (!mine) hideValues(values);
    });
  }

  async open(id, values) {
    const found = await this.reveal(id);
    if (!found) return;
    const said = found.length ? `${words.REVEALED}: ${found.join(", ")}` : words.NOTHING_SEALED;
    setText(values, said);
    setShown(values, true);
    const button = values.parentElement?.querySelector('[data-part="reveal"]');
    if (button) setShown(button, false);
    values.tabIndex = -1;
    values.focus();
  }
}

function isPending(line) {
  return line.from !== "citizen" && !line.earlier && !line.delivered;
}

function hideValues(values) {
  setText(values, "");
  setShown(values, false);
}

/** Where an operator writes: kept until it was sent, and never sent twice. */

import { el, labelled, newId, setShown, setText } from "./dom.js";
import * as words from "./words.js";

export const LONGEST = 2000;
const COUNTED_FROM = 1800;

/** The box; `send(id, text, key)` promises that it was sent, or throws ApiError. */
export class AnswerBox {
  constructor(drafts, send) {
    this.drafts = drafts;
    this.sendLine = send;
    this.id = null;
    this.sending = new Set();
    this.failed = new Set();
    const hint = el("p", { id: newId("hint"), class: "muted" }, words.ANSWER_HINT);
    this.counter = el("p", { part: "counter", role: "status", id: newId("counter") });
    this.problem = el("p", { part: "not-sent", role: "alert", class: "problem" });
    this.field = el("textarea", {
      part: "answer", rows: 3, "aria-describedby": `${hint.id} ${this.counter.id}`,
      on: { input: () => this.changed(), keydown: (event) => this.key(event) },
    });
    this.press = el("button", { type: "submit", part: "send" }, words.SEND);
    this.element = el("form", { class: "answer", part: "answer-box" });
    this.element.append(
      ...labelled(words.ANSWER, this.field),
      this.problem,
      el("div", { class: "buttons" }, this.press, hint, this.counter),
    );
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.submit();
    });
  }

  /** The draft of a talk. */
  open(id) {
    this.id = id;
    this.field.value = this.drafts.text(id);
    this.show();
  }

  /** Put a text where the cursor stands, on lines of its own; it is sent by hand. */
  insert(text) {
    const { selectionStart: start, selectionEnd: end, value } = this.field;
    const before = start > 0 && value[start - 1] !== "\n" ? "\n" : "";
    const after = end < value.length && value[end] !== "\n" ? "\n" : "";
    this.field.setRangeText(before + text + after, start, end, "end");
    this.changed();
    this.field.focus();
  }

  /** How many letters still fit, with the line's end before them. */
  get room() {
    return LONGEST - this.field.value.length - 1;
  }

  key(event) {
    // Enter also ends a syllable in input methods.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void this.submit();
  }

  changed() {
    this.drafts.keep(this.id, this.field.value);
    this.failed.delete(this.id);
    this.show();
  }

  show() {
    // The server counts letters, not units of UTF-16.
    const left = LONGEST - [...this.field.value.trim()].length;
    setText(this.counter, left <= LONGEST - COUNTED_FROM ? words.lettersLeft(left) : "");
    this.counter.classList.toggle("problem", left < 0);
    const busy = this.sending.has(this.id);
    const failed = this.failed.has(this.id);
    this.press.disabled = busy || left < 0 || left === LONGEST;
    this.field.readOnly = busy;
    setText(this.press, busy ? words.SENDING : failed ? words.SEND_AGAIN : words.SEND);
    setText(this.problem, failed ? words.NOT_SENT : "");
    setShown(this.problem, failed);
  }

  async submit() {
    const { id } = this;
    if (this.press.disabled || id === null) return;
    const text = this.field.value.trim();
    this.sending.add(id);
    this.failed.delete(id);
    this.show();
    try {
      await this.sendLine(id, text, this.drafts.keyFor(id, text));
      this.drafts.forget(id);
      if (this.id === id) this.field.value = "";
    } catch (error) {
      if (error.isOutage) this.failed.add(id);
    } finally {
      this.sending.delete(id);
      if (this.id === id) {
        this.show();
        // A disabled button loses the focus; what has it meanwhile keeps it.
        if (document.activeElement === document.body) this.field.focus();
      }
    }
  }
}

/** The open talk: what is known, what was said, and the answer. */

import { AnswerBox } from "./answer_box.js";
import { Catalogue } from "./catalogue.js";
import { ask, callOff } from "./dialog.js";
import { button, el, setShown, setText } from "./dom.js";
import { Lines } from "./lines.js";
import { Prepared } from "./prepared.js";
import { summary } from "./summary.js";
import { talkActions } from "./talk_actions.js";
import * as words from "./words.js";

/**
 * The pane. `desk` is the page around it: `api`, `drafts`, `notices`, `me`, `publicUrl`, and
 * `claim(id)`, `left(text, keepDraft)`, `lost(id, text)` which it calls.
 */
export class Talk {
  constructor(desk) {
    this.desk = desk;
    this.id = null;
    this.claim = null;
    // What was asked before something was done says nothing of what came of it.
    this.turn = 0;
    this.heading = el("h2", { tabindex: -1, part: "talk-heading" });
    this.about = el("div", { class: "about" });
    this.lines = new Lines((line) => this.reveal(line));
    this.note = el("p", { part: "talk-note", class: "note" });
    this.take = button(words.CLAIM, "claim-here", () => desk.claim(this.id));
    this.box = new AnswerBox(desk.drafts, (...sent) => this.send(...sent));
    this.actions = talkActions({
      act: (...done) => this.act(...done),
      desk: () => this.talk?.desk,
      me: desk.me,
      tell: (text) => desk.notices.tell(text),
    });
    this.prepared = new Prepared(desk.api, (text) => this.insert(text));
    this.catalogue = new Catalogue({
      api: desk.api,
      publicUrl: desk.publicUrl,
      insert: (text) => this.insert(text),
      room: () => this.box.room,
      failed: (error) => this.failed(error),
    });
    this.none = el("p", { class: "muted none" }, words.CHOOSE_TALK);
    this.pane = el("section", { class: "talk", part: "talk", "aria-label": words.TALK });
    this.pane.append(
      button(words.BACK, "back", () => desk.left(""), { class: "plain back" }),
      this.heading,
      el("details", { class: "about-box", open: "" }, el("summary", {}, words.SUMMARY), this.about),
      this.lines.element,
      this.note,
      this.take,
      this.box.element,
      this.actions,
    );
    this.tools = el("section", { class: "tools", "aria-label": words.TOOLS, part: "tools" });
    this.tools.append(
      tool("prepared-tool", words.PREPARED, this.prepared.element),
      tool("catalogue-tool", words.CATALOGUE, this.catalogue.element),
    );
    this.elements = [this.none, this.pane, this.tools];
    this.showWhat();
  }

  /** Open a talk; `claim` is the number under which the operator has it, or null. */
  open(id, claim) {
    this.turn += 1;
    if (this.id !== id) {
      this.lines.clear();
      this.about.replaceChildren();
      this.talk = null;
    }
    this.id = id;
    this.claim = claim;
    setText(this.heading, words.talkHeading(id));
    setText(this.note, "");
    this.box.open(id);
    this.showWhat();
    if (claim === null) this.heading.focus();
    else this.box.field.focus();
  }

  /** No talk is open. */
  close() {
    if (this.desk.view === "talks") callOff();
    this.turn += 1;
    this.id = this.claim = this.talk = null;
    this.lines.clear();
    this.showWhat();
  }

  /** The operator has the open talk, through another page of theirs. */
  adopt(claim) {
    this.turn += 1;
    this.claim = claim;
    this.showWhat();
  }

  /** Ask for what is new. Throws ApiError where the server is gone. */
  async poll() {
    const { id, turn } = this;
    if (id === null) return;
    try {
      const found = await this.desk.api.get(`talks/${id}?after=${this.lines.after}`);
      if (turn === this.turn) this.show(found);
    } catch (error) {
      if (error.isOutage) throw error;
      if (turn !== this.turn) return;
      if (error.status === 403) this.lose(this.claim === null ? words.HELD_BY_OTHER : words.LOST);
      if (error.status === 404) this.lose(words.GONE);
    }
  }

  show({ talk, lines }) {
    const mine = this.claim !== null;
    if (mine && (talk.state !== "held" || talk.claim !== this.claim)) {
      this.lose(talk.state === "closed" ? words.ENDED : words.LOST);
      return;
    }
    if (JSON.stringify(talk) !== JSON.stringify(this.talk)) {
      this.talk = talk;
      this.about.replaceChildren(summary(talk, this.desk.publicUrl));
      this.showWhat();
    }
    this.lines.update(lines, mine);
  }

  showWhat() {
    const open = this.id !== null;
    const mine = open && this.claim !== null;
    setShown(this.none, !open);
    setShown(this.pane, open);
    setShown(this.tools, mine);
    setShown(this.box.element, mine);
    setShown(this.actions, mine);
    const state = this.talk?.state;
    setShown(this.take, open && !mine && state === "waiting");
    const notes = { waiting: words.NOT_YOURS, closed: words.ENDED };
    const held = state === "held" ? words.held(this.talk.claimed_name) : "";
    setText(this.note, mine ? "" : (notes[state] ?? held));
    setShown(this.note, Boolean(this.note.textContent));
  }

  insert(text) {
    this.box.insert(text);
    this.desk.notices.tell(words.INSERTED);
  }

  async send(id, text, key) {
    const { claim } = this;
    try {
      const { line } = await this.desk.api.post(`talks/${id}/answer`, { claim, text, key });
      this.desk.notices.clearError();
      if (this.id === id) this.lines.update([line], true);
    } catch (error) {
      if (this.id === id) this.failed(error);
      throw error;
    }
  }

  async reveal(line) {
    const yes = { heading: words.REVEAL, text: words.REVEAL_ASK, yes: words.REVEAL };
    if (!(await ask({ part: "reveal-dialog", ...yes }))) return null;
    const { id, claim } = this;
    try {
      const found = await this.desk.api.post(`talks/${id}/reveal`, { claim, line });
      return this.id === id ? found.values : null;
    } catch (error) {
      if (this.id === id) this.failed(error);
      return null;
    }
  }

  async act(path, body, done) {
    const { id, claim } = this;
    if (claim === null) return;
    this.turn += 1;
    try {
      await this.desk.api.post(`talks/${id}/${path}`, { claim, ...body });
    } catch (error) {
      if (this.id === id) this.failed(error);
      return;
    }
    // Given back by mistake, it may be taken again.
    if (path !== "give-back") this.desk.drafts.forget(id);
    this.desk.left(done);
  }

  failed(error) {
    if (error.isTaken) this.lose(words.LOST);
    else if (error.status !== 401) this.desk.notices.error(error.message);
  }

  lose(text) {
    if (this.id !== null) this.desk.lost(this.id, text);
  }
}

function tool(part, name, content) {
  return el("details", { part, open: "" }, el("summary", {}, el("h2", {}, name)), content);
}

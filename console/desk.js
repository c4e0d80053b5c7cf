/** The page of somebody who is signed in: it asks the server, and brings the parts together. */

import { Audit } from "./audit.js";
import { Job } from "./clock.js";
import { callOff } from "./dialog.js";
import { el } from "./dom.js";
import { Header } from "./header.js";
import { keptDraft } from "./kept_draft.js";
import { Notices } from "./notices.js";
import { attention, news, Queue } from "./queue.js";
import { Talk } from "./talk.js";
import { Tickets } from "./tickets.js";
import * as words from "./words.js";

const QUEUE_MS = 2000;
// Of a page that nobody sees, the operator's claims are what must not run out.
const QUEUE_HIDDEN_MS = 5000;
const TALK_MS = 1000;
const NO_TALKS = { waiting: [], mine: [], others: [], on_duty: 0, tickets_open: 0 };

/** One signed-in session; `signedOut()` is called when its person leaves. */
export class Desk {
  constructor({ api, drafts, me, signedOut }) {
    Object.assign(this, { api, drafts, me, signedOut });
    this.publicUrl = me.public_url || location.origin;
    this.queued = null;
    this.resumed = null;
    this.turn = 0;
    this.ended = false;
    this.claiming = new Set();
    this.notices = new Notices();
    this.header = new Header(me.staff, {
      goTo: (view) => this.goTo(view),
      setDuty: (on) => this.setDuty(on),
      signOut: () => this.signOut(),
    });
    this.queue = new Queue({ claim: (id) => this.claim(id), open: (id) => this.openTalk(id) });
    this.queue.mayReadOthers = me.staff.role !== "operator";
    this.talk = new Talk(this);
    this.tickets = new Tickets(this);
    this.audit = new Audit(this);
    this.kept = el("div", { part: "kept-drafts" });
    this.main = el("main", { id: "main", tabindex: -1 });
    this.views = {
      talks: el("div", { class: "talks-page" }, this.queue.element, ...this.talk.elements),
      tickets: this.tickets.element,
      audit: this.audit.element,
    };
    this.main.append(this.kept, ...Object.values(this.views));
    this.element = el("div", { class: "desk" });
    this.element.append(
      el("a", { href: "#main", class: "skip" }, words.SKIP),
      this.header.element,
      this.notices.element,
      this.main,
    );
    this.queueJob = new Job(
      () => this.readQueue(),
      () => (document.hidden ? QUEUE_HIDDEN_MS : QUEUE_MS),
    );
    this.talkJob = new Job(
      () => (document.hidden ? undefined : this.talk.poll()),
      () => TALK_MS,
    );
    this.jobs = [this.queueJob, this.talkJob];
  }

  /** Begin, with the talk that was open in an earlier session of the same person, if any. */
  start(resumed = null) {
    this.resumed = resumed?.talk ?? null;
    this.showView(resumed?.view ?? "talks");
    this.queueJob.start();
    this.talk.prepared.load().catch((error) => this.failed(error));
  }

  /** The session is over: nothing is asked any more, nothing of citizens stays on the screen. */
  stop() {
    this.jobs.forEach((job) => job.stop());
    callOff();
    this.ended = true;
    const where = { view: this.view, talk: this.talk.id ?? this.resumed };
    this.talk.close();
    this.element.remove();
    document.title = words.TITLE;
    return where;
  }

  /** The page is looked at again. */
  seen() {
    this.queueJob.start();
    if (this.talk.id !== null) this.talkJob.start();
  }

  goTo(view) {
    this.showView(view);
    if (view === "talks") this.queue.heading.focus();
    else this[view].heading.focus();
  }

  showView(view) {
    this.view = view;
    this.header.setView(view);
    for (const [name, element] of Object.entries(this.views)) element.hidden = name !== view;
    if (view !== "talks") void this[view].load();
  }

  /** Look at the queue anew, after what was just done. */
  refresh() {
    this.turn += 1;
    if (!this.ended) this.queueJob.start();
  }

  async readQueue() {
    const { turn } = this;
    let found;
    try {
      found = await this.api.get("queue");
    } catch (error) {
      if (error.isOutage) this.notices.setOnline(false);
      if (error.status === 401) return;
      throw error;
    }
    if (this.ended) return;
    const wasGone = !this.notices.offline.hidden;
    this.notices.setOnline(true);
    // Asked before a claim, it does not know of it.
    if (turn === this.turn) this.showQueue(found);
    if (wasGone && this.talk.id !== null) this.talkJob.start();
  }

  showQueue(found) {
    const openId = this.talk.id;
    const seenId = document.hidden || this.view !== "talks" ? null : openId;
    if (this.queued) {
      const text = news(this.queued, found, seenId);
      if (text) this.notices.tell(text);
    }
    this.queued = found;
    this.queue.update(found, openId);
    this.header.setTickets(found.tickets_open);
    const count = attention(found, seenId);
    document.title = count ? `(${count}) ${words.TITLE}` : words.TITLE;
    const own = found.mine.find(({ id }) => id === openId);
    if (own && this.talk.claim === null) this.talk.adopt(own.claim);
    if (this.resumed !== null) this.resume();
  }

  resume() {
    const id = this.resumed;
    this.resumed = null;
    if (this.queued.mine.some((talk) => talk.id === id)) this.openTalk(id);
    else if (this.drafts.text(id)) this.lost(id, words.LOST);
  }

  openTalk(id) {
    const own = (this.queued ?? NO_TALKS).mine.find((talk) => talk.id === id);
    this.show(id, own?.claim ?? null);
  }

  show(id, claim) {
    this.views.talks.classList.add("has-talk");
    this.talk.open(id, claim);
    this.queue.update(this.queued ?? NO_TALKS, id);
    this.talkJob.start();
  }

  async claim(id) {
    if (this.claiming.has(id)) return;
    this.claiming.add(id);
    this.turn += 1;
    try {
      const { talk } = await this.api.post(`talks/${id}/claim`);
      this.notices.clearError();
      this.notices.tell(words.claimed(id));
      this.show(id, talk.claim);
    } catch (error) {
      if (this.talk.id === id && error.isTaken) this.hideTalk();
      this.failed(error);
    } finally {
      this.claiming.delete(id);
      this.refresh();
    }
  }

  /** The open talk is left; `text` tells what was done. */
  left(text) {
    this.hideTalk();
    this.queue.heading.focus();
    if (text) {
      this.notices.clearError();
      this.notices.tell(text);
    }
    this.refresh();
  }

  /** A talk is not the operator's any more: what they began to write is shown for copying. */
  lost(id, text) {
    const draft = this.drafts.text(id);
    this.hideTalk();
    this.notices.error(text);
    if (draft) {
      this.kept.querySelector(`[data-talk="${id}"]`)?.remove();
      this.kept.append(keptDraft(id, draft, () => this.drafts.forget(id)));
    }
    if (this.view === "talks") this.queue.heading.focus();
    this.refresh();
  }

  hideTalk() {
    this.talkJob.stop();
    this.talk.close();
    this.views.talks.classList.remove("has-talk");
  }

  async setDuty(on) {
    try {
      const answer = await this.api.post("duty", { on });
      this.header.setDuty(answer.on_duty);
      this.notices.tell(answer.on_duty ? words.DUTY_ON : words.DUTY_OFF);
      this.refresh();
    } catch (error) {
      this.failed(error);
    }
  }

  async signOut() {
    try {
      await this.api.signOut();
      this.signedOut(words.SIGNED_OUT);
    } catch (error) {
      this.failed(error);
    }
  }

  /** Nobody has been here for so long: without a server, too, the screen is cleared. */
  async leaveIdle(minutes) {
    this.jobs.forEach((job) => job.stop());
    await this.api.signOut().catch(() => null);
    this.signedOut(words.signedOutIdle(minutes));
  }

  failed(error) {
    if (error.status !== 401) this.notices.error(error.message);
  }
}

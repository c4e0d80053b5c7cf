/** The console begins here: who is signed in works, who is not signs in. */

import { Api } from "./api.js";
import { Job, startClock } from "./clock.js";
import { Desk } from "./desk.js";
import { Drafts } from "./drafts.js";
import { SignIn } from "./sign_in.js";
import * as words from "./words.js";

const START_MS = 2000;
const IDLE_MS = 5000;
// Movements alone count, too: who reads does not type.
const SIGNS_OF_LIFE = ["keydown", "pointerdown", "pointermove", "wheel", "scroll"];

class Console {
  constructor() {
    this.api = new Api(() => this.leave(words.SESSION_OVER));
    this.drafts = new Drafts();
    this.signIn = new SignIn(this.api, (answer) => this.signedIn(answer));
    this.desk = null;
    this.resumed = null;
    this.seenAt = Date.now();
    this.startJob = new Job(() => this.begin(), () => START_MS);
    this.idleJob = new Job(() => this.checkIdle(), () => IDLE_MS);
  }

  start() {
    document.title = words.TITLE;
    for (const sign of SIGNS_OF_LIFE) {
      const seen = () => (this.seenAt = Date.now());
      document.addEventListener(sign, seen, { passive: true, capture: true });
    }
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.desk?.seen();
    });
    startClock(() => [this.startJob, this.idleJob, ...(this.desk?.jobs ?? [])]);
    this.startJob.start();
  }

  /** Whoever has a session goes on; the rest signs in. */
  async begin() {
    try {
      await this.work(await this.api.get("me"));
    } catch (error) {
      if (error.isOutage) {
        if (!this.signIn.element.isConnected) this.ask("");
        this.signIn.failed(error.message);
        throw error;
      }
      this.ask("");
    }
    this.startJob.stop();
  }

  async signedIn(answer) {
    this.startJob.stop();
    this.api.csrf = answer.csrf;
    this.work(await this.api.get("me"));
  }

  work(me) {
    this.api.csrf = me.csrf;
    const same = this.drafts.owner === me.staff.name;
    this.drafts.belongTo(me.staff.name);
    this.signIn.element.remove();
    this.seenAt = Date.now();
    this.desk = new Desk({
      api: this.api,
      drafts: this.drafts,
      me,
      signedOut: (why) => this.leave(why),
    });
    document.body.append(this.desk.element);
    this.desk.start(same ? this.resumed : null);
    this.desk.main.focus();
    this.resumed = null;
    this.idleJob.start();
  }

  /** The session is over. */
  leave(why) {
    if (!this.desk) return;
    this.api.csrf = "";
    this.idleJob.stop();
    this.resumed = this.desk.stop();
    this.desk = null;
    this.ask(why);
  }

  ask(why) {
    document.body.append(this.signIn.element);
    this.signIn.open(why);
  }

  checkIdle() {
    const minutes = this.desk?.me.idle_minutes;
    if (!minutes || Date.now() - this.seenAt < minutes * 60_000) return;
    void this.desk.leaveIdle(minutes);
  }
}

new Console().start();

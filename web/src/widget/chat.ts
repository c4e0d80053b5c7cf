/** The conversation at work: what is said, sent, received and announced. No DOM elements. */
import { PAYLOADS, titleOf, type Words } from "../words";
import { Announcer } from "./announcements";
import { Connection, type Listener } from "./connection";
import * as talk from "./conversation";
import type { Conversation } from "./conversation";
import { newIdentifier } from "./identifiers";
import { LineStatus } from "./line_status";
import type { Options } from "./options";
import type { Ack, History, Message, Rating } from "./protocol";
import type { TokenStore } from "./storage";

// Milliseconds until a rating counts as not kept; seconds until a session is asked for again.
const RATING_PATIENCE = 8_000;
const SESSION_RETRY = 10;

function now(): number {
  return Date.now() / 1000;
}

export class Chat implements Listener {
  entries: Conversation = talk.EMPTY;
  typing = false;
  /** Called after every change of what is shown. */
  changed: () => void = () => {};
  /** Called for each new text of the bot that was not in the first history. */
  replied: (text: string) => void = () => {};

  readonly announcer = new Announcer();
  readonly line: LineStatus;

  private readonly connection: Connection;
  private token: string | null = null;
  private offered: string | null = null;
  private hasSession = false;
  private hasHistory = false;
  private requesting = false;
  private adopting = false;
  private sendingId: string | null = null;
  private contextSent = false;

  constructor(
    private readonly options: Options,
    private readonly words: Words,
    private readonly tokens: TokenStore,
  ) {
    this.connection = new Connection(options.base, this);
    this.line = new LineStatus(words, (status) => (status ? this.announce(status) : this.changed()));
    tokens.watch(() => this.adopt());
  }

  /** Opens the line; harmless if that was done before. */
  start(): void {
    if (this.line.state !== "idle") return;
    this.line.opened();
    this.connection.open();
    this.changed();
  }

  /** The citizen says something. `quiet`: the page does, and it is not shown. */
  write(text: string, title?: string, quiet = false): void {
    const message: Message = { id: newIdentifier(), from: "citizen", at: now(), text };
    const shown = title ?? titleOf(text, this.words);
    if (shown) message.title = shown;
    if (quiet) message.quiet = true;
    this.entries = talk.written(this.entries, message);
    this.start();
    this.pump();
    this.changed();
  }

  resend(id: string): void {
    this.entries = talk.again(this.entries, id, newIdentifier(), now());
    this.pump();
    this.changed();
  }

  discard(id: string): void {
    this.entries = talk.discarded(this.entries, id);
    this.changed();
  }

  async rate(id: string, rating: Rating): Promise<Ack> {
    const failed: Ack = { status: "refused", code: "", text: "", retryAfter: 0 };
    if (!this.hasSession) return failed;
    const late = new Promise<Ack>((resolve) => setTimeout(() => resolve(failed), RATING_PATIENCE));
    const data = { session_id: this.token, message_id: id, ...rating };
    return Promise.race([this.connection.request("rate", data), late]);
  }

  announce(text: string, fromBot = false): void {
    this.announcer.say(text, fromBot);
    this.changed();
  }

  // What the connection tells.

  connected(): void {
    this.adopt(); // a page that slept has not heard of the change
    // After an erasure nothing is stored again before the citizen writes.
    if (this.hasHistory && this.token === null && !talk.nextUnsent(this.entries)) this.ready();
    else if (!this.requesting) this.requestSession();
  }

  lost(): void {
    this.hasSession = false;
    this.requesting = false;
    this.sendingId = null;
    this.typing = false;
    this.entries = talk.interrupted(this.entries);
    this.line.lost();
    this.changed();
  }

  confirmed(token: string): void {
    if (this.offered !== null && this.offered !== token) this.entries = talk.left(this.entries);
    this.token = token;
    this.tokens.set(token);
  }

  history(history: History): void {
    const before = new Set(this.entries.map(({ id }) => id));
    const first = !this.hasHistory || this.adopting;
    this.entries = talk.merged(this.entries, history);
    this.hasSession = true;
    this.hasHistory = true;
    this.requesting = false;
    this.adopting = false;
    if (!first) {
      const missed = history.messages.filter(({ id, from }) => from === "bot" && !before.has(id));
      for (const message of missed) this.hear(message);
    }
    this.giveContext();
    this.ready();
  }

  message(message: Message): void {
    const before = this.entries;
    this.entries = talk.arrived(this.entries, message);
    if (this.entries !== before && message.from === "bot") {
      if (message.text) this.typing = false;
      this.hear(message);
    }
    this.changed();
  }

  erased(): void {
    this.tokens.set(null);
    // A new talk is told anew which procedure the page is about.
    this.contextSent = false;
    this.forget(talk.erased(this.entries, PAYLOADS.erase));
    if (!this.entries.some(({ past }) => past)) this.announce(this.words.erased);
  }

  sessionRefused(): void {
    this.forget(talk.left(talk.interrupted(this.entries)));
    this.tokens.set(null);
    this.requestSession();
  }

  // Own steps.

  private hear(message: Message): void {
    if (message.text) this.replied(message.text);
  }

  private forget(remaining: Conversation): void {
    this.token = null;
    this.hasSession = false;
    this.sendingId = null;
    this.typing = false;
    this.entries = remaining;
    this.changed();
  }

  /** Another page has a new session, or has erased the one that this page shows. */
  private adopt(): void {
    const stored = this.tokens.get();
    if (stored === this.token || !this.hasHistory) return;
    this.adopting = true;
    // Gone: another page has heard first that all is erased. The reply that says so stays.
    const remaining = stored === null
      ? talk.erased(this.entries, PAYLOADS.erase) : talk.emptied(this.entries);
    this.forget(talk.interrupted(remaining));
    if (stored !== null && this.connection.connected && !this.requesting) this.requestSession();
  }

  private requestSession(): void {
    this.requesting = true;
    this.offered = this.tokens.get();
    this.token = this.offered;
    const known = this.offered === null ? undefined : talk.newestKnown(this.entries);
    void this.connection.requestSession(this.offered, known).then((answer) => {
      if (answer.status !== "refused") return;
      this.line.refused(answer.text);
      const wait = (answer.retryAfter || SESSION_RETRY) * 1000;
      setTimeout(() => this.connection.connected && this.requestSession(), wait);
    });
  }

  private ready(): void {
    this.line.ready();
    this.pump();
    this.changed();
  }

  /** Tells once which procedure the page is about. */
  private giveContext(): void {
    const { procedure } = this.options;
    if (!procedure || this.contextSent) return;
    this.contextSent = true;
    const payload = `/choose_option{"procedure_code": "${procedure}"}`;
    if (talk.newestQuiet(this.entries) === payload) return;
    const message: Message = { id: newIdentifier(), from: "citizen", at: now(), text: payload, quiet: true };
    this.entries = talk.writtenFirst(this.entries, message);
  }

  /** Sends the next message: one turn after the other, so that their order is certain. */
  private pump(): void {
    if (this.sendingId !== null || !this.connection.connected) return;
    const next = talk.nextUnsent(this.entries);
    if (!next) return;
    if (!this.hasSession) {
      if (!this.requesting) this.requestSession();
      return;
    }
    this.sendingId = next.id;
    this.typing = true;
    this.entries = talk.sending(this.entries, next.id);
    const data = { session_id: this.token, message: next.text, message_id: next.id };
    const sent = this.connection.request("user_uttered", next.quiet ? { ...data, quiet: true } : data);
    void sent.then((answer) => this.settle(next.id, answer));
    this.changed();
  }

  private settle(id: string, answer: Ack): void {
    if (this.sendingId !== id) return; // erased meanwhile
    this.sendingId = null;
    this.typing = false;
    if (answer.status !== "refused") {
      this.entries = talk.handled(this.entries, id);
    } else if (answer.code === "session_unknown") {
      this.sessionRefused();
      return;
    } else {
      this.entries = talk.refused(this.entries, id, answer, now());
      this.announce(`${this.words.state_refused} ${answer.text}`);
    }
    this.pump();
    this.changed();
  }
}

/**
 * The conversation as the page shows it: pure functions from one state to the next.
 *
 * Entries stand in the order of their turns. The server's messages come by `session_history` and
 * live, in any mixture; each identifier stands here once. Own messages are kept until the server
 * has acknowledged them.
 */
import type { Answer, Button, History, Message, Refusal } from "./protocol";

export type State = "waiting" | "sending" | "sent" | "refused";

export interface Entry extends Message {
  state: State;
  refusal?: { text: string; /** Unix seconds. */ againAt: number };
  /** Of a session that is over: shown, but no longer known to the server. */
  past?: boolean;
}

export type Conversation = readonly Entry[];

/** A bubble: a text and, from the message behind it, what the answer is about. */
export interface Bubble {
  entry: Entry;
  answer?: Answer;
}

export const EMPTY: Conversation = [];

function isOutstanding({ from, state }: Entry): boolean {
  return from === "citizen" && (state === "waiting" || state === "sending");
}

function sent(message: Message): Entry {
  return { ...message, state: "sent" };
}

function changed(talk: Conversation, id: string, change: (entry: Entry) => Entry): Conversation {
  return talk.map((entry) => (entry.id === id ? change(entry) : entry));
}

/** The citizen has written something; it waits to be sent. */
export function written(talk: Conversation, message: Message): Conversation {
  return [...talk, { ...message, state: "waiting" }];
}

/** Context of the page: goes before what the citizen wrote while there was no line. */
export function writtenFirst(talk: Conversation, message: Message): Conversation {
  const found = talk.findIndex(isOutstanding);
  const at = found < 0 ? talk.length : found;
  return [...talk.slice(0, at), { ...message, state: "waiting" }, ...talk.slice(at)];
}

/** The message to be sent next; the server takes one turn after the other. */
export function nextUnsent(talk: Conversation): Entry | undefined {
  return talk.find(isOutstanding);
}

export function outstanding(talk: Conversation): number {
  return talk.filter(isOutstanding).length;
}

export function sending(talk: Conversation, id: string): Conversation {
  return changed(talk, id, (entry) => ({ ...entry, state: "sending" }));
}

/** The line is lost: what was on its way waits again. */
export function interrupted(talk: Conversation): Conversation {
  return talk.map((entry) => (entry.state === "sending" ? { ...entry, state: "waiting" } : entry));
}

export function handled(talk: Conversation, id: string): Conversation {
  return changed(talk, id, (entry) => ({ ...entry, state: "sent" }));
}

export function refused(talk: Conversation, id: string, why: Refusal, now: number): Conversation {
  const refusal = { text: why.text, againAt: now + why.retryAfter };
  return changed(talk, id, (entry) => ({ ...entry, state: "refused", refusal }));
}

/** To be sent again on the citizen's wish: it becomes the newest, under a new identifier. */
export function again(
  talk: Conversation, id: string, newId: string, now: number,
): Conversation {
  const old = talk.find((entry) => entry.id === id && entry.state === "refused");
  if (!old) return talk;
  const { refusal: _, ...rest } = old;
  return [...discarded(talk, id), { ...rest, id: newId, at: now, state: "waiting" }];
}

export function discarded(talk: Conversation, id: string): Conversation {
  return talk.filter((entry) => entry.id !== id);
}

/** The citizen's message that a reply answers: the server numbers replies behind it ("….1"). */
function turnOf(id: string): string {
  return id.replace(/\.\d+$/, "");
}

/** Where a live message stands: at the end of its turn, never behind a turn that is still to come. */
function placeOf(talk: Conversation, message: Message): number {
  const turn = talk.map(({ id }) => turnOf(id)).lastIndexOf(turnOf(message.id));
  if (turn >= 0) return turn + 1;
  const current = talk.findIndex(isOutstanding);
  if (current < 0) return talk.length;
  if (talk[current]?.state === "waiting" || message.from === "citizen") return current;
  const behind = talk.findIndex((each, at) => at > current && isOutstanding(each));
  return behind < 0 ? talk.length : behind;
}

/** A button pressed on another page comes as its payload; its words are those that it has here. */
function titled(talk: Conversation, message: Message): Message {
  if (message.from === "bot" || message.title || !message.text?.startsWith("/")) return message;
  const offered = talk.flatMap(({ buttons }) => buttons ?? []);
  const pressed = offered.filter(({ payload }) => payload === message.text).pop();
  return pressed ? { ...message, title: pressed.title } : message;
}

/** A live message, of the bot or of another page of the session. */
export function arrived(talk: Conversation, message: Message): Conversation {
  if (talk.some(({ id }) => id === message.id)) return talk;
  const at = placeOf(talk, message);
  return [...talk.slice(0, at), sent(titled(talk, message)), ...talk.slice(at)];
}

/**
 * What the server has stored; own messages that it does not know stay behind it. If that is all it
 * has, what else was shown is of a session that has run out: it may still be read.
 */
export function merged(talk: Conversation, { messages, whole }: History): Conversation {
  const mine = new Map(talk.map((entry) => [entry.id, entry]));
  const listed = new Map(messages.map((message) => [message.id, message]));
  const answered = new Set([...talk, ...messages].filter(({ from }) => from === "bot")
    .map(({ id }) => turnOf(id)));
  // What the server has not begun to answer comes behind what it has said.
  const isAhead = (entry: Entry): boolean =>
    (isOutstanding(entry) && !answered.has(entry.id)) || (entry.state === "refused" && whole);
  const unlisted = talk.filter(({ id }) => !listed.has(id));
  const shown = unlisted.filter((entry) => !isAhead(entry));
  const stored = [...listed.values()].map((message) => {
    const { title, text } = mine.get(message.id) ?? {};
    // The page knows what it showed on the pressed button and what was typed (the store masks).
    const own = { ...(title ? { title } : {}), ...(text ? { text } : {}) };
    const entry: Entry = sent({ ...message, ...own });
    return entry;
  });
  // A stored message whose turn is not over is sent again: its replies may be missing.
  const open = (entry: Entry): Entry => {
    const state = mine.get(entry.id)?.state;
    return state === "waiting" || state === "sending" ? { ...entry, state: "waiting" } : entry;
  };
  return [
    ...(whole ? left(shown) : shown),
    ...stored.map(open),
    ...unlisted.filter(isAhead),
  ];
}

/** The newest message that came from the server in this session. */
export function newestKnown(talk: Conversation): string | undefined {
  const known = talk.filter(({ state, past }) => state === "sent" && !past);
  return known[known.length - 1]?.id;
}

/** The session is another one: what stands here stays to be read. */
export function left(talk: Conversation): Conversation {
  return talk.map((entry) => (entry.state === "sent" ? { ...entry, past: true } : entry));
}

/**
 * Everything of the session goes, but for the reply that says so and what is still to be sent.
 * `wish`: text of the message that erases; it has been heard, even if not yet acknowledged.
 */
export function erased(talk: Conversation, wish: string): Conversation {
  const notice = bubbles(talk).filter(({ answer }) => answer?.erased).pop();
  const kept = talk.filter((entry) => isOutstanding(entry) && entry.text !== wish);
  return [
    // With what it is known by: another page may have told of the same before.
    ...(notice ? [{ ...notice.entry, ...(notice.answer && { answer: notice.answer }), past: true }] : []),
    // What is on its way belongs to the session that is gone: sent again it would open another.
    ...kept.map((entry): Entry =>
      entry.state === "sending" ? { ...entry, state: "sent", past: true } : entry,
    ),
  ];
}

/** Only what has still to be sent: another session takes over. */
export function emptied(talk: Conversation): Conversation {
  return talk.filter(isOutstanding);
}

export function bubbles(talk: Conversation): Bubble[] {
  const shown: Bubble[] = [];
  for (const entry of talk) {
    const last = shown[shown.length - 1];
    if (entry.text && !entry.quiet) {
      shown.push(entry.answer ? { entry, answer: entry.answer } : { entry });
    } else if (entry.answer && last?.entry.from === "bot" && !last.answer) {
      last.answer = entry.answer;
    }
  }
  return shown;
}

/** Buttons of the newest bot message, as long as the citizen has not answered it. */
export function choices(talk: Conversation): readonly Button[] {
  const open = bubbles(talk).filter(({ entry }) => entry.state !== "refused");
  const newest = open[open.length - 1]?.entry;
  return newest?.from === "bot" && newest.buttons && !newest.past ? newest.buttons : [];
}

export function newestQuiet(talk: Conversation): string | undefined {
  const quiet = talk.filter((entry) => entry.quiet);
  return quiet[quiet.length - 1]?.text;
}

import assert from "node:assert/strict";
import { test } from "node:test";
import * as talk from "../src/widget/conversation";
import type { Conversation } from "../src/widget/conversation";
import type { Message } from "../src/widget/protocol";

function own(id: string, text = id, more: Partial<Message> = {}): Message {
  return { id, from: "citizen", at: 1, text, ...more };
}

function bot(id: string, more: Partial<Message> = {}): Message {
  return { id, from: "bot", at: 1, text: id, ...more };
}

function ids(conversation: Conversation): string[] {
  return conversation.map(({ id }) => id);
}

function states(conversation: Conversation): string[] {
  return conversation.map(({ id, state, past }) => `${id} ${past ? "past" : state}`);
}

/** Two messages written, the first on its way. */
function twoWritten(): Conversation {
  const both = talk.written(talk.written(talk.EMPTY, own("A")), own("B"));
  return talk.sending(both, "A");
}

test("a reply stands behind its turn, before what was written meanwhile", () => {
  const answered = talk.arrived(talk.arrived(twoWritten(), bot("A.1")), bot("A.2"));
  assert.deepEqual(ids(answered), ["A", "A.1", "A.2", "B"]);
});

test("a live message that is there already changes nothing", () => {
  const once = talk.arrived(twoWritten(), bot("A.1"));
  assert.equal(talk.arrived(once, bot("A.1")), once);
});

test("a button pressed on another page has the words that it has here", () => {
  const offered = talk.arrived(talk.EMPTY, bot("A.1", { buttons: [{ title: "Fee", payload: "/fee" }] }));
  const pressed = talk.arrived(talk.arrived(offered, own("X", "/fee")), own("Y", "/else"));
  assert.deepEqual(pressed.map(({ title }) => title), [undefined, "Fee", undefined]);
});

test("what the bot says by itself comes before messages that still wait", () => {
  const waiting = talk.written(talk.EMPTY, own("B"));
  assert.deepEqual(ids(talk.arrived(waiting, bot("unasked-1"))), ["unasked-1", "B"]);
});

test("another page's message and its reply stand before ours", () => {
  let talked = talk.sending(talk.written(talk.EMPTY, own("A")), "A");
  talked = talk.arrived(talked, own("X"));
  talked = talk.arrived(talked, bot("X.1"));
  talked = talk.arrived(talked, bot("A.1"));
  assert.deepEqual(ids(talked), ["X", "X.1", "A", "A.1"]);
});

test("history and live messages in any order give each message once", () => {
  const messages = [own("A"), bot("A.1"), bot("A.2")];
  const before = talk.arrived(twoWritten(), bot("A.1"));
  const merged = talk.merged(talk.interrupted(before), { messages, whole: true });
  assert.deepEqual(states(merged), ["A waiting", "A.1 sent", "A.2 sent", "B waiting"]);
  assert.deepEqual(ids(talk.arrived(merged, bot("A.2"))), ["A", "A.1", "A.2", "B"]);
});

test("after a lost line only the rest comes, and everything keeps its place", () => {
  let talked = talk.handled(talk.arrived(twoWritten(), bot("A.1")), "A");
  talked = talk.interrupted(talk.sending(talked, "B"));
  assert.equal(talk.newestKnown(talked), "A.1");
  const merged = talk.merged(talked, { messages: [own("B"), bot("B.1")], whole: false });
  assert.deepEqual(states(merged), ["A sent", "A.1 sent", "B waiting", "B.1 sent"]);
});

test("a message whose reply is there stays before it when its acknowledgement was lost", () => {
  const talked = talk.interrupted(talk.arrived(twoWritten(), bot("A.1")));
  const merged = talk.merged(talked, { messages: [], whole: false });
  assert.deepEqual(states(merged), ["A waiting", "A.1 sent", "B waiting"]);
  assert.equal(talk.nextUnsent(merged)?.id, "A");
});

test("messages are sent again in the order in which they were written", () => {
  const talked = talk.interrupted(twoWritten());
  assert.deepEqual(states(talked), ["A waiting", "B waiting"]);
  assert.equal(talk.outstanding(talked), 2);
  assert.equal(talk.nextUnsent(talked)?.id, "A");
  assert.equal(talk.nextUnsent(talk.handled(talked, "A"))?.id, "B");
});

test("the page shows what was typed, not what the store has masked", () => {
  const talked = talk.written(talk.EMPTY, own("A", "số 0912345678"));
  const merged = talk.merged(talked, { messages: [own("A", "số [số điện thoại]")], whole: true });
  assert.equal(merged[0]?.text, "số 0912345678");
});

test("a session that has run out stays to be read and is not asked for again", () => {
  const talked = talk.merged(talk.EMPTY, { messages: [own("A"), bot("A.1")], whole: true });
  const merged = talk.merged(talk.written(talked, own("B")), { messages: [], whole: true });
  assert.deepEqual(states(merged), ["A past", "A.1 past", "B waiting"]);
  assert.equal(talk.newestKnown(merged), undefined);
});

test("a refused message can be sent again under a new identifier, or dropped", () => {
  const why = { status: "refused", code: "too_many_messages", text: "Chờ", retryAfter: 5 } as const;
  const talked = talk.refused(twoWritten(), "A", why, 100);
  assert.deepEqual(talked[0]?.refusal, { text: "Chờ", againAt: 105 });
  assert.equal(talk.nextUnsent(talked)?.id, "B");
  assert.deepEqual(states(talk.again(talked, "A", "C", 110)), ["B waiting", "C waiting"]);
  assert.equal(talk.again(talked, "A", "C", 110)[1]?.refusal, undefined);
  assert.equal(talk.again(talked, "B", "C", 110), talked, "only what was refused");
  assert.deepEqual(ids(talk.discarded(talked, "A")), ["B"]);
});

test("erasing leaves the reply that says so and what is still to be sent", () => {
  let talked = talk.merged(talk.EMPTY, { messages: [own("A"), bot("A.1")], whole: true });
  talked = talk.written(talk.written(talked, own("E", "erase!")), own("B"));
  talked = talk.sending(talked, "E");
  talked = talk.arrived(talked, bot("E.1"));
  talked = talk.arrived(talked, { id: "E.2", from: "bot", at: 1, answer: { erased: true } });
  assert.deepEqual(states(talk.erased(talked, "erase!")), ["E.1 past", "B waiting"]);
});

test("erasing in other words does not send those words into the next session", () => {
  const talked = talk.sending(talk.written(talk.EMPTY, own("E", "vâng, xóa đi")), "E");
  assert.deepEqual(states(talk.erased(talked, "erase!")), ["E past"]);
  assert.equal(talk.nextUnsent(talk.erased(talked, "erase!")), undefined);
});

test("quiet messages are not shown, and the newest is known", () => {
  const talked = talk.merged(talk.EMPTY, {
    messages: [own("Q", "/choose", { quiet: true }), bot("Q.1")],
    whole: true,
  });
  assert.deepEqual(talk.bubbles(talked).map(({ entry }) => entry.id), ["Q.1"]);
  assert.equal(talk.newestQuiet(talked), "/choose");
});

test("the page's context goes before what was written without a line", () => {
  const talked = talk.writtenFirst(talk.written(talk.EMPTY, own("A")), own("Q", "/q", { quiet: true }));
  assert.deepEqual(ids(talked), ["Q", "A"]);
});

test("an answer object belongs to the text before it, to one only", () => {
  const answer = { topic: "fee" };
  const messages: Message[] = [
    own("A"),
    bot("A.1"),
    bot("A.2"),
    { id: "A.3", from: "bot", at: 1, answer },
    { id: "A.4", from: "bot", at: 1, answer: { topic: "place" } },
  ];
  const shown = talk.bubbles(talk.merged(talk.EMPTY, { messages, whole: true }));
  assert.deepEqual(shown.map(({ entry, answer: of }) => [entry.id, of]), [
    ["A", undefined], ["A.1", undefined], ["A.2", answer],
  ]);
  const alone: Message[] = [own("B"), { id: "B.1", from: "bot", at: 1, answer }];
  const mine = talk.bubbles(talk.merged(talk.EMPTY, { messages: alone, whole: true }));
  assert.equal(mine[0]?.answer, undefined, "a citizen's message has no answer object");
});

test("only the newest bot message offers its buttons, until it is answered", () => {
  const [old, fresh] = [[{ title: "Cũ", payload: "/old" }], [{ title: "Mới", payload: "/new" }]];
  const messages = [bot("A.1", { buttons: old }), bot("A.2", { buttons: fresh })];
  const talked = talk.merged(talk.EMPTY, { messages, whole: true });
  assert.deepEqual(talk.choices(talked), fresh);
  assert.deepEqual(talk.choices(talk.written(talked, own("B"))), []);
  assert.deepEqual(talk.choices(talk.arrived(talked, bot("A.3"))), []);
  assert.deepEqual(talk.choices(talk.left(talked)), []);
});

test("a turn that a person has is over without a bubble of the bot, and theirs stands behind it", () => {
  let talked = talk.sending(talk.written(talk.EMPTY, own("A")), "A");
  talked = talk.arrived(talked, bot("A.1", { text: "", answer: { topic: "handover", status: "handover" } }));
  talked = talk.handled(talked, "A");
  talked = talk.arrived(talked, bot("person-7", { text: "Hello", name: "Lan" }));
  assert.deepEqual(talk.bubbles(talked).map(({ entry }) => entry.name ?? entry.id), ["A", "Lan"]);
});

test("the reply that says all is erased stays, however often that is told", () => {
  const notice = [bot("A.1"), bot("A.2", { text: "", answer: { topic: "privacy", erased: true } })];
  const talked = [bot("Z.1"), ...notice].reduce(talk.arrived, talk.EMPTY as Conversation);
  const once = talk.erased(talked, "/erase");
  assert.deepEqual(ids(once), ["A.1"]);
  assert.deepEqual(ids(talk.erased(once, "/erase")), ["A.1"]);
});

import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { test } from "node:test";
import type { Bubble } from "../src/widget/conversation";
import { clockTime, dayWords, isoDay } from "../src/widget/dates";
import { newIdentifier } from "../src/widget/identifiers";
import { ackOf, historyOf, messageOf } from "../src/widget/protocol";
import { shownText, transcript } from "../src/widget/transcript";
import { fill, PAYLOADS, titleOf, wordsOf, type Words } from "../src/words";

// Node.js 18 has it, but not as a global.
if (!globalThis.crypto) Object.assign(globalThis, { crypto: webcrypto });

const vi = wordsOf("vi");
const en = wordsOf("en");

function at(day: number, hour: number, minute: number): number {
  return new Date(2026, 10, day, hour, minute).getTime() / 1000;
}

test("both languages fill in the same values", () => {
  for (const key of Object.keys(vi) as (keyof Words)[]) {
    const places = (words: Words): string[] => (words[key].match(/\{\w+\}/g) ?? []).sort();
    assert.deepEqual(places(en), places(vi), key);
    if (key !== "answers_language") assert.ok(vi[key] && en[key], key);
  }
});

test("braces are filled in; unknown ones stay", () => {
  assert.equal(fill("{n} tin, {x}", { n: 2 }), "2 tin, {x}");
});

test("days are today, yesterday or a date", () => {
  const now = at(30, 0, 5);
  assert.equal(dayWords(at(30, 0, 1), now, vi), "Hôm nay");
  assert.equal(dayWords(at(29, 23, 59), now, vi), "Hôm qua");
  assert.equal(dayWords(at(3, 8, 0), now, vi), "03/11/2026");
  assert.equal(clockTime(at(3, 8, 5)), "08:05");
  assert.equal(isoDay(at(3, 8, 5)), "2026-11-03");
});

test("a pressed button is shown by its title, never by its payload", () => {
  const entry = { id: "A", from: "citizen", at: 1, state: "sent" } as const;
  assert.equal(shownText({ ...entry, text: "/x", title: "Lệ phí" }, vi), "Lệ phí");
  assert.equal(shownText({ ...entry, text: PAYLOADS.dossier }, vi), "Tra cứu hồ sơ");
  assert.equal(shownText({ ...entry, text: '/choose_option{"a": "b"}' }, vi), vi.pressed);
  assert.equal(shownText({ ...entry, text: "làm khai sinh" }, vi), "làm khai sinh");
  for (const payload of Object.values(PAYLOADS)) assert.ok(titleOf(payload, en), payload);
});

test("the file names times and speakers", () => {
  const bubbles: Bubble[] = [
    { entry: { id: "A", from: "citizen", at: at(30, 9, 1), text: "Chào", state: "sent" } },
    { entry: { id: "A.1", from: "bot", at: at(30, 9, 2), text: "Dạ\nem nghe", state: "sent" } },
  ];
  assert.equal(
    transcript(bubbles, vi, at(30, 10, 0)),
    [
      vi.file_title, "Tải lúc 10:00 ngày 30/11/2026", "",
      "[30/11/2026 09:01] Anh/chị:", "Chào", "",
      "[30/11/2026 09:02] Trợ lý:", "Dạ", "em nghe", "",
    ].join("\r\n"),
  );
});

test("identifiers are 20 letters and differ", () => {
  const made = Array.from({ length: 200 }, newIdentifier);
  for (const each of made) assert.match(each, /^[A-Za-z]{20}$/);
  assert.equal(new Set(made).size, made.length);
});

test("messages are read as the protocol says, whatever else comes", () => {
  assert.equal(messageOf({ text: "x" }, "bot"), null);
  assert.equal(messageOf(null), null);
  assert.deepEqual(
    messageOf({
      id: "A.1", at: 5, text: "x", buttons: [{ title: "T", payload: "/t" }, { title: 3 }],
      custom: { answer: { topic: "fee", procedure: { code: "1.001193" }, erased: false } },
    }, "bot"),
    {
      id: "A.1", from: "bot", at: 5, text: "x", buttons: [{ title: "T", payload: "/t" }],
      answer: { topic: "fee", procedure: { code: "1.001193" } },
    },
  );
  assert.deepEqual(historyOf({ messages: [{ id: "A", from: "citizen", at: 1, quiet: true }, 7], whole: false }), {
    messages: [{ id: "A", from: "citizen", at: 1, quiet: true }], whole: false,
  });
  assert.deepEqual(ackOf({ status: "refused", code: "c", text: "t", retry_after: 2 }), {
    status: "refused", code: "c", text: "t", retryAfter: 2,
  });
  assert.deepEqual(ackOf(undefined), { status: "handled" });
});

/** The conversation as a text file, made in the page. */
import { fill, titleOf, type Words } from "../words";
import type { Bubble, Entry } from "./conversation";
import { clockTime, dayOf, isoDay } from "./dates";

/** What a message is shown as: a pressed button by its title. */
export function shownText(entry: Entry, words: Words): string {
  const text = entry.text ?? "";
  if (entry.from === "bot" || !text.startsWith("/")) return text;
  return entry.title ?? titleOf(text, words) ?? words.pressed;
}

/** `now` in Unix seconds. */
export function transcript(bubbles: readonly Bubble[], words: Words, now: number): string {
  const lines = [
    words.file_title,
    fill(words.file_made, { time: clockTime(now), day: dayOf(now) }),
  ];
  for (const { entry } of bubbles) {
    const person = entry.name && `${words.speaker_person} ${entry.name}`;
    const speaker = person || (entry.from === "bot" ? words.speaker_bot : words.speaker_citizen);
    lines.push("", `[${dayOf(entry.at)} ${clockTime(entry.at)}] ${speaker}:`, shownText(entry, words));
  }
  return `${lines.join("\n")}\n`.replace(/\r?\n/g, "\r\n");
}

/** Hands the text to the browser as a download. */
export function download(text: string, now: number): void {
  // The mark at the beginning makes old editors read it as UTF-8.
  const file = new Blob(["\ufeff", text], { type: "text/plain;charset=utf-8" });
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = `tro-chuyen-${isoDay(now)}.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

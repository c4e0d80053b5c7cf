/** Times and days as the citizen's own clock shows them. `at` is in Unix seconds. */
import type { Words } from "../words";

function two(number: number): string {
  return String(number).padStart(2, "0");
}

export function clockTime(at: number): string {
  const date = new Date(at * 1000);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Day as DD/MM/YYYY. */
export function dayOf(at: number): string {
  const date = new Date(at * 1000);
  return `${two(date.getDate())}/${two(date.getMonth() + 1)}/${date.getFullYear()}`;
}

/** Day as YYYY-MM-DD, by the citizen's clock. */
export function isoDay(at: number): string {
  return dayOf(at).split("/").reverse().join("-");
}

export function isoTime(at: number): string {
  return new Date(at * 1000).toISOString();
}

/** Day in words: today, yesterday or its date. */
export function dayWords(at: number, now: number, words: Words): string {
  const yesterday = new Date(now * 1000);
  yesterday.setDate(yesterday.getDate() - 1);
  if (dayOf(at) === dayOf(now)) return words.today;
  if (dayOf(at) === dayOf(yesterday.getTime() / 1000)) return words.yesterday;
  return dayOf(at);
}

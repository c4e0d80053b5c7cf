const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Identifier of an own message: 20 random ASCII letters. */
export function newIdentifier(): string {
  const numbers = crypto.getRandomValues(new Uint8Array(20));
  return Array.from(numbers, (each) => LETTERS[each % LETTERS.length]).join("");
}

import { en } from "./en";
import { vi, type Words } from "./vi";

export type { Words };
export type Language = "vi" | "en";

const TABLES: Record<Language, Words> = { vi, en };

export function wordsOf(language: Language): Words {
  return TABLES[language];
}

/** A sentence with its braces filled in. */
export function fill(sentence: string, values: Record<string, string | number>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}

export const PAYLOADS = {
  find: "/find_procedure",
  dossier: "/check_dossier_status",
  human: "/request_human",
  erase: '/ask_privacy{"aspect": "erase_now"}',
} as const;

/** The title that a payload is shown by; undefined if the page knows none. */
export function titleOf(payload: string, words: Words): string | undefined {
  switch (payload) {
    case PAYLOADS.find:
      return words.start_find;
    case PAYLOADS.dossier:
      return words.start_dossier;
    case PAYLOADS.human:
      return words.start_human;
    case PAYLOADS.erase:
      return words.erase;
    default:
      return undefined;
  }
}

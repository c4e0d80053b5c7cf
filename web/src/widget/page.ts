/** What every component gets: the chat, its words and the citizen's settings. */
import type { Words } from "../words";
import type { Chat } from "./chat";
import type { Options } from "./options";
import type { Settings } from "./storage";

export interface Page {
  chat: Chat;
  options: Options;
  words: Words;
  settings: Settings;
  change(settings: Partial<Settings>): void;
  /** Moves the focus to where the citizen writes. */
  focusInput(): void;
}

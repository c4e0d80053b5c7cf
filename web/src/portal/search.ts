/** Search as one types: asks when typing pauses, drops answers to what is no longer asked. */

import { readFound, type Found } from "./results";

/** Long enough not to ask for every letter of a word, short enough to feel at once. */
export const PAUSE = 300;
/** One letter names nothing. */
export const SHORTEST = 2;

export interface Handlers {
  found(query: string, found: Found): void;
  /** The server could not be asked, or refused. */
  failed(): void;
  /** Nothing is asked any more. */
  cleared(): void;
}

export type Fetch = (address: string, options: { signal?: AbortSignal }) => Promise<Response>;

export class Search {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private request: AbortController | undefined;
  private asked: string;

  /** `asked` is what the page shows results for already. */
  constructor(
    private readonly handlers: Handlers,
    asked = "",
    private readonly fetcher: Fetch = (address, options) => fetch(address, options),
    private readonly pause = PAUSE,
  ) {
    this.asked = normalise(asked);
  }

  /** The field's text has changed. */
  typed(text: string): void {
    const query = normalise(text);
    if (query === this.asked) return;
    this.stop();
    this.asked = query;
    if (query.length < SHORTEST) {
      this.handlers.cleared();
      return;
    }
    this.timer = setTimeout(() => void this.ask(query), this.pause);
  }

  private stop(): void {
    clearTimeout(this.timer);
    if (this.request) this.request.abort();
    this.request = undefined;
  }

  private async ask(query: string): Promise<void> {
    const request = new AbortController();
    this.request = request;
    let found: Found | null = null;
    try {
      const address = `/results?q=${encodeURIComponent(query)}`;
      const response = await this.fetcher(address, { signal: request.signal });
      if (response.ok) found = readFound(await response.json());
    } catch {
      // No line, or an answer that is no JSON: told like a refusal. An aborted one is not told.
    }
    if (this.request !== request) return;
    this.request = undefined;
    if (found) {
      this.handlers.found(query, found);
    } else {
      // The same words may be asked for again.
      this.asked = "";
      this.handlers.failed();
    }
  }
}

function normalise(text: string): string {
  return text.normalize("NFC").replace(/\s+/g, " ").trim();
}

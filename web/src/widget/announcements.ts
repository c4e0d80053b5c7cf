/** What screen readers are told: each thing once. */

export interface Announcement {
  key: number;
  text: string;
  /** The bot's own words are Vietnamese whatever the interface speaks. */
  fromBot: boolean;
}

const KEPT = 6;

export class Announcer {
  /** The newest ones; older ones have been read out. */
  items: readonly Announcement[] = [];
  private count = 0;

  say(text: string, fromBot: boolean): void {
    this.count += 1;
    this.items = [...this.items, { key: this.count, text, fromBot }].slice(-KEPT);
  }
}

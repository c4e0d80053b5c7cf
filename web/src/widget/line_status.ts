/** How the line stands, in words for the citizen. */
import type { Words } from "../words";

/** idle: not opened yet; lost: was ready before; unreachable: never was, for too long. */
type State = "idle" | "connecting" | "ready" | "lost" | "unreachable";

const PATIENCE = 8_000;
const BACK_SHOWN = 4_000;

export class LineStatus {
  state: State = "idle";
  /** Empty if all is well. */
  text = "";

  /** `changed` is called with each new text, and with "" when there is no more to say. */
  constructor(
    private readonly words: Words,
    private readonly changed: (text: string) => void,
  ) {}

  opened(): void {
    this.state = "connecting";
    setTimeout(() => {
      if (this.state === "connecting" && !this.text) this.set("unreachable", this.words.unreachable);
    }, PATIENCE);
  }

  lost(): void {
    if (this.state === "ready") this.set("lost", this.words.lost);
  }

  /** No session was given; `why` in words, if the server says so. */
  refused(why: string): void {
    this.set("connecting", why || this.words.session_refused);
  }

  ready(): void {
    const again = this.state === "lost" || this.state === "unreachable";
    this.set("ready", again ? this.words.back : "");
    if (!again) return;
    setTimeout(() => {
      if (this.text === this.words.back) this.set("ready", "");
    }, BACK_SHOWN);
  }

  private set(state: State, text: string): void {
    this.state = state;
    if (text === this.text) return;
    this.text = text;
    this.changed(text);
  }
}

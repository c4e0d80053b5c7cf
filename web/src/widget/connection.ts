/** The line to the bot: Socket.IO, sessions, acknowledgements. Knows nothing of what is shown. */
import { io, type Socket } from "socket.io-client";
import { ackOf, historyOf, messageOf, type Ack, type History, type Message } from "./protocol";

export interface Listener {
  /** The line stands; a session is still to be asked for. */
  connected(): void;
  /** The line is lost or could not be made; it is being tried again. */
  lost(): void;
  confirmed(token: string): void;
  history(history: History): void;
  message(message: Message): void;
  erased(): void;
  /** The token is unknown to the server. */
  sessionRefused(): void;
}

// Longer than any answer takes, much shorter than a citizen's patience.
const SILENCE = 20_000;
const AFTER_SERVER_CLOSED = 3_000;

export class Connection {
  readonly #socket: Socket;
  readonly #listener: Listener;
  /** Live events held back until the history is there; null when nothing is awaited. */
  #held: (() => void)[] | null = null;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #awaited = 0;

  constructor(base: string, listener: Listener) {
    const { origin, pathname } = new URL(base);
    this.#listener = listener;
    this.#socket = io(origin, {
      path: `${pathname.replace(/\/$/, "")}/socket.io`,
      autoConnect: false,
      reconnectionDelay: 1_000,
      reconnectionDelayMax: 10_000,
    });
    this.#listen();
  }

  get connected(): boolean {
    return this.#socket.connected;
  }

  open(): void {
    this.#socket.connect();
    window.addEventListener("online", () => this.#restartIfLost());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#restartIfLost();
    });
  }

  /** Asks for a session; answered by `confirmed` and `history`. */
  requestSession(token: string | null, known: string | undefined): Promise<Ack> {
    this.#held = [];
    const request = known ? { session_id: token, known } : { session_id: token };
    return this.request("session_request", request).then((answer) => {
      if (answer.status === "refused") this.#held = null;
      this.#watch();
      return answer;
    });
  }

  /** Sends an event; never settles if the line is lost before the acknowledgement. */
  request(event: string, data: Record<string, unknown>): Promise<Ack> {
    return new Promise((resolve) => {
      if (!this.#socket.connected) return;
      this.#awaited += 1;
      this.#watch();
      this.#socket.emit(event, data, (answer: unknown) => {
        this.#awaited -= 1;
        this.#watch();
        resolve(ackOf(answer));
      });
    });
  }

  /** Gives up the line and makes a new one at once. */
  restart(): void {
    this.#socket.disconnect();
    this.#socket.connect();
  }

  #restartIfLost(): void {
    if (!this.#socket.connected) this.restart();
  }

  /** A line on which nothing comes back is dead, whatever the browser believes. */
  #watch(): void {
    clearTimeout(this.#watchdog);
    if (this.#awaited === 0 && !this.#held) return;
    this.#watchdog = setTimeout(() => this.restart(), SILENCE);
  }

  #down(): void {
    this.#held = null;
    this.#awaited = 0;
    clearTimeout(this.#watchdog);
    this.#listener.lost();
  }

  /** Delivers a live event, after the history if that is still to come. */
  #live(deliver: () => void): void {
    this.#watch();
    if (this.#held) this.#held.push(deliver);
    else deliver();
  }

  #listen(): void {
    const [socket, listener] = [this.#socket, this.#listener];
    const live = (event: string, from: Message["from"]): void => {
      socket.on(event, (data: unknown) => {
        const message = messageOf(data, from);
        if (message) this.#live(() => listener.message(message));
      });
    };
    socket.on("connect", () => listener.connected());
    socket.on("connect_error", () => this.#down());
    socket.on("disconnect", (reason) => {
      this.#down();
      if (reason === "io server disconnect") setTimeout(() => socket.connect(), AFTER_SERVER_CLOSED);
    });
    socket.on("session_confirm", (token: unknown) => {
      if (typeof token === "string") listener.confirmed(token);
    });
    socket.on("session_history", (data: unknown) => {
      const held = this.#held ?? [];
      this.#held = null;
      this.#watch();
      listener.history(historyOf(data));
      for (const deliver of held) deliver();
    });
    socket.on("session_refused", () => listener.sessionRefused());
    socket.on("session_erased", () => this.#live(() => listener.erased()));
    live("bot_uttered", "bot");
    live("user_said", "citizen");
  }
}

/**
 * What the browser keeps: the session's token, the citizen's settings, whether the panel is open.
 * Never a message. Where storage is forbidden everything lives in memory.
 */

const TOKEN = "tro-ly-thu-tuc:session";
const SETTINGS = "tro-ly-thu-tuc:settings";
const OPEN = "tro-ly-thu-tuc:open";

export const SIZES = [100, 125, 150] as const;
export type Size = (typeof SIZES)[number];

export interface Settings {
  /** Per cent. */
  size: Size;
  contrast: boolean;
  sound: boolean;
}

type Kind = "localStorage" | "sessionStorage";

function read(kind: Kind, key: string): string | null | undefined {
  try {
    return window[kind].getItem(key);
  } catch {
    return undefined;
  }
}

/** Whether the value is stored now. */
function write(kind: Kind, key: string, value: string | null): boolean {
  try {
    if (value === null) window[kind].removeItem(key);
    else window[kind].setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

/** The session's token, shared by all pages of the site unless the device is shared. */
export class TokenStore {
  #memory: string | null = null;
  #stored: boolean;

  constructor(sharedDevice: boolean) {
    this.#stored = !sharedDevice && read("localStorage", TOKEN) !== undefined;
  }

  get(): string | null {
    return (this.#stored ? read("localStorage", TOKEN) : null) ?? this.#memory;
  }

  set(token: string | null): void {
    if (token === this.get()) return;
    const stored = this.#stored && write("localStorage", TOKEN, token);
    this.#memory = stored ? null : token;
  }

  /** Calls when another page has changed or removed the token. */
  watch(changed: () => void): void {
    window.addEventListener("storage", (event) => {
      // A null key: everything was removed.
      if (this.#stored && (event.key === TOKEN || event.key === null)) changed();
    });
  }
}

export function readSettings(): Settings {
  let kept: Partial<Record<keyof Settings, unknown>> = {};
  try {
    kept = Object(JSON.parse(read("localStorage", SETTINGS) ?? "{}")) as typeof kept;
  } catch {
    // Not ours, or damaged: the defaults stand.
  }
  return {
    size: SIZES.find((each) => each === kept.size) ?? 100,
    contrast: kept.contrast === true,
    sound: kept.sound === true,
  };
}

export function keepSettings(settings: Settings): void {
  write("localStorage", SETTINGS, JSON.stringify(settings));
}

export function wasOpen(): boolean {
  return read("sessionStorage", OPEN) === "yes";
}

export function keepOpen(open: boolean): void {
  write("sessionStorage", OPEN, open ? "yes" : null);
}

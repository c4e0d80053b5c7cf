/** What operators have begun to write: by talk, in this page's memory only. */

const BYTES = 16;

/** A name for one answer: the same again is the same answer. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Drafts of one person. */
export class Drafts {
  constructor() {
    this.owner = "";
    this.texts = new Map();
    this.keys = new Map();
  }

  /** Whose they are from now on: nobody reads those of another. */
  belongTo(name) {
    if (this.owner !== name) {
      this.texts.clear();
      this.keys.clear();
    }
    this.owner = name;
  }

  /** The text that was begun; "" if none. */
  text(id) {
    return this.texts.get(id) ?? "";
  }

  /** Keep a text; "" forgets it. */
  keep(id, text) {
    if (text) this.texts.set(id, text);
    else this.forget(id);
  }

  /** The key under which a text is sent: another one as soon as it says something else. */
  keyFor(id, text) {
    const known = this.keys.get(id);
    if (known?.text === text) return known.key;
    const key = newKey();
    this.keys.set(id, { text, key });
    return key;
  }

  /** It was sent, or is not wanted. */
  forget(id) {
    this.texts.delete(id);
    this.keys.delete(id);
  }
}

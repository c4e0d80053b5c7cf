/** Addresses in the bot's texts that become links. Everything else stays text. */

export interface Part {
  text: string;
  href?: string;
}

export interface Allowed {
  /** The bot's address, without a slash at its end. */
  base: string;
  /** Further hosts that the embedding page allows. */
  hosts: readonly string[];
}

const NATIONAL = "dichvucong.gov.vn";
const ADDRESS = /https?:\/\/[^\s“”"<>]+|dichvucong\.gov\.vn(?![\w-]|\.\w)(?:\/[^\s“”"<>]*)?/gi;
/** A page of the bot at the end of a path: a procedure, or where a dossier's fee is paid. */
const PAGE = /\/(?:p\/[0-9A-Za-z.]+|pay\/qr\/[\w.-]+|payments\/order\/[\w-]+)$/;

/** An address without the punctuation of its sentence. */
function trimmed(found: string): string {
  let address = found;
  for (;;) {
    const last = address[address.length - 1] ?? "";
    const closes = last === ")" && address.includes("(");
    if (closes || !".,;:!?)]}'’…".includes(last) || last === "") return address;
    address = address.slice(0, -1);
  }
}

/** Where a written address leads; undefined if it is not allowed to lead anywhere. */
export function target(written: string, { base, hosts }: Allowed): string | undefined {
  let url: URL;
  try {
    url = new URL(/^https?:/i.test(written) ? written : `https://${written}`);
  } catch {
    return undefined;
  }
  if (url.username || url.password) return undefined;
  if (url.origin !== new URL(base).origin) {
    const governmental = url.hostname.endsWith(".gov.vn") && url.protocol === "https:" && !url.port;
    if (governmental || hosts.includes(url.hostname)) return url.href;
  }
  // A page of the bot is opened where the widget came from, whatever the bot calls itself.
  const page = PAGE.exec(url.pathname)?.[0];
  return page ? base + page + url.search : undefined;
}

export function parts(text: string, allowed: Allowed): Part[] {
  const found: Part[] = [];
  let position = 0;
  const search = new RegExp(ADDRESS); // of its own: it remembers its position
  for (let match = search.exec(text); match; match = search.exec(text)) {
    const start = match.index;
    const written = trimmed(match[0]);
    const bare = written.toLowerCase().startsWith(NATIONAL);
    // Part of a longer name or of an e-mail address.
    if (bare && /[\w.@/-]/.test(text[start - 1] ?? "")) continue;
    const href = target(written, allowed);
    if (!href) continue;
    if (start > position) found.push({ text: text.slice(position, start) });
    found.push({ text: written, href });
    position = start + written.length;
  }
  if (position < text.length) found.push({ text: text.slice(position) });
  return found;
}

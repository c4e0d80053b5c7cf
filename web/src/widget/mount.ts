/** The host element in the portal's page, with everything else in its shadow tree. */
import { h, render } from "preact";
import { wordsOf } from "../words";
import { Chat } from "./chat";
import { readableInk, readableOn } from "./colours";
import { App, type Opening } from "./components/app";
import type { Options } from "./options";
import style from "./styles/widget.css";
import { TokenStore } from "./storage";

export const HOST = "tro-ly-thu-tuc";

/** Own styles work under `style-src 'none'`; old browsers get a file, which their page's CSP has to allow. */
function dress(shadow: ShadowRoot, base: string): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    shadow.adoptedStyleSheets = [sheet];
  } catch {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = `${base}/web/widget.css`;
    shadow.append(link);
  }
}

function place({ target }: Options): Element | null {
  if (!target) return null;
  try {
    const found = document.querySelector(target);
    if (found) return found;
  } catch {
    // Not a selector: reported like one that finds nothing.
  }
  console.warn(`Trợ lý thủ tục: data-target="${target}" finds no element; the chat floats instead`);
  return null;
}

/** Puts the widget into the page and returns what opens and closes it. */
export function mount(options: Options): Opening {
  const host = document.createElement("div");
  host.id = HOST;
  const shadow = host.attachShadow({ mode: "open" });
  dress(shadow, options.base);
  const root = document.createElement("div");
  root.lang = options.language;
  root.className = "root";
  for (const [name, value] of Object.entries({
    "--tl-main": options.colour,
    "--tl-on-main": readableOn(options.colour),
    "--tl-ink": readableInk(options.colour),
  })) {
    root.style.setProperty(name, value);
  }
  // The page's keyboard shortcuts must not act on what is typed here: to the page the target of
  // these events is no field.
  for (const type of ["keydown", "keypress", "keyup"]) {
    root.addEventListener(type, (event) => event.stopPropagation());
  }
  shadow.append(root);
  const inside = place(options);
  (inside ?? document.body).append(host);
  const words = wordsOf(options.language);
  const chat = new Chat(options, words, new TokenStore(options.sharedDevice));
  const opening: Opening = { open: () => {}, close: () => {} };
  render(h(App, { chat, options, words, opening, root, embedded: inside !== null }), root);
  return opening;
}

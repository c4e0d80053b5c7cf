/** The one script of the widget: reads its own element's options and sets the chat up once. */
import { HOST, mount } from "./mount";
import { readOptions } from "./options";

interface Assistant {
  /** Opens the chat; a message is sent as if the citizen had written it. */
  open(message?: string): void;
  close(): void;
}

declare global {
  interface Window {
    TroLyThuTuc?: Assistant;
  }
}

function ownElement(): HTMLScriptElement | null {
  const current = document.currentScript;
  if (current instanceof HTMLScriptElement && current.src) return current;
  // Put in by a module loader: the only tag that ends in the script's name.
  return document.querySelector<HTMLScriptElement>('script[src*="/widget.js"]');
}

function start(element: HTMLScriptElement): void {
  const { options, problems } = readOptions({ ...element.dataset }, element.src);
  for (const problem of problems) console.warn(`Trợ lý thủ tục: ${problem}`);
  let ready: Assistant | undefined;
  const early: (() => void)[] = [];
  const whenReady = (act: (assistant: Assistant) => void): void => {
    if (ready) act(ready);
    else early.push(() => ready && act(ready));
  };
  window.TroLyThuTuc = {
    open: (message) => whenReady((assistant) => assistant.open(message)),
    close: () => whenReady((assistant) => assistant.close()),
  };
  const setUp = (): void => {
    if (document.getElementById(HOST)) return;
    ready = mount(options);
    for (const act of early) act();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", setUp);
  else setUp();
}

const element = ownElement();
// An element of the page with this id would stand under the name, too: only a function counts.
if (element && typeof window.TroLyThuTuc?.open !== "function") start(element);

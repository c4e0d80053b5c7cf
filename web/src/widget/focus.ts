/** Focus inside the shadow tree. */

const FOCUSABLE = "button, a[href], input, textarea, [tabindex='0']";

function isShown(element: HTMLElement): boolean {
  return element.getClientRects().length > 0 && !element.hasAttribute("disabled");
}

/** Elements that Tab reaches, in order. */
function focusable(root: Element): HTMLElement[] {
  return Array.from(root.querySelectorAll<HTMLElement>(FOCUSABLE)).filter(isShown);
}

/** Keeps Tab inside: for the panel that fills a phone's screen. */
export function keepInside(event: KeyboardEvent, panel: Element): void {
  if (event.key !== "Tab") return;
  const stops = focusable(panel);
  const [first, last] = [stops[0], stops[stops.length - 1]];
  const current = (panel.getRootNode() as ShadowRoot).activeElement;
  if (event.shiftKey && (current === first || current === panel)) {
    event.preventDefault();
    last?.focus();
  } else if (!event.shiftKey && current === last) {
    event.preventDefault();
    first?.focus();
  }
}

/** The element of the page that has the focus, looked up through open shadow trees. */
export function focused(): HTMLElement | null {
  let current = document.activeElement;
  while (current?.shadowRoot?.activeElement) current = current.shadowRoot.activeElement;
  return current instanceof HTMLElement && current !== document.body ? current : null;
}

/** Gives the focus on when what had it has vanished, as old quick replies do. Returns what ends it. */
export function handOn(panel: Element, heir: () => HTMLElement | null): () => void {
  let last: Element | null = null;
  const entered = (event: Event): void => {
    last = event.target as Element;
  };
  const left = (event: Event): void => {
    const target = event.target as Element;
    // What is removed is left, too; only who goes elsewhere is let go.
    void Promise.resolve().then(() => {
      if (last === target && target.isConnected) last = null;
    });
  };
  const observer = new MutationObserver(() => {
    if (!last || last.isConnected) return;
    last = null;
    // Behind whoever has a better place for it.
    setTimeout(() => {
      if (!focused()) heir()?.focus();
    });
  });
  panel.addEventListener("focusin", entered);
  panel.addEventListener("focusout", left);
  observer.observe(panel, { childList: true, subtree: true });
  return () => {
    panel.removeEventListener("focusin", entered);
    panel.removeEventListener("focusout", left);
    observer.disconnect();
  };
}

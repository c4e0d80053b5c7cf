import type { RefObject } from "preact";
import { useRef } from "preact/hooks";
import type { Bubble } from "../conversation";

const NEAR = 80;
const MARGIN = 8;

/**
 * Follows the conversation to its end, but no further than the beginning of the newest answer (and
 * the question right before it), so that a long answer is read from its start. Whoever has scrolled
 * up to read is left there. To be called after each drawing.
 */
export function useScrolling(
  log: RefObject<HTMLElement>, open: boolean, shown: readonly Bubble[], typing: boolean,
): { follow(): void } {
  const before = useRef({ key: "", height: 0, open: false });

  function follow(): void {
    const element = log.current;
    if (!element || !open) {
      before.current.open = false;
      return;
    }
    const newest = shown[shown.length - 1];
    const key = `${newest?.entry.id} ${newest?.answer !== undefined} ${typing}`;
    const { key: oldKey, height, open: wasOpen } = before.current;
    const end = element.scrollHeight - element.clientHeight;
    before.current = { key, height: element.scrollHeight, open };
    if (wasOpen && key === oldKey) return;
    const own = newest?.entry.from === "citizen";
    const wasNear = element.scrollTop + element.clientHeight >= height - NEAR;
    if (wasOpen && !wasNear && !own) return;
    // With nothing said yet the notice at the top is what matters.
    const start = newest ? startOf(element, shown) - MARGIN : 0;
    const place = own ? end : Math.min(end, start);
    element.scrollTop = wasOpen ? Math.max(place, element.scrollTop) : place;
  }

  return { follow };
}

/** Where the newest message begins, with the citizen's that it answers. */
function startOf(log: HTMLElement, shown: readonly Bubble[]): number {
  const messages = log.querySelectorAll<HTMLElement>('[data-part="message"]');
  const answers = shown[shown.length - 2]?.entry.from === "citizen";
  return messages[messages.length - (answers ? 2 : 1)]?.offsetTop ?? 0;
}

/** Elements of the portal's page that open the chat: `data-tro-ly="…"`. */

/**
 * Whether the page may have this said with one press: texts, and payloads that only ask. What is
 * undone by nothing, such as erasing, is pressed in the chat itself.
 */
export function mayBeSaid(message: string): boolean {
  return !message.startsWith("/") || !/erase|open_ticket|subscribe/.test(message);
}

export type Trigger = (opener: HTMLElement, message: string, title: string) => void;

export function watchTriggers(opened: Trigger): void {
  document.addEventListener("click", (event) => {
    const start = event.composedPath()[0];
    const found = start instanceof Element ? start.closest<HTMLElement>("[data-tro-ly]") : null;
    if (!found) return;
    // A link that works without the script leads on only without it.
    event.preventDefault();
    const message = found.dataset["troLy"]?.trim() ?? "";
    opened(found, mayBeSaid(message) ? message : "", found.textContent?.trim() ?? "");
  });
}

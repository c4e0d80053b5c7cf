/** Elements of the portal's page that open the chat: `data-tro-ly="…"`. */

export type Trigger = (opener: HTMLElement, message: string, title: string) => void;

export function watchTriggers(opened: Trigger): void {
  document.addEventListener("click", (event) => {
    const start = event.composedPath()[0];
    const found = start instanceof Element ? start.closest<HTMLElement>("[data-tro-ly]") : null;
    if (!found) return;
    // A link that works without the script leads on only without it.
    event.preventDefault();
    opened(found, found.dataset["troLy"]?.trim() ?? "", found.textContent?.trim() ?? "");
  });
}

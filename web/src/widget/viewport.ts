/** The part of a phone's screen that its keyboard leaves free. */

/** How much the page enlarges itself by CSS, as portals' own "A+" buttons do; 1 in older browsers. */
export function cssZoom(element: HTMLElement & { currentCSSZoom?: number }): number {
  return element.currentCSSZoom || 1;
}

/** Keeps the panel in the visible part while it fills the screen. Returns what ends it. */
export function followViewport(panel: HTMLElement): () => void {
  const view = window.visualViewport;
  if (!view) return () => {};
  const fit = (): void => {
    // A page that is zoomed in with two fingers is left alone.
    const zoomed = view.scale > 1.01;
    const enlarged = cssZoom(panel);
    panel.style.setProperty("--tl-height", zoomed ? "" : `${view.height / enlarged}px`);
    panel.style.setProperty("--tl-top", zoomed ? "" : `${view.offsetTop / enlarged}px`);
  };
  fit();
  view.addEventListener("resize", fit);
  view.addEventListener("scroll", fit);
  return () => {
    view.removeEventListener("resize", fit);
    view.removeEventListener("scroll", fit);
    panel.style.removeProperty("--tl-height");
    panel.style.removeProperty("--tl-top");
  };
}

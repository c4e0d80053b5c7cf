/** The part of a phone's screen that its keyboard leaves free. */

/** Keeps the panel in the visible part while it fills the screen. Returns what ends it. */
export function followViewport(panel: HTMLElement): () => void {
  const view = window.visualViewport;
  if (!view) return () => {};
  const fit = (): void => {
    // A page that is zoomed in with two fingers is left alone.
    const zoomed = view.scale > 1.01;
    panel.style.setProperty("--tl-height", zoomed ? "" : `${view.height}px`);
    panel.style.setProperty("--tl-top", zoomed ? "" : `${view.offsetTop}px`);
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

"""Where the keyboard's focus is, looked up through open shadow trees."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

_FOCUSED = """() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
}"""
# An element's name: its data-part, else its id, else what it says.
_NAME = f"""() => {{
  const element = ({_FOCUSED})();
  if (!element || element === document.body) return "body";
  return element.dataset.part || element.id || element.innerText.trim() || element.localName;
}}"""
# Whether one sees that it has the focus, and that not all of it is covered (WCAG 2.4.11).
_STOP = f"""async () => {{
  const element = ({_FOCUSED})();
  // A skip link may still be on its way.
  await Promise.all(document.getAnimations().map((each) => each.finished.catch(() => null)));
  const style = getComputedStyle(element);
  const boxes = [...element.getClientRects()];
  const clear = boxes.some((box) => [0.1, 0.5, 0.9].some((x) => [0.2, 0.5, 0.8].some((y) => {{
    const at = element.getRootNode().elementFromPoint(
      box.left + x * box.width, box.top + y * box.height);
    return !!at && element.contains(at);
  }})));
  return {{
    name: ({_NAME})(),
    tag: element.localName,
    ring: style.outlineStyle !== "none" ? parseFloat(style.outlineWidth) : 0,
    seen: clear,
  }};
}}"""


def focused(page: Page) -> str:
    """The name of the element that has the focus: its data-part, id or words; "body" if lost."""
    name: str = page.evaluate(_NAME)
    return name


def wait_for_focus(page: Page, name: str) -> None:
    """Wait until the element of this name has the focus."""
    page.wait_for_function(f"(name) => ({_NAME})() === name", arg=name)


def stop(page: Page) -> dict[str, Any]:
    """The focused element: `name`, `tag`, `ring` (width of its outline in px), `seen`."""
    found: dict[str, Any] = page.evaluate(_STOP)
    return found


def stops(page: Page, limit: int = 80, key: str = "Tab") -> list[dict[str, Any]]:
    """Where a key leads, press by press, until it leaves the page or comes round."""
    found: list[dict[str, Any]] = []
    page.evaluate("() => { window.__stops = new Set(); }")
    for _ in range(limit):
        page.keyboard.press(key)
        fresh = page.evaluate(
            f"""() => {{
              const element = ({_FOCUSED})();
              if (!element || element === document.body || __stops.has(element)) return false;
              return !!__stops.add(element);
            }}"""
        )
        if not fresh:
            break
        found.append(stop(page))
    return found

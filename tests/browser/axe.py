"""axe-core's rules, run on a page and into the widget's open shadow tree."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Page

# All of WCAG up to 2.2 on the levels A and AA, and what axe-core holds to be good practice.
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
_OPTIONS = {
    "runOnly": {"type": "tag", "values": list(TAGS)},
    # Off by default, though a rule of level AA.
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
_RUN = """async (options) => {
  const found = await axe.run(document, options);
  return {violations: found.violations, passed: found.passes.map((rule) => rule.id)};
}"""


def _run(page: Page) -> dict[str, Any]:
    # `evaluate` is the debugger's: the page's own policy need not allow it.
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
    result: dict[str, Any] = page.evaluate(_RUN, _OPTIONS)
    return result


def violations(page: Page) -> list[str]:
    """What axe finds wrong, each as "rule: element: why"."""
    return [
        f"{rule['id']}: {node['target']}: {node['failureSummary']}"
        for rule in _run(page)["violations"]
        for node in rule["nodes"]
    ]


def passed_rules(page: Page) -> set[str]:
    """The rules that had something to look at and found it right."""
    return set(_run(page)["passed"])

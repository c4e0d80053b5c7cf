/** What the server answers to `GET /results?q=…`, checked, and shown as the page's own list. */

export interface Result {
  /** Path of the procedure's page. */
  href: string;
  name: string;
  /** Code, field and level in words. */
  facts: string[];
}

export interface Found {
  /** One or two sentences on what was found. */
  status: string;
  results: Result[];
  /** What to do where nothing was found. */
  advice: string[];
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

function isResult(value: unknown): value is Result {
  const result = value as Partial<Result> | null;
  return (
    typeof result === "object" &&
    result !== null &&
    // Nothing but a procedure's page is led to, whatever the answer says.
    typeof result.href === "string" &&
    /^\/p\/[\w.%-]+$/.test(result.href) &&
    typeof result.name === "string" &&
    isTexts(result.facts)
  );
}

/** The answer, or null where it has another form. */
export function readFound(value: unknown): Found | null {
  const found = value as Partial<Found> | null;
  if (typeof found !== "object" || found === null || typeof found.status !== "string") return null;
  if (!isTexts(found.advice) || !Array.isArray(found.results)) return null;
  if (!found.results.every(isResult)) return null;
  return { status: found.status, results: found.results, advice: found.advice };
}

function element(tag: string, text: string, className = ""): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function item(result: Result): HTMLElement {
  const made = document.createElement("li");
  const link = element("a", result.name) as HTMLAnchorElement;
  link.setAttribute("href", result.href);
  const facts = element("p", "", "facts");
  for (const fact of result.facts) {
    facts.appendChild(element("span", fact));
    facts.appendChild(document.createTextNode(" "));
  }
  made.appendChild(link);
  made.appendChild(facts);
  return made;
}

export function clear(place: HTMLElement): void {
  while (place.firstChild) place.removeChild(place.firstChild);
}

/** Put the list and the advice in the place of what was there. */
export function show(place: HTMLElement, found: Found): void {
  clear(place);
  if (found.results.length > 0) {
    const list = element("ul", "", "procedures");
    for (const result of found.results) list.appendChild(item(result));
    place.appendChild(list);
  }
  for (const text of found.advice) place.appendChild(element("p", text));
}

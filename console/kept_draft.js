/** What was begun in a talk that is not the operator's any more: to be copied. */

import { button, el, labelled, setText } from "./dom.js";
import * as words from "./words.js";

/** The text with its buttons; `thrownAway` is called when it is not wanted any more. */
export function keptDraft(id, text, thrownAway) {
  const field = el("textarea", { part: "kept-draft", rows: 4, readonly: "" });
  field.value = text;
  const status = el("p", { role: "status" });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setText(status, words.COPIED);
    } catch {
      field.select();
      setText(status, words.COPY_FAILED);
    }
  };
  const element = el("section", { class: "kept", "data-talk": id });
  element.setAttribute("aria-label", words.talkHeading(id));
  const throwAway = () => {
    element.remove();
    thrownAway();
  };
  element.append(
    el("h2", {}, words.talkHeading(id)),
    ...labelled(words.DRAFT_KEPT, field),
    el(
      "div",
      { class: "buttons" },
      button(words.COPY, "copy-draft", copy),
      button(words.THROW_AWAY, "throw-away", throwAway, { class: "plain" }),
      status,
    ),
  );
  return element;
}

/** What an operator does with a talk besides answering; each is asked about first. */

import { ask } from "./dialog.js";
import { button, el, labelled } from "./dom.js";
import * as words from "./words.js";

const LONGEST_NOTE = 1000;

/**
 * The buttons. `act(path, body, done)` does it and says `done`; `desk()` is where the talk is,
 * `me` what the server says of the operator.
 */
export function talkActions({ act, desk, me, tell }) {
  return el(
    "div",
    { class: "buttons actions", part: "actions" },
    button(words.TRANSFER, "transfer", () => transfer({ act, desk, me, tell }), plain()),
    button(words.GIVE_BACK, "give-back", () => giveBack(act), plain()),
    button(words.RETURN, "return", () => returnToBot(act), plain()),
    button(words.CLOSE, "close", () => close(act, me), plain()),
  );
}

function plain() {
  return { class: "plain small" };
}

async function transfer({ act, desk, me, tell }) {
  const others = me.desks.filter((one) => one !== desk());
  if (!others.length) {
    tell(words.NO_DESKS);
    return;
  }
  const options = others.map((one) => el("option", { value: one }, words.deskName(one)));
  const field = el("select", { part: "transfer-desk" }, ...options);
  const chosen = await ask({
    part: "transfer-dialog",
    heading: words.TRANSFER_ASK,
    yes: words.TRANSFER,
    fields: labelled(words.TRANSFER_TO, field),
    read: () => ({ desk: field.value }),
  });
  if (chosen) await act("transfer", chosen, words.TRANSFERRED);
}

async function giveBack(act) {
  const yes = { heading: words.GIVE_BACK, text: words.GIVE_BACK_ASK, yes: words.GIVE_BACK };
  if (await ask({ part: "give-back-dialog", ...yes })) {
    await act("give-back", {}, words.GIVEN_BACK);
  }
}

async function returnToBot(act) {
  const yes = { heading: words.RETURN, text: words.RETURN_ASK, yes: words.RETURN };
  if (await ask({ part: "return-dialog", ...yes })) await act("return", {}, words.RETURNED);
}

async function close(act, me) {
  const boxes = me.close_reasons.map((reason) =>
    el("input", { type: "radio", name: "reason", value: reason, required: "" }),
  );
  const reasons = el(
    "fieldset",
    {},
    el("legend", {}, words.CLOSE_REASON),
    ...boxes.map((box) =>
      el("label", { class: "choice" }, box, ` ${words.CLOSE_REASONS[box.value] ?? box.value}`),
    ),
  );
  const note = el("textarea", { part: "close-note", rows: 3, maxlength: LONGEST_NOTE });
  const chosen = await ask({
    part: "close-dialog",
    heading: words.CLOSE_ASK,
    yes: words.CLOSE,
    fields: [reasons, ...labelled(words.CLOSE_NOTE, note)],
    read: () => ({ reason: boxes.find((box) => box.checked)?.value, note: note.value.trim() }),
  });
  if (chosen) await act("close", chosen, words.CLOSED);
}

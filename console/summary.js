/** What an operator should know at once. */

import { el } from "./dom.js";
import { moment } from "./time.js";
import * as words from "./words.js";

const CODE = /^[\w.]+$/;

/** Address of a procedure's page for citizens. */
export function procedureLink(publicUrl, code) {
  return `${publicUrl.replace(/\/+$/, "")}/p/${encodeURIComponent(code)}`;
}

/** The summary of a talk as names and values. */
export function summary(talk, publicUrl) {
  const list = el("dl", { part: "summary" });
  const add = (name, ...values) => list.append(el("dt", {}, name), el("dd", {}, ...values));
  if (talk.need) add(words.NEED, talk.need);
  if (talk.procedure) add(words.PROCEDURE, procedure(talk.procedure, publicUrl));
  add(words.REASON, words.REASONS[talk.reason] ?? talk.reason);
  if (talk.tried?.length) {
    const topics = new Set(talk.tried.map((one) => words.TOPICS[one] ?? words.OTHER_TOPIC));
    add(words.TRIED, [...topics].join(", "));
  }
  if (talk.missed) add(words.MISSED, String(talk.missed));
  if (talk.dossiers?.length) add(words.DOSSIERS, talk.dossiers.join(", "));
  add(words.SINCE, moment(talk.opened_at));
  add(words.CHANNEL, words.CHANNELS[talk.channel] ?? talk.channel);
  add(words.DESK, words.deskName(talk.desk));
  return list;
}

function procedure({ code, name }, publicUrl) {
  if (!CODE.test(code)) return name;
  const href = procedureLink(publicUrl, code);
  return el("a", { href, target: "_blank", rel: "noopener noreferrer" }, `${name} (${code})`);
}

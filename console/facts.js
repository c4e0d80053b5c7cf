/** The catalogue's facts as lines of an answer: what no source says is said to be unpublished. */

import { plainDay } from "./time.js";
import { CITED } from "./words.js";

const GROUPS = { documents: ["documents"], fees: ["fees", "channels"], time: ["channels"] };

// As bot/catalogue/amounts.py knows it.
const FREE = /^[^\p{L}\p{N}_]*(được )?(miễn (phí|lệ phí|thu)|không thu|không mất phí)/iu;

/**
 * Name, link and the chosen facts ("documents", "fees", "time") of a procedure as the catalogue
 * gives it, in at most `room` letters: lines that do not fit are counted, not cut.
 */
export function cited(procedure, chosen, link, room) {
  const head = CITED.named(procedure.display_name || procedure.name, link);
  const parts = chosen.map((group) => part(procedure, group));
  const whole = [head, ...parts.flatMap(({ lines, end }) => [...lines, ...end])].join("\n");
  if (whole.length <= room) return whole;
  // Sources and limits of what is told are told, too.
  const ends = parts.map(({ end }) => end);
  const kept = parts.map(() => []);
  const all = () => {
    const left = parts.reduce((sum, { lines }, at) => sum + lines.length - kept[at].length, 0);
    const shown = kept.flatMap((lines, at) => (lines.length ? [...lines, ...ends[at]] : []));
    return [head, ...shown, ...(left ? [CITED.more(left)] : [])].join("\n");
  };
  for (const [at, { lines }] of parts.entries()) {
    for (const line of lines) {
      kept[at].push(line);
      if (all().length <= room) continue;
      kept[at].pop();
      break;
    }
    // A heading with nothing below it says nothing.
    if (kept[at].length === 1 && lines.length > 1) kept[at].pop();
  }
  return all();
}

function part(procedure, group) {
  const lines = { documents, fees, time }[group](procedure);
  const heading = lines.length ? [CITED[group]] : [];
  const said = lines.length ? lines : [CITED[`${group}_unpublished`]];
  const [from, ...wider] = GROUPS[group];
  const source = [from, ...wider].map((name) => procedure.sources?.[name]).find(Boolean);
  const origin = source ?? procedure.source;
  const end = origin ? [CITED.source(origin.title, plainDay(origin.checked_on))] : [];
  for (const kind of ["expired", "upcoming"]) {
    const days = [from, ...wider].map((name) => procedure[kind]?.[name]).filter(Boolean);
    if (days.length) end.push(CITED[kind](plainDay(days.sort()[0])));
  }
  return { lines: [...heading, ...said], end };
}

function ended(text) {
  return text.replace(/[ .;]+$/, "");
}

function documents(procedure) {
  const papers = (procedure.documents ?? []).filter((one) => !one.remark);
  const lines = papers.map((one) => {
    const counts = ["original", "copy"]
      .filter((kind) => one[kind])
      .map((kind) => CITED.counts[kind](one[kind]));
    const name = ended(one.name) + (counts.length ? ` (${counts.join(", ")})` : "");
    return one.when ? CITED.case(name, one.when) : CITED.item(name);
  });
  if (papers.length && procedure.documents_note) lines.push(CITED.note(procedure.documents_note));
  return lines;
}

function fees(procedure) {
  return byChannel(procedure, (channel) => (channel.fees ?? []).map(fee).filter(Boolean));
}

function fee(one) {
  let text = sum(one);
  if (!text) return "";
  if (one.case) text = `${one.case}: ${text}`;
  const end = one.dates?.effective_to;
  return end ? CITED.until(text, plainDay(end)) : text;
}

function sum({ amount, currency, unit, note }) {
  // A missing sum is not nothing to pay.
  if (amount === null || amount === undefined) return ended(note ?? "");
  // The source's own words say for whom nothing is charged.
  if (amount === 0 && FREE.test(note ?? "")) return ended(note);
  const dots = String(amount).replace(/\B(?=(\d{3})+$)/g, ".");
  const paid = `${dots} ${currency === "VND" ? CITED.dong : currency}${unit ? `/${unit}` : ""}`;
  const text = amount === 0 ? CITED.free : paid;
  return note ? `${text} (${ended(note)})` : text;
}

function time(procedure) {
  const channels = byChannel(procedure, (channel) => [duration(channel.time)].filter(Boolean));
  const stated = (procedure.channels ?? []).some((channel) => channel.time?.value != null);
  const cases = stated ? [] : (procedure.cases ?? []);
  const byCase = cases
    .filter((one) => duration(one.time))
    .map((one) => CITED.case(one.name, duration(one.time)));
  return [...channels, ...new Set(byCase)];
}

function duration(one) {
  if (one?.value == null || !one.unit) return ended(one?.note ?? "");
  const text = `${String(one.value).replace(".", ",")} ${CITED.units[one.unit] ?? one.unit}`;
  return one.note ? `${text} (${ended(one.note)})` : text;
}

/** Lines by way to file; ways that are alike share theirs, one without any is unpublished. */
function byChannel(procedure, textsOf) {
  const merged = new Map();
  for (const channel of procedure.channels ?? []) {
    const known = merged.get(channel.kind) ?? new Set();
    textsOf(channel).forEach((text) => known.add(text));
    merged.set(channel.kind, known);
  }
  let ways = [...merged].map(([kind, texts]) => [kind, [...texts]]);
  if (!ways.some(([, texts]) => texts.length)) return [];
  const same = ways.every(([, texts]) => texts.join("\n") === ways[0][1].join("\n"));
  if (ways.length > 1 && same) ways = [["all", ways[0][1]]];
  return ways.flatMap(([kind, texts]) =>
    (texts.length ? texts : [CITED.unpublished]).map((text) =>
      CITED.case(CITED.channels[kind] ?? kind, text),
    ),
  );
}

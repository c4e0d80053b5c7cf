/** Who waits, whom one has, and whom others have. */

import { button, el, KeyedList, setShown, setText } from "./dom.js";
import { minutesSince, moment } from "./time.js";
import * as words from "./words.js";

/** The lists; `claim(id)` and `open(id)` are called by their buttons. */
export class Queue {
  constructor({ claim, open }) {
    this.calls = { claim, open };
    this.mayReadOthers = false;
    this.openId = null;
    this.waiting = this.section("waiting", words.NOBODY_WAITS);
    this.mine = this.section("mine", words.NONE_MINE);
    this.others = this.section("others", "");
    this.heading = el("h2", { tabindex: -1, part: "queue-heading" }, words.QUEUE);
    this.onDuty = el("p", { part: "on-duty-count", class: "muted" });
    this.element = el("section", { class: "queue", part: "queue", "aria-label": words.QUEUE });
    const sections = [this.mine, this.waiting, this.others].map(({ element }) => element);
    this.element.append(this.heading, this.onDuty, ...sections);
  }

  section(part, none) {
    const heading = el("h3");
    const list = el("ol", { part, class: "talks" });
    const empty = el("p", { class: "muted" }, none);
    const element = el("section", {}, heading, empty, list);
    const make = (talk) => this.item(talk, part);
    return { element, heading, empty, list: new KeyedList(list, ({ id }) => id, make) };
  }

  /** Show what the server says. */
  update({ waiting, mine, others, on_duty: onDuty }, openId) {
    this.openId = openId;
    setText(this.onDuty, words.onDutyCount(onDuty));
    const parts = [
      [this.waiting, waiting, words.waitingHeading],
      [this.mine, mine, words.mineHeading],
      [this.others, others, words.othersHeading],
    ];
    for (const [section, talks, heading] of parts) {
      setText(section.heading, heading(talks.length));
      setShown(section.empty, talks.length === 0);
      section.list.update(talks);
    }
    setShown(this.others.element, others.length > 0);
  }

  item(talk, part) {
    const { id } = talk;
    const place = el("span", { part: "place", class: "place" });
    const urgent = el("strong", { class: "urgent", part: "urgent" }, `⚠ ${words.URGENT}`);
    const reason = el("span", { part: "reason", class: "reason" });
    const unread = el("strong", { part: "unread", class: "unread" });
    const need = el("p", { part: "need", class: "need" });
    const procedure = el("p", { part: "procedure" });
    const facts = el("p", { class: "muted", part: "facts" });
    const press = { claim: () => this.calls.claim(id), open: () => this.calls.open(id) };
    const buttons = el("div", { class: "buttons" });
    if (part === "waiting") {
      buttons.append(
        button(words.CLAIM, "claim", press.claim, { "aria-label": words.claimOf(id) }),
        button(words.PREVIEW, "preview", press.open, {
          "aria-label": words.previewOf(id),
          class: "plain",
        }),
      );
    } else if (part === "mine" || this.mayReadOthers) {
      const label = { "aria-label": words.openOf(id), class: "plain" };
      buttons.append(button(words.OPEN, "open", press.open, label));
    }
    const head = el("p", { class: "head" }, place, urgent, reason, unread);
    const element = el("li", { "data-talk": id }, head, need, procedure, facts, buttons);
    const update = (now) => {
      setText(place, now.place ? words.place(now.place) : "");
      setShown(place, Boolean(now.place));
      setShown(urgent, now.reason === "danger");
      element.classList.toggle("danger", now.reason === "danger");
      element.classList.toggle("open", now.id === this.openId);
      setText(reason, words.REASONS[now.reason] ?? now.reason);
      setText(unread, now.unread ? words.unread(now.unread) : "");
      setShown(unread, Boolean(now.unread));
      setText(need, now.need ?? "");
      setShown(need, Boolean(now.need));
      setText(procedure, now.procedure ? `${words.PROCEDURE}: ${now.procedure.name}` : "");
      setShown(procedure, Boolean(now.procedure));
      setText(facts, this.facts(now, part));
    };
    return { element, update };
  }

  facts(talk, part) {
    const since =
      part === "waiting" ? words.waited(minutesSince(talk.opened_at)) : moment(talk.opened_at);
    const said = [since, words.CHANNELS[talk.channel] ?? talk.channel];
    said.push(words.deskName(talk.desk));
    if (part === "others") said.push(words.heldBy(talk.claimed_name));
    return said.join(" · ");
  }
}

/** How many talks want a look; what is before the operator's eyes does not. */
export function attention({ waiting, mine }, seenId) {
  const unread = mine.filter((talk) => talk.unread > 0 && talk.id !== seenId);
  return waiting.length + unread.length;
}

/** What is new since the last look at the queue, in words; "" if nothing. */
export function news(before, now, seenId) {
  const known = new Set([...before.waiting, ...before.mine].map(({ id }) => id));
  const fresh = now.waiting.filter(({ id }) => !known.has(id));
  if (fresh.length > 1) return words.newTalks(fresh.length);
  if (fresh.length) return words.newTalk(words.REASONS[fresh[0].reason] ?? fresh[0].reason);
  const unread = new Map(before.mine.map((talk) => [talk.id, talk.unread ?? 0]));
  const more = now.mine.find(
    ({ id, unread: count }) => id !== seenId && unread.has(id) && count > unread.get(id),
  );
  return more ? words.newLines(more.id) : "";
}

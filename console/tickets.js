/** Tickets (phiếu): what citizens left to be answered. */

import { ask } from "./dialog.js";
import { button, el, KeyedList, labelled, setShown, setText } from "./dom.js";
import { instant, moment } from "./time.js";
import * as words from "./words.js";

const LONGEST_ANSWER = 2000;
const STATES = Object.keys(words.TICKET_STATES);

/** The list of tickets in one state. */
export class Tickets {
  constructor(desk) {
    this.desk = desk;
    this.turn = 0;
    this.state = el("select", { part: "ticket-state", on: { change: () => this.load() } });
    this.state.append(
      ...STATES.map((state) => el("option", { value: state }, words.TICKET_STATES[state])),
    );
    this.none = el("p", { class: "muted" }, words.NO_TICKETS);
    const list = el("ol", { class: "tickets", part: "tickets" });
    this.list = new KeyedList(list, ({ code, state }) => `${code} ${state}`, (one) => this.item(one));
    this.heading = el("h2", { tabindex: -1 }, words.TICKETS);
    this.element = el("section", { class: "page", part: "tickets-page", "aria-label": words.TICKETS });
    const reload = button(words.RELOAD, "tickets-reload", () => this.load(), { class: "plain" });
    const filter = el("div", { class: "filter" }, ...labelled(words.TICKET_FILTER, this.state), reload);
    this.element.append(this.heading, filter, this.none, list);
    setShown(this.none, false);
  }

  /** Read them anew. */
  async load() {
    this.turn += 1;
    const { turn } = this;
    try {
      const found = await this.desk.api.get(`tickets?state=${this.state.value}`);
      if (turn !== this.turn) return;
      this.list.update(found);
      setShown(this.none, found.length === 0);
    } catch (error) {
      this.failed(error);
    }
  }

  item(ticket) {
    const { code } = ticket;
    const kind = words.TICKET_KINDS[ticket.kind] ?? words.OTHER_KIND;
    const number = el("p", { part: "ticket-number", class: "revealed", tabindex: -1 });
    setShown(number, false);
    const element = el("li", { "data-ticket": code, part: "ticket" });
    element.append(
      el("h3", {}, words.ticketHeading(code, kind)),
      facts(ticket),
      el("h4", {}, words.TICKET_TEXT),
      el("p", { class: "text", part: "ticket-text" }, ticket.text),
      number,
    );
    if (ticket.answer) {
      element.append(
        el("h4", {}, words.TICKET_ANSWER),
        el("p", { class: "text", part: "ticket-given" }, ticket.answer),
      );
    }
    if (ticket.state !== "closed") element.append(this.form(ticket, number));
    return { element, update: () => undefined };
  }

  form({ code, state, has_contact: hasContact }, number) {
    const { drafts } = this.desk;
    const draft = `ticket:${code}`;
    const form = el("form", { class: "answer" });
    const buttons = el("div", { class: "buttons" });
    if (state === "open") {
      const keep = () => drafts.keep(draft, field.value);
      const field = el("textarea", { part: "ticket-answer", rows: 4, required: "",
        maxlength: LONGEST_ANSWER, on: { input: keep } });
      field.value = drafts.text(draft);
      form.append(...labelled(words.TICKET_ANSWER, field));
      buttons.append(el("button", { type: "submit", part: "ticket-send" }, words.TICKET_SEND));
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const text = field.value.trim();
        if (text && (await this.act(form, code, "answer", { text }, words.TICKET_ANSWERED))) {
          drafts.forget(draft);
        }
      });
    }
    if (hasContact) {
      const press = () => this.contact(code, number);
      buttons.append(button(words.TICKET_CONTACT, "ticket-contact", press, { class: "plain" }));
    }
    const close = async () => {
      const yes = { heading: words.TICKET_CLOSE, text: words.TICKET_CLOSE_ASK };
      if (await ask({ part: "ticket-dialog", ...yes, yes: words.TICKET_CLOSE })) {
        await this.act(form, code, "close", {}, words.TICKET_CLOSED);
      }
    };
    buttons.append(button(words.TICKET_CLOSE, "ticket-close", close, { class: "plain" }));
    form.append(buttons);
    return form;
  }

  async act(form, code, path, body, done) {
    const presses = form.querySelectorAll("button");
    presses.forEach((press) => (press.disabled = true));
    try {
      await this.desk.api.post(`tickets/${encodeURIComponent(code)}/${path}`, body);
    } catch (error) {
      this.failed(error);
      return false;
    } finally {
      presses.forEach((press) => (press.disabled = false));
    }
    this.desk.notices.clearError();
    this.desk.notices.tell(done);
    await this.load();
    if (!form.isConnected) this.heading.focus();
    return true;
  }

  async contact(code, number) {
    const yes = { heading: words.TICKET_CONTACT, text: words.TICKET_CONTACT_ASK };
    if (!(await ask({ part: "ticket-dialog", ...yes, yes: words.TICKET_CONTACT }))) return;
    try {
      const found = await this.desk.api.post(`tickets/${encodeURIComponent(code)}/contact`);
      const said = found.number ? `${words.TICKET_NUMBER}: ${found.number}` : words.NOTHING_SEALED;
      setText(number, said);
      setShown(number, true);
      number.focus();
    } catch (error) {
      this.failed(error);
    }
  }

  failed(error) {
    if (error.status !== 401) this.desk.notices.error(error.message);
  }
}

function facts(ticket) {
  const late = ticket.state === "open" && ticket.due_at && instant(ticket.due_at) < Date.now();
  const due = ticket.due_at ? moment(ticket.due_at) : "";
  const values = {
    state: words.TICKET_STATES[ticket.state] ?? ticket.state,
    made_at: moment(ticket.made_at),
    due_at: late ? words.overdue(due) : due,
    channel: words.CHANNELS[ticket.channel] ?? ticket.channel,
    field: ticket.field,
    level: words.LEVELS[ticket.level] ?? ticket.level,
    agency: ticket.agency,
    place: ticket.place,
  };
  const list = el("dl", {});
  for (const [name, value] of Object.entries(values)) {
    if (value) list.append(el("dt", {}, words.TICKET_FACTS[name]), el("dd", {}, value));
  }
  return list;
}

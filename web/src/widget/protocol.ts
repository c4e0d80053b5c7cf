/** What goes over the line, and the reading of what comes in. */

export interface Button {
  title: string;
  payload: string;
}

export interface Answer {
  topic?: string;
  status?: string;
  procedure?: { code: string; name?: string };
  erased?: boolean;
}

export interface Message {
  id: string;
  from: "citizen" | "bot";
  /** Unix seconds. */
  at: number;
  text?: string;
  title?: string;
  quiet?: boolean;
  /** Of a person of the staff who says this, not the bot. */
  name?: string;
  buttons?: Button[];
  answer?: Answer;
}

export interface History {
  messages: Message[];
  /** False: only what came after the `known` message. */
  whole: boolean;
}

export interface Refusal {
  status: "refused";
  code: string;
  text: string;
  /** Seconds; 0 if trying again is of no use. */
  retryAfter: number;
}

export type Ack = { status: "handled" | "ok" | "kept" } | Refusal;

export type Reason = "wrong_procedure" | "incomplete" | "wrong" | "unclear" | "other";
export const REASONS: readonly Reason[] = [
  "wrong_procedure",
  "incomplete",
  "wrong",
  "unclear",
  "other",
];

export interface Rating {
  rating: "good" | "bad";
  reason?: Reason;
  comment?: string;
}

export const MOST_LETTERS = 2000;

type Fields = Record<string, unknown>;

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function buttonsOf(value: unknown): Button[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const buttons = value.map(fieldsOf).flatMap(({ title, payload }) => {
    const [shown, sent] = [textOf(title), textOf(payload)];
    return shown && sent ? [{ title: shown, payload: sent }] : [];
  });
  return buttons.length ? buttons : undefined;
}

function answerOf(custom: unknown): Answer | undefined {
  const given = fieldsOf(custom)["answer"];
  if (typeof given !== "object" || given === null) return undefined;
  const fields = fieldsOf(given);
  const procedure = fieldsOf(fields["procedure"]);
  const answer: Answer = {};
  const [topic, status, code, name] = [fields["topic"], fields["status"], procedure["code"],
    procedure["name"]].map(textOf);
  if (topic) answer.topic = topic;
  if (status) answer.status = status;
  if (code) answer.procedure = name ? { code, name } : { code };
  if (fields["erased"] === true) answer.erased = true;
  return answer;
}

/** A message as the page uses it; null if it has no identifier. `from`: for a live event. */
export function messageOf(value: unknown, from?: Message["from"]): Message | null {
  const fields = fieldsOf(value);
  const id = textOf(fields["id"]);
  if (!id) return null;
  const at = fields["at"];
  const message: Message = {
    id,
    from: from ?? (fields["from"] === "citizen" ? "citizen" : "bot"),
    at: typeof at === "number" && isFinite(at) ? at : Date.now() / 1000,
  };
  const [text, title, name] = [fields["text"], fields["title"], fields["name"]].map(textOf);
  const buttons = buttonsOf(fields["buttons"]);
  const answer = answerOf(fields["custom"]);
  if (text) message.text = text;
  if (title) message.title = title;
  if (name) message.name = name;
  if (fields["quiet"] === true) message.quiet = true;
  if (buttons) message.buttons = buttons;
  if (answer) message.answer = answer;
  return message;
}

export function historyOf(value: unknown): History {
  const { messages, whole } = fieldsOf(value);
  const read = Array.isArray(messages) ? messages.map((each) => messageOf(each)) : [];
  return { messages: read.filter((each): each is Message => each !== null), whole: whole !== false };
}

export function ackOf(value: unknown): Ack {
  const { status, code, text, retry_after: wait } = fieldsOf(value);
  if (status !== "refused") {
    return { status: status === "ok" || status === "kept" ? status : "handled" };
  }
  return {
    status: "refused",
    code: textOf(code) ?? "",
    text: textOf(text) ?? "",
    retryAfter: typeof wait === "number" && wait > 0 ? wait : 0,
  };
}

/** Moments as people in Việt Nam read them, wherever the browser stands. */

const ZONE = "Asia/Ho_Chi_Minh";

const formats = {
  clock: new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hour: "2-digit", minute: "2-digit" }),
  day: new Intl.DateTimeFormat("en-GB", {
    timeZone: ZONE,
    day: "2-digit",
    month: "2-digit",
    year: "numeric",
  }),
};

/** A moment of the server as milliseconds; it is UTC, also where no zone stands behind it. */
export function instant(text) {
  return Date.parse(/Z|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`);
}

/** "07/03/2026". */
export function day(text) {
  return formats.day.format(instant(text));
}

/** "14:05", with its day before it unless that is today. */
export function moment(text, now = Date.now()) {
  const clock = formats.clock.format(instant(text));
  return day(text) === formats.day.format(now) ? clock : `${day(text)} ${clock}`;
}

/** A day that has no hour, such as "2026-03-07". */
export function plainDay(text) {
  const [year, month, date] = text.split("-");
  return `${date}/${month}/${year}`;
}

/** Whole minutes since a moment, never less than none. */
export function minutesSince(text, now = Date.now()) {
  return Math.max(0, Math.floor((now - instant(text)) / 60_000));
}

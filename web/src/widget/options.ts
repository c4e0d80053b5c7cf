/** The `data-…` attributes of the script element. */
import { hexColour } from "./colours";
import type { Language } from "../words";

export interface Options {
  /** The bot's address, without a slash at its end. */
  base: string;
  title?: string;
  colour: string;
  position: "right" | "left";
  /** CSS selector of the element to sit in. */
  target?: string;
  greeting?: string;
  /** National code of the procedure that the page is about. */
  procedure?: string;
  language: Language;
  open: boolean;
  sharedDevice: boolean;
  linkHosts: readonly string[];
  /** After how many days without a word the bot forgets a conversation. */
  keptDays: number;
}

type Given = Record<string, string | undefined>;

const CODE = /^[1-9]\.[0-9]{6}$/;
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$/;
const YES: Record<string, boolean> = { yes: true, no: false };
const DAYS = /^[1-9][0-9]{0,3}$/;
const COLOUR = "#8b1a1a";

function baseOf(source: string): string {
  const { origin, pathname } = new URL(source);
  return origin + pathname.slice(0, pathname.lastIndexOf("/"));
}

/** Options with their defaults, and what is wrong with those that were left out. */
export function readOptions(given: Given, source: string): { options: Options; problems: string[] } {
  const problems: string[] = [];
  const options: Options = {
    base: baseOf(source),
    colour: COLOUR,
    position: "right",
    language: "vi",
    open: false,
    sharedDevice: false,
    linkHosts: [],
    keptDays: 30,
  };

  /** The value of an option if it is there and right; what is wrong is noted. */
  function take<T>(name: string, expected: string, read: (value: string) => T | undefined): T | undefined {
    const key = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const value = given[key]?.trim();
    if (value === undefined) return undefined;
    const result = value === "" ? undefined : read(value);
    if (result === undefined) problems.push(`data-${name}="${value}" is ignored: expected ${expected}`);
    return result;
  }
  const oneOf = <T extends string>(...values: T[]) => (value: string): T | undefined =>
    values.find((each) => each === value);
  const yesNo = (value: string): boolean | undefined => YES[value];
  const text = (value: string): string => value;

  const title = take("title", "a text", text);
  const greeting = take("greeting", "a text", text);
  const target = take("target", "a CSS selector", text);
  const procedure = take("procedure", "a national code such as 1.001193",
    (value) => (CODE.test(value) ? value : undefined));
  if (title) options.title = title;
  if (greeting) options.greeting = greeting;
  if (target) options.target = target;
  if (procedure) options.procedure = procedure;
  options.colour = take("colour", "#rgb or #rrggbb", hexColour) ?? options.colour;
  options.position = take("position", "right or left", oneOf("right", "left")) ?? options.position;
  options.language = take("language", "vi or en", oneOf("vi", "en")) ?? options.language;
  options.open = take("open", "yes or no", yesNo) ?? options.open;
  options.sharedDevice = take("shared-device", "yes or no", yesNo) ?? options.sharedDevice;
  options.keptDays = take("kept-days", "a number of days", (value) =>
    (DAYS.test(value) ? Number(value) : undefined)) ?? options.keptDays;
  options.linkHosts = take("link-hosts", "host names, separated by commas", (value) => {
    const hosts = value.toLowerCase().split(",").map((each) => each.trim());
    return hosts.every((each) => HOST.test(each)) ? hosts : undefined;
  }) ?? options.linkHosts;
  return { options, problems };
}

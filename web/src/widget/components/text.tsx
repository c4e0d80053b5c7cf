import type { JSX } from "preact";
import type { Words } from "../../words";
import { parts, type Allowed } from "../links";

/** A text of the bot with its allowed addresses as links. */
export function LinkedText({ text, allowed, words }: { text: string; allowed: Allowed; words: Words }): JSX.Element {
  return (
    <>
      {parts(text, allowed).map(({ text: written, href }) =>
        href ? <Outward href={href} words={words}>{written}</Outward> : written,
      )}
    </>
  );
}

interface OutwardProps {
  href: string;
  words: Words;
  children: string;
  part?: string;
}

/** A link that leaves the page where it is. */
export function Outward({ href, words, children, part }: OutwardProps): JSX.Element {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer" data-part={part}>
      {children}
      <span class="unseen"> ({words.new_window})</span>
    </a>
  );
}

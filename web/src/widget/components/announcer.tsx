import type { JSX } from "preact";
import type { Announcement } from "../announcements";

/** Read out by screen readers, each once; not seen. */
export function Announcer({ announcements }: { announcements: readonly Announcement[] }): JSX.Element {
  return (
    <div data-part="live" class="unseen" aria-live="polite" aria-relevant="additions">
      {announcements.map(({ key, text, fromBot }) => (
        <p key={key} {...(fromBot ? { lang: "vi" } : {})}>{text}</p>
      ))}
    </div>
  );
}

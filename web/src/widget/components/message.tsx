import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { fill } from "../../words";
import type { Bubble } from "../conversation";
import { clockTime, isoTime } from "../dates";
import type { Page } from "../page";
import { shownText } from "../transcript";
import { Actions } from "./actions";
import { LinkedText } from "./text";

export function BubbleView({ page, bubble }: { page: Page; bubble: Bubble }): JSX.Element {
  const { words, options } = page;
  const { entry, answer } = bubble;
  const bot = entry.from === "bot";
  const text = shownText(entry, words);
  return (
    <div data-part="message" data-id={entry.id} data-from={entry.from} data-state={entry.state}
      data-person={entry.name} class="message">
      <div class="bubble">
        {entry.name
          ? <p class="person"><span class="unseen">{words.speaker_person} </span>{entry.name}<span class="unseen">: </span></p>
          : <span class="unseen">{bot ? words.speaker_bot : words.speaker_citizen}: </span>}
        {bot
          ? <div class="said" lang="vi"><LinkedText text={text} words={words}
              allowed={{ base: options.base, hosts: options.linkHosts }} /></div>
          : <div class="said">{text}</div>}
      </div>
      <p class="under">
        <time dateTime={isoTime(entry.at)}>{clockTime(entry.at)}</time>
        {entry.state === "waiting" && <span> · {words.state_waiting}</span>}
        {entry.state === "sending" && <span> · {words.state_sending}</span>}
      </p>
      {entry.state === "refused" && <Refused page={page} bubble={bubble} />}
      {bot && answer && !entry.past && <Actions page={page} id={entry.id} text={text} answer={answer} />}
    </div>
  );
}

/** A message that the server did not take: why, and what can be done. */
function Refused({ page, bubble: { entry } }: { page: Page; bubble: Bubble }): JSX.Element {
  const { chat, words } = page;
  const [now, setNow] = useState(Date.now() / 1000);
  const wait = Math.ceil((entry.refusal?.againAt ?? 0) - now);
  useEffect(() => {
    if (wait <= 0) return;
    const timer = setTimeout(() => setNow(Date.now() / 1000), 1000);
    return () => clearTimeout(timer);
  }, [now]);

  function act(does: (id: string) => void): void {
    if (wait > 0 && does === resend) return;
    does(entry.id);
    page.focusInput();
  }
  const resend = (id: string): void => chat.resend(id);
  const discard = (id: string): void => chat.discard(id);

  return (
    <div class="refused">
      <p class="problem">{words.state_refused} {entry.refusal?.text}</p>
      <div class="row">
        <button type="button" data-part="resend" aria-disabled={wait > 0} onClick={() => act(resend)}>
          {wait > 0 ? fill(words.resend_wait, { n: wait }) : words.resend}
        </button>
        <button type="button" data-part="discard" onClick={() => act(discard)}>{words.discard}</button>
      </div>
    </div>
  );
}

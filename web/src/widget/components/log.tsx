import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { fill, PAYLOADS, type Language } from "../../words";
import { bubbles, choices } from "../conversation";
import { dayOf, dayWords, isoDay } from "../dates";
import type { Button } from "../protocol";
import type { Page } from "../page";
import { BubbleView } from "./message";
import { useScrolling } from "./scrolling";

interface Props {
  page: Page;
  open: boolean;
  onAbout(): void;
}

/** Everything said so far, with what can be answered by a press. */
export function Log({ page, open, onAbout }: Props): JSX.Element {
  const { chat, words, options } = page;
  const log = useRef<HTMLDivElement>(null);
  const shown = bubbles(chat.entries);
  const offered = shown.length ? choices(chat.entries) : starters(page);
  const scrolling = useScrolling(log, open, shown, chat.typing);
  const now = Date.now() / 1000;
  let day = "";

  useLayoutEffect(() => scrolling.follow());

  function press({ payload, title }: Button): void {
    page.focusInput();
    chat.write(payload, title);
  }

  return (
    <div ref={log} data-part="log" class="log" role="log" aria-live="off" aria-label={words.log} tabIndex={0}>
      <div data-part="notice" class="notice">
        <p>{options.sharedDevice ? words.notice_shared : fill(words.notice, { days: options.keptDays })}</p>
        {words.answers_language && <p>{words.answers_language}</p>}
        <button type="button" class="plain" onClick={onAbout}>{words.notice_more}</button>
      </div>
      <div data-part="greeting" class="message" data-from="bot">
        <div class="bubble">
          <span class="unseen">{words.speaker_bot}: </span>
          <div class="said">{options.greeting ?? words.greeting}</div>
        </div>
      </div>
      {shown.map((bubble) => {
        const { at, id } = bubble.entry;
        const changes = dayOf(at) !== day;
        day = dayOf(at);
        return [
          changes && (
            <p class="day" key={`day-${id}`}><time dateTime={isoDay(at)}>{dayWords(at, now, words)}</time></p>
          ),
          <BubbleView key={id} page={page} bubble={bubble} />,
        ];
      })}
      {chat.typing && (
        <p data-part="typing" class="typing">
          <span class="unseen">{words.typing}</span>
          <span class="dot" /><span class="dot" /><span class="dot" />
        </p>
      )}
      {offered.length > 0 && (
        <Choices label={words.choices} language={shown.length ? "vi" : options.language}>
          {offered.map((each) => (
            <button type="button" key={each.payload + each.title} onClick={() => press(each)}>{each.title}</button>
          ))}
        </Choices>
      )}
    </div>
  );
}

function Choices(props: { label: string; language: Language; children: ComponentChildren }): JSX.Element {
  return (
    <div data-part="choices" class="choices" role="group" aria-label={props.label} lang={props.language}>
      {props.children}
    </div>
  );
}

function starters({ words }: Page): Button[] {
  return [
    { title: words.start_find, payload: PAYLOADS.find },
    { title: words.start_dossier, payload: PAYLOADS.dossier },
    { title: words.start_human, payload: PAYLOADS.human },
  ];
}

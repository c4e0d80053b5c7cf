import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { copyText } from "../clipboard";
import type { Answer } from "../protocol";
import type { Page } from "../page";
import { RatingForm } from "./rating";
import { Outward } from "./text";

const PREPARED = ["documents", "checklist", "procedure", "steps"];

interface Props {
  page: Page;
  id: string;
  text: string;
  answer: Answer;
}

/** What can be done with an answer: copy it, rate it, print its papers. */
export function Actions({ page, id, text, answer }: Props): JSX.Element {
  const { chat, options, words } = page;
  const [form, setForm] = useState(false);
  const [rated, setRated] = useState("");
  const [copied, setCopied] = useState("");
  const bad = useRef<HTMLButtonElement>(null);
  const code = PREPARED.includes(answer.topic ?? "") ? answer.procedure?.code : undefined;

  async function copy(button: HTMLElement): Promise<void> {
    const done = (await copyText(text, button)) ? words.copied : words.copy_failed;
    setCopied(done);
    chat.announce(done);
    setTimeout(() => setCopied(""), 3000);
  }

  function thank(): void {
    setForm(false);
    setRated(words.rated);
    chat.announce(words.rated);
    page.focusInput();
  }

  async function good(): Promise<void> {
    const kept = await chat.rate(id, { rating: "good" });
    if (kept.status !== "refused") return thank();
    setRated(kept.text || words.rate_failed);
    chat.announce(kept.text || words.rate_failed);
  }

  function cancel(): void {
    setForm(false);
    setTimeout(() => bad.current?.focus());
  }

  const done = rated === words.rated;
  return (
    <div class="actions">
      {code && (
        <p><Outward href={`${options.base}/p/${code}`} words={words} part="checklist">{words.checklist}</Outward></p>
      )}
      <div class="row small" role="group" aria-label={words.actions}>
        <button type="button" data-part="copy" onClick={(event) => void copy(event.currentTarget)}>
          {copied || words.copy}
        </button>
        {!done && (
          <>
            <button type="button" data-part="rate-good" onClick={() => void good()}>{words.rate_good}</button>
            <button ref={bad} type="button" data-part="rate-bad" aria-expanded={form}
              onClick={() => setForm(!form)}>{words.rate_bad}</button>
          </>
        )}
      </div>
      {rated && <p class="rated">{rated}</p>}
      {form && <RatingForm page={page} id={id} onDone={thank} onCancel={cancel} />}
    </div>
  );
}

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { REASONS, type Reason } from "../protocol";
import type { Page } from "../page";

interface Props {
  page: Page;
  id: string;
  onDone(): void;
  onCancel(): void;
}

/** Why an answer was not right; stands below it, the conversation goes on around it. */
export function RatingForm({ page, id, onDone, onCancel }: Props): JSX.Element {
  const { chat, words } = page;
  const [reason, setReason] = useState<Reason | null>(null);
  const [comment, setComment] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.scrollIntoView({ block: "nearest" });
    first.current?.focus({ preventScroll: true });
  }, []);

  function tell(text: string): void {
    setProblem(text);
    chat.announce(text);
  }

  function choose(chosen: Reason): void {
    setReason(chosen);
    setProblem("");
  }

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    if (busy) return;
    if (!reason) {
      tell(words.rate_reason_missing);
      first.current?.focus();
      return;
    }
    setBusy(true);
    const written = comment.trim();
    const answer = await chat.rate(id, {
      rating: "bad",
      reason,
      ...(written ? { comment: written } : {}),
    });
    setBusy(false);
    if (answer.status === "refused") tell(answer.text || words.rate_failed);
    else onDone();
  }

  function pressed(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    onCancel();
  }

  return (
    <form ref={form} data-part="rate-form" class="rating" onSubmit={(event) => void send(event)} onKeyDown={pressed}>
      <fieldset>
        <legend>{words.rate_question}</legend>
        {REASONS.map((each, at) => (
          <label class="choice" key={each}>
            <input ref={at === 0 ? first : null} type="radio" name={`reason-${id}`} value={each}
              data-part="rate-reason" checked={reason === each} onChange={() => choose(each)} />
            <span>{words[`reason_${each}`]}</span>
          </label>
        ))}
      </fieldset>
      <label class="comment">
        <span>{words.rate_comment}</span>
        <textarea rows={2} maxLength={500} value={comment}
          onInput={(event) => setComment(event.currentTarget.value)} />
      </label>
      {problem && <p class="problem">{problem}</p>}
      <div class="row">
        <button type="submit" class="main" data-part="rate-send">{words.rate_send}</button>
        <button type="button" data-part="rate-cancel" onClick={onCancel}>{words.rate_cancel}</button>
      </div>
    </form>
  );
}

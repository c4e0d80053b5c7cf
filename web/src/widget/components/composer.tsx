import type { JSX, RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { fill, type Words } from "../../words";
import { MOST_LETTERS } from "../protocol";
import { SendIcon } from "./icons";

const COUNTED_FROM = 1800;

interface Props {
  words: Words;
  input: RefObject<HTMLTextAreaElement>;
  onSend(text: string): void;
}

/** Where the citizen writes: Enter sends, Shift and Enter begin a new line. */
export function Composer({ words, input, onSend }: Props): JSX.Element {
  const [text, setText] = useState("");

  // Grows with its lines; the style sheet says up to which height.
  useLayoutEffect(() => {
    const area = input.current;
    if (!area) return;
    area.style.setProperty("height", "auto");
    if (text) area.style.setProperty("height", `${area.scrollHeight + 2}px`);
  }, [text]);

  function send(): void {
    const written = text.trim();
    if (written) onSend(written);
    setText("");
    input.current?.focus();
  }

  function pressed(event: KeyboardEvent): void {
    // While a Vietnamese or other input method composes, Enter belongs to it (229 on old phones).
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    send();
  }

  return (
    <form class="composer" onSubmit={(event) => { event.preventDefault(); send(); }}>
      <textarea ref={input} data-part="input" rows={1} maxLength={MOST_LETTERS} value={text}
        aria-label={words.input} placeholder={words.placeholder} autocomplete="off"
        enterkeyhint="send" onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={pressed} />
      <button type="submit" data-part="send" class="main">
        <SendIcon />
        <span>{words.send}</span>
      </button>
      {text.length >= COUNTED_FROM && (
        <p class="counter" role="status">{fill(words.counter, { n: text.length, most: MOST_LETTERS })}</p>
      )}
    </form>
  );
}

import type { JSX, Ref } from "preact";
import { fill, type Words } from "../../words";
import { SpeechIcon } from "./icons";

interface Props {
  words: Words;
  unread: number;
  open: boolean;
  button: Ref<HTMLButtonElement>;
  onOpen(): void;
}

export function Launcher({ words, unread, open, button, onOpen }: Props): JSX.Element {
  const count = unread ? fill(words.unread, { n: unread }) : "";
  const shown = count ? `${words.launcher} ${count}` : words.launcher;
  return (
    <button ref={button} type="button" data-part="launcher" class="launcher" hidden={open}
      aria-expanded={open} aria-label={`${shown}, ${words.launcher_opens}`}
      onClick={onOpen}>
      <SpeechIcon />
      <span>{words.launcher}</span>
      {count && <span data-part="unread" class="unread">{count}</span>}
    </button>
  );
}

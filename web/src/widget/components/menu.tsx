import type { JSX, RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { fill, PAYLOADS } from "../../words";
import { bubbles } from "../conversation";
import type { Page } from "../page";
import { prepareSound } from "../sound";
import { SIZES } from "../storage";
import { download, transcript } from "../transcript";

interface Props {
  page: Page;
  about: RefObject<HTMLHeadingElement>;
  onClose(): void;
}

/** Settings, a person, the conversation's file, erasing it, and who answers here. */
export function Menu({ page, about, onClose }: Props): JSX.Element {
  const { chat, words } = page;

  function human(): void {
    onClose();
    page.focusInput();
    chat.write(PAYLOADS.human);
  }

  function save(): void {
    const now = Date.now() / 1000;
    download(transcript(bubbles(chat.entries), words, now), now);
    chat.announce(words.downloaded);
  }

  return (
    <div data-part="menu" class="menu" id="menu" role="group" aria-label={words.menu}>
      <TextSize page={page} />
      <Switch part="contrast" page={page} setting="contrast" />
      <Switch part="sound" page={page} setting="sound" />
      <button type="button" data-part="human" onClick={human}>{words.human}</button>
      <button type="button" data-part="download" onClick={save}>{words.download}</button>
      <Erase page={page} onClose={onClose} />
      <About page={page} heading={about} />
    </div>
  );
}

function TextSize({ page }: { page: Page }): JSX.Element {
  const { chat, words, settings } = page;
  const at = SIZES.indexOf(settings.size);

  function set(index: number): void {
    const size = SIZES[Math.max(0, Math.min(SIZES.length - 1, index))] ?? 100;
    page.change({ size });
    chat.announce(fill(words.text_size_now, { n: size }));
  }

  return (
    <div class="row sizes" role="group" aria-label={words.text_size}>
      <span>{words.text_size}</span>
      <button type="button" data-part="text-size-down" aria-label={words.text_size_down}
        aria-disabled={at === 0} onClick={() => set(at - 1)}>A−</button>
      <button type="button" data-part="text-size-reset" aria-label={words.text_size_reset}
        onClick={() => set(0)}>A</button>
      <button type="button" data-part="text-size-up" aria-label={words.text_size_up}
        aria-disabled={at === SIZES.length - 1} onClick={() => set(at + 1)}>A+</button>
    </div>
  );
}

interface SwitchProps {
  page: Page;
  part: string;
  setting: "contrast" | "sound";
}

function Switch({ page, part, setting }: SwitchProps): JSX.Element {
  const { words, settings } = page;
  const on = settings[setting];

  function turn(): void {
    if (setting === "sound" && !on) prepareSound();
    page.change({ [setting]: !on });
  }

  return (
    <button type="button" role="switch" aria-checked={on} data-part={part} class="switch" onClick={turn}>
      <span>{words[setting]}</span>
      <span class="state" aria-hidden="true">{on ? words.on : words.off}</span>
    </button>
  );
}

function Erase({ page, onClose }: { page: Page; onClose(): void }): JSX.Element {
  const { chat, words } = page;
  const [asking, setAsking] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const cancel = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (asking) cancel.current?.focus();
  }, [asking]);

  function erase(): void {
    onClose();
    page.focusInput();
    chat.write(PAYLOADS.erase);
    chat.announce(words.erase_sent);
  }

  function keep(): void {
    setAsking(false);
    opener.current?.focus();
  }

  function pressed(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !asking) return;
    event.stopPropagation();
    keep();
  }

  return (
    <div class="erase" onKeyDown={pressed}>
      <button ref={opener} type="button" data-part="erase" aria-expanded={asking}
        onClick={() => setAsking(!asking)}>{words.erase}</button>
      {asking && (
        <div class="asked" role="group" aria-label={words.erase}>
          <p id="erase-ask">{words.erase_ask}</p>
          <div class="row">
            <button type="button" class="main" data-part="erase-confirm" aria-describedby="erase-ask"
              onClick={erase}>{words.erase_confirm}</button>
            <button ref={cancel} type="button" data-part="erase-cancel" aria-describedby="erase-ask"
              onClick={keep}>{words.erase_cancel}</button>
          </div>
        </div>
      )}
    </div>
  );
}

function About({ page, heading }: { page: Page; heading: RefObject<HTMLHeadingElement> }): JSX.Element {
  const { words, options } = page;
  return (
    <section data-part="about" class="about">
      <h3 ref={heading} tabIndex={-1}>{words.about}</h3>
      <p>{words.about_who}</p>
      <p>{fill(words.about_kept, { days: options.keptDays })}</p>
      <p>{options.sharedDevice ? words.about_device_shared : words.about_device}</p>
      {words.answers_language && <p>{words.answers_language}</p>}
      <p>{words.about_hotline}</p>
    </section>
  );
}

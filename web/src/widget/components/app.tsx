import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { fill, titleOf, type Words } from "../../words";
import type { Chat } from "../chat";
import { outstanding } from "../conversation";
import { focused } from "../focus";
import type { Options } from "../options";
import type { Page } from "../page";
import { playSound, prepareSound } from "../sound";
import { keepOpen, keepSettings, readSettings, wasOpen } from "../storage";
import { mayBeSaid, watchTriggers } from "../triggers";
import { cssZoom } from "../viewport";
import { Announcer } from "./announcer";
import { Launcher } from "./launcher";
import { Panel } from "./panel";
import { useMedia, useUnsentWarning } from "./hooks";

/** Filled in by the component: what the rest of the page may do. */
export interface Opening {
  open(message?: string): void;
  close(): void;
}

interface Props {
  chat: Chat;
  options: Options;
  words: Words;
  opening: Opening;
  root: HTMLElement;
  /** In an element of the page instead of floating above it. */
  embedded: boolean;
}

const PHONE = "(max-width: 480px), (max-height: 420px)";

export function App({ chat, options, words, opening, root, embedded }: Props): JSX.Element {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [settings, setSettings] = useState(readSettings);
  const phone = useMedia(PHONE);
  const [open, setOpen] = useState(() => (options.open || wasOpen()) && (embedded || !phone));
  const [everOpen, setEverOpen] = useState(open);
  const [unread, setUnread] = useState(0);
  const [wantsFocus, setWantsFocus] = useState(false);
  const full = phone && !embedded;
  const launcher = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const opener = useRef<HTMLElement | null>(null);
  // Now, for what is drawn below measures itself by it.
  root.style.setProperty("--tl-zoom", String(cssZoom(root)));
  // What callbacks of the chat see of the newest drawing.
  const current = useRef({ open, settings });
  current.current = { open, settings };

  function show(from: HTMLElement | null): void {
    if (!current.current.open) opener.current = from;
    setOpen(true);
    setEverOpen(true);
    setUnread(0);
    setWantsFocus(true);
    keepOpen(true);
    if (current.current.settings.sound) prepareSound();
    chat.start();
  }

  function hide(): void {
    setOpen(false);
    keepOpen(false);
    const back = opener.current?.isConnected ? opener.current : null;
    // The launcher can take the focus only once it is shown again.
    setTimeout(() => (back ?? launcher.current)?.focus());
  }

  function heard(text: string): void {
    const { open: isOpen, settings: set } = current.current;
    if (set.sound) playSound();
    if (isOpen) chat.announce(text, true);
    else setUnread((count) => count + 1);
  }

  useLayoutEffect(() => {
    chat.changed = () => redraw(0);
    chat.replied = heard;
    opening.open = (message) => {
      show(focused());
      if (message && mayBeSaid(message)) chat.write(message);
    };
    opening.close = hide;
    watchTriggers((element, message, title) => {
      show(element);
      if (message) chat.write(message, message.startsWith("/") ? titleOf(message, words) ?? title : undefined);
    });
    if (open) {
      keepOpen(true);
      chat.start();
    }
  }, []);
  useEffect(() => {
    if (unread) chat.announce(fill(words.unread_announced, { n: unread }));
  }, [unread]);
  useEffect(() => {
    if (!open || !wantsFocus) return;
    setWantsFocus(false);
    // On a phone the keyboard would cover the notice: the dialog itself takes the focus.
    (full ? panel : input).current?.focus();
  }, [open, wantsFocus]);
  useLayoutEffect(() => {
    root.dataset["size"] = String(settings.size);
    root.dataset["contrast"] = settings.contrast ? "high" : "normal";
    root.dataset["position"] = options.position;
    root.dataset["place"] = embedded ? "inside" : full ? "full" : "floating";
    root.dataset["open"] = String(open);
  });
  useUnsentWarning(outstanding(chat.entries) > 0);

  const page = useMemo<Page>(() => ({
    chat,
    options,
    words,
    settings,
    change(changes) {
      const changed = { ...current.current.settings, ...changes };
      setSettings(changed);
      keepSettings(changed);
    },
    focusInput() {
      // After the next drawing: the menu may still cover the input.
      setTimeout(() => input.current?.focus());
    },
  }), [settings]);

  return (
    <>
      <Launcher words={words} unread={unread} open={open} button={launcher}
        onOpen={() => show(launcher.current)} />
      {everOpen && (
        <Panel page={page} open={open} full={full} panel={panel} input={input} onClose={hide} />
      )}
      <Announcer announcements={chat.announcer.items} />
    </>
  );
}

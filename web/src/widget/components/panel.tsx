import type { JSX, RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { followViewport } from "../viewport";
import { handOn, keepInside } from "../focus";
import type { Page } from "../page";
import { Composer } from "./composer";
import { CloseIcon } from "./icons";
import { Log } from "./log";
import { Menu } from "./menu";

interface Props {
  page: Page;
  open: boolean;
  /** Fills the screen; nothing else can be reached. */
  full: boolean;
  panel: RefObject<HTMLDivElement>;
  input: RefObject<HTMLTextAreaElement>;
  onClose(): void;
}

export function Panel({ page, open, full, panel, input, onClose }: Props): JSX.Element {
  const { chat, words, options } = page;
  const [menu, setMenu] = useState(false);
  const [toAbout, setToAbout] = useState(false);
  const menuButton = useRef<HTMLButtonElement>(null);
  const about = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    if (open && full && panel.current) return followViewport(panel.current);
    return undefined;
  }, [open, full]);
  useEffect(() => {
    if (!open || !panel.current) return undefined;
    return handOn(panel.current, () => (menu ? menuButton : input).current);
  }, [open, menu]);
  useEffect(() => {
    if (!menu || !toAbout) return;
    about.current?.scrollIntoView();
    about.current?.focus();
    setToAbout(false);
  }, [menu, toAbout]);

  function pressed(event: KeyboardEvent): void {
    if (event.key === "Escape" && !event.isComposing) {
      event.preventDefault();
      event.stopPropagation();
      if (menu) {
        setMenu(false);
        menuButton.current?.focus();
      } else {
        onClose();
      }
    } else if (full && panel.current) {
      keepInside(event, panel.current);
    }
  }

  return (
    <div ref={panel} data-part="panel" class="panel" role="dialog" aria-labelledby="title" tabIndex={-1}
      hidden={!open} {...(full ? { "aria-modal": "true" } : {})} onKeyDown={pressed}>
      <div class="head">
        <h2 id="title">{options.title ?? words.title}</h2>
        <button ref={menuButton} type="button" data-part="menu-button" aria-expanded={menu} aria-controls="menu"
          onClick={() => setMenu(!menu)}>{words.menu}</button>
        <button type="button" data-part="close" aria-label={words.close} onClick={onClose}><CloseIcon /></button>
      </div>
      {menu && <Menu page={page} about={about} onClose={() => setMenu(false)} />}
      <div class="talk" hidden={menu}>
        <Log page={page} open={open && !menu} onAbout={() => { setMenu(true); setToAbout(true); }} />
        <p data-part="status" class="status">{chat.line.text}</p>
        <Composer words={words} input={input} onSend={(text) => chat.write(text)} />
      </div>
    </div>
  );
}

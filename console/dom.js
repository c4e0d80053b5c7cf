/** Elements, made without markup: whatever citizens write becomes a text node. */

/**
 * An element. `options`: `part` (data-part), `class`, `on` (listeners by event), `flags`
 * (properties such as `disabled`), all else are attributes. Children are nodes or texts.
 */
export function el(tag, options = {}, ...children) {
  const made = document.createElement(tag);
  const { part, on = {}, flags = {}, ...attributes } = options;
  if (part) made.dataset.part = part;
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) made.setAttribute(name, String(value));
  }
  Object.assign(made, flags);
  for (const [event, listener] of Object.entries(on)) made.addEventListener(event, listener);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** A button that submits nothing. */
export function button(text, part, press, options = {}) {
  return el("button", { type: "button", part, on: { click: press }, ...options }, text);
}

/** Set a text only where it differs: screen readers tell what changes. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Show or hide. */
export function setShown(element, shown) {
  if (element.hidden === shown) element.hidden = !shown;
}

/** A list whose elements stay the same from one update to the next, and with them the focus. */
export class KeyedList {
  /** `make(item)` gives an object with `element` and `update(item)`. */
  constructor(element, keyOf, make) {
    this.element = element;
    this.keyOf = keyOf;
    this.make = make;
    this.known = new Map();
  }

  /** Show these items, in this order. */
  update(items) {
    const keys = new Set(items.map(this.keyOf));
    for (const [key, view] of this.known) {
      if (keys.has(key)) continue;
      view.element.remove();
      this.known.delete(key);
    }
    let before = this.element.firstElementChild;
    for (const item of items) {
      const key = this.keyOf(item);
      let view = this.known.get(key);
      if (!view) {
        view = this.make(item);
        this.known.set(key, view);
      }
      view.update(item);
      if (view.element === before) before = before.nextElementSibling;
      else this.element.insertBefore(view.element, before);
    }
  }
}

let count = 0;

/** An identifier that no other element has. */
export function newId(stem) {
  count += 1;
  return `${stem}-${count}`;
}

/** A label and its field, in this order. */
export function labelled(text, field) {
  field.id ||= newId("field");
  return [el("label", { for: field.id }, text), field];
}

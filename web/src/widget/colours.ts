/** Colours by the contrast rules of WCAG 2. */

export const ENOUGH = 4.5;

/** #rgb or #rrggbb as #rrggbb in small letters; undefined if it is neither. */
export function hexColour(value: string): string | undefined {
  const written = value.trim().toLowerCase();
  if (/^#[0-9a-f]{6}$/.test(written)) return written;
  if (!/^#[0-9a-f]{3}$/.test(written)) return undefined;
  return `#${Array.from(written.slice(1), (digit) => digit + digit).join("")}`;
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast of two colours, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Black or white, whichever is read better on the colour. */
export function readableOn(colour: string): string {
  return contrast(colour, "#ffffff") >= contrast(colour, "#000000") ? "#ffffff" : "#000000";
}

/** The colour itself where it can be read as text on white and pale grey, else near-black. */
export function readableInk(colour: string): string {
  return contrast(colour, "#f1f1f1") >= ENOUGH ? colour : "#1a1a1a";
}

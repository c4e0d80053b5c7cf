/** Copies a text; `near`: the pressed button, beside which old browsers need a field. */
export async function copyText(text: string, near: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Not offered here (no https, an iframe's rules): the old way below.
  }
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.className = "unseen";
  near.after(field);
  field.select();
  let done = false;
  try {
    done = document.execCommand("copy");
  } catch {
    // Stays false.
  }
  field.remove();
  near.focus();
  return done;
}

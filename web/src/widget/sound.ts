/** A short tone on a reply. Browsers allow it only after the citizen has pressed something. */
let context: AudioContext | undefined;

/** To be called from a press, so that tones are allowed later. */
export function prepareSound(): void {
  try {
    context ??= new AudioContext();
    void context.resume();
  } catch {
    // No sound on this device; the reply is shown all the same.
  }
}

export function playSound(): void {
  if (!context || context.state !== "running") return;
  const tone = context.createOscillator();
  const loudness = context.createGain();
  const now = context.currentTime;
  tone.frequency.value = 660;
  loudness.gain.setValueAtTime(0.08, now);
  loudness.gain.exponentialRampToValueAtTime(0.0001, now + 0.25);
  tone.connect(loudness);
  loudness.connect(context.destination);
  tone.start(now);
  tone.stop(now + 0.25);
}

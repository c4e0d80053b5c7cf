/** Jobs that come round: each waits for its own end, and after failures longer and longer. */

const LONGEST_PAUSE_MS = 30_000;

/** One job of the clock. `run` may throw, which makes the next pause longer. */
export class Job {
  constructor(run, pause) {
    this.run = run;
    this.pause = pause;
    this.failures = 0;
    this.dueAt = Infinity;
    this.running = false;
  }

  /** Begin, or begin anew: run at the next opportunity. */
  start() {
    this.failures = 0;
    this.dueAt = 0;
    this.tick();
  }

  /** Rest until `start`. */
  stop() {
    this.dueAt = Infinity;
  }

  /** Run if it is time. */
  async tick() {
    if (this.running || Date.now() < this.dueAt) return;
    this.running = true;
    this.dueAt = Number.MAX_VALUE;
    let failed = false;
    try {
      await this.run();
    } catch {
      failed = true;
    }
    this.running = false;
    this.failures = failed ? this.failures + 1 : 0;
    // Unless it was started or stopped meanwhile.
    if (this.dueAt !== Number.MAX_VALUE) {
      if (this.dueAt === 0) await this.tick();
      return;
    }
    const pause = this.pause() * 2 ** Math.min(this.failures, 5);
    this.dueAt = Date.now() + Math.min(pause, Math.max(LONGEST_PAUSE_MS, this.pause()));
  }
}

/** Ticks for the jobs of `jobs()` while the page is open, also where nobody looks at it. */
export function startClock(jobs) {
  const tick = () => jobs().forEach((job) => void job.tick());
  try {
    const worker = new Worker(new URL("ticks.js", document.baseURI));
    worker.onmessage = tick;
    worker.onerror = () => setInterval(tick, 500);
  } catch {
    setInterval(tick, 500);
  }
}

/**
 * A worker that ticks twice a second. In a tab that nobody looks at, browsers hold back the timers
 * of pages for up to a minute, in which an operator would count as gone.
 */
setInterval(() => postMessage(0), 500);

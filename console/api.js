/** The console's server: JSON over the same origin. */

import * as words from "./words.js";

const TIMEOUT_MS = 15_000;
const HERE = new URL("api/", document.baseURI);
const CATALOGUE = new URL("../api/procedures", document.baseURI);

/** What went wrong; `status` is 0 where there was no answer. The message is for people. */
export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** Whether trying again later may help. */
  get isOutage() {
    return this.status === 0 || this.status >= 500;
  }

  /** Whether a talk went to somebody else, or to time. */
  get isTaken() {
    return this.status === 409 && this.code === "taken";
  }
}

/** Calls; `onSignedOut` is told once per session that it is over. */
export class Api {
  constructor(onSignedOut) {
    this.onSignedOut = onSignedOut;
    this.csrf = "";
  }

  /** What a path answers. Throws ApiError. */
  get(path) {
    return this.call(new URL(path, HERE), {});
  }

  /** Do something. Throws ApiError. */
  post(path, body = {}) {
    return this.call(new URL(path, HERE), {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": this.csrf },
      body: JSON.stringify(body),
    });
  }

  /** End the session: that others of its questions are refused then is no news. Throws ApiError. */
  async signOut() {
    const { csrf } = this;
    const done = this.post("sign-out");
    this.csrf = "";
    try {
      await done;
    } catch (error) {
      // A session that was over is ended, too.
      if (error.status === 401) return;
      this.csrf = csrf;
      throw error;
    }
  }

  /** Procedures of the catalogue, best first. Throws ApiError. */
  procedures(query, limit) {
    return this.call(new URL(`?${new URLSearchParams({ q: query, limit })}`, CATALOGUE), {});
  }

  /** One procedure with all its facts. Throws ApiError. */
  procedure(code) {
    return this.call(new URL(`procedures/${encodeURIComponent(code)}`, CATALOGUE), {});
  }

  async call(address, options) {
    const ended = new AbortController();
    const timer = setTimeout(() => ended.abort(), TIMEOUT_MS);
    const csrf = this.csrf;
    try {
      const response = await fetch(address, {
        ...options,
        cache: "no-store",
        credentials: "same-origin",
        signal: ended.signal,
      });
      if (response.ok) return await response.json();
      throw await this.failure(response, csrf);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw new ApiError(0, "unreachable", words.UNREACHABLE);
    } finally {
      clearTimeout(timer);
    }
  }

  async failure(response, csrf) {
    const answer = await response.json().catch(() => ({}));
    const { code = "", message = "" } = answer?.error ?? {};
    const error = new ApiError(response.status, code, message || words.FAILED);
    const over = code === "not_signed_in" || code === "csrf_failed";
    // Answers to questions of a session that another one has followed since say nothing of it.
    if (over && csrf && csrf === this.csrf) {
      this.csrf = "";
      this.onSignedOut(error);
    }
    return error;
  }
}

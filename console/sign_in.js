/** Signing in. */

import { el, labelled, setShown, setText } from "./dom.js";
import * as words from "./words.js";

/** The form; `signedIn(answer)` is called with what the server says of the session. */
export class SignIn {
  constructor(api, signedIn) {
    this.api = api;
    this.signedIn = signedIn;
    this.name = el("input", { part: "name", autocomplete: "username", autocapitalize: "none",
      spellcheck: "false", required: "", maxlength: 64 });
    this.password = el("input", { part: "password", type: "password", required: "",
      autocomplete: "current-password", maxlength: 256 });
    this.why = el("p", { part: "session-over", role: "status" });
    this.problem = el("p", { part: "error", role: "alert", class: "error" });
    this.send = el("button", { type: "submit", part: "sign-in" }, words.SIGN_IN);
    const form = el("form", { class: "sign-in", on: { submit: (event) => this.submit(event) } });
    form.append(
      el("h1", {}, words.SIGN_IN_HEADING),
      this.why,
      this.problem,
      ...labelled(words.NAME, this.name),
      ...labelled(words.PASSWORD, this.password),
      this.send,
    );
    this.element = el("main", { id: "main", part: "sign-in-page" }, form);
    this.failed("");
  }

  /** Show it, and why. */
  open(why = "") {
    setText(this.why, why);
    this.failed("");
    this.password.value = "";
    (this.name.value ? this.password : this.name).focus();
  }

  failed(text) {
    this.problem.replaceChildren(text);
    setShown(this.problem, Boolean(text));
  }

  async submit(event) {
    event.preventDefault();
    if (this.send.disabled) return;
    this.send.disabled = true;
    setText(this.send, words.SIGNING_IN);
    this.failed("");
    try {
      const values = { name: this.name.value.trim(), password: this.password.value };
      const answer = await this.api.post("sign-in", values);
      this.password.value = "";
      await this.signedIn(answer);
    } catch (error) {
      this.failed(error.message);
      this.password.select();
    } finally {
      this.send.disabled = false;
      setText(this.send, words.SIGN_IN);
    }
  }
}

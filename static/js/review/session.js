// @ts-check
/** The end of a session, and the log-in in its place: nothing on the page is lost by it, and nothing sent in another's name. */

import { slot } from "../dom.js";
import { logIn, takeNewSession } from "./api.js";
import { saveAsFile } from "./keeping.js";
import { dialog } from "./messages.js";
import { tellSaving } from "./telling.js";

/** @typedef {import("./saving.js").SaveState} SaveState */

/** @param {string} name */
function field(name) {
  const found = dialog("login").querySelector(`[name="${name}"]`);
  if (!(found instanceof HTMLInputElement)) throw new Error(`the log-in lacks ${name}`);
  return found;
}

export class Session {
  #isBusy = false;
  /** @type {SaveState} */
  #state = "saved";

  /**
   * @param {import("./journal.js").Journal} journal
   * @param {() => void} onBack the same person may go on
   */
  constructor(journal, onBack) {
    this.journal = journal;
    this.onBack = onBack;
    this.dialog = dialog("login");
    this.dialog.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#logIn();
    });
    slot("login-close").addEventListener("click", () => this.dialog.close());
    // Perhaps a log-in in another tab has ended it.
    addEventListener("focus", () => this.#isOver && void this.look());
  }

  get #isOver() {
    return this.#state === "logged_out" || this.#state === "other_person" || this.#state === "forbidden";
  }

  /**
   * @param {SaveState} state
   * @param {string} [message]
   */
  tell(state, message = "") {
    if (state === "other_person" && this.#state !== state) this.#forgetEmail();
    this.#state = state;
    tellSaving(state, message, { onLogIn: () => this.show(), onTryAgain: () => void this.look(), onSaveFile: () => saveAsFile(this.journal) });
  }

  /** It is filled in for whom the page is made; somebody else who sits here need not read it. */
  #forgetEmail() {
    const email = field("email");
    email.value = email.defaultValue = "";
  }

  /** Whose session there is now. */
  async look() {
    const session = await takeNewSession().catch(() => null);
    if (session) this.#found(session);
  }

  /** @param {import("./api.js").Session} session */
  #found(session) {
    if (session === "same") this.onBack();
    else if (session === "other") this.tell("other_person");
    else if (session === "forbidden") this.tell("forbidden", "The role that it needs is gone: ask an admin for it.");
    else this.tell("logged_out");
  }

  show() {
    this.#say("");
    if (!this.dialog.open) this.dialog.showModal();
    (field("email").value ? field("password") : field("email")).focus();
  }

  async #logIn() {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#say("Logging in …");
    try {
      const { session, message } = await logIn(field("email").value, field("password").value);
      if (session === "none") this.#refused(message);
      else {
        this.dialog.close();
        this.#found(session);
      }
    } catch (error) {
      this.#refused(error instanceof Error ? error.message : String(error));
    } finally {
      this.#isBusy = false;
      field("password").value = "";
    }
  }

  /** @param {string} message */
  #refused(message) {
    this.#say(message);
    field("password").focus();
  }

  /** @param {string} text */
  #say(text) {
    slot("login-said").textContent = text;
  }
}

// @ts-check
/**
 * Sending an answer until the server has acknowledged it. What is typed is kept on this device until then; what is sent
 * twice is one answer, since the server keeps the first.
 */

import { slot } from "../dom.js";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15_000;
const PREFIX = "trihedral.quiz.";

const LOST = "No connection just now. Your answer is kept on this device and sent again by itself: leave this page open.";

export class Sending {
  #isSending = false;

  /**
   * @param {HTMLFormElement} form
   * @param {() => Record<string, unknown>} view how it is being looked at
   */
  constructor(form, view) {
    this.form = form;
    this.view = view;
    this.notice = slot("sending");
    this.key = PREFIX + form.dataset.answer;
    this.#restore();
    form.addEventListener("input", () => this.#keep());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send(event.submitter);
    });
  }

  /** @param {HTMLElement | null} by the button; null: the clock */
  send(by) {
    if (this.#isSending) return;
    this.#isSending = true;
    this.#field("view").value = JSON.stringify(this.view());
    if (!by) this.#field("by_clock").value = "true";
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(this.form, by)) body.append(name, String(value));
    for (const button of this.form.querySelectorAll("button")) button.disabled = true;
    void this.#until(body, FIRST_WAIT_MS);
  }

  /**
   * @param {URLSearchParams} body
   * @param {number} wait_ms
   * @returns {Promise<void>}
   */
  async #until(body, wait_ms) {
    const response = await fetch(this.form.action, { method: "POST", body }).catch(() => null);
    if (!response || response.status >= 500 || response.status === 429) {
      this.notice.textContent = LOST;
      this.notice.hidden = false;
      await waited(wait_ms);
      return this.#until(body, Math.min(LONGEST_WAIT_MS, wait_ms * 2));
    }
    if (response.redirected) return this.#acknowledged(response.url);
    // The server's own page says what is wrong with the answer; all else is told by the page of where they are.
    if (response.status === 422) this.form.submit();
    else location.assign("/quiz");
  }

  /** @param {string} next */
  #acknowledged(next) {
    stored((storage) => storage.removeItem(this.key));
    location.assign(next);
  }

  #keep() {
    const fields = new FormData(this.form);
    const typed = fields.get("answer") ?? fields.get("choice");
    stored((storage) => storage.setItem(this.key, String(typed ?? "")));
  }

  #restore() {
    const kept = stored((storage) => storage.getItem(this.key));
    if (!kept) return;
    const field = this.form.elements.namedItem("answer");
    if (field instanceof HTMLInputElement) field.value ||= kept;
    else for (const radio of this.form.querySelectorAll("input[type=radio]")) if (radio instanceof HTMLInputElement) radio.checked = radio.value === kept;
  }

  /** @param {string} name */
  #field(name) {
    const found = this.form.elements.namedItem(name);
    if (!(found instanceof HTMLInputElement)) throw new Error(`the form lacks ${name}`);
    return found;
  }
}

/**
 * @template Value
 * @param {(storage: Storage) => Value} use
 * @returns {Value | null} null where the browser keeps nothing
 */
function stored(use) {
  try {
    return use(localStorage);
  } catch {
    return null;
  }
}

/** Until the time is over, or the device says that it is connected again. @param {number} wait_ms @returns {Promise<void>} */
function waited(wait_ms) {
  return new Promise((done) => {
    const timer = setTimeout(done, wait_ms);
    addEventListener("online", () => (clearTimeout(timer), done()), { once: true });
  });
}

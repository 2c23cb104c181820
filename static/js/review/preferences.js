// @ts-check
/**
 * How this reviewer likes to review, on whatever computer: given with the page, and saved on the server as it is
 * changed. What could not be saved is kept in this browser and sent with the next page.
 */

import { call, ProblemError } from "./api.js";

/** @typedef {{ keys?: Record<string, string[]>, keeps_zoom?: boolean }} Settings */

export class Preferences {
  /**
   * @param {import("./journal.js").Journal} journal
   * @param {Settings} given by the server
   */
  constructor(journal, given) {
    this.journal = journal;
    /** @type {Settings} */
    this.settings = { ...given, ...journal.settings() };
  }

  /** What an earlier page could not save. */
  async drain() {
    const unsaved = this.journal.settings();
    if (unsaved) await this.#send(unsaved).catch(() => {});
  }

  /**
   * @param {Settings} changes
   * @returns {Promise<string | null>} why they are not saved on the server; they hold on this page all the same
   */
  async change(changes) {
    Object.assign(this.settings, changes);
    const unsaved = { ...this.journal.settings(), ...changes };
    this.journal.keepSettings(unsaved);
    return this.#send(unsaved).then(
      () => null,
      (error) => (error instanceof Error ? error.message : String(error)),
    );
  }

  /** @param {Settings} unsaved */
  async #send(unsaved) {
    try {
      await call("PUT", "/me/review-settings", unsaved);
    } catch (error) {
      // What it will never take is not sent again and again.
      if (!(error instanceof ProblemError) || error.status >= 500) throw error;
      this.journal.keepSettings(null);
      throw error;
    }
    // Not where more was changed while this was under way.
    if (JSON.stringify(this.journal.settings()) === JSON.stringify(unsaved)) this.journal.keepSettings(null);
  }
}

/** What the server gave with the page. @returns {Settings} */
export function givenSettings() {
  const root = document.querySelector("[data-settings]");
  return JSON.parse((root instanceof HTMLElement && root.dataset.settings) || "{}");
}

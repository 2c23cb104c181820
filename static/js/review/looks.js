// @ts-check
/**
 * How a person likes to look, by dataset. What this page has set holds on it; it is kept in the tab at once and on the
 * server after a while, so that turning a control sends nothing. Another tab's settings are for the pages after it.
 */

import { Look } from "../viewer/look.js";
import { call, reviewer, sendLast } from "./api.js";

/** @typedef {import("./contract").Viewed} Viewed */

/** So long after the last change; sooner where the page is left. */
const AFTER_MS = 8_000;

/** @param {string} dataset */
const keyOf = (dataset) => `trihedral.look.${reviewer}.${dataset}`;

/** @param {string} dataset */
const pathOf = (dataset) => `/datasets/${encodeURIComponent(dataset)}/viewer-settings`;

/**
 * Settings that an earlier page of this tab could not save.
 * @param {string} dataset
 */
function unsavedOf(dataset) {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(dataset)) ?? "null");
  } catch {
    return null;
  }
}

/**
 * @param {string} dataset
 * @param {unknown} settings null: nothing waits to be saved
 */
function keep(dataset, settings) {
  try {
    if (settings) sessionStorage.setItem(keyOf(dataset), JSON.stringify(settings));
    else sessionStorage.removeItem(keyOf(dataset));
  } catch {
    // A browser that keeps nothing: the server does, a little later.
  }
}

export class Looks {
  /** @type {Map<string, Look>} */
  #looks = new Map();
  /** @type {Set<string>} datasets of which the look is not saved yet */
  #unsaved = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #later;

  constructor() {
    addEventListener("pagehide", () => this.#leave());
  }

  /** @param {Viewed} viewed @returns {Look} */
  of({ dataset: { name }, viewer_settings }) {
    let look = this.#looks.get(name);
    if (!look) {
      const unsaved = unsavedOf(name);
      look = Look.of(unsaved ?? viewer_settings);
      this.#looks.set(name, look);
      if (unsaved) this.#wait(name);
    }
    return look;
  }

  /** @param {string} dataset */
  changed(dataset) {
    const look = this.#looks.get(dataset);
    if (!look) return;
    keep(dataset, look.settings());
    this.#wait(dataset);
  }

  /** @param {string} dataset */
  #wait(dataset) {
    this.#unsaved.add(dataset);
    clearTimeout(this.#later);
    this.#later = setTimeout(() => void this.#save(), AFTER_MS);
  }

  async #save() {
    for (const dataset of [...this.#unsaved]) {
      const settings = this.#looks.get(dataset)?.settings();
      this.#unsaved.delete(dataset);
      try {
        await call("PUT", pathOf(dataset), settings);
        if (!this.#unsaved.has(dataset)) keep(dataset, null);
      } catch {
        // It stays in the tab, and goes with the next change or the next page.
      }
    }
  }

  #leave() {
    for (const dataset of this.#unsaved) sendLast(pathOf(dataset), "PUT", this.#looks.get(dataset)?.settings());
  }
}

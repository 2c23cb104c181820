// @ts-check
/** What is being decided, kept in this browser until the server has acknowledged it; and carried there. */

import { call, isFinal, LoggedOutError, reviewer } from "../review/api.js";

/** @typedef {import("./contract").Kept} Kept */
/** @typedef {import("./contract").Decisions} Decisions */
/** @typedef {"saved" | "saving" | "offline" | "logged_out"} SaveState */

const LONGEST_WAIT_MS = 15_000;

export class Keeper {
  /** @param {number} packetId @param {Storage} [storage] */
  constructor(packetId, storage = localStorage) {
    this.key = `trihedral.${reviewer}.adjudication.${packetId}`;
    this.storage = storage;
    this.isFull = false;
  }

  /** @returns {Kept | null} */
  read() {
    try {
      return JSON.parse(this.storage.getItem(this.key) ?? "null");
    } catch {
      return null;
    }
  }

  /** @param {Kept} kept */
  write(kept) {
    const isEmpty = !kept.isUsable && !kept.waiting.length && !Object.keys(kept.makings).length;
    try {
      if (isEmpty) this.storage.removeItem(this.key);
      else this.storage.setItem(this.key, JSON.stringify(kept));
      this.isFull = false;
    } catch {
      this.isFull = true;
    }
  }
}

export class Sender {
  /** @type {Decisions[]} */
  waiting = [];
  #isBusy = false;
  #failures = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {{ onState: (state: SaveState) => void, onStored: (told: import("./contract").Acknowledged, sent: Decisions) => void, onRefused: (problem: import("../review/api.js").ProblemError, sent: Decisions) => void }} listeners */
  constructor(listeners) {
    this.listeners = listeners;
    addEventListener("online", () => this.#soon(0));
    addEventListener("focus", () => this.waiting.length && this.#soon(0));
  }

  /** @param {Decisions[]} decisions */
  send(...decisions) {
    this.waiting.push(...decisions);
    if (this.waiting.length) this.listeners.onState("saving");
    void this.#flush();
  }

  /** @param {number} after_ms */
  #soon(after_ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#flush(), after_ms);
  }

  async #flush() {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      while (this.waiting[0]) await this.#sendFirst(this.waiting[0]);
      this.#failures = 0;
      this.listeners.onState("saved");
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#isBusy = false;
    }
  }

  /** @param {Decisions} sent */
  async #sendFirst(sent) {
    try {
      const told = await call("POST", "/adjudications", sent);
      this.waiting.shift();
      this.listeners.onStored(told, sent);
    } catch (error) {
      if (!isFinal(error)) throw error;
      this.waiting.shift();
      this.listeners.onRefused(error, sent);
    }
  }

  /** Without an answer it is sent again, under the same id: it is stored once. @param {unknown} error */
  #failed(error) {
    if (error instanceof LoggedOutError) {
      this.listeners.onState("logged_out");
      return;
    }
    this.#failures += 1;
    this.listeners.onState("offline");
    this.#soon(Math.min(LONGEST_WAIT_MS, 500 * 2 ** this.#failures));
  }
}

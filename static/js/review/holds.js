// @ts-check
/** The holds on packets: counted down by the server's clock, renewed while somebody works, told when they end. */

import { call, ProblemError } from "./api.js";

const ACTIVE_MS = 120_000;
const CHECK_MS = 15_000;
/** No hold is handed out for so short a time: it is one that has ended, by clocks that differ a little. */
const SHORTEST_MS = 2_000;

export class Holds {
  /** @type {Map<string, { endsAt: number, length_ms: number }>} by assignment, `endsAt` by this browser's clock */
  #held = new Map();
  /** @type {string | null} */
  #current = null;
  #activeAt = Date.now();
  /** Server's clock minus ours. */
  #offset_ms = 0;

  /**
   * @param {{ onTick: (left_s: number | null) => void, onEnded: (message: string) => void }} listeners
   */
  constructor(listeners) {
    this.listeners = listeners;
    for (const type of ["keydown", "pointerdown", "pointermove", "wheel"]) {
      addEventListener(type, () => (this.#activeAt = Date.now()), { passive: true, capture: true });
    }
    setInterval(() => this.#tick(), 1000);
    setInterval(() => void this.#renewAll(), CHECK_MS);
    addEventListener("visibilitychange", () => document.visibilityState === "visible" && void this.#renewAll());
  }

  /** @param {import("./contract").Assignment} assignment */
  add(assignment) {
    this.#offset_ms = Date.parse(assignment.server_time) - Date.now();
    this.extend(assignment.id, assignment.expires_at);
  }

  /**
   * @param {string} id
   * @param {string} expiresAt
   */
  extend(id, expiresAt) {
    const endsAt = Date.parse(expiresAt) - this.#offset_ms;
    if (endsAt < Date.now() + SHORTEST_MS) {
      // The server kept what was sent, but gave the slot on, or a lead took it back.
      this.#end(id, "This packet is held for you no longer, and others may review it now.");
      return;
    }
    this.#held.set(id, { endsAt, length_ms: Math.max(60_000, endsAt - Date.now()) });
    this.#tick();
  }

  /** @param {string | null} id whose countdown is shown */
  watch(id) {
    this.#current = id;
    this.#tick();
  }

  /** @param {string} id */
  drop(id) {
    this.#held.delete(id);
  }

  /**
   * @param {string} id
   * @param {string} message
   */
  #end(id, message) {
    this.drop(id);
    if (id === this.#current) this.listeners.onEnded(message);
    this.#tick();
  }

  /** @param {string} id */
  hasEnded(id) {
    return (this.#held.get(id)?.endsAt ?? 0) <= Date.now();
  }

  #tick() {
    const hold = this.#current === null ? undefined : this.#held.get(this.#current);
    this.listeners.onTick(hold ? Math.max(0, Math.round((hold.endsAt - Date.now()) / 1000)) : null);
  }

  /** While somebody works, each hold of which a third has run out is renewed; also one that ended over a closed lid. */
  async #renewAll() {
    if (Date.now() - this.#activeAt > ACTIVE_MS || document.visibilityState !== "visible") return;
    for (const [id, hold] of this.#held) {
      if (hold.endsAt - Date.now() < (hold.length_ms * 2) / 3) await this.renew(id);
    }
  }

  /**
   * @param {string} id
   * @returns {Promise<boolean>} whether the packet is still in hand
   */
  async renew(id) {
    try {
      const renewed = await call("POST", `/assignments/${id}/renew`);
      if (renewed.server_time) this.#offset_ms = Date.parse(renewed.server_time) - Date.now();
      this.extend(id, renewed.expires_at);
      return true;
    } catch (error) {
      // No answer, or logged out: saving tells, and the next check tries again.
      if (!(error instanceof ProblemError) || error.status >= 500) return true;
      this.#end(id, error.message);
      return false;
    }
  }
}

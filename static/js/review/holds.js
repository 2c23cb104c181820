// @ts-check
/**
 * The holds on packets: renewed while somebody works, told when they end. Counted down by the server's times and the time
 * that has passed here since they were told; what this computer's clock says is never asked, since it may jump.
 */

import { call, ProblemError } from "./api.js";

const ACTIVE_MS = 120_000;
const CHECK_MS = 15_000;
/** No hold is handed out for so short a time: it is one that has ended, told a little later than it was read. */
const SHORTEST_MS = 2_000;
/** If clock and passed time part by more, the computer slept or its clock was set: then the server is asked. */
const JUMP_MS = 5_000;

/** Milliseconds that have passed; unlike the clock it never jumps, but it may stand still while the computer sleeps. */
const passed = () => performance.now();

export class Holds {
  /** @type {Map<string, { endsAt: number, length_ms: number }>} by assignment, `endsAt` in passed milliseconds */
  #held = new Map();
  /** @type {string | null} */
  #current = null;
  #activeAt = passed();
  /** The clock minus the passed time. */
  #clock = Date.now() - passed();
  /** Whether more time may have passed than was counted here. */
  #areDoubtful = false;

  /**
   * @param {{ onTick: (left_s: number | null) => void, onEnded: (message: string) => void }} listeners
   */
  constructor(listeners) {
    this.listeners = listeners;
    for (const type of ["keydown", "pointerdown", "pointermove", "wheel"]) {
      addEventListener(type, () => (this.#activeAt = passed()), { passive: true, capture: true });
    }
    setInterval(() => this.#tick(), 1000);
    setInterval(() => void this.#renewAll(), CHECK_MS);
    addEventListener("visibilitychange", () => document.visibilityState === "visible" && void this.#renewAll());
  }

  /** @param {import("./contract").Assignment} assignment */
  add(assignment) {
    this.extend(assignment.id, assignment.expires_at, assignment.server_time);
  }

  /**
   * @param {string} id
   * @param {string} expiresAt
   * @param {string} serverTime when the server said so
   */
  extend(id, expiresAt, serverTime) {
    const left_ms = Date.parse(expiresAt) - Date.parse(serverTime);
    if (left_ms < SHORTEST_MS) {
      // The server kept what was sent, but gave the slot on, or a lead took it back.
      this.#end(id, "This packet is held for you no longer, and others may review it now.");
      return;
    }
    this.#held.set(id, { endsAt: passed() + left_ms, length_ms: Math.max(60_000, left_ms) });
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
    return (this.#held.get(id)?.endsAt ?? 0) <= passed();
  }

  #tick() {
    const hold = this.#current === null ? undefined : this.#held.get(this.#current);
    this.listeners.onTick(hold ? Math.max(0, Math.round((hold.endsAt - passed()) / 1000)) : null);
    if (this.#hasJumped()) {
      this.#areDoubtful = true;
      void this.#renewAll();
    }
  }

  #hasJumped() {
    const clock = Date.now() - passed();
    const has = Math.abs(clock - this.#clock) > JUMP_MS;
    this.#clock = clock;
    return has;
  }

  /** While somebody works, each hold of which a third has run out is renewed; also one that ended over a closed lid. */
  async #renewAll() {
    if (passed() - this.#activeAt > ACTIVE_MS || document.visibilityState !== "visible") return;
    const areAll = this.#areDoubtful;
    this.#areDoubtful = false;
    for (const [id, hold] of [...this.#held]) {
      if (areAll || hold.endsAt - passed() < (hold.length_ms * 2) / 3) await this.renew(id);
    }
  }

  /**
   * @param {string} id
   * @returns {Promise<boolean>} whether the packet is still in hand
   */
  async renew(id) {
    try {
      const renewed = await call("POST", `/assignments/${id}/renew`);
      this.extend(id, renewed.expires_at, renewed.server_time);
      return true;
    } catch (error) {
      // No answer, or logged out: saving tells, and the next check tries again.
      if (!(error instanceof ProblemError) || error.status >= 500) return true;
      this.#end(id, error.message);
      return false;
    }
  }
}

// @ts-check
/** The packet is open to one senior at a time: taken with the page, renewed by what is done on it, left with the page. */

import { call, isFinal, sendLast } from "../review/api.js";

/** Renewed at most so often. */
const AGAIN_MS = 30_000;
const TICK_MS = 1000;

export class Hold {
  #until = 0;
  #taken = 0;
  #isAsking = false;
  #isLost = false;

  /**
   * @param {number} packetId
   * @param {{ onLeft: (left_s: number | null) => void, onLost: (message: string) => void, onHeld: () => void }} listeners
   */
  constructor(packetId, listeners) {
    this.path = `/adjudications/${packetId}`;
    this.listeners = listeners;
    addEventListener("pagehide", () => sendLast(`${this.path}/leave`));
    for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, () => this.#renew(), { capture: true, passive: true });
    setInterval(() => this.#tick(), TICK_MS);
  }

  async take() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#taken = performance.now();
    try {
      const { expires_at, server_time } = await call("POST", `${this.path}/hold`);
      // By the server's clock: this one's may be wrong.
      this.#until = performance.now() + (Date.parse(expires_at) - Date.parse(server_time));
      this.#isLost = false;
      this.listeners.onHeld();
      this.#tick();
    } catch (error) {
      if (!isFinal(error)) return;
      this.#until = 0;
      this.#isLost = true;
      this.listeners.onLeft(null);
      this.listeners.onLost(error.message);
    } finally {
      this.#isAsking = false;
    }
  }

  #renew() {
    if (!this.#isLost && performance.now() - this.#taken > AGAIN_MS) void this.take();
  }

  #tick() {
    const left_s = Math.round((this.#until - performance.now()) / 1000);
    this.listeners.onLeft(left_s > 0 ? left_s : null);
  }
}

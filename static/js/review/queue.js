// @ts-check
/** The packets in this browser's hands: the one that is open, and the one that comes next, fetched ahead. */

import { call, ProblemError, sendLast } from "./api.js";

/** @typedef {import("./contract").PacketView} PacketView */

export class Queue {
  /** @type {PacketView | null} */
  current = null;
  /** @type {PacketView | null} */
  ahead = null;
  #isFetching = false;

  /**
   * @param {string | null} dataset
   * @param {import("./holds.js").Holds} holds
   * @param {import("./journal.js").Journal} journal
   */
  constructor(dataset, holds, journal) {
    this.dataset = dataset;
    this.holds = holds;
    this.journal = journal;
  }

  /** Also those that are submitted but not acknowledged: to the server they are still held, and it would hand them out again. */
  get have() {
    const submitted = this.journal.submissions().map((submission) => submission.assignment_id);
    return [...submitted, ...[this.current, this.ahead].flatMap((packet) => (packet ? [packet.assignment.id] : []))];
  }

  /** @returns {Promise<import("./contract").Claim>} */
  async #claim() {
    const claim = await call("POST", "/queue/claim", { dataset: this.dataset, have: this.have });
    if (claim.packet) this.holds.add(claim.packet.assignment);
    return claim;
  }

  /**
   * The first packet, or the next after the queue was empty.
   * @returns {Promise<string | null>} why there is none
   */
  async open() {
    const { packet, reason } = await this.#claim();
    this.current = packet;
    return packet ? null : (reason ?? "nothing_left");
  }

  /** Fetch one ahead. Failing is no matter: the next submit or the next look brings one. */
  async fetchAhead() {
    if (this.ahead || !this.current || this.#isFetching) return;
    this.#isFetching = true;
    try {
      const { packet } = await this.#claim();
      // The current packet may have been submitted while this was under way.
      if (packet) this.take(packet);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    } finally {
      this.#isFetching = false;
    }
  }

  /**
   * The current packet is out of hands; the one ahead becomes current.
   * @returns {Promise<PacketView | null>}
   */
  async advance() {
    if (this.current) this.holds.drop(this.current.assignment.id);
    this.current = this.ahead;
    this.ahead = null;
    const { current } = this;
    if (current && this.holds.hasEnded(current.assignment.id) && !(await this.holds.renew(current.assignment.id))) this.current = null;
    return this.current;
  }

  /** A packet that came ahead, or with an acknowledgement; perhaps the same by both ways. @param {PacketView} packet */
  take(packet) {
    if (this.have.includes(packet.assignment.id)) return;
    this.holds.add(packet.assignment);
    if (this.current) this.ahead = packet;
    else this.current = packet;
  }

  /** The page is left: a packet that nobody looked at is no longer kept from others. */
  releaseAhead() {
    if (this.ahead) sendLast(`/assignments/${this.ahead.assignment.id}/return`);
    this.ahead = null;
  }

  /** Give the current packet back, for others. */
  async handBack() {
    if (!this.current) return;
    try {
      await call("POST", `/assignments/${this.current.assignment.id}/return`);
    } catch (error) {
      // Not held any more is as good as handed back.
      if (!(error instanceof ProblemError) || error.status >= 500) throw error;
    }
  }
}

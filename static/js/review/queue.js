// @ts-check
/** The packets in this tab's hands: the one that is open, and those that come next, fetched ahead. */

import { call, ProblemError, sendLast } from "./api.js";
import { Tabs } from "./tabs.js";

/** @typedef {import("./contract").PacketView} PacketView */

const AHEAD = 2;
/** As many as the server takes to know of. */
const MOST_TOLD = 16;

export class Queue {
  /** @type {PacketView | null} */
  current = null;
  /** The next first. @type {PacketView[]} */
  ahead = [];
  /** Assignments that are submitted: an answer that was on its way meanwhile may still bring them. @type {Set<string>} */
  #done = new Set();
  #isFetching = false;

  /**
   * @param {string | null} dataset
   * @param {import("./holds.js").Holds} holds
   * @param {import("./journal.js").Journal} journal
   * @param {number} mostHeld as many as the server leaves in one person's hands
   */
  constructor(dataset, holds, journal, mostHeld) {
    this.dataset = dataset;
    this.mostHeld = mostHeld;
    this.holds = holds;
    this.journal = journal;
    this.tabs = new Tabs(journal.prefix, { have: () => this.#own, makeRoom: () => this.#makeRoom() });
  }

  get #own() {
    return [this.current, ...this.ahead].flatMap((packet) => (packet ? [packet.assignment.id] : []));
  }

  /**
   * What the server need not hand out again: also what is submitted but not acknowledged, which to the server is still
   * held, and what other tabs have.
   */
  get have() {
    const submitted = this.journal.submissions().map((submission) => submission.assignment_id);
    return [...new Set([...this.#own, ...submitted, ...this.tabs.taken])].slice(0, MOST_TOLD);
  }

  /** Whether there is room for one more. With several tabs each takes fewer: the server hands out only so many in all. */
  get wantsMore() {
    return this.ahead.length < (this.tabs.areOthers ? 1 : AHEAD) && this.have.length < this.mostHeld;
  }

  /**
   * @param {string[]} have
   * @returns {Promise<import("./contract").Claim>}
   */
  async #claim(have) {
    const claim = await call("POST", "/queue/claim", { dataset: this.dataset, have });
    if (claim.packet) this.holds.add(claim.packet.assignment);
    return claim;
  }

  /**
   * The first packet, or the next after the queue was empty.
   * @returns {Promise<string | null>} why there is none
   */
  async open() {
    await this.tabs.hello();
    const { packet, reason } = await this.#claimFirst();
    this.current = packet;
    this.tabs.tell();
    return packet ? null : (reason ?? "nothing_left");
  }

  /** One that no other tab has; where there is none, one that another tab has: it asks whose work is to stay. */
  async #claimFirst() {
    try {
      const claim = await this.#claim(this.have);
      if (claim.packet || !this.tabs.taken.length) return claim;
    } catch (error) {
      if (!(error instanceof ProblemError) || error.code !== "too_many_held" || !this.tabs.taken.length) throw error;
    }
    const taken = new Set(this.tabs.taken);
    return this.#claim(this.have.filter((id) => !taken.has(id)));
  }

  /** Fetch ahead. Failing is no matter: the next submit or the next look brings one. */
  async fetchAhead() {
    if (this.#isFetching) return;
    this.#isFetching = true;
    try {
      while (this.current && this.wantsMore) {
        const { packet } = await this.#claim(this.have);
        if (!packet || !this.take(packet)) break;
      }
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    } finally {
      this.#isFetching = false;
    }
  }

  /**
   * The current packet is out of hands; the next one becomes current.
   * @returns {Promise<PacketView | null>}
   */
  async advance() {
    if (this.current) this.holds.drop(this.current.assignment.id);
    do this.current = this.ahead.shift() ?? null;
    while (this.current && this.holds.hasEnded(this.current.assignment.id) && !(await this.holds.renew(this.current.assignment.id)));
    this.tabs.tell();
    return this.current;
  }

  /** The current packet is submitted, and never shown again. */
  finish() {
    if (this.current) this.#done.add(this.current.assignment.id);
  }

  /**
   * A packet that came ahead, or with an acknowledgement; perhaps the same by both ways.
   * @param {PacketView} packet
   * @returns {boolean} whether it is a new one
   */
  take(packet) {
    const { id } = packet.assignment;
    if (this.#own.includes(id) || this.#done.has(id)) return false;
    this.holds.add(packet.assignment);
    if (this.current) this.ahead.push(packet);
    else this.current = packet;
    this.tabs.tell();
    return true;
  }

  /** The page is left: packets that nobody looked at are no longer kept from others. */
  releaseAhead() {
    for (const { assignment } of this.ahead.splice(0)) sendLast(`/assignments/${assignment.id}/return`);
  }

  /** Another tab is opened, and needs a packet too. */
  async #makeRoom() {
    for (const { assignment } of this.ahead.splice(0)) {
      this.holds.drop(assignment.id);
      await call("POST", `/assignments/${assignment.id}/return`).catch(() => {});
    }
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

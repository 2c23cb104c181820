// @ts-check
/**
 * The other tabs of this reviewer in this browser, and which packets they have. A reviewer holds few packets at once, so
 * a tab that is opened is given room: the others hand back what they only fetched ahead.
 */

/** Where the browser does not say whether there are other tabs, so long one of them may take to answer. */
const ANSWER_MS = 60;
/** No tab is waited for longer: it may be asleep. */
const LONGEST_MS = 3_000;

/** @typedef {{ tab: string, kind: "hello" | "wait" | "have", ids: string[] }} Word */

export class Tabs {
  #tab = crypto.randomUUID();
  /** @type {Map<string, string[]>} by tab, the assignments it has */
  #others = new Map();
  /** @type {(() => void) | null} */
  #answered = null;
  /** Tabs that are making room. @type {Set<string>} */
  #waitedFor = new Set();

  /**
   * @param {string} reviewer
   * @param {{ have: () => string[], makeRoom: () => Promise<void> }} own
   */
  constructor(reviewer, own) {
    this.own = own;
    this.channel = new BroadcastChannel(`trihedral.${reviewer}`);
    this.channel.onmessage = ({ data }) => void this.#hear(data);
    addEventListener("pagehide", () => this.#say("have", []));
  }

  /** The packets that other tabs work on. @returns {string[]} */
  get taken() {
    return [...this.#others.values()].flat();
  }

  get areOthers() {
    return this.#others.size > 0;
  }

  /** Ask for room, and wait until the others have made it. */
  async hello() {
    const count = await this.#count();
    if (count === 0) return;
    const all = new Promise((resolve) => (this.#answered = () => resolve(undefined)));
    this.#say("hello", []);
    const known = new Promise((resolve) => setTimeout(() => this.#waitedFor.size || count || resolve(undefined), ANSWER_MS));
    await Promise.race([all, known, new Promise((resolve) => setTimeout(resolve, LONGEST_MS))]);
  }

  /** How many other tabs there are; null where the browser does not tell, as without a secure connection. */
  async #count() {
    const { locks } = navigator;
    if (!locks) return null;
    const { held } = await locks.query();
    // Held until the tab is closed, or killed.
    void locks.request(this.channel.name, { mode: "shared" }, () => new Promise(() => {}));
    return held?.filter(({ name }) => name === this.channel.name).length ?? null;
  }

  /** Tell the others what this tab has now. */
  tell() {
    this.#say("have", this.own.have());
  }

  /**
   * @param {Word["kind"]} kind
   * @param {string[]} ids
   */
  #say(kind, ids) {
    this.channel.postMessage({ tab: this.#tab, kind, ids });
  }

  /** @param {Word} word */
  async #hear({ tab, kind, ids }) {
    if (kind === "hello") {
      this.#say("wait", []);
      this.#others.set(tab, []);
      await this.own.makeRoom();
      this.tell();
    } else if (kind === "wait") this.#waitedFor.add(tab);
    else {
      if (ids.length) this.#others.set(tab, ids);
      else this.#others.delete(tab);
      this.#waitedFor.delete(tab);
      if (!this.#waitedFor.size) this.#answered?.();
    }
  }
}

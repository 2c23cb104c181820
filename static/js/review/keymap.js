// @ts-check
/** Which key does what for this reviewer: the table's own keys, but for those that were chosen anew. */

/**
 * @typedef {object} Key
 * @property {string} id the action
 * @property {string[]} keys as the table gives them, the one on the caps first
 * @property {string} title
 * @property {string} group
 * @property {boolean} [repeats] whether a key that is held goes on doing it
 */

/** @typedef {Record<string, string[]>} Chosen by action, its keys where they are not the table's */

export class Keymap {
  /** @type {Chosen} */
  #chosen = {};
  /** @type {Map<string, Key>} by the name of a key */
  #actions = new Map();

  /** @param {Key[]} table */
  constructor(table) {
    this.table = table;
    this.#arrange();
  }

  /**
   * What was chosen before, as it was stored: actions that are no more are passed over, and a key that would do two
   * things does the one it was chosen for.
   * @param {unknown} chosen
   */
  load(chosen) {
    const stored = typeof chosen === "object" && chosen ? Object.entries(chosen) : [];
    const known = stored.filter(([id, keys]) => this.table.some((key) => key.id === id) && Array.isArray(keys) && keys.every((key) => typeof key === "string"));
    this.#chosen = Object.fromEntries(known);
    this.#arrange();
  }

  #arrange() {
    this.#actions = new Map();
    const chosenFirst = [...this.table].sort((one, other) => Number(other.id in this.#chosen) - Number(one.id in this.#chosen));
    for (const key of chosenFirst) {
      for (const name of this.#chosen[key.id] ?? key.keys) if (!this.#actions.has(name)) this.#actions.set(name, key);
    }
  }

  /** @returns {Chosen} */
  get chosen() {
    return { ...this.#chosen };
  }

  /** @param {string} name @returns {Key | null} */
  actionOf(name) {
    return this.#actions.get(name) ?? null;
  }

  /** Those that do it now; the one that was chosen first. @param {string} id @returns {string[]} */
  keysOf(id) {
    const key = this.table.find((known) => known.id === id);
    return (this.#chosen[id] ?? key?.keys ?? []).filter((name) => this.#actions.get(name) === key);
  }

  /** @param {string} id */
  isChosen(id) {
    return id in this.#chosen;
  }

  /**
   * Let a key do this instead of the one that is on its cap.
   * @param {string} id
   * @param {string} name
   * @returns {Key | null} the action that has this key already: then nothing is changed
   */
  choose(id, name) {
    const taken = this.actionOf(name);
    if (taken) return taken.id === id ? null : taken;
    const [, ...others] = this.keysOf(id);
    this.#chosen[id] = [name, ...others];
    this.#arrange();
    return null;
  }

  /**
   * The table's own keys again.
   * @param {string} [id] of this action; else of all
   * @returns {Key | null} the action that has one of them now: then nothing is changed
   */
  reset(id) {
    const others = Object.entries(this.#chosen).filter(([other]) => id !== undefined && other !== id);
    const own = this.table.find((key) => key.id === id)?.keys ?? [];
    const taken = others.find(([, keys]) => keys.some((name) => own.includes(name)));
    if (taken) return this.table.find((key) => key.id === taken[0]) ?? null;
    this.#chosen = Object.fromEntries(others);
    this.#arrange();
    return null;
  }
}

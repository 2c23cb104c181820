// @ts-check
/** Findings of a senior's own wording, asked for as it is typed. Without an answer there are simply none to show. */

import { call } from "../review/api.js";
import { gravestFirst } from "../review/severity.js";

/** @typedef {import("./contract").DifferingDraft} DifferingDraft */
/** @typedef {import("./contract").Finding} Finding */
/** @typedef {import("./contract").Making} Making */

const AFTER_MS = 350;

/** @param {DifferingDraft} draft @param {Making} making */
const keyOf = (draft, { text, answer }) => JSON.stringify([draft.draft_id, text, answer]);

export class Screening {
  /** @type {Map<string, Finding[]>} */
  #known = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {number} packetId @param {() => void} onFound */
  constructor(packetId, onFound) {
    this.path = `/adjudications/${packetId}/screen`;
    this.onFound = onFound;
  }

  /** @param {DifferingDraft} draft @param {Making} making @returns {Finding[] | null} the gravest first; null while they are not known */
  of(draft, making) {
    return this.#known.get(keyOf(draft, making)) ?? null;
  }

  /** @param {DifferingDraft} draft @param {Making} making */
  ask(draft, making) {
    clearTimeout(this.#timer);
    const { choice, text, answer } = making;
    if (choice !== "written" || this.of(draft, making)) return;
    this.#timer = setTimeout(() => {
      call("POST", this.path, { draft_id: draft.draft_id, text, answer }).then(
        ({ findings }) => {
          this.#known.set(keyOf(draft, making), gravestFirst(findings));
          this.onFound();
        },
        () => {},
      );
    }, AFTER_MS);
  }
}

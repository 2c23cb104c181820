// @ts-check
/**
 * Findings of the reviewer's own wording, asked for as it is typed. Until the answer those of the wording before are shown,
 * or the texts would jump at each letter; without an answer there are simply none to show.
 */

import { call } from "./api.js";
import { gravestFirst } from "./severity.js";

/** @typedef {import("./contract").Finding} Finding */
/** @typedef {import("./contract").Draft} Draft */
/** @typedef {import("./work.js").Wording} Wording */

const DEBOUNCE_MS = 350;

export class Screening {
  /** @type {Map<string, Finding[]>} */
  #known = new Map();
  /** What was shown last of each draft. @type {Map<number, Finding[]>} */
  #shown = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {() => void} onFound */
  constructor(onFound) {
    this.onFound = onFound;
  }

  /**
   * @param {Draft} draft
   * @param {Wording} wording
   */
  #keyOf(draft, { text, answer }) {
    return JSON.stringify([draft.draft_id, text, answer]);
  }

  /**
   * @param {Draft} draft
   * @param {Wording} wording
   * @returns {Finding[] | null} the gravest first; null while they are not known, or hidden
   */
  of(draft, wording) {
    if (draft.hides_findings) return null;
    if (wording.text === draft.text && wording.answer === draft.answer) return gravestFirst(draft.findings);
    return this.#known.get(this.#keyOf(draft, wording)) ?? null;
  }

  /**
   * @param {Draft} draft
   * @param {Wording} wording
   * @returns {{ findings: Finding[], isCurrent: boolean }} not current: of the wording before, none of them to be fixed
   */
  shown(draft, wording) {
    const findings = this.of(draft, wording);
    if (findings) this.#shown.set(draft.draft_id, findings);
    return { findings: findings ?? this.#shown.get(draft.draft_id) ?? gravestFirst(draft.findings), isCurrent: findings !== null };
  }

  /**
   * @param {number} packetId
   * @param {Draft} draft
   * @param {Wording} wording
   */
  ask(packetId, draft, wording) {
    clearTimeout(this.#timer);
    if (draft.hides_findings || this.of(draft, wording)) return;
    this.#timer = setTimeout(() => {
      call("POST", "/screen", { packet_id: packetId, draft_id: draft.draft_id, text: wording.text, answer: wording.answer }).then(
        ({ findings }) => {
          this.#known.set(this.#keyOf(draft, wording), gravestFirst(findings));
          this.onFound();
        },
        () => {
          this.#shown.set(draft.draft_id, []);
          this.onFound();
        },
      );
    }, DEBOUNCE_MS);
  }
}

// @ts-check
/** The verdicts of one packet in the making: every change goes through here, so that each is saved and can be undone. */

import { isJudgingBoxes } from "./box_set.js";
import { keepFirst } from "./firsts.js";

/** @typedef {import("./contract").PacketView} PacketView */
/** @typedef {import("./contract").Draft} Draft */
/** @typedef {import("./contract").Opinion} Opinion */
/** @typedef {import("./contract").ProgressBody} ProgressBody */
/** @typedef {import("./contract").VerdictWord} VerdictWord */
/** @typedef {import("./contract").FlagSpan} FlagSpan */
/** @typedef {{ text: string, answer: string | null }} Wording */

const UNDO_STEPS = 200;

/** @param {string | null} text */
const folded = (text) => (text ?? "").split(/\s+/u).filter(Boolean).join(" ");

/** The name of a draft's main text in findings and spans. @param {Draft} draft */
export const mainField = (draft) => (draft.kind === "question" ? "question" : "text");

/** What the database can store: no NUL, no half of a surrogate pair. @param {string} text */
export const storable = (text) => text.replace(/\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "");

/** @returns {Opinion} */
const noOpinion = () => ({
  verdict: null,
  pending: false,
  revised_text: null,
  revised_answer: null,
  flags: [],
  spans: [],
  support: "sar",
  view: { ms: 0, limits: [0, 0], zoom: 0, panel: "" },
});

export class Work {
  /** @type {string[]} */
  #past = [];

  /**
   * @param {PacketView} packet
   * @param {ProgressBody | null} [body] what was done before
   */
  constructor(packet, body = packet.progress?.body ?? null) {
    this.packet = packet;
    this.drafts = [...packet.drafts].sort((one, other) => one.position - other.position);
    /** @type {ProgressBody} */
    this.body = body ? structuredClone(body) : { focus: null, scene: { verdict: "usable", reason: null }, verdicts: {} };
    this.body.focus = this.drafts.some((draft) => draft.draft_id === this.body.focus) ? this.body.focus : (this.firstOpen() ?? this.drafts[0])?.draft_id ?? null;
  }

  /** @returns {Draft} */
  get focused() {
    const found = this.drafts.find((draft) => draft.draft_id === this.body.focus) ?? this.drafts[0];
    if (!found) throw new Error("a packet without drafts");
    return found;
  }

  /**
   * @param {Draft} draft
   * @returns {Readonly<Opinion>}
   */
  opinion(draft) {
    return this.body.verdicts[draft.draft_id] ?? noOpinion();
  }

  /** The wording as it would be stored. @param {Draft} draft @returns {Wording} */
  wording(draft) {
    const { revised_text: text, revised_answer: answer } = this.opinion(draft);
    return { text: text ?? draft.text, answer: draft.answer === null ? null : (answer ?? draft.answer) };
  }

  /** @param {Draft} draft */
  isReworded(draft) {
    const { text, answer } = this.wording(draft);
    return folded(text) !== folded(draft.text) || folded(answer) !== folded(draft.answer);
  }

  /** @param {Draft} draft */
  isJudged(draft) {
    const opinion = this.opinion(draft);
    return opinion.verdict !== null && !opinion.pending;
  }

  get judgedCount() {
    return this.drafts.filter((draft) => this.isJudged(draft)).length;
  }

  get isUnusable() {
    return this.body.scene.verdict === "unusable";
  }

  get isComplete() {
    return this.isUnusable || (!isJudgingBoxes(this) && this.judgedCount === this.drafts.length);
  }

  firstOpen() {
    return this.drafts.find((draft) => !this.isJudged(draft)) ?? null;
  }

  /** The next draft without a verdict after the focused one, else the first such one. */
  nextOpen() {
    const at = this.drafts.indexOf(this.focused);
    return this.drafts.slice(at + 1).find((draft) => !this.isJudged(draft)) ?? this.firstOpen();
  }

  /** @param {number} draftId */
  focus(draftId) {
    this.body.focus = draftId;
  }

  /** @param {number} step */
  move(step) {
    const at = this.drafts.indexOf(this.focused) + step;
    const target = this.drafts[Math.min(this.drafts.length - 1, Math.max(0, at))];
    if (target) this.focus(target.draft_id);
  }

  /** Remember the present state, to come back to it. */
  remember() {
    this.#past.push(JSON.stringify(this.body));
    if (this.#past.length > UNDO_STEPS) this.#past.shift();
  }

  /** From here on nothing before can be undone. */
  forgetPast() {
    this.#past = [];
  }

  /** @returns {boolean} whether there was anything to undo */
  undo() {
    const last = this.#past.pop();
    if (last === undefined) return false;
    // What was said first, and seen since, is not undone.
    const { firsts, seen } = this.body;
    this.body = { ...JSON.parse(last), ...(firsts && { firsts }), ...(seen && { seen }) };
    return true;
  }

  /**
   * @param {Draft} draft
   * @param {Partial<Opinion>} changes
   */
  change(draft, changes) {
    this.body.verdicts[draft.draft_id] = { ...this.opinion(draft), ...changes };
  }

  /**
   * Accept, reject or unsure. An accepted draft has nothing to flag, and only a revision carries a wording.
   * @param {Draft} draft
   * @param {Exclude<VerdictWord, "revise">} verdict
   */
  judge(draft, verdict) {
    this.remember();
    const kept = verdict === "accept" ? { flags: [], spans: [] } : {};
    this.change(draft, { verdict, pending: false, revised_text: null, revised_answer: null, origin: "single", ...kept });
    keepFirst(this, draft);
  }

  /**
   * Accept several at once, undone at once.
   * @param {Draft[]} drafts
   * @param {Omit<import("./contract").Looked, "ms">} looking how they were on screen
   */
  acceptAll(drafts, looking) {
    this.remember();
    for (const draft of drafts) this.change(draft, { verdict: "accept", origin: "accept_all", view: { ...looking, ms: this.opinion(draft).view.ms } });
  }

  /**
   * A wording that waits for its confirmation; the first step of a revision can be undone as a whole.
   * @param {Draft} draft
   * @param {Wording} wording
   * @param {Opinion["origin"]} [origin]
   */
  reword(draft, { text, answer }, origin = "single") {
    this.change(draft, { verdict: "revise", pending: true, revised_text: storable(text), revised_answer: answer === null ? null : storable(answer), origin });
  }

  /** @param {Draft} draft @returns {string | null} why it cannot be confirmed */
  confirm(draft) {
    const { text, answer } = this.wording(draft);
    if (!text.trim() || (answer !== null && !answer.trim())) return "The wording is empty: write it, or reject the draft.";
    if (!this.isReworded(draft)) return "The wording is still the draft's own: change it, or accept the draft.";
    this.change(draft, { verdict: "revise", pending: false, revised_text: text.trim(), revised_answer: answer?.trim() ?? null });
    keepFirst(this, draft);
    return null;
  }

  /** Take back a revision that was begun. @param {Draft} draft */
  dropRewording(draft) {
    this.change(draft, { verdict: null, pending: false, revised_text: null, revised_answer: null });
  }

  /**
   * A flag on or off; off takes its spans along. A draft that is flagged is no longer accepted as it is.
   * @param {Draft} draft
   * @param {string} flag
   */
  toggleFlag(draft, flag) {
    this.remember();
    const { flags, spans, verdict } = this.opinion(draft);
    const isOn = flags.includes(flag);
    this.change(draft, {
      flags: isOn ? flags.filter((known) => known !== flag) : [...flags, flag],
      spans: isOn ? spans.filter((span) => span.flag !== flag) : spans,
      verdict: !isOn && verdict === "accept" ? null : verdict,
    });
  }

  /**
   * @param {Draft} draft
   * @param {FlagSpan} span
   */
  addSpan(draft, span) {
    this.remember();
    const { flags, spans, verdict } = this.opinion(draft);
    const isSame = (/** @type {FlagSpan} */ other) => JSON.stringify(other) === JSON.stringify(span);
    this.change(draft, {
      flags: flags.includes(span.flag) ? flags : [...flags, span.flag],
      spans: spans.some(isSame) ? spans.filter((other) => !isSame(other)) : [...spans, span],
      verdict: verdict === "accept" ? null : verdict,
    });
  }

  /** @param {Draft} draft */
  toggleSupport(draft) {
    this.remember();
    this.change(draft, { support: this.opinion(draft).support === "sar" ? "sar_with_optical" : "sar" });
  }

  /** @param {string | null} reason null: usable */
  setUnusable(reason) {
    this.remember();
    this.body.scene = reason ? { verdict: "unusable", reason } : { verdict: "usable", reason: null };
  }

  /**
   * What is submitted. Of an unusable scene no text is verified, so none is sent.
   * @param {string} submissionId
   * @returns {import("./contract").Submission}
   */
  submission(submissionId) {
    const verdicts = this.isUnusable ? [] : this.drafts.map((draft) => ({ draft_id: draft.draft_id, ...asVerdict(this.opinion(draft)) }));
    const { assignment } = this.packet;
    return { submission_id: submissionId, assignment_id: assignment.id, packet_id: assignment.packet_id, scene: this.body.scene, verdicts };
  }
}

/**
 * @param {Readonly<Opinion>} opinion
 * @returns {import("./contract").Verdict}
 */
function asVerdict({ pending: _pending, verdict, ...rest }) {
  if (verdict === null) throw new Error("a draft without a verdict");
  return { verdict, ...rest };
}

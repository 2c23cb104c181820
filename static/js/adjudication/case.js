// @ts-check
/** The disagreements of one packet and what is being decided of them. Knows no page and no server. */

/** @typedef {import("./contract").AdjudicationView} AdjudicationView */
/** @typedef {import("./contract").DifferingDraft} DifferingDraft */
/** @typedef {import("./contract").Side} Side */
/** @typedef {import("./contract").Making} Making */
/** @typedef {import("./contract").Decisions} Decisions */
/** @typedef {import("./contract").DecisionBody} DecisionBody */
/** @typedef {import("./contract").Kept} Kept */
/** @typedef {"open" | "sending" | "verified" | "rejected" | "elsewhere"} State elsewhere: by another senior, or in another tab */

/** @param {string | null} text */
const spaced = (text) => (text ?? "").trim().replace(/\s+/gu, " ");

/** @param {{ text: string, answer: string | null }} one @param {{ text: string, answer: string | null }} other */
const isSame = (one, other) => spaced(one.text) === spaced(other.text) && spaced(one.answer) === spaced(other.answer);

/**
 * What a side would make of the draft; null where it makes no text.
 * @param {DifferingDraft} draft
 * @param {Side} side
 * @returns {{ text: string, answer: string | null } | null}
 */
export function wordingOf(draft, side) {
  if (side.verdict === "accept") return { text: draft.text, answer: draft.answer };
  return side.text === null ? null : { text: side.text, answer: side.answer };
}

/** @param {DifferingDraft} draft @returns {Making} */
const nothingYet = (draft) => ({ choice: null, side: null, text: draft.text, answer: draft.answer, flags: [], support: null, note: "", comment: { to: "all", text: "" } });

export class Case {
  #at = 0;
  /** @type {Map<number, Making>} */
  #makings = new Map();
  /** @type {Map<number, Making[]>} what undo goes back to */
  #before = new Map();
  /** @type {Map<number, State>} */
  #states = new Map();
  /** Whether the scene, of which reviews differ, was found usable. */
  isUsable = false;

  /**
   * @param {AdjudicationView} view
   * @param {Kept | null} [kept]
   */
  constructor(view, kept = null) {
    this.view = view;
    this.isUsable = kept?.isUsable ?? false;
    for (const draft of this.drafts) {
      const making = kept?.makings[draft.draft_id];
      if (making) this.#makings.set(draft.draft_id, { ...nothingYet(draft), ...making });
    }
    for (const { decisions, scene } of kept?.waiting ?? []) {
      for (const draft of this.drafts) if (scene || decisions.some((one) => one.draft_id === draft.draft_id)) this.setState(draft, "sending");
    }
    this.#at = Math.max(0, this.drafts.findIndex((draft) => this.stateOf(draft) === "open"));
  }

  get drafts() {
    return this.view.drafts;
  }

  /** @returns {DifferingDraft} */
  get focused() {
    return /** @type {DifferingDraft} */ (this.drafts[this.#at]);
  }

  /** Whether the scene is to be decided before its texts. */
  get asksForScene() {
    return this.view.scene_sides.length > 0 && !this.isUsable && this.drafts.every((draft) => this.stateOf(draft) === "open");
  }

  /** @param {DifferingDraft} draft @returns {State} */
  stateOf(draft) {
    return this.#states.get(draft.draft_id) ?? "open";
  }

  /** @param {DifferingDraft} draft @param {State} state */
  setState(draft, state) {
    this.#states.set(draft.draft_id, state);
  }

  /** @param {(state: State) => boolean} isMeant */
  count(isMeant) {
    return this.drafts.filter((draft) => isMeant(this.stateOf(draft))).length;
  }

  /** @param {number} draftId */
  open(draftId) {
    const at = this.drafts.findIndex((draft) => draft.draft_id === draftId);
    if (at >= 0) this.#at = at;
  }

  /** @param {number} step */
  move(step) {
    this.#at = Math.min(this.drafts.length - 1, Math.max(0, this.#at + step));
  }

  /** To the next that is open, from the start again behind the last. @returns {boolean} whether there is one */
  openNext() {
    const order = [...this.drafts.slice(this.#at + 1), ...this.drafts.slice(0, this.#at + 1)];
    const next = order.find((draft) => this.stateOf(draft) === "open");
    if (next) this.open(next.draft_id);
    return next !== undefined;
  }

  /** @param {DifferingDraft} draft @returns {Making} */
  making(draft) {
    return this.#makings.get(draft.draft_id) ?? nothingYet(draft);
  }

  /** @param {Decisions[]} waiting on their way @returns {Kept} what is lost with the page unless it is kept */
  kept(waiting) {
    const undecided = this.drafts.filter((draft) => ["open", "sending"].includes(this.stateOf(draft)));
    const made = undecided.filter((draft) => this.#makings.has(draft.draft_id)).map((draft) => [draft.draft_id, this.making(draft)]);
    return { isUsable: this.isUsable && undecided.length > 0, makings: Object.fromEntries(made), waiting };
  }

  /**
   * @param {Partial<Making>} changes
   * @param {boolean} [isStep] whether undo goes back to before it
   */
  change(changes, isStep = true) {
    const draft = this.focused;
    const now = this.making(draft);
    if (isStep) this.#before.set(draft.draft_id, [...(this.#before.get(draft.draft_id) ?? []), now].slice(-100));
    this.#makings.set(draft.draft_id, { ...now, ...changes });
  }

  /** @returns {boolean} whether there was anything to go back to */
  undo() {
    const before = this.#before.get(this.focused.draft_id) ?? [];
    const last = before.at(-1);
    if (!last) return false;
    this.#before.set(this.focused.draft_id, before.slice(0, -1));
    this.#makings.set(this.focused.draft_id, last);
    return true;
  }

  /** @param {string} letter @returns {string | null} why it cannot be taken */
  take(letter) {
    const side = this.focused.sides.find((one) => one.letter === letter);
    if (!side) return `There is no side ${letter}.`;
    if (!side.may_be_taken) return `Side ${letter} is unsure, which decides nothing.`;
    this.change({ choice: "side", side: letter, flags: this.#flagsWith(side.flags) });
    return null;
  }

  /** Take the text as it was drafted, or reject it: what came with a side does not stay. @param {"as_drafted" | "reject"} choice */
  leaveSides(choice) {
    this.change({ choice, side: null, flags: this.#flagsWith([]) });
  }

  /** The flags of what is taken now go along, unless others were chosen by hand. @param {string[]} flags @returns {string[]} */
  #flagsWith(flags) {
    const now = this.making(this.focused);
    const taken = this.focused.sides.find((one) => one.letter === now.side);
    return now.flags.join() === (taken?.flags ?? []).join() ? [...flags] : now.flags;
  }

  /** Write one's own, from the wording of the side that was taken, else of the first that has one. */
  write() {
    const draft = this.focused;
    const now = this.making(draft);
    if (now.choice === "written") return;
    const sides = [...draft.sides].sort((one, other) => Number(other.letter === now.side) - Number(one.letter === now.side));
    const [from] = sides.flatMap((side) => (side.text === null ? [] : [wordingOf(draft, side)]));
    const start = now.side && sides[0]?.verdict === "accept" ? wordingOf(draft, sides[0]) : from;
    this.change({ choice: "written", side: now.side, ...(start ?? { text: draft.text, answer: draft.answer }) });
  }

  /** @param {string} flag */
  toggleFlag(flag) {
    const { flags } = this.making(this.focused);
    this.change({ flags: flags.includes(flag) ? flags.filter((one) => one !== flag) : [...flags, flag] });
  }

  /** @returns {import("./contract").Support} */
  get support() {
    return this.making(this.focused).support ?? this.focused.support;
  }

  toggleSupport() {
    this.change({ support: this.support === "sar" ? "sar_with_optical" : "sar" });
  }

  /** Why the focused draft's decision cannot be saved yet. @returns {string | null} */
  get complaint() {
    const draft = this.focused;
    const making = this.making(draft);
    if (this.asksForScene) return "Decide on the scene first: usable or not.";
    if (this.stateOf(draft) !== "open") return "This text is decided.";
    if (!making.choice) return "Nothing is chosen: take a side, write your own, take it as drafted, or reject it.";
    if (making.choice !== "written") return null;
    if (!making.text.trim() || (making.answer !== null && !making.answer.trim())) return "The text is empty: write it, or reject the draft.";
    return isSame(making, draft) ? "Your text is the draft's own: change it, or take it as drafted." : null;
  }

  /** @returns {DecisionBody} of the focused draft */
  #decision() {
    const draft = this.focused;
    const making = this.making(draft);
    const { choice, side, text, answer } = making;
    const isWritten = choice === "written";
    const comment = making.comment.text.trim();
    return {
      draft_id: draft.draft_id,
      choice: choice ?? "reject",
      side: choice === "side" ? side : null,
      text: isWritten ? text : null,
      answer: isWritten ? answer : null,
      support: making.support,
      flags: making.flags,
      note: making.note.trim() || null,
      comments: comment ? [{ to: making.comment.to, text: comment }] : [],
      seen: draft.seen,
    };
  }

  /** @param {string} submissionId @returns {Decisions} the focused draft's decision, which is then on its way */
  submit(submissionId) {
    const decision = this.#decision();
    this.setState(this.focused, "sending");
    return { submission_id: submissionId, packet_id: this.view.packet_id, decisions: [decision] };
  }

  /** @param {string} submissionId @param {string} reason @returns {Decisions} that the scene is unusable */
  submitScene(submissionId, reason) {
    const making = this.making(this.focused);
    for (const draft of this.drafts) this.setState(draft, "sending");
    const scene = { verdict: /** @type {const} */ ("unusable"), reason, note: making.note.trim() || null, comments: [] };
    return { submission_id: submissionId, packet_id: this.view.packet_id, scene, decisions: [] };
  }

  /** The drafts that a submission is about. @param {Decisions} sent @returns {DifferingDraft[]} */
  draftsOf(sent) {
    return sent.scene ? this.drafts : this.drafts.filter((draft) => sent.decisions.some((one) => one.draft_id === draft.draft_id));
  }
}

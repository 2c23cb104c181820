// @ts-check
/** What keys and clicks do to the open packet. Each change is drawn and saved at once. */

import { acceptAll } from "./accepting.js";
import { shownDrafts } from "./box_set.js";
import { DraftList } from "./drafts.js";
import { look, newsOf } from "./firsts.js";
import { Flagging } from "./flagging.js";
import { listenToKeys } from "./keyboard.js";
import { ask, say } from "./messages.js";
import { Revising } from "./revising.js";
import { afterAll } from "./sar_first.js";
import { Screening } from "./screening.js";
import { Seen } from "./seen.js";
import { FLAGS, UNUSABLE_REASONS, VERDICT_TITLES } from "./vocabulary.js";

/** @typedef {import("./work.js").Work} Work */
/** @typedef {import("./work.js").Wording} Wording */
/** @typedef {import("./contract").Draft} Draft */
/** @typedef {import("./contract").Finding} Finding */

/**
 * @typedef {object} Surroundings
 * @property {import("./display.js").Display} display
 * @property {(isPassing?: boolean) => void} onChange passing: a letter, or another text that is looked at
 * @property {() => void} onSubmit
 * @property {(id: string) => void} onOther keys that are about the packet as a whole
 */

export class Judging {
  /** @type {Work | null} */
  #work = null;
  /** @type {string | null} */
  complaint = null;
  #lookedSince = performance.now();
  /** Who is asked about a key before the texts are: a step before them, or a tool of the image. @type {((id: string, name: string) => boolean)[]} */
  #before = [];
  /** A step before the texts draws itself in their place. @type {() => boolean} whether it does */
  instead = () => false;

  /**
   * @param {HTMLElement} root
   * @param {Surroundings} surroundings
   */
  constructor(root, { display, onChange, onSubmit, onOther }) {
    this.root = root;
    this.display = display;
    this.onChange = onChange;
    this.onSubmit = onSubmit;
    this.onOther = onOther;
    this.list = new DraftList(root);
    this.revising = new Revising(this);
    this.flagging = new Flagging(this);
    this.screening = new Screening(() => this.#work && this.list.drawWording(this));
    this.seen = new Seen(() => display.viewer.areBothLoaded);
    listenToKeys(this);
    root.addEventListener("pointerup", () => this.#work && this.flagging.take());
  }

  get work() {
    if (!this.#work) throw new Error("no packet is open");
    return this.#work;
  }

  get isOpen() {
    return this.#work !== null;
  }

  get isEditing() {
    return this.revising.isEditing;
  }

  get selection() {
    return this.flagging.selection;
  }

  /** Of the texts, for whoever draws them. */
  get unexplained() {
    return this.flagging.unexplained;
  }

  /** @param {Wording} wording */
  typed = (wording) => this.revising.typed(wording);
  /** @param {Finding} finding */
  fix = (finding) => this.revising.fix(finding);
  /** @param {string} flag */
  flag = (flag) => this.flagging.flag(flag);

  /** @param {(id: string, name: string) => boolean} takes whether it took the key, which then does nothing else */
  askFirst(takes) {
    this.#before.push(takes);
  }

  /** @param {Work | null} work */
  show(work) {
    if (work?.packet !== this.#work?.packet) this.seen.begin();
    this.#work = work;
    this.#leave();
    if (!work) return;
    this.root.scrollTop = 0;
    this.redraw();
  }

  /** Nothing of the text that was open is carried over to the next. */
  #leave() {
    this.revising.end();
    this.selection.end();
    this.flagging.stopAsking();
    this.complaint = null;
    this.#lookedSince = performance.now();
  }

  redraw() {
    if (this.instead()) return;
    const { focused } = this.work;
    this.root.classList.toggle("is-unusable", this.work.isUnusable);
    this.list.draw(this);
    this.list.reveal();
    this.seen.watch(this.root);
    this.display.viewer.light(focused.box_numbers);
    this.display.mark(this.work.opinion(focused).marks ?? []);
    this.screen();
  }

  /** Have the open draft's wording screened, where it is not known what is found in it. */
  screen() {
    const { packet, focused } = this.work;
    this.screening.ask(packet.assignment.packet_id, focused, this.work.wording(focused));
  }

  /** Findings have come after first verdicts. */
  shown() {
    if (this.isEditing) {
      this.list.drawOthers(this);
      this.list.drawWording(this);
    } else this.redraw();
    const { length } = newsOf(this.work);
    if (length) say(`Something was found in ${length} judged ${length === 1 ? "text" : "texts"}.`);
  }

  /** To the next judged text in which something was found since. @returns {boolean} whether there is one */
  openNews() {
    const [draft] = this.work.isUnusable ? [] : newsOf(this.work);
    if (!draft) return false;
    this.open(draft.draft_id);
    this.complain("Found after your verdict: change it, or ⏎ leaves it as it is.");
    return true;
  }

  /** @param {boolean} [isPassing] */
  changed(isPassing) {
    this.redraw();
    this.onChange(isPassing);
  }

  /** How long and in which way the draft was looked at, for its verdict. @param {Draft} draft */
  looked(draft) {
    const now = performance.now();
    const ms = this.work.opinion(draft).view.ms + Math.round(now - this.#lookedSince);
    this.#lookedSince = now;
    this.work.change(draft, { view: { ms, ...this.display.viewer.looking() } });
  }

  /** @param {number[]} numbers */
  heat(numbers) {
    this.display.viewer.heat(numbers);
    if (this.#work) this.list.heat(numbers, this.#work);
  }

  /** The next text that speaks of a box. @param {number} number */
  openBox(number) {
    const { drafts, focused } = this.work;
    const at = drafts.indexOf(focused) + 1;
    const found = [...drafts.slice(at), ...drafts.slice(0, at)].find((draft) => draft.box_numbers.includes(number));
    if (found) this.open(found.draft_id);
  }

  /** @param {number} draftId */
  open(draftId) {
    this.revising.leaveField();
    if (draftId !== this.work.focused.draft_id) look(this.work, this.work.focused);
    this.#leave();
    this.work.focus(draftId);
    this.changed(true);
  }

  /**
   * On to the next draft without a verdict.
   * @param {string} done what was just said
   * @param {Draft} [judged] the draft that it was said of
   */
  goOn(done, judged) {
    const { work } = this;
    const next = work.nextOpen();
    look(work, work.focused);
    this.#leave();
    if (next) work.focus(next.draft_id);
    if (judged) this.flagging.askWhy(judged);
    this.changed();
    say(`${done}. ${this.unexplained ? "A digit says why. " : ""}${work.judgedCount} of ${work.drafts.length} judged. ${next ? `${next.title}: ${next.text}` : `All are judged: ${afterAll(work)}.`}`);
  }

  /**
   * The action of a key, or of the button that stands for it.
   * @param {string} id
   * @param {string} [name] the key as pressed
   */
  press(id, name = "") {
    if (this.#before.some((takes) => takes(id, name))) return;
    if (this.display.press(id)) return;
    if (!this.#work) return;
    this.complaint = null;
    /** @type {Record<string, () => void>} */
    const actions = {
      accept: () => this.#judge("accept"),
      reject: () => this.#judge("reject"),
      unsure: () => this.#judge("unsure"),
      accept_all: () => acceptAll(this),
      revise: () => this.revising.begin(),
      support: () => this.flagging.toggleSupport(),
      fix: () => this.revising.nextFix(),
      span: () => this.flagging.begin(),
      undo: () => this.#undo(),
      next: () => this.#move(1),
      previous: () => this.#move(-1),
      submit: () => this.#enter(),
      unusable: () => void this.#chooseUnusable(),
    };
    const flag = FLAGS.find((known) => id === `flag_${known.flag}`);
    if (flag) this.flagging.press(flag.flag);
    else (actions[id] ?? (() => this.onOther(id)))();
  }

  /** @param {"accept" | "reject" | "unsure"} verdict */
  #judge(verdict) {
    const { work } = this;
    const draft = work.focused;
    work.judge(draft, verdict);
    this.looked(draft);
    this.goOn(`${draft.title} ${VERDICT_TITLES[verdict]}`, draft);
  }

  /** @param {string} complaint */
  complain(complaint) {
    this.complaint = complaint;
    this.redraw();
    say(complaint);
  }

  #undo() {
    this.revising.end();
    this.selection.end();
    if (this.work.undo()) this.changed();
    else this.complain("There is nothing to undo.");
  }

  /** @param {number} step */
  #move(step) {
    const { work } = this;
    const shown = shownDrafts(work);
    const at = Math.min(shown.length - 1, Math.max(0, shown.indexOf(work.focused) + step));
    const target = shown[at];
    if (!target) return;
    this.open(target.draft_id);
    say(`${target.title}: ${target.text}`);
  }

  /** Confirm, submit, or show what is missing. */
  #enter() {
    const { work } = this;
    const open = work.firstOpen();
    look(work, work.focused);
    if (work.opinion(work.focused).pending) this.revising.confirm();
    else if (work.isComplete) this.onSubmit();
    else if (open) {
      const left = work.drafts.length - work.judgedCount;
      this.open(open.draft_id);
      const why = work.opinion(open).pending ? "its new wording waits for ⏎" : "this is the first";
      this.complain(`${left} of ${work.drafts.length} ${left === 1 ? "text is" : "texts are"} still open: ${why}.`);
    }
  }

  async #chooseUnusable() {
    const { work } = this;
    if (work.isUnusable) {
      work.setUnusable(null);
      this.changed();
      return;
    }
    const reasons = UNUSABLE_REASONS.filter(({ needsOptical }) => !needsOptical || work.packet.scene.assets.optical);
    const reason = await ask({
      title: "Why is this scene unusable?",
      text: "No text of an unusable scene is verified.",
      choices: reasons.map((known) => ({ value: known.reason, text: known.title })),
    });
    if (!reason || this.#work !== work) return;
    work.setUnusable(reason);
    this.changed();
    say("Scene unusable. Enter submits.");
  }
}

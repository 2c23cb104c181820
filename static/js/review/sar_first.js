// @ts-check
/**
 * Packets that are judged from the SAR image first: until each text has a verdict that was given without it, the server
 * keeps the optical image back. Enter sends these verdicts, the answer shows the image, and then Enter submits.
 */

import { element, kbd } from "../dom.js";
import { call, isFinal } from "./api.js";
import { notify, say } from "./messages.js";

/** @typedef {import("./work.js").Work} Work */
/** @typedef {import("./contract").SarVerdict} SarVerdict */
/** @typedef {{ title: string, text: string, tone?: "error" | "ok" }} Notice */

/** An Enter that was meant for the verdicts must not submit what the image was only just shown for. */
const LEAST_LOOK_MS = 700;
/** Until then nobody need be told that an answer is waited for. */
const PATIENCE_MS = 400;

/** @type {Notice} */
const SHOWN = { title: "Now with the optical image.", text: "Change what it shows; Enter submits.", tone: "ok" };
/** @type {Notice} */
const KEPT = { title: "Now with the optical image.", text: "You judged these texts from the SAR image before, and those verdicts stay as the first. Change what the optical image shows; Enter submits.", tone: "ok" };
/** @type {Notice} */
const SET_ASIDE = { title: "There is no optical image any more.", text: "An admin set it aside meanwhile: judge by the SAR image alone. Enter submits." };

/** Those of which the reviewer has asked for the image. @type {WeakSet<Work>} */
const asked = new WeakSet();
/** When the image was shown. @type {WeakMap<Work, number>} */
const shownAt = new WeakMap();

/** @param {Work} work */
export const isOpticalHidden = (work) => work.packet.optical_hidden;

/** What Enter does once each text has a verdict. @param {Work} work */
export const afterAll = (work) => (isOpticalHidden(work) ? "Enter shows the optical image" : "Enter submits");

/** @param {{ draft_id: number, verdict: import("./contract").VerdictWord, revised_text: string | null, revised_answer: string | null, flags: string[] }} said @returns {SarVerdict} */
const asSarVerdict = ({ draft_id, verdict, revised_text, revised_answer, flags }) => ({ draft_id, verdict, revised_text, revised_answer, flags });

/** What is to be sent now, if anything. @param {Work} work @returns {SarVerdict[] | null} */
export function waitingSar(work) {
  if (!asked.has(work) || !isOpticalHidden(work) || !work.isComplete || work.isUnusable) return null;
  return work.submission("").verdicts.map(asSarVerdict);
}

/**
 * Send the verdicts, and put the scene as it may be seen now where the page looks for it.
 * @param {Work} work
 * @param {SarVerdict[]} verdicts
 * @returns {Promise<Notice>} what to tell of it
 * @throws {Error} where there was no answer: to be tried again
 */
export async function reveal(work, verdicts) {
  try {
    await askFor(work, verdicts);
    return SHOWN;
  } catch (error) {
    if (!isFinal(error)) throw error;
    asked.delete(work);
    return revealAfter(work, error);
  }
}

/**
 * @param {Work} work
 * @param {SarVerdict[]} verdicts
 */
async function askFor(work, verdicts) {
  const { scene } = await call("POST", `/assignments/${work.packet.assignment.id}/sar-verdicts`, { verdicts });
  show(work, scene);
}

/**
 * What else the server may have said: judged before in another tab, set aside, or not to be had.
 * @param {Work} work
 * @param {import("./api.js").ProblemError} problem
 * @returns {Promise<Notice>}
 */
async function revealAfter(work, { code, facts, message }) {
  if (code === "sar_verdicts_differ") {
    await askFor(work, facts.verdicts);
    return KEPT;
  }
  if (code !== "optical_shown") return { title: "The optical image cannot be shown.", text: message, tone: "error" };
  show(work, { ...work.packet.scene, pair_notice: null });
  return SET_ASIDE;
}

/**
 * @param {Work} work
 * @param {import("./contract").Scene} scene
 */
function show(work, scene) {
  work.packet.scene = scene;
  work.packet.optical_hidden = false;
  // What was said without the image is said.
  work.forgetPast();
  shownAt.set(work, performance.now());
}

/**
 * The verdicts of a review that the server will not take before: whoever made it never had the image, so they are of the
 * SAR image alone. It happens where an admin takes an image up again that was set aside.
 * @param {import("./contract").Submission} submission
 * @param {unknown} error
 * @returns {Promise<boolean>} whether the review can be sent again
 */
export async function sendBefore({ assignment_id, verdicts }, error) {
  if (!isFinal(error) || error.code !== "optical_hidden") return false;
  try {
    await call("POST", `/assignments/${assignment_id}/sar-verdicts`, { verdicts: verdicts.map(asSarVerdict) });
    return true;
  } catch (refusal) {
    if (!isFinal(refusal)) throw refusal;
    return refusal.code === "sar_verdicts_differ" || refusal.code === "optical_shown";
  }
}

export class SarFirst {
  /** @type {Work | null} */
  #work = null;

  /**
   * @param {import("./display.js").Display} display
   * @param {() => void} onAsked to send what waits
   */
  constructor(display, onAsked) {
    this.display = display;
    this.onAsked = onAsked;
    this.text = element("p", {});
    this.cover = element("div", { class: "sar-first", hidden: true }, element("p", { class: "sar-first__title", text: "Judge from the SAR image first" }), this.text);
    display.viewer.optical.element.append(this.cover);
  }

  /** @param {Work | null} work */
  show(work) {
    this.#work = work;
    this.#draw(false);
    notify("sar_first", null);
  }

  /** @param {boolean} isWaiting */
  #draw(isWaiting) {
    this.cover.hidden = !this.#work || !isOpticalHidden(this.#work);
    const way = ["With a verdict on each text, ", kbd("⏎"), " keeps what you said and shows the optical image."];
    this.text.replaceChildren(...(isWaiting ? ["Your verdicts are kept. The optical image comes with the server's answer."] : way));
  }

  /**
   * Enter, with a verdict on each text.
   * @param {Work} work
   * @returns {boolean} whether it does something else than to submit
   */
  takes(work) {
    if (work.isUnusable) return false;
    if (!isOpticalHidden(work)) return performance.now() - (shownAt.get(work) ?? -LEAST_LOOK_MS) < LEAST_LOOK_MS;
    asked.add(work);
    this.onAsked();
    setTimeout(() => this.#wait(work), PATIENCE_MS);
    return true;
  }

  /** @param {Work} work */
  #wait(work) {
    if (work !== this.#work || !isOpticalHidden(work) || !asked.has(work)) return;
    this.#draw(true);
    say("Waiting for the server: the optical image comes with its answer.");
  }

  /**
   * @param {Work} work
   * @param {Notice} notice
   */
  shown(work, notice) {
    if (work !== this.#work) return;
    this.#draw(false);
    if (!isOpticalHidden(work)) this.display.reveal(work.packet);
    notify("sar_first", notice);
    say(`${notice.title} ${notice.text}`);
  }
}

// @ts-check
/** Packets that leave the hands: given back on the reviewer's wish, or ended by the clock or a lead. */

import { saveAsFile } from "./keeping.js";
import { ask, notify } from "./messages.js";

/** @param {import("./work.js").Work} work @returns {Promise<boolean>} whether the reviewer means it */
export async function isSureToHandBack(work) {
  if (work.judgedCount === 0) return true;
  const choice = await ask({
    title: "Hand this packet back?",
    text: `${work.judgedCount} ${work.judgedCount === 1 ? "verdict" : "verdicts"} on it will be dropped, and another reviewer gets it.`,
    choices: [
      { value: "yes", text: "Hand back", class: "button--danger" },
      { value: "no", text: "Keep it", isSafe: true },
    ],
  });
  return choice === "yes";
}

/**
 * To the packets that keep a reviewer from another one, by their datasets.
 * @param {import("./api.js").ProblemError} problem
 */
export function waysToHeld({ code, facts }) {
  if (code !== "too_many_held") return [];
  /** @type {{ name: string, packets: number }[]} */
  const datasets = facts.datasets;
  return datasets.map(({ name, packets }) => ({ href: `/review?dataset=${encodeURIComponent(name)}`, text: `Go on with ${packets} of ${name}` }));
}

/**
 * @param {string} message
 * @param {() => void} onLeave
 */
export function tellHoldLost(message, onLeave) {
  notify("hold", {
    title: "The hold on this packet has ended.",
    text: `${message} What you did is kept: submitted, it counts if the place is still free, else it is kept as an extra opinion.`,
    actions: [{ text: "Leave it and take the next packet", onclick: onLeave }],
  });
}

/**
 * Reviews that the server will never take, from now or from before: they are not thrown away unasked.
 * @param {import("./journal.js").Journal} journal
 * @param {string} why
 */
export function tellRefused(journal, why) {
  const refused = journal.refused();
  if (!refused.length) {
    notify("refused", null);
    return;
  }
  const forget = () => {
    for (const { submission_id } of refused) journal.forgetRefused(submission_id);
    notify("refused", null);
  };
  const title = refused.length === 1 ? "A review was not taken." : `${refused.length} reviews were not taken.`;
  notify("refused", {
    title,
    text: `${why} What you entered is kept in this browser.`.trim(),
    tone: "error",
    actions: [
      { text: "Save it as a file", onclick: () => saveAsFile(journal) },
      { text: "Forget it", onclick: forget },
    ],
  });
}

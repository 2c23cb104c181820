// @ts-check
/** Packets that leave the hands: given back on the reviewer's wish, or ended by the clock or a lead. */

import { ask, notify } from "./messages.js";

/** @param {import("./work.js").Work} work @returns {Promise<boolean>} whether the reviewer means it */
export async function isSureToHandBack(work) {
  if (work.judgedCount === 0) return true;
  const choice = await ask({
    title: "Hand this packet back?",
    text: `${work.judgedCount} verdicts on it will be dropped, and another reviewer gets it.`,
    choices: [
      { value: "yes", text: "Hand back", class: "button--danger" },
      { value: "no", text: "Keep it" },
    ],
  });
  return choice === "yes";
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

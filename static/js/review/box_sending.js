// @ts-check
/** A confirmed set of boxes on its way to the server: sent once, however often it is tried. */

import { call, isFinal } from "./api.js";
import { boxSet, takeOutcomes } from "./box_set.js";

/** @typedef {import("./contract").BoxReview | { refused: string }} Told */

/**
 * Send the set, and give the texts what follows.
 * @param {import("./work.js").Work} work
 * @param {unknown} body
 * @returns {Promise<Told>}
 * @throws {Error} where there was no answer: to be tried again
 */
export async function sendBoxes(work, body) {
  try {
    const told = await call("POST", `/assignments/${work.packet.assignment.id}/box-reviews`, body);
    takeOutcomes(work, told);
    return told;
  } catch (error) {
    if (!isFinal(error)) throw error;
    delete boxSet(work).submission_id;
    return { refused: error.message };
  }
}

// @ts-check
/** Work on one packet that is there twice: in this browser's journal, on the server, in another tab. Never merged silently. */

import { ask } from "./messages.js";

/** @typedef {import("./contract").PacketView} PacketView */
/** @typedef {import("./contract").ProgressBody} ProgressBody */

/**
 * @typedef {object} Restored
 * @property {ProgressBody | null} body to go on with
 * @property {boolean} isDirty whether the server lacks it
 * @property {ProgressBody | null} kept the journal's, where neither grew from the other and the reviewer is to choose
 */

/**
 * The journal's body where it goes on from what the server has, else the server's.
 * @param {import("./journal.js").Journal} journal
 * @param {PacketView} packet
 * @returns {Restored}
 */
export function restored(journal, { assignment, progress }) {
  const unsaved = journal.progress(assignment.id);
  const stored = progress?.body ?? null;
  if (!unsaved || JSON.stringify(unsaved.body) === JSON.stringify(stored)) return { body: stored, isDirty: false, kept: null };
  const isLater = unsaved.version === (progress?.version ?? 0) || unsaved.body.writer === stored?.writer;
  return isLater ? { body: unsaved.body, isDirty: true, kept: null } : { body: stored, isDirty: false, kept: unsaved.body };
}

/** @param {ProgressBody | null} body */
const judgedIn = (body) => Object.values(body?.verdicts ?? {}).filter((opinion) => opinion.verdict && !opinion.pending).length;

/**
 * @param {ProgressBody} mine
 * @param {ProgressBody | null} theirs
 * @returns {Promise<string>} "mine" or "theirs"; "" if it was closed without a choice
 */
export function askWhich(mine, theirs) {
  return ask({
    title: "This packet was worked on in two places",
    text: `On this page ${judgedIn(mine)} texts are judged; in the other tab or browser, ${judgedIn(theirs)}. Which is to stay?`,
    choices: [
      { value: "mine", text: "Keep mine", class: "button--primary" },
      { value: "theirs", text: "Take theirs" },
    ],
  });
}

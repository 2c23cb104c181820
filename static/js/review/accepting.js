// @ts-check
/** One key that accepts all open texts which were looked at and in which nothing is plainly wrong; the others stay open. */

import { isSampled, shownDrafts } from "./box_set.js";
import { say } from "./messages.js";

/** @typedef {import("./judging.js").Judging} Judging */
/** @typedef {import("./contract").Draft} Draft */

/** @typedef {"error" | "hidden" | "begun" | "flagged" | "sampled" | "unseen"} Reason why a text is not accepted along with the others */

/** @type {Record<Reason, string>} */
const REASONS = {
  error: "with an error",
  hidden: "whose findings come after your verdict",
  begun: "with a new wording to confirm",
  flagged: "that you flagged",
  sampled: "drawn to be read singly",
  unseen: "not seen yet beside its images",
};

/**
 * @param {Judging} judging
 * @param {Draft} draft
 * @returns {Reason | null}
 */
function reasonAgainst({ work, seen }, draft) {
  const { pending, flags } = work.opinion(draft);
  if (pending) return "begun";
  if (flags.length) return "flagged";
  if (draft.hides_findings) return "hidden";
  if (isSampled(work, draft)) return "sampled";
  if (draft.findings.some((finding) => finding.severity === "error")) return "error";
  return seen.has(draft.draft_id) ? null : "unseen";
}

/** @param {Reason[]} reasons */
function leftText(reasons) {
  const kinds = /** @type {Reason[]} */ (Object.keys(REASONS)).map((reason) => ({ reason, count: reasons.filter((one) => one === reason).length }));
  const told = kinds.filter(({ count }) => count).map(({ reason, count }) => `${count} ${REASONS[reason]}`);
  return `${reasons.length} ${reasons.length === 1 ? "stays" : "stay"} open: ${told.join(", ")}`;
}

/** @param {Judging} judging */
export function acceptAll(judging) {
  const { work } = judging;
  judging.revising.leaveField();
  const open = shownDrafts(work).filter((draft) => !work.isJudged(draft));
  const sorted = open.map((draft) => ({ draft, reason: reasonAgainst(judging, draft) }));
  const accepted = sorted.flatMap(({ draft, reason }) => (reason ? [] : [draft]));
  const reasons = sorted.flatMap(({ reason }) => reason ?? []);
  const text = `${accepted.length || "None"} accepted${reasons.length ? `; ${leftText(reasons)}` : ""}`;
  if (work.packet.optical_hidden) judging.complain("Before the optical image is shown each text is judged by itself.");
  else if (work.isUnusable) judging.complain("Of an unusable scene no text is accepted.");
  else if (!accepted.length) judging.complain(open.length ? `${text}.` : "All are judged already.");
  else {
    work.acceptAll(accepted, judging.display.viewer.looking());
    judging.goOn(text);
    if (reasons.length) judging.complain(`${text}.`);
    else say(text);
  }
}

// @ts-check
/**
 * Packets that hide their findings until a first verdict: what was said first, what is shown since, what was looked at.
 * It lies in the progress of the packet, so the journal keeps it and a reload brings it back.
 */

import { isQuiet } from "./severity.js";

/** @typedef {import("./work.js").Work} Work */
/** @typedef {import("./contract").Draft} Draft */
/** @typedef {import("./contract").FirstVerdict} FirstVerdict */
/** @typedef {import("./contract").DraftFindings} DraftFindings */

/** First verdicts that the server will not take. @type {WeakMap<Work, Set<number>>} */
const refused = new WeakMap();

/** The verdict as it is in this moment, unless there was one before. @param {Work} work @param {Draft} draft */
export function keepFirst(work, draft) {
  const first = firstOf(work, draft);
  if (draft.hides_findings && first) work.body.firsts = { ...work.body.firsts, [draft.draft_id]: first };
}

/** @param {Work} work @param {Draft} draft @returns {FirstVerdict | null} */
function firstOf(work, draft) {
  const { verdict, flags } = work.opinion(draft);
  const said = work.isJudged(draft) && verdict ? { draft_id: draft.draft_id, verdict, flags: [...flags] } : null;
  return work.body.firsts?.[draft.draft_id] ?? said;
}

/** Those that the server has not answered yet. @param {Work} work @returns {FirstVerdict[]} */
export function waitingFirsts(work) {
  const waiting = work.drafts.filter((draft) => draft.hides_findings && !refused.get(work)?.has(draft.draft_id));
  return waiting.flatMap((draft) => firstOf(work, draft) ?? []);
}

/** @param {Work} work @param {FirstVerdict} first one that the server will never take */
export function dropFirst(work, first) {
  refused.set(work, new Set(refused.get(work)).add(first.draft_id));
}

/** Put what the server shows now where the page looks for it. @param {Work} work @param {DraftFindings[]} shown */
export function takeShown(work, shown) {
  for (const { draft_id, findings } of shown) {
    const draft = work.drafts.find((known) => known.draft_id === draft_id);
    if (draft) Object.assign(draft, { findings, hides_findings: false });
  }
}

/** Judged texts in which something was found that the reviewer has not looked at. @param {Work} work @returns {Draft[]} */
export function newsOf(work) {
  if (!work.packet.hides_findings) return [];
  return work.drafts.filter((draft) => work.isJudged(draft) && !work.body.seen?.includes(draft.draft_id) && isOpenTo(work, draft));
}

/** Whether the verdict leaves something found that is not only to be looked at: not in a rejected text, nor where its words are gone from the new wording. @param {Work} work @param {Draft} draft */
function isOpenTo(work, draft) {
  const { verdict } = work.opinion(draft);
  const { text, answer } = work.wording(draft);
  /** @param {import("./contract").Finding} finding */
  const isLeft = ({ field, start, end }) => {
    const [before, after] = field === "answer" ? [draft.answer, answer] : [draft.text, text];
    return (after ?? "").includes([...(before ?? "")].slice(start, end).join(""));
  };
  return verdict !== "reject" && draft.findings.some((finding) => !isQuiet(finding) && (verdict !== "revise" || isLeft(finding)));
}

/** The reviewer had the draft before them as it is shown now. @param {Work} work @param {Draft} draft */
export function look(work, draft) {
  if (newsOf(work).includes(draft)) work.body.seen = [...(work.body.seen ?? []), draft.draft_id];
}

// @ts-check
/**
 * A scene's boxes as the reviewer judges them, kept with the work on the packet: what is not said is right. What the
 * server's answer tells of the confirmed set gives the texts that follow from it their verdicts.
 */

/** @typedef {import("./work.js").Work} Work */
/** @typedef {import("./contract").Draft} Draft */
/** @typedef {import("./contract").Box} Box */
/** @typedef {import("./contract").BoxSaid} BoxSaid */
/** @typedef {import("./contract").BoxSet} BoxSet */
/** @typedef {import("./contract").BoxReview} BoxReview */
/** @typedef {import("./contract").TextOutcome} TextOutcome */
/** A box as it stands: the scene's own, or one that was missing. @typedef {Box & { said: BoxSaid }} JudgedBox */

/** @type {BoxSaid} */
const RIGHT = { verdict: "right" };

/** Whether this packet begins with its scene's boxes. @param {Work} work */
export const hasBoxStep = (work) => Boolean(work.packet.judging);

/** @param {Work} work @returns {BoxSet} */
export function boxSet(work) {
  return (work.body.boxes ??= { said: {}, focus: work.packet.boxes[0]?.number ?? 0, texts: null });
}

/** Whether the boxes are still to be confirmed; of an unusable scene nobody needs to. @param {Work} work */
export const isJudgingBoxes = (work) => hasBoxStep(work) && !work.isUnusable && boxSet(work).texts === null;

/**
 * Begin with what is known: the set as it was confirmed for this packet, else the one of the scene's last packet.
 * @param {Work} work
 */
export function beginBoxes(work) {
  const { judging } = work.packet;
  if (!judging || (work.body.boxes && work.body.boxes.revision === judging.revision)) return;
  if (work.body.boxes && !judging.is_judged) return;
  const others = judging.verdicts.filter(({ verdict }) => verdict !== "right");
  const said = Object.fromEntries(others.map(({ number, verdict, category, box }) => [number, asSaid({ verdict, category, box })]));
  work.body.boxes = { said, focus: work.packet.boxes[0]?.number ?? 0, revision: judging.revision, texts: null };
  if (judging.is_judged) takeOutcomes(work, judging);
}

/** Only what is said. @param {{ verdict: BoxSaid["verdict"], category: string | null, box: [number, number, number, number] | null }} row @returns {BoxSaid} */
const asSaid = ({ verdict, category, box }) => ({ verdict, ...(category !== null && { category }), ...(box && { box }) });

/** All boxes by number, those that were missing behind the scene's own. @param {Work} work @returns {JudgedBox[]} */
export function judgedBoxes(work) {
  const { said } = boxSet(work);
  const own = work.packet.boxes.map((box) => ({ ...box, said: said[box.number] ?? RIGHT }));
  const drawn = Object.entries(said).filter(([, { verdict }]) => verdict === "missing");
  return [...own, ...drawn.map(([number, missing]) => drawnBox(Number(number), missing))];
}

/** @param {number} number @param {BoxSaid} said @returns {JudgedBox} */
function drawnBox(number, said) {
  const [x_min, y_min, width, height] = said.box ?? [0, 0, 1, 1];
  return { number, id: "", category: said.category ?? "", x_min, y_min, width, height, is_cut: false, said };
}

/** The box that is looked at. @param {Work} work @returns {JudgedBox | null} */
export function focusedBox(work) {
  const boxes = judgedBoxes(work);
  return boxes.find(({ number }) => number === boxSet(work).focus) ?? boxes[0] ?? null;
}

/** @param {Work} work @param {number} step @returns {JudgedBox | null} where it leads, if anywhere */
export function moveFocus(work, step) {
  const boxes = judgedBoxes(work);
  const at = boxes.findIndex(({ number }) => number === focusedBox(work)?.number);
  const target = boxes[Math.min(boxes.length - 1, Math.max(0, at + step))] ?? null;
  if (target) boxSet(work).focus = target.number;
  return target;
}

/**
 * Say something of one box; right is what stands where nothing is said. A drawn box that is right or spurious is none.
 * @param {Work} work
 * @param {number} number
 * @param {BoxSaid} said
 */
export function sayOfBox(work, number, said) {
  work.remember();
  const set = boxSet(work);
  const own = work.packet.boxes.find((box) => box.number === number);
  if (said.verdict === "right" || (!own && said.verdict === "spurious")) delete set.said[number];
  else if (!own) set.said[number] = { ...set.said[number], ...said, verdict: "missing" };
  else set.said[number] = said.category === own.category ? RIGHT : said;
  if (set.said[number]?.verdict === "right") delete set.said[number];
}

/**
 * A box that was missing. @param {Work} work
 * @param {[number, number, number, number]} box x_min, y_min, width, height
 * @param {string} category
 */
export function addMissing(work, box, category) {
  work.remember();
  const numbers = judgedBoxes(work).map(({ number }) => number);
  const number = Math.max(0, ...numbers) + 1;
  boxSet(work).said[number] = { verdict: "missing", category, box };
  boxSet(work).focus = number;
}

/** @param {Work} work @param {number} number one that was drawn */
export function removeMissing(work, number) {
  if (boxSet(work).said[number]?.verdict !== "missing") return false;
  work.remember();
  delete boxSet(work).said[number];
  boxSet(work).focus = judgedBoxes(work).at(-1)?.number ?? 0;
  return true;
}

/** `22 right, 1 spurious` @param {Work} work */
export function boxCounts(work) {
  const titles = { right: "right", wrong_class: "wrong class", spurious: "spurious", missing: "missing" };
  const boxes = judgedBoxes(work);
  return Object.entries(titles)
    .map(([verdict, title]) => ({ title, number: boxes.filter(({ said }) => said.verdict === verdict).length }))
    .filter(({ number, title }) => number || title === "right")
    .map(({ number, title }) => `${number} ${title}`)
    .join(", ");
}

/** The set as it stands is confirmed, and waits to be sent. @param {Work} work @param {import("./contract").Looked} view */
export function confirmBoxes(work, view) {
  Object.assign(boxSet(work), { submission_id: crypto.randomUUID(), view });
}

/** @param {Work} work */
export const isWaitingForTexts = (work) => isJudgingBoxes(work) && boxSet(work).submission_id !== undefined;

/** What is to be sent now, if anything. @param {Work} work */
export function waitingBoxes(work) {
  const { submission_id, view } = boxSet(work);
  if (!hasBoxStep(work) || !isWaitingForTexts(work)) return null;
  const verdicts = judgedBoxes(work).map(({ number, said }) => ({ number, ...said }));
  return { submission_id, verdicts, view };
}

/**
 * What follows gives the texts their verdicts: all but those that are to be read, and those that were read already.
 * @param {Work} work
 * @param {{ revision: number, texts: TextOutcome[] }} told
 */
export function takeOutcomes(work, { revision, texts }) {
  const set = boxSet(work);
  Object.assign(set, { revision, texts: texts.filter(({ draft_id }) => work.drafts.some((draft) => draft.draft_id === draft_id)) });
  delete set.submission_id;
  const view = set.view ?? { ms: 0, limits: [0, 0], zoom: 0, panel: "" };
  for (const draft of work.drafts) {
    const found = set.texts?.find(({ draft_id }) => draft_id === draft.draft_id);
    const { verdict, origin } = work.opinion(draft);
    if (verdict !== null && origin !== "box_set") continue;
    if (found && !found.is_sampled) work.change(draft, { ...verdictOf(found), view });
    else if (origin === "box_set") work.change(draft, { verdict: null, flags: [], origin: "single" });
  }
  // What was said of the boxes is said; and an undo of it must not bring back texts without their verdicts.
  work.forgetPast();
  work.focus((work.firstOpen() ?? work.drafts[0])?.draft_id ?? 0);
}

/** @param {TextOutcome} found @returns {Partial<import("./contract").Opinion>} */
function verdictOf({ outcome, flag }) {
  const isSame = outcome === "same";
  return { verdict: isSame ? "accept" : "reject", flags: isSame ? [] : [flag], pending: false, revised_text: null, revised_answer: null, spans: [], marks: [], origin: "box_set" };
}

/** The same scene in a packet that was fetched before: it begins with what was just confirmed. @param {Work} work @param {import("./contract").PacketView | null} ahead @param {BoxReview} told */
export function tellAheadOfBoxes(work, ahead, told) {
  const { packet } = work;
  if (!ahead?.judging || ahead.scene.name !== packet.scene.name || ahead.dataset.name !== packet.dataset.name) return;
  const verdicts = judgedBoxes(work).map(({ number, said }) => ({ number, verdict: said.verdict, category: said.category ?? null, box: said.box ?? null }));
  const texts = told.texts.filter(({ draft_id }) => ahead.drafts.some((draft) => draft.draft_id === draft_id));
  Object.assign(ahead.judging, { revision: told.revision, verdicts, texts, is_judged: true });
}

/** The boxes are to be judged once more; the texts keep their verdicts until they are confirmed. @param {Work} work */
export function judgeAgain(work) {
  boxSet(work).texts = null;
}

/** @param {Work} work @param {Draft} draft */
const follows = (work, draft) => work.opinion(draft).origin === "box_set" && work.opinion(draft).verdict !== null;

/** Texts that are confirmed with the boxes, as one quiet line. @param {Work} work @returns {Draft[]} */
export function foldedDrafts(work) {
  if (!hasBoxStep(work) || boxSet(work).is_unfolded) return [];
  return work.drafts.filter((draft) => follows(work, draft));
}

/** All that follow, folded or not. @param {Work} work */
export const followingDrafts = (work) => (hasBoxStep(work) ? work.drafts.filter((draft) => follows(work, draft)) : []);

/** Those that are drawn one by one. @param {Work} work */
export function shownDrafts(work) {
  const folded = foldedDrafts(work);
  return folded.length ? work.drafts.filter((draft) => !folded.includes(draft)) : work.drafts;
}

/** Whether a text that follows from the boxes was drawn to be read by itself. @param {Work} work @param {Draft} draft */
export const isSampled = (work, draft) => hasBoxStep(work) && (boxSet(work).texts ?? []).some((told) => told.draft_id === draft.draft_id && told.is_sampled);

/** What the boxes give for a text, where it follows from them. @param {Work} work @param {Draft} draft @returns {TextOutcome | null} */
export const outcomeOf = (work, draft) => (hasBoxStep(work) && boxSet(work).texts?.find((told) => told.draft_id === draft.draft_id)) || null;

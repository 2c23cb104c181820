// @ts-check
/** Words of a text, in any script, and the differences of two wordings word by word. */

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });

/** @typedef {{ start: number, end: number, text: string, isWord: boolean }} Piece in UTF-16 units */
/** @typedef {{ kind: "same" | "gone" | "new", text: string }} Change */

/**
 * @param {string} text
 * @returns {Piece[]} pieces that put together are the text
 */
export function piecesOf(text) {
  return Array.from(segmenter.segment(text), ({ segment, index, isWordLike }) => ({
    start: index,
    end: index + segment.length,
    text: segment,
    isWord: Boolean(isWordLike),
  }));
}

/** @param {string} text */
export const wordsOf = (text) => piecesOf(text).filter((piece) => piece.isWord);

/**
 * The whole words that a selection touches.
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @returns {{ start: number, end: number } | null}
 */
export function snapToWords(text, start, end) {
  const touched = wordsOf(text).filter((word) => word.end > start && word.start < end);
  const [first, last] = [touched[0], touched.at(-1)];
  return first && last ? { start: first.start, end: last.end } : null;
}

/** Longer than this the differences are told as a whole: the table grows with the product of both lengths. */
const MOST_CELLS = 4_000_000;

/**
 * Lengths of the longest common subsequences of all tails.
 * @param {string[]} before
 * @param {string[]} after
 */
function commonTails(before, after) {
  const width = after.length + 1;
  const lengths = new Uint16Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      const at = i * width + j;
      lengths[at] = before[i] === after[j] ? (lengths[at + width + 1] ?? 0) + 1 : Math.max(lengths[at + width] ?? 0, lengths[at + 1] ?? 0);
    }
  }
  return (/** @type {number} */ i, /** @type {number} */ j) => lengths[i * width + j] ?? 0;
}

/**
 * @param {Change[]} changes
 * @param {Change["kind"]} kind
 * @param {string} text
 */
function push(changes, kind, text) {
  const last = changes.at(-1);
  if (!text) return;
  if (last?.kind === kind) last.text += text;
  else changes.push({ kind, text });
}

/**
 * What was taken out and put in, word by word (longest common subsequence).
 * @param {string} before
 * @param {string} after
 * @returns {Change[]}
 */
export function differences(before, after) {
  const [old, fresh] = [before, after].map((text) => piecesOf(text).map((piece) => piece.text));
  /** @type {Change[]} */
  const changes = [];
  if (!old || !fresh || old.length * fresh.length > MOST_CELLS) {
    push(changes, "gone", before);
    push(changes, "new", after);
    return changes;
  }
  const common = commonTails(old, fresh);
  let [i, j] = [0, 0];
  while (i < old.length || j < fresh.length) {
    if (i < old.length && j < fresh.length && old[i] === fresh[j]) {
      push(changes, "same", old[i] ?? "");
      i += 1;
      j += 1;
    } else if (i < old.length && (j === fresh.length || common(i + 1, j) >= common(i, j + 1))) {
      push(changes, "gone", old[i] ?? "");
      i += 1;
    } else {
      push(changes, "new", fresh[j] ?? "");
      j += 1;
    }
  }
  return joined(changes);
}

/**
 * A space between two changes belongs to them: “~~two~~ ~~boats~~” reads better as one.
 * @param {Change[]} changes
 */
function joined(changes) {
  /** @type {Change[]} */
  const merged = [];
  for (const [at, change] of changes.entries()) {
    const isGap = change.kind === "same" && change.text.trim() === "" && at > 0 && at < changes.length - 1;
    if (!isGap) merged.push({ ...change });
    else merged.push({ kind: "gone", text: change.text }, { kind: "new", text: change.text });
  }
  return grouped(merged);
}

/**
 * Between two stretches that stay, first all that went, then all that came.
 * @param {Change[]} changes
 */
function grouped(changes) {
  /** @type {Change[]} */
  const result = [];
  let [gone, fresh] = ["", ""];
  for (const change of [...changes, { kind: /** @type {const} */ ("same"), text: "" }]) {
    if (change.kind === "gone") gone += change.text;
    if (change.kind === "new") fresh += change.text;
    if (change.kind !== "same") continue;
    if (gone || fresh) {
      push(result, "gone", gone);
      push(result, "new", fresh);
      [gone, fresh] = ["", ""];
    }
    push(result, "same", change.text);
  }
  return result;
}

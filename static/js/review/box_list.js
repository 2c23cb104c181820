// @ts-check
/** The list of a scene's boxes beside the images, and later the texts that follow from them, as one quiet line. */

import { bdi, element, kbd } from "../dom.js";
import { boxCounts, boxSet, focusedBox, followingDrafts, foldedDrafts, isWaitingForTexts, judgedBoxes } from "./box_set.js";
import { capOf } from "./keys.js";

/** @typedef {import("./work.js").Work} Work */
/** @typedef {import("./box_set.js").JudgedBox} JudgedBox */

/**
 * What the list is drawn from.
 * @typedef {object} Scope
 * @property {Work} work
 * @property {string | null} complaint
 * @property {(number: number) => void} look at a box
 * @property {(numbers: number[]) => void} heat
 * @property {() => void} right
 * @property {() => void} wrongClass
 * @property {() => void} spurious
 * @property {() => void} draw
 * @property {() => void} remove
 */

/** @type {Record<string, string>} */
const GLYPHS = { right: "✓", wrong_class: "→", spurious: "✕", missing: "+" };
/** @type {Record<string, string>} */
const TITLES = { right: "right", wrong_class: "wrong class", spurious: "spurious", missing: "missing, drawn" };

/** @param {JudgedBox} box */
function drawClass({ category, said }) {
  if (said.verdict !== "wrong_class") return [bdi(category)];
  return [element("del", {}, bdi(category)), " ", element("b", {}, bdi(said.category ?? ""))];
}

/** @param {Scope} scope @param {JudgedBox} box */
function drawRow(scope, box) {
  const { number, said } = box;
  const texts = scope.work.drafts.filter((draft) => draft.box_numbers.includes(number)).length;
  return element(
    "button",
    { class: "box-row", type: "button", "data-box": number, "data-focus": `row-${number}`, "data-verdict": said.verdict, onclick: () => scope.look(number), onpointerenter: () => scope.heat([number]), onpointerleave: () => scope.heat([]) },
    element("span", { class: "glyph", "data-verdict": said.verdict, "aria-hidden": "true", text: GLYPHS[said.verdict] ?? "" }),
    element("span", { class: "box-row__number mono", text: String(number) }),
    element("span", { class: "box-row__class clip" }, ...drawClass(box)),
    element("span", { class: "dim", text: said.verdict === "right" && texts ? `${texts} ${texts === 1 ? "text" : "texts"}` : said.verdict === "right" ? "" : (TITLES[said.verdict] ?? "") }),
    element("span", { class: "visually-hidden", text: `, ${TITLES[said.verdict]}` }),
  );
}

/** @param {string} text @param {string} id of the action whose key it is @param {() => void} onclick @param {boolean | null} [isPressed] */
const button = (text, id, onclick, isPressed = null) => element("button", { class: "button", type: "button", "data-focus": `box-${id}`, "aria-pressed": isPressed === null ? null : String(isPressed), onclick }, `${text} `, kbd(capOf(id)));

/** The box that is looked at, with what can be said of it. @param {Scope} scope @param {JudgedBox} box @param {string} place */
function drawFocused(scope, box, place) {
  const { said, number } = box;
  const isDrawn = said.verdict === "missing";
  const ways = isDrawn
    ? [button("Other class", "count", scope.wrongClass), button("Remove", "unmark", scope.remove)]
    : [button("Right", "accept", scope.right, said.verdict === "right"), button("Wrong class", "count", scope.wrongClass, said.verdict === "wrong_class"), button("Spurious", "reject", scope.spurious, said.verdict === "spurious")];
  const size = `${Math.round(box.width)} × ${Math.round(box.height)} px`;
  return element(
    "section",
    { class: "focused box-focused", "aria-label": `Box ${number}, ${place}`, "data-box": number, "data-verdict": said.verdict },
    element("div", { class: "focused__kind" }, element("span", { class: "clip" }, `Box ${number} · ${size}`), element("span", { class: "mono", text: place })),
    element("p", { class: "focused__text" }, ...drawClass(box), element("span", { class: "dim", text: ` · ${TITLES[said.verdict]}` })),
    element("div", { class: "verdicts", role: "group", "aria-label": "Verdict on the box" }, ...ways),
    scope.complaint ? element("p", { class: "hint hint--warning", text: scope.complaint }) : null,
  );
}

/** @param {Work} work */
function introOf(work) {
  if (isWaitingForTexts(work)) return "The boxes are kept. What follows for the texts comes with the server's answer.";
  if (!work.packet.boxes.length) return "The scene has no boxes: draw what is missing.";
  if ((boxSet(work).revision ?? 0) > 0) return "You have judged these boxes before, and they stand as you left them: ⏎ confirms them again.";
  return "All stand at right. Change what is not, draw what is missing; ⏎ confirms the set, and what follows for the texts is derived from it.";
}

/** @param {Scope} scope @param {JudgedBox} box @param {boolean} isOpen @param {string} place */
function drawItem(scope, box, isOpen, place) {
  const made = element("li", { "aria-current": isOpen ? "true" : null }, isOpen ? drawFocused(scope, box, place) : drawRow(scope, box));
  made.dataset.state = stateOf(scope, box, isOpen, place);
  return made;
}

/** All that a row is drawn from: of 200 rows only those are drawn anew in which something changed. @param {Scope} scope @param {JudgedBox} box @param {boolean} isOpen @param {string} place */
const stateOf = ({ work, complaint }, { number, said }, isOpen, place) => JSON.stringify([work.packet.assignment.id, number, said, isOpen && [place, complaint]]);

/** @param {HTMLElement} list @param {Scope} scope */
function drawItems(list, scope) {
  const boxes = judgedBoxes(scope.work);
  const focus = focusedBox(scope.work)?.number;
  for (const [at, box] of boxes.entries()) {
    const isOpen = box.number === focus;
    const place = `${at + 1} / ${boxes.length}`;
    const there = list.children[at];
    if (!(there instanceof HTMLElement)) list.append(drawItem(scope, box, isOpen, place));
    else if (there.dataset.state !== stateOf(scope, box, isOpen, place)) there.replaceWith(drawItem(scope, box, isOpen, place));
  }
  while (list.children.length > boxes.length) list.lastElementChild?.remove();
}

/** @param {HTMLElement} root @param {Scope} scope */
export function drawBoxes(root, scope) {
  const active = document.activeElement;
  const held = active instanceof HTMLElement && root.contains(active) ? active.dataset.focus : undefined;
  const head = element("div", { class: "box-head" }, element("h3", { text: "Boxes first" }), element("p", { class: "dim", text: introOf(scope.work) }), button("Draw a missing box", "nudge", scope.draw));
  const there = root.querySelector(".boxes");
  const list = there instanceof HTMLElement ? there : element("ol", { class: "drafts boxes", "aria-label": "Boxes of this scene" });
  if (there) root.querySelector(".box-head")?.replaceWith(head);
  else root.replaceChildren(head, list);
  drawItems(list, scope);
  const again = held && root.querySelector(`[data-focus="${CSS.escape(held)}"]`);
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
  root.querySelector(".box-focused")?.scrollIntoView({ block: "nearest" });
}

/** Mark the rows of boxes that are pointed at. @param {HTMLElement} root @param {number[]} numbers */
export function heatRows(root, numbers) {
  for (const row of root.querySelectorAll("[data-box]")) row.classList.toggle("is-hot", row instanceof HTMLElement && numbers.includes(Number(row.dataset.box)));
}

/** @param {number} count */
const texts = (count) => `${count} ${count === 1 ? "text" : "texts"}`;

/**
 * Texts that are confirmed with the boxes: folded, a line that says what was given; unfolded, one that folds them.
 * @param {Work} work
 * @param {{ press: (id: string) => void }} scope
 * @returns {HTMLElement | null}
 */
export function drawFollowing(work, scope) {
  const following = followingDrafts(work);
  if (!following.length) return null;
  const accepted = following.filter((draft) => work.opinion(draft).verdict === "accept").length;
  const rejected = following.length - accepted;
  const parts = [accepted && `${accepted} accepted`, rejected && `${rejected} rejected`].filter(Boolean).join(", ");
  const changed = (boxSet(work).texts ?? []).filter(({ outcome }) => outcome === "changed").length;
  const isFolded = foldedDrafts(work).length > 0;
  return element(
    "section",
    { class: "box-set", "aria-label": "Texts that follow from the boxes" },
    element("p", {}, element("span", { class: "glyph", "data-verdict": "accept", "aria-hidden": "true", text: "▣" }), ` ${texts(following.length)} ${following.length === 1 ? "follows" : "follow"} from your boxes: ${parts}`),
    element("p", { class: "dim", text: `${boxCounts(work)}${changed ? ` · ${texts(changed)} with the changed answer ${changed === 1 ? "is" : "are"} judged in a packet of their own` : ""}` }),
    element("div", { class: "row" }, button(isFolded ? "Show them" : "Fold them", "box_set", () => scope.press("box_set")), button("Judge the boxes again", "judge_boxes", () => scope.press("judge_boxes"))),
  );
}

// @ts-check
/** What header, foot and notices say of the packet, the hold and the saving. */

import { bdi, element, slot } from "../dom.js";
import { notify } from "../review/messages.js";

/** @typedef {import("./contract").Making} Making */

const SAVE_TEXTS = { saved: "● saved", saving: "○ saving", offline: "◐ offline – kept in this browser", logged_out: "◐ logged out – kept in this browser" };
/** From here on the hold is shown as a warning. */
const SHORT_S = 60;

/** @param {import("./keeping.js").SaveState} state */
export function tellSaving(state) {
  const shown = slot("save");
  shown.dataset.state = state;
  shown.textContent = SAVE_TEXTS[state];
  notify("session", state === "logged_out" ? { title: "You are logged out.", text: "Nothing is lost. Log in, in a new tab, and come back: this page then goes on by itself.", actions: [{ text: "Log in", href: "/login?next=/adjudication" }] } : null);
}

/** @param {number | null} left_s */
export function tellLeft(left_s) {
  slot("hold").hidden = left_s === null;
  slot("hold").classList.toggle("hold--short", (left_s ?? 0) < SHORT_S);
  if (left_s !== null) slot("hold-left").textContent = `${Math.floor(left_s / 60)}:${String(left_s % 60).padStart(2, "0")}`;
}

/** @param {import("./case.js").Case} work */
export function tellFoot(work) {
  const { view, drafts } = work;
  const done = work.count((state) => state !== "open");
  slot("foot").hidden = !view.may_decide;
  slot("counts").textContent = `${drafts.length} ${drafts.length === 1 ? "text differs" : "texts differ"}${view.decided.length ? `, ${view.decided.length} decided before` : ""}${view.may_decide ? "" : " · to be read only"}`;
  slot("decided").textContent = `${done} of ${drafts.length} decided`;
  slot("save-title").textContent = done === drafts.length ? "Go on" : "Save and go on";
  const next = slot("next");
  next.hidden = !view.next_address;
  if (view.next_address) next.setAttribute("href", view.next_address);
}

/** Who said what of each decided text, and what was decided. @param {import("./contract").AdjudicationView} view */
function drawDecided({ decided }) {
  if (!decided.length) return null;
  const items = decided.map(({ draft_id, text }) => element("li", {}, element("a", { class: "clip", href: `/drafts/${draft_id}` }, bdi(text))));
  return element("section", { class: "decided-before", "aria-labelledby": "decided-before" }, element("h3", { id: "decided-before", text: "Their history" }), element("ol", {}, ...items));
}

/** Nothing of the packet is left to be decided. Not before: its history tells who took which side. @param {import("./contract").AdjudicationView} view */
export function tellDone(view) {
  const text = "Its texts were decided before.";
  const link = view.next_address ? element("a", { class: "button button--primary", href: view.next_address, text: "The next packet" }) : null;
  slot("counts").textContent = "nothing to decide";
  slot("foot").hidden = true;
  slot("list").replaceChildren(element("div", { class: "empty" }, element("h2", { text: "Nothing is left to decide here" }), element("p", { text: view.next_address ? text : `${text} Nothing else waits for you.` }), element("div", { class: "row" }, link, element("a", { class: "button", href: view.list_address, text: "What waits" })), drawDecided(view)));
}

/** What was written of texts that were decided elsewhere meanwhile. @param {Making[]} makings */
export function tellElsewhere(makings) {
  notify("elsewhere", { title: "Decided meanwhile.", text: "Another senior, or another tab of yours, was first, and that decision stays. What you wrote is here, to be copied:" });
  const notice = document.querySelector('[data-topic="elsewhere"]');
  for (const { choice, text, answer, note, comment } of makings) {
    const written = [choice === "written" ? text : "", choice === "written" ? (answer ?? "") : "", note, comment.text].filter(Boolean);
    notice?.append(...written.map((words) => element("p", { class: "kept-words", dir: "auto" }, bdi(words))));
  }
  if (!makings.length) notify("elsewhere", { title: "Decided meanwhile.", text: "Another senior, or another tab of yours, was first, and that decision stays. Go on with the next text." });
}

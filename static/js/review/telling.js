// @ts-check
/** What header, foot and the place of the texts say of the packet, the hold and the saving. */

import { element, slot } from "../dom.js";
import { boxCounts, isJudgingBoxes, isWaitingForTexts } from "./box_set.js";
import { newsOf } from "./firsts.js";
import { notify, say } from "./messages.js";
import { isOpticalHidden } from "./sar_first.js";
import { isQuiet } from "./severity.js";

/** @typedef {import("./contract").PacketView} PacketView */

/** @type {Record<"nothing_left" | "all_taken" | "not_yours", [string, string]>} */
const REASONS = {
  nothing_left: ["Nothing is left to review here", "Every packet has its reviews, or you have reviewed it. New packets appear when an admin has texts drafted and screened."],
  all_taken: ["Other reviewers have the rest in hand", "A packet comes free when one of them hands it back or stays away. Look again in a while."],
  not_yours: ["What is left is for other reviewers", "The packets that remain are in pools that you do not belong to. An admin says who belongs to which."],
};
/** @type {Record<import("./saving.js").SaveState, string>} */
const SAVE_TEXTS = {
  saved: "● saved",
  saving: "○ saving",
  offline: "◐ offline – kept in this browser",
  logged_out: "◐ logged out – kept in this browser",
  other_person: "◐ someone else – kept in this browser",
  forbidden: "◐ not allowed – kept in this browser",
};
/** A save that takes longer is told; each key is one, and what comes and goes with it would only unrest. */
const SLOW_SAVE_MS = 400;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let slowSave;
/** From here on the countdown of the hold is shown as a warning. */
const SHORT_S = 120;

/**
 * @typedef {object} Ways out of what keeps work from being sent
 * @property {() => void} onLogIn
 * @property {() => void} onTryAgain
 * @property {() => void} onSaveFile
 */

/**
 * @param {import("./saving.js").SaveState} state
 * @param {string} message what the server says of it
 * @param {Ways} ways
 */
export function tellSaving(state, message, ways) {
  slot("save").dataset.state = state;
  clearTimeout(slowSave);
  if (state === "saving") slowSave = setTimeout(() => writeSaving(state), SLOW_SAVE_MS);
  else writeSaving(state);
  const notice = sessionNotice(state, message, ways);
  // Not anew each time: the button that has the keyboard would lose it.
  if (notice && document.querySelector(`[data-topic="session"][data-about="${state}"]`)) return;
  notify("session", notice, state);
}

/** @param {import("./saving.js").SaveState} state */
function writeSaving(state) {
  const shown = slot("save");
  shown.classList.toggle("save-state--slow", state === "saving");
  if (shown.textContent !== SAVE_TEXTS[state]) shown.textContent = SAVE_TEXTS[state];
}

/**
 * @param {import("./saving.js").SaveState} state
 * @param {string} message
 * @param {Ways} ways
 * @returns {import("./messages.js").Message | null}
 */
function sessionNotice(state, message, { onLogIn, onTryAgain, onSaveFile }) {
  const again = { text: "Try again", onclick: onTryAgain };
  const save = { text: "Save it as a file", onclick: onSaveFile };
  if (state === "logged_out") return { title: "You are logged out.", text: "Nothing is lost: go on, and log in when you like. Then all is sent.", actions: [{ text: "Log in", onclick: onLogIn }, again] };
  if (state === "other_person") return { title: "Somebody else is logged in here now.", text: "What is on this page is yours and is not sent in their name. Log in as yourself to send it, or reload the page to work as they.", actions: [{ text: "Log in", onclick: onLogIn }, { text: "Reload", onclick: () => location.reload() }, save] };
  if (state === "forbidden") return { title: "You may not review any more.", text: `${message} What you did is kept in this browser, and is sent when you may again.`, tone: "error", actions: [again, save] };
  return null;
}

/** @param {number | null} left_s */
export function tellHold(left_s) {
  slot("hold").hidden = left_s === null;
  slot("hold").classList.toggle("hold--short", (left_s ?? 0) < SHORT_S);
  if (left_s !== null) slot("hold-left").textContent = `${Math.floor(left_s / 60)}:${String(left_s % 60).padStart(2, "0")}`;
}

/** @param {boolean} isOpen */
function showParts(isOpen) {
  slot("foot").hidden = !isOpen;
  document.querySelector(".review")?.classList.toggle("is-empty", !isOpen);
  for (const button of document.querySelectorAll("[data-with-packet]")) if (button instanceof HTMLElement) button.hidden = !isOpen;
}

/** @param {PacketView} packet */
export function tellPacket({ dataset, scene, drafts, hides_findings }) {
  // What is only to be looked at is in most packets, and would say nothing here.
  const found = drafts.filter((draft) => draft.findings.some((finding) => !isQuiet(finding))).length;
  const findings = hides_findings ? "findings after your verdict" : `${found || "none"} in doubt`;
  const file = scene.name.split("/").at(-1) ?? scene.name;
  slot("dataset").textContent = dataset.name;
  slot("scene").textContent = file;
  slot("scene").title = scene.name;
  const place = scene.place ? ` · ${scene.place}` : "";
  const counts = `${drafts.length} ${drafts.length === 1 ? "text" : "texts"}, ${findings}${place}`;
  slot("counts").title = counts;
  slot("counts").textContent = counts;
  tellProgress(dataset.name, dataset.reviewed, dataset.wanted);
  showParts(true);
}

/** What was last told of the reviews done: a packet that was fetched ahead knows of fewer. */
const told = { name: "", reviewed: 0, wanted: 0 };

/**
 * @param {string} name
 * @param {number} reviewed
 * @param {number} wanted
 */
function tellProgress(name, reviewed, wanted) {
  Object.assign(told, { name, wanted, reviewed: name === told.name ? Math.max(told.reviewed, reviewed) : reviewed });
  const done = Math.min(wanted, told.reviewed);
  const bar = slot("meter").querySelector("progress");
  if (bar) [bar.max, bar.value] = [Math.max(1, wanted), done];
  slot("done").textContent = `${done.toLocaleString("en")} / ${wanted.toLocaleString("en")}`;
  slot("meter").hidden = false;
}

/** One review more has arrived. @param {string} name the dataset's */
export function tellArrived(name) {
  if (name === told.name) tellProgress(name, told.reviewed + 1, told.wanted);
}

/** @param {import("./work.js").Work | null} work */
export function tellFoot(work) {
  if (!work) return;
  const { reason } = work.body.scene;
  slot("scene-verdict").textContent = reason ? `Unusable: ${reason.replaceAll("_", " ")}` : "Scene usable";
  slot("scene-verdict").closest("button")?.setAttribute("aria-pressed", String(work.isUnusable));
  if (isJudgingBoxes(work)) {
    slot("judged").textContent = boxCounts(work);
    slot("submit").textContent = isWaitingForTexts(work) ? "Waiting for the server" : "Confirm boxes";
    return;
  }
  const news = work.isUnusable ? 0 : newsOf(work).filter((draft) => draft !== work.focused).length;
  slot("judged").textContent = work.isUnusable ? "" : `${work.judgedCount} of ${work.drafts.length} judged${news ? ` · ${news} with findings now` : ""}`;
  const next = !work.isUnusable && isOpticalHidden(work) ? "Show optical image" : "Submit and next";
  const ready = news ? "See what was found" : next;
  slot("submit").textContent = work.opinion(work.focused).pending ? "Confirm wording" : work.isComplete ? ready : "Next open";
}

/** @param {number} count packets that are fetched already */
export function tellAhead(count) {
  slot("ahead").textContent = ["", "next packet ready", "next two packets ready"][Math.min(2, count)] ?? "";
}

export function tellNoPacket() {
  showParts(false);
  slot("scene").textContent = "No packet";
  slot("counts").textContent = "";
  slot("submit").textContent = "Next open";
  slot("ahead").textContent = "";
}

/**
 * @param {keyof typeof REASONS} reason
 * @param {number} reviewed packets in this sitting
 * @param {() => void} onAgain
 */
export function tellEmpty(reason, reviewed, onAgain) {
  const [title, text] = REASONS[reason];
  const done = reviewed ? ` You reviewed ${reviewed} ${reviewed === 1 ? "packet" : "packets"} just now.` : "";
  tellInstead(title, `${text}${done}`, onAgain);
}

/**
 * In place of the texts.
 * @param {string} title
 * @param {string} text
 * @param {(() => void) | null} onAgain
 * @param {{ href: string, text: string }[]} links
 */
export function tellInstead(title, text, onAgain, links = []) {
  const again = onAgain && element("button", { class: "button", type: "button", text: "Look again", onclick: onAgain });
  const ways = onAgain ? [...links, { href: "/queue", text: "To the queue" }] : links;
  const row = element("div", { class: "row" }, again, ...ways.map((way) => element("a", { class: "button", ...way })));
  slot("list").replaceChildren(element("div", { class: "empty" }, element("h2", { text: title }), element("p", { text }), row));
  say(`${title}. ${text}`);
}

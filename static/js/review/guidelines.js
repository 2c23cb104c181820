// @ts-check
/** The side sheet of guidelines: the dataset's own, what verified means, and what each flag means. The keys go on working. */

import { element, slot } from "../dom.js";
import { call } from "./api.js";
import { capOf } from "./keys.js";
import { isAsking, say } from "./messages.js";

/** @type {Map<string, string>} by dataset, what its admin wrote */
const known = new Map();

/** @param {string} text with empty lines between its paragraphs */
const paragraphs = (text) => text.split(/\n\s*\n/u).map((part) => part.trim()).filter(Boolean);

export class Guidelines {
  root = slot("guidelines");
  #dataset = "";

  /** @param {() => boolean} mayClose whether Escape is not for anything else */
  constructor(mayClose) {
    slot("guidelines-close").addEventListener("click", () => this.#open(false));
    document.addEventListener(
      "keydown",
      (event) => {
        const isOther = event.key !== "Escape" || !this.isOpen || isAsking() || event.target instanceof HTMLTextAreaElement || !mayClose();
        if (isOther) return;
        event.preventDefault();
        this.#open(false);
      },
      true,
    );
  }

  get isOpen() {
    return !this.root.hidden;
  }

  /** @param {import("./work.js").Work | null} work */
  toggle(work) {
    this.#open(!this.isOpen);
    if (!this.isOpen) return;
    this.flag(work);
    for (const cap of this.root.querySelectorAll("[data-cap-of]")) if (cap instanceof HTMLElement) cap.textContent = capOf(cap.dataset.capOf ?? "");
    this.root.querySelector(".is-flagged")?.scrollIntoView({ block: "nearest" });
    say("Guidelines are shown beside the texts. Escape closes them.");
  }

  /** @param {boolean} isOpen */
  #open(isOpen) {
    this.root.hidden = !isOpen;
    this.root.closest(".review")?.classList.toggle("has-guidelines", isOpen);
    for (const button of document.querySelectorAll('[data-key="guidelines"]')) button.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) void this.#load();
  }

  /** Another packet is open, perhaps of another dataset. @param {import("./work.js").Work} work */
  show(work) {
    this.#dataset = work.packet.dataset.name;
    if (this.isOpen) void this.#load();
    this.flag(work);
  }

  /** Mark the flags of the open text. @param {import("./work.js").Work | null} work */
  flag(work) {
    const flags = work?.opinion(work.focused).flags ?? [];
    for (const part of this.root.querySelectorAll("[data-about-flag]")) part.classList.toggle("is-flagged", part instanceof HTMLElement && flags.includes(part.dataset.aboutFlag ?? ""));
  }

  async #load() {
    const name = this.#dataset;
    if (!name) return;
    if (!known.has(name)) {
      const told = await call("GET", `/datasets/${encodeURIComponent(name)}/guidelines`).catch(() => null);
      if (told) known.set(name, told.text);
    }
    if (name !== this.#dataset) return;
    const text = known.get(name);
    const shown = text === undefined ? ["The dataset's own guidelines could not be fetched."] : paragraphs(text);
    const title = shown.length ? [element("h3", {}, "Of ", element("bdi", { text: name }))] : [];
    slot("guidelines-own").replaceChildren(...title, ...shown.map((part) => element("p", { dir: "auto", text: part })));
  }
}

// @ts-check
/** The settings of the display that are not always in sight: a small panel below the toolbar, which leaves the page usable. */

import { element, kbd } from "../dom.js";
import { SHARES } from "../viewer/contrast.js";
import { BRIGHTNESS } from "../viewer/look.js";
import { PALETTES, rampOf } from "../viewer/palettes.js";
import { capOf } from "./keys.js";

/** @typedef {import("../viewer/look.js").Look} Look */

const WIDTH_PX = 348;
const MARGIN_PX = 6;
/** What a control of the menu does itself; all other keys are the page's, as ever. */
const OWN_KEYS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown", " ", "Enter"]);

/** @param {string} share */
const shareTitle = (share) => (share === "0-100" ? "Lowest to highest" : `${share.replace("-", "–")} %`);

/**
 * @typedef {object} Actions
 * @property {(changes: Partial<Look>) => void} change
 * @property {(isFixed: boolean) => void} fix the present limits for every scene, or let go of them
 */

export class DisplayMenu {
  /**
   * @param {HTMLElement} button which opens it
   * @param {HTMLElement} root the popover
   * @param {Actions} actions
   */
  constructor(button, root, actions) {
    this.button = button;
    this.root = root;
    this.actions = actions;
    this.#fill();
    root.addEventListener("beforetoggle", () => this.#place());
    root.addEventListener("keydown", (event) => {
      if (OWN_KEYS.has(event.key) && event.target instanceof Element && event.target.matches("input, select")) event.stopPropagation();
    });
    // Wherever the keyboard's place is, and before the texts take the key.
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.#close(event), true);
    addEventListener("resize", () => this.#place());
  }

  /** By key; the button does it itself. */
  toggle() {
    if (!this.root.togglePopover()) return;
    const chosen = this.root.querySelector("[aria-checked=true]");
    if (chosen instanceof HTMLElement) chosen.focus();
  }

  /** @param {KeyboardEvent} event */
  #close(event) {
    if (!this.root.matches(":popover-open")) return;
    event.preventDefault();
    event.stopPropagation();
    this.root.hidePopover();
  }

  #place() {
    const { left, bottom } = this.button.getBoundingClientRect();
    const most = document.documentElement.clientWidth - WIDTH_PX - MARGIN_PX;
    this.root.style.left = `${Math.max(MARGIN_PX, Math.min(left, most))}px`;
    this.root.style.top = `${bottom + MARGIN_PX}px`;
  }

  #fill() {
    this.palettes = PALETTES.map((palette) => this.#paletteButton(palette));
    this.shares = element("select", { class: "input input--inline", onchange: () => this.#chooseShare() }, ...this.#shareOptions());
    this.fixed = element("input", { type: "checkbox", onchange: () => this.actions.fix(this.fixed?.checked ?? false) });
    this.gamma = element("input", { type: "range", min: Math.log2(BRIGHTNESS.least), max: Math.log2(BRIGHTNESS.most), step: 0.05, oninput: () => this.actions.change({ brightness: 2 ** Number(this.gamma?.value) }) });
    this.gammaText = element("output", { class: "mono" });
    const row = (/** @type {string} */ title, /** @type {string} */ id, /** @type {(Node | null)[]} */ ...parts) =>
      element("label", { class: "menu__row" }, element("span", { text: title }), ...parts, kbd(capOf(id)));
    this.range = element("span", { class: "mono" });
    this.root.replaceChildren(
      element("div", { class: "menu__palettes", role: "radiogroup", "aria-label": "Palette", onkeydown: (/** @type {KeyboardEvent} */ event) => this.#onPaletteKey(event) }, ...this.palettes),
      row("Limits", "share", this.shares),
      element("label", { class: "menu__check" }, this.fixed, "for every scene", this.range),
      row("Gamma", "brighter", this.gamma, this.gammaText, kbd(capOf("darker"))),
      element("div", { class: "menu__tools" }, this.#tool("invert", "Invert", true), this.#tool("smooth", "Smooth", true), this.#tool("keep_zoom", "Keep zoom", true)),
      element("div", { class: "menu__tools" }, this.#tool("limits", "As at first", false), this.#tool("distance", "Distance", true), this.#tool("nudge", "Move optical", true)),
    );
  }

  /** @param {import("../viewer/palettes.js").Palette} palette */
  #paletteButton(palette) {
    const ramp = element("i", { class: "ramp" });
    ramp.style.background = rampOf(palette, { gamma: 1, isInverted: false });
    return element("button", { type: "button", role: "radio", class: "menu__palette", "aria-checked": "false", tabindex: "-1", "data-palette": palette, onclick: () => this.actions.change({ palette }) }, ramp, palette);
  }

  #shareOptions() {
    const titles = [["", "As imported"], ...SHARES.map((share) => [share, shareTitle(share)]), ["hand", "Set by hand"]];
    return titles.map(([value, text]) => element("option", { value: value ?? "", text: text ?? "" }));
  }

  /** @param {string} id @param {string} title @param {boolean} isToggle */
  #tool(id, title, isToggle) {
    return element("button", { class: "tool", type: "button", "data-key": id, "aria-pressed": isToggle ? "false" : null }, `${title} `, kbd(capOf(id)));
  }

  #chooseShare() {
    const share = SHARES.find((known) => known === this.shares?.value) ?? null;
    this.actions.change({ share, fixed: null });
  }

  /** The arrow keys go through the palettes. @param {KeyboardEvent} event */
  #onPaletteKey(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step || !this.palettes) return;
    event.preventDefault();
    event.stopPropagation();
    const at = this.palettes.findIndex((button) => button.getAttribute("aria-checked") === "true");
    const next = this.palettes[(at + step + this.palettes.length) % this.palettes.length];
    next?.click();
    next?.focus();
  }

  /**
   * @param {Look} look
   * @param {{ gamma: number, range: string, isByHand: boolean, isFixed: boolean, canDraw: boolean, hasValues: boolean }} state
   */
  show(look, { gamma, range, isByHand, isFixed, canDraw, hasValues }) {
    for (const button of this.palettes ?? []) {
      const isChosen = button.dataset.palette === look.palette;
      button.setAttribute("aria-checked", String(isChosen));
      button.tabIndex = isChosen ? 0 : -1;
      button.disabled = !canDraw;
    }
    if (!this.shares || !this.fixed || !this.gamma || !this.gammaText || !this.range) return;
    this.range.textContent = range;
    this.shares.value = isByHand || isFixed ? "hand" : (look.share ?? "");
    this.shares.disabled = this.fixed.disabled = !canDraw || !hasValues;
    this.fixed.checked = isFixed;
    this.gamma.value = String(Math.log2(look.brightness));
    this.gamma.disabled = !canDraw;
    this.gammaText.textContent = gamma.toFixed(2);
  }
}

// @ts-check
/** The sheet of all keys, on which each can be chosen anew: choose an action, press its new key. */

import { element, kbd, slot } from "../dom.js";
import { isForeign, KEYS, keymap, nameOf, signOf } from "./keys.js";
import { dialog } from "./messages.js";

/** @typedef {import("./keymap.js").Key} Key */

/** What the page itself is worked with. */
const KEPT = new Set(["Tab", "Escape", "ArrowLeft", "ArrowRight", "ContextMenu", "CapsLock", "NumLock"]);
const MODIFIERS = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta"]);

export class KeySheet {
  /** @type {Key | null} the action that waits for its new key */
  #waiting = null;

  /**
   * @param {import("./preferences.js").Preferences} preferences
   * @param {() => void} onChange
   */
  constructor(preferences, onChange) {
    this.preferences = preferences;
    this.onChange = onChange;
    this.dialog = dialog("sheet");
    this.dialog.addEventListener("keydown", (event) => this.#onKey(event));
    this.dialog.addEventListener("close", () => (this.#waiting = null));
    slot("sheet-reset").addEventListener("click", () => this.#reset());
    keymap.load(preferences.settings.keys);
    showCaps();
  }

  show() {
    this.#draw();
    this.#say("");
    this.dialog.showModal();
  }

  #draw() {
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.action : undefined;
    const groups = [...new Set(KEYS.map((key) => key.group))];
    slot("sheet-keys").replaceChildren(...groups.map((group) => element("section", {}, element("h3", { text: group }), element("ul", {}, ...KEYS.filter((key) => key.group === group).map((key) => this.#drawRow(key))))));
    slot("sheet-reset").hidden = Object.keys(keymap.chosen).length === 0;
    if (focused) this.#row(focused)?.focus();
  }

  /** @param {Key} key */
  #drawRow(key) {
    const isWaiting = key === this.#waiting;
    const names = keymap.keysOf(key.id);
    const caps = isWaiting ? [element("kbd", { class: "is-waiting", text: "…" })] : names.length ? names.map((name) => kbd(signOf(name))) : [element("span", { class: "dim", text: "none" })];
    const row = element("button", { class: "sheet__row", type: "button", "data-action": key.id, "aria-pressed": String(isWaiting), onclick: () => this.#choose(key) }, element("span", { class: "sheet__caps" }, ...caps), element("span", { text: isWaiting ? `Press the new key for: ${key.title}` : key.title }));
    const reset = keymap.isChosen(key.id) ? element("button", { class: "button button--quiet button--small", type: "button", "aria-label": `${key.title}: as at first`, text: "reset", onclick: () => this.#reset(key) }) : null;
    return element("li", {}, row, reset);
  }

  /** @param {string} id */
  #row(id) {
    const row = this.dialog.querySelector(`[data-action="${id}"]`);
    return row instanceof HTMLElement ? row : null;
  }

  /** @param {Key} key */
  #choose(key) {
    this.#waiting = this.#waiting === key ? null : key;
    this.#draw();
    this.#row(key.id)?.focus();
    this.#say(this.#waiting ? "Press the new key; Esc leaves it as it is." : "");
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const key = this.#waiting;
    if (!key || MODIFIERS.has(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") this.#choose(key);
    else if (!event.repeat) this.#take(key, event);
  }

  /**
   * @param {Key} key
   * @param {KeyboardEvent} event
   */
  #take(key, event) {
    const name = nameOf(event);
    const isUsable = !isForeign(event) && !KEPT.has(name) && !/^F\d+$/.test(name) && name !== "" && name.length <= 24;
    if (!isUsable) {
      this.#say("That key belongs to the browser or to the page itself. Press another, or Esc.", true);
      return;
    }
    const taken = keymap.choose(key.id, name);
    if (taken) {
      this.#say(`${signOf(name)} is taken: “${taken.title}”. Press another key, or give that action a new one first.`, true);
      return;
    }
    this.#waiting = null;
    void this.#changed(`${signOf(name)} is now: ${key.title}`);
  }

  /** @param {Key} [key] else all */
  #reset(key) {
    this.#waiting = null;
    const taken = keymap.reset(key?.id);
    if (taken) this.#say(`Its key is taken: “${taken.title}”. Give that action another key first.`, true);
    else void this.#changed(key ? `As at first: ${key.title}` : "All keys are as at first.");
  }

  /** @param {string} said */
  async #changed(said) {
    this.#draw();
    this.#say(said);
    showCaps();
    this.onChange();
    const failure = await this.preferences.change({ keys: keymap.chosen });
    if (failure) this.#say(`${said}. On this page only, for now: ${failure}`, true);
  }

  /**
   * @param {string} text
   * @param {boolean} [isRefusal]
   */
  #say(text, isRefusal = false) {
    slot("sheet-said").textContent = text;
    slot("sheet-said").classList.toggle("hint--warning", isRefusal);
  }
}

/** The caps that stand in the page from the start; all others are drawn with their texts. */
function showCaps() {
  for (const button of document.querySelectorAll("button[data-key]")) {
    const cap = button.querySelector("kbd, [data-cap]");
    const [name] = keymap.keysOf(button instanceof HTMLElement ? (button.dataset.key ?? "") : "");
    if (cap) cap.textContent = name === undefined ? "" : signOf(name);
  }
}

// @ts-check
/** Tools of the image: counting by clicks, a distance, the optical image moved. One at a time; what to do is said below it. */

import { element, kbd, slot } from "../dom.js";
import { call } from "./api.js";
import { capOf } from "./keys.js";

/** @typedef {import("../viewer/viewer.js").Viewer} Viewer */
/** @typedef {import("../viewer/viewer.js").Tool} Tool */

const STEP_PX = 0.5;
const LONG_STEP_PX = 5;
/** As far as the server lets an image be moved. */
const FARTHEST_PX = 200;

/** `3.2 px down, 1.0 px left` @param {[number, number]} offset_px */
const offsetText = ([down, right]) => `${Math.abs(down).toFixed(1)} px ${down >= 0 ? "down" : "up"}, ${Math.abs(right).toFixed(1)} px ${right >= 0 ? "right" : "left"}`;

/** Where a key is text, or another control's. @param {EventTarget | null} target */
const isElsewhere = (target) => target instanceof HTMLElement && (target.isContentEditable || target.closest("input, select, textarea, dialog, [popover]") !== null);

export class Tools {
  /** Said of the tool in use, after what it does. */
  #news = "";

  /**
   * @param {Viewer} viewer
   * @param {{ onChange: () => void, onMoved: () => void }} listeners
   */
  constructor(viewer, listeners) {
    this.viewer = viewer;
    this.listeners = listeners;
    this.hint = slot("tool-hint");
    // Before the keys of the texts: while the optical image is moved, arrows and Enter are its own.
    document.addEventListener("keydown", (event) => this.#onKey(event), true);
  }

  /** Marks belong to a draft, so a page without drafts has none. */
  get mayCount() {
    return Boolean(this.viewer.packet?.assignment);
  }

  /** Only who holds the packet moves its optical image. */
  get mayNudge() {
    const { packet } = this.viewer;
    return Boolean(packet?.assignment && packet.scene.assets.optical);
  }

  /** @param {string} id @returns {boolean} whether it is a tool */
  press(id) {
    if (id !== "count" && id !== "distance" && id !== "nudge") return false;
    if (!this.viewer.packet) return true;
    if (this.viewer.tool === id) this.end();
    else if (id !== "distance" || this.viewer.canDraw) this.#begin(id);
    return true;
  }

  /** @param {Tool} tool */
  #begin(tool) {
    if ((tool === "nudge" && !this.mayNudge) || (tool === "count" && !this.mayCount)) return;
    this.end();
    if (tool === "nudge" && this.viewer.root.dataset.mode === "sar") this.viewer.setMode("swipe");
    this.viewer.setTool(tool);
    this.tell();
  }

  /** Out of the tool; the optical image goes back to where it is saved. */
  end() {
    const { tool, packet } = this.viewer;
    if (tool === "nudge" && packet) this.viewer.moveOptical([...packet.scene.optical_offset_px]);
    this.viewer.setTool(null);
    this.#news = "";
    this.tell();
  }

  /** @param {string} text */
  measured(text) {
    this.#news = text;
    this.tell();
  }

  /** What the tool in use does, and how far it is. */
  tell() {
    const { tool } = this.viewer;
    const telling = { count: () => this.#tellCount(), distance: () => this.#tellDistance(), nudge: () => this.#tellNudge() };
    this.hint.hidden = tool === null;
    this.hint.replaceChildren(...(tool ? telling[tool]() : []));
    for (const place of document.querySelectorAll('[data-slot="tally"]')) place.textContent = this.viewer.marks.length ? String(this.viewer.marks.length) : "";
    this.listeners.onChange();
  }

  #tellCount() {
    return [element("b", { text: `${this.viewer.marks.length} counted` }), " · click marks, again takes it off · ", kbd(capOf("tally")), " into the answer · ", kbd(capOf("unmark")), " last off · ", kbd("Esc"), " ends"];
  }

  #tellDistance() {
    return [element("b", { text: this.#news || "Distance" }), " · two clicks measure · ", kbd("Esc"), " ends"];
  }

  #tellNudge() {
    const save = element("button", { class: "button button--small", type: "button", onclick: () => void this.#save() }, "Save for all ", kbd("⏎"));
    const back = element("button", { class: "button button--small", type: "button", onclick: () => this.#putBack() }, "Put back ", kbd("⌫"));
    const where = element("b", { text: offsetText(this.viewer.offset_px) });
    return [where, " · arrows move the optical image, ", kbd("Shift"), " farther · ", kbd("Esc"), " leaves ", save, " ", back, this.#news && ` ${this.#news}`].filter((part) => part !== "");
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const { tool } = this.viewer;
    if (tool === null || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isElsewhere(event.target)) return;
    const isTaken = event.key === "Escape" ? (this.end(), true) : tool === "nudge" && this.#nudge(event);
    if (!isTaken) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {KeyboardEvent} event @returns {boolean} */
  #nudge({ key, shiftKey, target }) {
    const step = shiftKey ? LONG_STEP_PX : STEP_PX;
    /** @type {Record<string, [number, number]>} */
    const moves = { ArrowDown: [step, 0], ArrowUp: [-step, 0], ArrowRight: [0, step], ArrowLeft: [0, -step] };
    const move = moves[key];
    if (move) this.#moveBy(move);
    else if (key === "Enter" && !(target instanceof HTMLButtonElement)) void this.#save();
    else if (key === "Backspace") this.#putBack();
    else return false;
    return true;
  }

  /** @param {[number, number]} move */
  #moveBy([down, right]) {
    const [y, x] = this.viewer.offset_px;
    const kept = (/** @type {number} */ value) => Math.min(FARTHEST_PX, Math.max(-FARTHEST_PX, value));
    this.#news = "";
    this.viewer.moveOptical([kept(y + down), kept(x + right)]);
    this.tell();
  }

  /** To where it lies without any reviewer's doing; saved like any other place. */
  #putBack() {
    const { packet } = this.viewer;
    if (packet) this.viewer.moveOptical([...packet.scene.decided_offset_px]);
    this.tell();
  }

  async #save() {
    const { packet, offset_px } = this.viewer;
    if (!packet?.assignment) return;
    const [down_px, right_px] = offset_px;
    try {
      const told = await call("POST", `/assignments/${packet.assignment.id}/nudge`, { down_px, right_px });
      Object.assign(packet.scene, told);
      if (this.viewer.packet !== packet) return;
      this.listeners.onMoved();
      this.end();
    } catch (error) {
      this.#news = `Not saved: ${error instanceof Error ? error.message : String(error)}`;
      this.tell();
    }
  }
}

// @ts-check
/** Which texts were really on screen: half of each for a moment, in a visible page, beside images that were drawn. */

const LEAST_MS = 400;
const TICK_MS = 100;
const SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1];

/** @param {IntersectionObserverEntry} entry of a text that is higher than the screen, half a screen is enough */
const isInSight = ({ intersectionRatio, intersectionRect, rootBounds }) => intersectionRatio >= 0.5 || (rootBounds !== null && intersectionRect.height >= rootBounds.height / 2);

export class Seen {
  /** @type {Set<number>} drafts that are in sight now */
  #inSight = new Set();
  /** @type {Map<number, number>} by draft, how long they were */
  #seen_ms = new Map();

  /** @param {() => boolean} areImagesDrawn */
  constructor(areImagesDrawn) {
    this.areImagesDrawn = areImagesDrawn;
    this.observer = new IntersectionObserver((entries) => this.#take(entries), { threshold: SHARES });
    setInterval(() => this.#tick(), TICK_MS);
  }

  /** Of another packet nothing was seen yet. */
  begin() {
    this.#inSight.clear();
    this.#seen_ms.clear();
  }

  /** Look at the texts as they are drawn now. @param {HTMLElement} root */
  watch(root) {
    this.observer.disconnect();
    for (const text of root.querySelectorAll(".draft-row__text, .focused__text")) this.observer.observe(text);
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #take(entries) {
    for (const entry of entries) {
      const draft = entry.target.closest("[data-draft]");
      if (!(draft instanceof HTMLElement)) continue;
      const id = Number(draft.dataset.draft);
      if (isInSight(entry)) this.#inSight.add(id);
      else this.#inSight.delete(id);
    }
  }

  #tick() {
    if (!this.#inSight.size || document.visibilityState !== "visible" || !this.areImagesDrawn()) return;
    for (const id of this.#inSight) this.#seen_ms.set(id, (this.#seen_ms.get(id) ?? 0) + TICK_MS);
  }

  /** @param {number} draftId */
  has(draftId) {
    return (this.#seen_ms.get(draftId) ?? 0) >= LEAST_MS;
  }
}

// @ts-check
/** Elements made without HTML strings: what comes from outside only ever becomes text. */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {{ class?: string | null, text?: string, [attribute: string]: string | number | boolean | null | undefined | ((event: any) => void) }} [options]
 *   `on…` are listeners, null and false leave an attribute out
 * @param {...(Node | string | null)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, options = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (name === "text") made.textContent = String(value ?? "");
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Resolves when what was changed so far can be seen. @returns {Promise<void>} */
export const afterPaint = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

/** A text from outside, kept from turning its surroundings around. @param {string} text */
export const bdi = (text) => element("bdi", { text });

/** @param {string} name */
export const kbd = (name) => element("kbd", { text: name });

/**
 * The element `data-slot="name"`.
 * @param {string} name
 * @returns {HTMLElement}
 */
export function slot(name) {
  const found = document.querySelector(`[data-slot="${name}"]`);
  if (!(found instanceof HTMLElement)) throw new Error(`the page lacks the slot ${name}`);
  return found;
}

// @ts-check
/** What the page says: notices over the texts, questions in a dialog, and the voice for screen readers. */

import { element, kbd, slot } from "../dom.js";

/** @typedef {{ title: string, text: string, tone?: "error" | "warning" | "ok", actions?: { text: string, href?: string, onclick?: () => void }[] }} Message */

/**
 * One notice a topic; a new one takes the place of the old.
 * @param {string} topic
 * @param {Message | null} message null takes it away
 * @param {string} [about] what of the topic it is about
 */
export function notify(topic, message, about = "") {
  const place = slot("notices");
  place.querySelector(`[data-topic="${topic}"]`)?.remove();
  if (!message) return;
  const actions = (message.actions ?? []).map(({ text, href, onclick }) =>
    href ? element("a", { class: "button button--small", href, target: "_blank", rel: "opener", text }) : element("button", { class: "button button--small", type: "button", text, onclick }),
  );
  place.append(
    element(
      "div",
      { class: `notice notice--${message.tone ?? "warning"}`, role: message.tone === "error" ? "alert" : "status", "data-topic": topic, "data-about": about || null },
      element("p", {}, element("strong", { text: message.title }), " ", element("bdi", { text: message.text })),
      actions.length ? element("div", { class: "row" }, ...actions) : null,
    ),
  );
}

/** @param {string} text */
export function say(text) {
  slot("live").textContent = text;
}

/** @param {string} name */
export function dialog(name) {
  const found = slot(name);
  if (!(found instanceof HTMLDialogElement)) throw new Error(`${name} is no dialog`);
  return found;
}

export const isAsking = () => document.querySelector("dialog[open]") !== null;

/** Whoever waits for an answer. @type {((value: string) => void) | null} */
let answered = null;

/**
 * A question with numbered answers; a digit chooses, and Enter the safe one, else the first.
 * @param {{ title: string, text: string, choices: { value: string, text: string, class?: string, isSafe?: boolean }[] }} question
 * @returns {Promise<string>} the chosen value; "" if it was closed without a choice
 */
export function ask({ title, text, choices }) {
  const asked = dialog("ask");
  slot("ask-title").textContent = title;
  slot("ask-text").textContent = text;
  slot("ask-choices").replaceChildren(
    ...choices.map((choice, at) => element("button", { class: `button ${choice.class ?? ""}`, value: choice.value, autofocus: choice.isSafe ? "" : null }, `${choice.text} `, kbd(String(at + 1)))),
  );
  answered?.(asked.returnValue);
  asked.returnValue = "";
  asked.onkeydown = (event) => {
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
    const choice = digit && choices[Number(digit) - 1];
    if (!choice) return;
    // With the dialog closed the page would take the same key for a flag.
    event.preventDefault();
    asked.close(choice.value);
  };
  asked.showModal();
  return new Promise((resolve) => {
    answered = (value) => {
      answered = null;
      resolve(value);
    };
    // Told a little later than it is closed: perhaps only when the next question is open already.
    asked.onclose = () => asked.open || answered?.(asked.returnValue);
  });
}

// @ts-check
/** What this browser keeps of a reviewer's work, as a file: where the server cannot take it, or never will. */

import { element } from "../dom.js";

/** @param {import("./journal.js").Journal} journal */
export function saveAsFile(journal) {
  const text = JSON.stringify({ kept_by: "Trihedral review page", saved_at: new Date().toISOString(), ...journal.everything() }, null, 2);
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = element("a", { href: url, download: `trihedral-review-${new Date().toISOString().slice(0, 19).replaceAll(":", "")}.json` });
  link.click();
  // Not at once: the browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

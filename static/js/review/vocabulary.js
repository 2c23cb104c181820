// @ts-check
/** How the closed lists are shown. The lists themselves are the server's. */

/** In the order of their digits. */
export const FLAGS = [
  { flag: "colour", title: "colour", mark: "◆" },
  { flag: "wrong_statement", title: "wrong", mark: "✕" },
  { flag: "count", title: "count", mark: "#" },
  { flag: "vague", title: "vague", mark: "≈" },
  { flag: "not_visible_in_sar", title: "not in SAR", mark: "◌" },
  { flag: "position", title: "position", mark: "⊹" },
  { flag: "language", title: "language", mark: "¶" },
  { flag: "other", title: "other", mark: "…" },
];

/** @type {Record<string, string>} */
export const FAMILY_MARKS = {
  category: "□",
  colour: "◆",
  contradiction: "≠",
  count: "#",
  duplicate: "≡",
  fragile: "△",
  language: "¶",
  optical_only: "◌",
  physics: "λ",
  position: "⊹",
  vague: "≈",
};

/** A family in words: `optical only`. @param {string} family */
export const familyTitle = (family) => family.replaceAll("_", " ");

/** @type {Record<string, string>} */
export const GLYPHS = { accept: "✓", revise: "✎", reject: "✕", unsure: "?" };

/** @type {Record<string, string>} */
export const VERDICT_TITLES = { accept: "accepted", revise: "revised", reject: "rejected", unsure: "unsure" };

export const UNUSABLE_REASONS = [
  { reason: "no_data", title: "No data", needsOptical: false },
  { reason: "artefact", title: "Artefact", needsOptical: false },
  { reason: "wrong_pair", title: "Wrong pair", needsOptical: true },
  { reason: "duplicate", title: "Duplicate", needsOptical: false },
  { reason: "changed_between_dates", title: "Changed between dates", needsOptical: true },
];

/** @type {Record<string, string>} */
const UNITS = { sigma0_db: "dB σ⁰", gamma0_db: "dB γ⁰", relative_db: "rel. dB", dn: "dn" };

/** @param {string} unit */
export const unitText = (unit) => UNITS[unit] ?? unit;

/**
 * @param {number} value
 * @param {string} unit
 */
export const valueText = (value, unit) => (unit === "dn" ? String(Math.round(value * 100) / 100) : value.toFixed(2));

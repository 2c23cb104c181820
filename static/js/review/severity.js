// @ts-check
/** How much a finding wants to be seen: an error first, what is only to be looked at last and quietly. */

/** @type {Record<string, number>} */
const RANKS = { error: 0, warning: 1, info: 2 };

/** @param {{ severity: string }} finding */
export const rankOf = ({ severity }) => RANKS[severity] ?? 0;

/**
 * The same findings, the gravest first; of the same severity as they stand in the text.
 * @template {{ severity: string }} F
 * @param {F[]} findings
 * @returns {F[]}
 */
export const gravestFirst = (findings) => [...findings].sort((one, other) => rankOf(one) - rankOf(other));

/** Whether it is only to be looked at. @param {{ severity: string }} finding */
export const isQuiet = ({ severity }) => severity === "info";

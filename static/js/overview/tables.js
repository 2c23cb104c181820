// @ts-check
/** What a chart draws is read from the table beside it, so that both say the same. */

/**
 * @typedef {{ title: string, colour: string, values: number[] }} Series
 * @typedef {{ labels: string[], series: Series[] }} Figures
 */

/**
 * @param {HTMLTableElement} table its heads of columns have `data-colour`, its cells `data-value`
 * @param {number} [most] rows that are taken, from the first on
 * @returns {Figures}
 */
export function figuresOf(table, most = Infinity) {
  const rows = [...(table.tBodies[0]?.rows ?? [])].slice(0, most);
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])].filter((head) => head.dataset.colour);
  const numbers = rows.map((row) => [...row.cells].filter((cell) => cell.dataset.value).map((cell) => Number(cell.dataset.value)));
  return {
    labels: rows.map((row) => row.cells[0]?.textContent?.trim() ?? ""),
    series: heads.map((head, nth) => ({
      title: head.textContent?.trim() ?? "",
      colour: head.dataset.colour ?? "",
      values: numbers.map((row) => row[nth] ?? 0),
    })),
  };
}

// @ts-check
/**
 * Spans are half-open, in Unicode code points of the stored text; JavaScript counts UTF-16 units.
 * Converted here and nowhere else. The text is never normalised.
 */

/**
 * @param {string} text
 * @param {number} points
 * @returns {number} UTF-16 units before the code point with that index
 */
export function toUnits(text, points) {
  let units = 0;
  for (let done = 0; done < points && units < text.length; done += 1) {
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  }
  return units;
}

/**
 * @param {string} text
 * @param {number} units an offset inside a surrogate pair counts as after it
 * @returns {number} code points before that UTF-16 offset
 */
export function toPoints(text, units) {
  let points = 0;
  for (let done = 0; done < units && done < text.length; points += 1) {
    done += (text.codePointAt(done) ?? 0) > 0xffff ? 2 : 1;
  }
  return points;
}

// @ts-check
/**
 * How shares between the limits become colours. Grey says the least that is not there, so it is the first; the others
 * (viridis, magma, cividis, by their public tables) rise evenly in lightness, so that no step in them looks like an edge.
 */

/** @typedef {"grey" | "viridis" | "magma" | "cividis"} Palette */
/** @typedef {[number, number, number]} Colour */

/** @type {Record<Palette, string>} their colours at even steps, as hexadecimal triples */
const NODES = {
  grey: "000000 ffffff",
  viridis: "440154 481769 472a7a 433d84 3d4e8a 355e8d 2e6d8e 297b8e 23898e 1f978b 21a585 2eb37c 46c06f 65cb5e 89d548 b0dd2f d8e219 fde725",
  magma: "000004 090720 1a1042 311165 4a1079 621980 792282 912b81 aa337d c23b75 d9466b ec5860 f7725c fc8e64 feaa74 fec68a fde2a3 fcfdbf",
  cividis: "00224e 002d68 163770 2e416d 3f4c6c 4e566c 5c616e 696b71 767676 838179 928c78 a09875 afa471 bfb06b cfbd62 dfca57 f0d846 fee838",
};

/** @type {Palette[]} */
export const PALETTES = ["grey", "viridis", "magma", "cividis"];

/** As many as an 8-bit screen tells apart in grey. */
const STEPS = 256;

/** @param {string} hex @returns {Colour} */
function colourOf(hex) {
  const [red, green, blue] = [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return [red ?? 0, green ?? 0, blue ?? 0];
}

/**
 * The colours of a palette from the lower to the upper limit, in equal steps.
 * @param {Palette} palette
 * @param {number} [steps]
 * @returns {Colour[]} of 0 to 255 each
 */
export function coloursOf(palette, steps = STEPS) {
  const nodes = NODES[palette].split(" ").map(colourOf);
  return Array.from({ length: steps }, (_, step) => {
    const place = (step / (steps - 1)) * (nodes.length - 1);
    const at = Math.min(Math.floor(place), nodes.length - 2);
    const [from, to] = [nodes[at] ?? [0, 0, 0], nodes[at + 1] ?? [0, 0, 0]];
    const mixed = from.map((part, channel) => Math.round(part + (place - at) * ((to[channel] ?? 0) - part)));
    return /** @type {Colour} */ (mixed);
  });
}

/** All palettes one behind the other: one texture, in which a variable of the shader chooses. @type {string[] | null} */
let table = null;

/**
 * The colour of a share, in the palette of the variable `palette`.
 * @param {any[]} share an expression of OpenLayers, 0 to 1
 */
export function paletteExpression(share) {
  table ??= PALETTES.flatMap((palette) => coloursOf(palette).map((colour) => `rgb(${colour.join(",")})`));
  const step = ["floor", ["+", ["*", share, STEPS - 1], 0.5]];
  return ["palette", ["+", ["*", ["var", "palette"], STEPS], step], table];
}

/**
 * What the values between the limits look like, from left to right, for `background`.
 * @param {Palette} palette
 * @param {{ gamma: number, isInverted: boolean }} how
 */
export function rampOf(palette, { gamma, isInverted }) {
  const colours = coloursOf(palette);
  const stops = Array.from({ length: 17 }, (_, at) => {
    const bent = (at / 16) ** (1 / gamma);
    const step = Math.round((isInverted ? 1 - bent : bent) * (STEPS - 1));
    return `rgb(${(colours[step] ?? [0, 0, 0]).join(" ")})`;
  });
  return `linear-gradient(to right, ${stops.join(", ")})`;
}

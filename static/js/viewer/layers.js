// @ts-check
/** The image layers: values go to the graphics card as they are stored; limits and gamma are variables of the shader. */

import { READ_OPTIONS } from "./assets.js";

/** @typedef {import("./assets.js").Source} Source */
/** @typedef {{ low: number, high: number, gamma: number, invert: number }} Stretch in stored values */

/**
 * @param {Source} source
 * @param {import("ol/proj/Projection").default} projection
 * @param {{ interpolate: boolean, normalize: boolean, nodata?: number | null }} how
 */
function makeSource(source, projection, how) {
  const info = {
    ...("blob" in source ? { blob: source.blob } : { url: source.url }),
    ...(how.normalize ? { min: 0, max: 255 } : {}),
    ...(typeof how.nodata === "number" ? { nodata: how.nodata } : {}),
  };
  return new ol.source.GeoTIFF({
    sources: [info],
    sourceOptions: READ_OPTIONS,
    projection,
    normalize: how.normalize,
    interpolate: how.interpolate,
    transition: 0,
  });
}

/**
 * Grey between the limits: `((value - low) / (high - low)) ^ (1 / gamma)`, inverted on wish.
 * @param {Stretch} variables
 */
function greyStyle(variables) {
  const range = ["-", ["var", "high"], ["var", "low"]];
  const share = ["clamp", ["/", ["-", ["band", 1], ["var", "low"]], range], 0, 1];
  const bent = ["^", share, ["/", 1, ["var", "gamma"]]];
  const grey = ["+", ["var", "invert"], ["*", ["-", 1, ["*", 2, ["var", "invert"]]], bent]];
  return { variables: { ...variables }, color: ["array", grey, grey, grey, 1] };
}

/**
 * @param {Source} source
 * @param {import("ol/proj/Projection").default} projection
 * @param {{ interpolate: boolean, nodata: number | null, stretch: Stretch }} how
 */
export function sarLayer(source, projection, { interpolate, nodata, stretch }) {
  return new ol.layer.WebGLTile({
    source: makeSource(source, projection, { interpolate, nodata, normalize: false }),
    style: greyStyle(stretch),
  });
}

/**
 * An 8-bit image. `stretch` only for one of a single band.
 * @param {Source} source
 * @param {import("ol/proj/Projection").default} projection
 * @param {{ interpolate: boolean, stretch?: Stretch }} how
 */
export function byteLayer(source, projection, { interpolate, stretch }) {
  return new ol.layer.WebGLTile({
    source: makeSource(source, projection, { interpolate, normalize: true }),
    ...(stretch ? { style: greyStyle(stretch) } : {}),
  });
}

/** Whether this browser can draw the layers. */
export function hasWebGL() {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("webgl2") ?? canvas.getContext("webgl");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return context !== null;
}

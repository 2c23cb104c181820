// @ts-check
/** The image layers: values go to the graphics card as they are stored; limits, gamma and palette are variables of the shader. */

import { READ_OPTIONS } from "./assets.js";
import { paletteExpression } from "./palettes.js";

/** @typedef {import("./assets.js").Source} Source */
/** @typedef {[number, number, number, number]} Extent left, bottom, right, top, in map coordinates */
/** @typedef {{ low: number, high: number, gamma: number, invert: number, palette: number }} Stretch in stored values; the palette by its place in the list */
/** @typedef {import("ol/layer/WebGLTile").default} ImageLayer */

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
 * @param {import("ol/source/GeoTIFF").default} source
 * @param {Extent} extent of the scene, moved
 */
function setGrid(source, [left, bottom, right, top]) {
  const grid = source.getTileGrid();
  if (!grid) return;
  /** @type {any} */ (source).tileGrid = new ol.tilegrid.TileGrid({
    extent: [left, bottom, right, top],
    minZoom: grid.getMinZoom(),
    origin: [left, top],
    resolutions: grid.getResolutions(),
    tileSizes: grid.getResolutions().map((_, zoom) => grid.getTileSize(zoom)),
  });
}

/**
 * Draw the image moved: its tiles, at all their resolutions, begin at another place; the file is read as ever, and tiles
 * that were read stay.
 * @param {ImageLayer} layer
 * @param {{ rows: number, cols: number }} size of the scene
 * @param {[number, number]} shift in map coordinates, x to the right and y up
 */
export function moveImage(layer, { rows, cols }, [x, y]) {
  const source = /** @type {import("ol/source/GeoTIFF").default} */ (layer.getSource());
  /** @type {Extent} */
  const extent = [x, y, cols + x, rows + y];
  if (source.getState() === "ready") {
    setGrid(source, extent);
    layer.changed();
    return;
  }
  const onReady = () => {
    if (source.getState() !== "ready") return;
    source.removeEventListener("change", onReady);
    setGrid(source, extent);
  };
  source.addEventListener("change", onReady);
}

/**
 * Resolves when the file's head is read and its tiles can be asked for.
 * @param {ImageLayer} layer
 * @returns {Promise<void>} rejected where the file cannot be read
 */
export function readyImage(layer) {
  const source = /** @type {import("ol/source/GeoTIFF").default} */ (layer.getSource());
  return new Promise((resolve, reject) => {
    const onChange = () => {
      const state = source.getState();
      if (state === "loading") return;
      source.removeEventListener("change", onChange);
      if (state === "ready") resolve();
      else reject(source.getError() ?? new Error("The image could not be read."));
    };
    source.addEventListener("change", onChange);
    onChange();
  });
}

/** What OpenLayers writes into the band that it adds where no data are told; elsewhere in that band is 0. */
const HAS_DATA = 255;

/**
 * The colour of a share of the way between the limits: `((value - low) / (high - low)) ^ (1 / gamma)`, inverted on wish.
 *
 * Beside pixels without data the graphics card mixes the value with 0, which in decibels is bright: a seam of targets that
 * are not there. The share of data is mixed in the same way, so their quotient is the value of the data alone.
 * @param {Stretch} variables
 * @param {boolean} hasNoData
 */
function styleOf(variables, hasNoData = false) {
  const range = ["-", ["var", "high"], ["var", "low"]];
  const data = ["/", ["band", 2], HAS_DATA];
  const value = hasNoData ? ["/", ["band", 1], ["clamp", data, 0.001, 1]] : ["band", 1];
  const share = ["clamp", ["/", ["-", value, ["var", "low"]], range], 0, 1];
  const bent = ["^", share, ["/", 1, ["var", "gamma"]]];
  const turned = ["+", ["var", "invert"], ["*", ["-", 1, ["*", 2, ["var", "invert"]]], bent]];
  const colour = paletteExpression(turned);
  return { variables: { ...variables }, color: hasNoData ? ["case", [">=", data, 0.5], colour, [0, 0, 0, 0]] : colour };
}

/**
 * @param {Source} source
 * @param {import("ol/proj/Projection").default} projection
 * @param {{ interpolate: boolean, nodata: number | null, stretch: Stretch }} how
 */
export function sarLayer(source, projection, { interpolate, nodata, stretch }) {
  return new ol.layer.WebGLTile({
    source: makeSource(source, projection, { interpolate, nodata, normalize: false }),
    style: styleOf(stretch, nodata !== null),
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
    ...(stretch ? { style: styleOf(stretch) } : {}),
  });
}

/**
 * The edge of the image: a dark sea, or ground without data, does not show where it ends.
 * @param {Extent} extent
 */
export function frameLayer(extent) {
  const stroke = new ol.style.Stroke({ color: "rgba(255, 255, 255, 0.28)", width: 1 });
  const [left, bottom, right, top] = extent;
  const ring = [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]];
  const source = new ol.source.Vector({ features: [new ol.Feature(new ol.geom.Polygon([ring]))] });
  return new ol.layer.Vector({ source, style: new ol.style.Style({ stroke }), zIndex: 5, updateWhileInteracting: true });
}

/** Whether this browser can draw the layers. */
export function hasWebGL() {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("webgl2") ?? canvas.getContext("webgl");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return context !== null;
}

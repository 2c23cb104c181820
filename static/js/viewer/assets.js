// @ts-check
/**
 * The images of a scene. One that fits the memory is fetched whole, once, and serves the panels, the readout and the
 * switch of interpolation without another request, also off line; a large one is read by ranges, as its tiles are needed.
 */

/** @typedef {{ blob: Blob } | { url: string }} Source */

/** Up to this many pixels an image is fetched whole: some five megabytes at most. The chips of large scenes are larger. */
const WHOLE_PIXELS = 1536 * 1536;
/** A first look at a larger one shows an overview of no more than so many columns. */
const FIRST_LOOK_PX = 1024;

/** By ranges, some tiles are fetched at once instead of a kilobyte at a time. */
export const READ_OPTIONS = { blockSize: 65_536, cacheSize: 200 };

/** @param {Source} source */
export function openFile(source) {
  return "blob" in source ? GeoTIFF.fromBlob(source.blob) : GeoTIFF.fromUrl(source.url, /** @type {object} */ (READ_OPTIONS));
}

/** @param {number} status 0: no answer */
function reasonOf(status) {
  if (status === 403 || status === 410) return "the address has run out. Reload the page.";
  if (status === 404) return "the store no longer has it. Texts can still be judged by what is shown; tell an admin.";
  if (status === 0) return "the server cannot be reached. Texts can still be judged; reload the page when it is back.";
  if (status >= 500) return "the image store cannot be reached just now. Reload the page in a while.";
  return `it could not be read (${status}).`;
}

export class AssetError extends Error {
  /** @param {number} status */
  constructor(status) {
    super(reasonOf(status));
    this.status = status;
  }
}

/** Why an image that is read by ranges cannot be read. @param {string} url */
export async function explain(url) {
  const response = await fetch(url, { credentials: "same-origin", headers: { Range: "bytes=0-0" } }).catch(() => null);
  return response?.ok ? "it is broken. Texts can still be judged by what is shown; tell an admin." : reasonOf(response?.status ?? 0);
}

/** @type {Map<string, Promise<Blob>>} */
const fetched = new Map();

/**
 * @param {string} url
 * @param {RequestPriority} priority
 */
async function fetchWhole(url, priority) {
  const response = await fetch(url, { credentials: "same-origin", priority }).catch(() => Promise.reject(new AssetError(0)));
  if (!response.ok) throw new AssetError(response.status);
  return response.blob();
}

/**
 * @param {string} url
 * @param {number} pixels rows × cols
 * @param {RequestPriority} [priority]
 * @returns {Promise<Source>}
 */
export async function openAsset(url, pixels, priority = "high") {
  if (pixels > WHOLE_PIXELS) return { url: new URL(url, location.href).href };
  let blob = fetched.get(url);
  if (!blob) {
    blob = fetchWhole(url, priority);
    fetched.set(url, blob);
    // A failure is not remembered: the next look tries again.
    blob.catch(() => fetched.delete(url));
  }
  return { blob: await blob };
}

/** @type {Set<string>} */
const warmed = new Set();

/**
 * Of an image that is read by ranges, have what a first look at it needs in the browser's own cache.
 * @param {string} url
 */
async function warm(url) {
  if (warmed.has(url)) return;
  warmed.add(url);
  const file = await openFile({ url: new URL(url, location.href).href });
  for (let at = 0; at < (await file.getImageCount()); at += 1) {
    const image = await file.getImage(at);
    if (image.getWidth() <= FIRST_LOOK_PX) {
      await image.readRasters();
      return;
    }
  }
}

/**
 * The addresses of a scene's images, each once.
 * @param {import("../review/contract").Scene} scene
 */
export function addressesOf(scene) {
  const { sar, processed, optical } = scene.assets;
  return [...new Set([sar, processed, ...(optical ? [optical] : [])])];
}

/**
 * Fetch the images of the packet that comes next, and forget those of packets that are done.
 * @param {import("../review/contract").Scene[]} scenes the present one first
 */
export function keepOnly(scenes) {
  const others = (scenes[0]?.polarisations ?? []).map(({ sar }) => sar);
  const wanted = new Set([...scenes.flatMap(addressesOf), ...others]);
  for (const url of fetched.keys()) if (!wanted.has(url)) fetched.delete(url);
  for (const scene of scenes.slice(1)) {
    const pixels = scene.rows * scene.cols;
    for (const url of addressesOf(scene)) (pixels > WHOLE_PIXELS ? warm(url) : openAsset(url, pixels, "low")).catch(() => {});
  }
}

// @ts-check
/** What a page refreshes of itself stays as it is where the answer is none: a log-in that ended leads to the log-in. */

export const REFUSED = "refreshing:refused";

document.addEventListener("htmx:before:response", (event) => {
  const raw = /** @type {CustomEvent<{ ctx: { response: { raw: Response } } }>} */ (event).detail.ctx.response.raw;
  if (raw.ok && !raw.redirected) return;
  event.preventDefault();
  // Loaded whole, the page leads to the log-in and from there back to where it was.
  if (raw.redirected) location.reload();
  else document.dispatchEvent(new CustomEvent(REFUSED, { detail: raw.status }));
});

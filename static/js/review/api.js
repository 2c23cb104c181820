// @ts-check
/** Requests to the review API. What went wrong is one of three: no answer, not logged in any more, or a told problem. */

export class UnreachableError extends Error {}

export class LoggedOutError extends Error {}

export class ProblemError extends Error {
  /**
   * @param {number} status
   * @param {{ code?: string, detail?: string, [fact: string]: any }} problem
   */
  constructor(status, problem) {
    super(problem.detail ?? `The server answered ${status}.`);
    this.status = status;
    this.code = problem.code ?? "";
    this.facts = problem;
  }
}

/** Whether the server has answered, and will never answer otherwise. @param {unknown} error @returns {error is ProblemError} */
export const isFinal = (error) => error instanceof ProblemError && error.status < 500 && error.status !== 429;

const meta = document.querySelector('meta[name="csrf-token"]');
let csrf = meta instanceof HTMLMetaElement ? meta.content : "";

/**
 * @param {string} path
 * @param {RequestInit} options
 */
async function reach(path, options) {
  try {
    return await fetch(path, { credentials: "same-origin", signal: AbortSignal.timeout(30_000), ...options });
  } catch (error) {
    throw new UnreachableError("The server cannot be reached.", { cause: error });
  }
}

/**
 * @param {"POST" | "PUT"} method
 * @param {string} path below /api/v1
 * @param {unknown} [body]
 * @returns {Promise<any>}
 * @throws {UnreachableError | LoggedOutError | ProblemError}
 */
export async function call(method, path, body = {}) {
  let response = await send(method, path, body);
  // The token is of another session: of none, if nobody is logged in any more, else of a newer one in another tab.
  if (response.status === 403) {
    if (!(await takeNewSession())) throw new LoggedOutError("You are logged out.");
    response = await send(method, path, body);
  }
  if (response.ok) return response.json().catch(() => Promise.reject(new UnreachableError("The answer was cut off.")));
  if (response.status === 401) throw new LoggedOutError("You are logged out.");
  // The database restarts, or a proxy lost its server: the same as no answer.
  if (response.status >= 502 && response.status <= 504) throw new UnreachableError("The server is not ready.");
  throw new ProblemError(response.status, await response.json().catch(() => ({})));
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} body
 */
function send(method, path, body) {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
  return reach(`/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
}

/**
 * A request that outlives the page; nobody waits for its answer.
 * @param {string} path below /api/v1
 * @param {"POST" | "PUT"} [method]
 * @param {unknown} [body]
 */
export function sendLast(path, method = "POST", body = {}) {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
  fetch(`/api/v1${path}`, { method, headers, body: JSON.stringify(body), credentials: "same-origin", keepalive: true }).catch(() => {});
}

const root = document.querySelector("[data-reviewer]");
/** The pseudonym of whom this page was made for. */
export const reviewer = root instanceof HTMLElement ? (root.dataset.reviewer ?? "") : "";

/**
 * After a log-in in another tab: take over that session's token. Only of the same person: what is on this page must never
 * be sent in another's name.
 * @returns {Promise<boolean>}
 */
export async function takeNewSession() {
  const response = await reach("/review", { headers: { Accept: "text/html" } });
  if (!response.ok || new URL(response.url).pathname !== "/review") return false;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const token = page.querySelector('meta[name="csrf-token"]');
  const found = page.querySelector("[data-reviewer]");
  if (!(token instanceof HTMLMetaElement) || !(found instanceof HTMLElement) || found.dataset.reviewer !== reviewer) return false;
  csrf = token.content;
  return true;
}

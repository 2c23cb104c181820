// @ts-check
/**
 * Requests to the review API. What went wrong is one of four: no answer, not logged in any more (or somebody else is), the
 * role was taken away, or a told problem.
 */

export class UnreachableError extends Error {}

export class LoggedOutError extends Error {
  /** @param {boolean} isOther whether somebody else is logged in in this browser now */
  constructor(isOther = false) {
    super(isOther ? "Somebody else is logged in now." : "You are logged out.");
    this.isOther = isOther;
  }
}

export class ForbiddenError extends Error {}

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
 * @param {"GET" | "POST" | "PUT"} method
 * @param {string} path below /api/v1
 * @param {unknown} [body]
 * @returns {Promise<any>}
 * @throws {UnreachableError | LoggedOutError | ForbiddenError | ProblemError}
 */
export async function call(method, path, body = {}) {
  let response = await send(method, path, body);
  // The token is of another session: of none, if nobody is logged in any more, else of a newer one in another tab.
  if (response.status === 403) {
    await requireSession(response);
    response = await send(method, path, body);
  }
  if (response.ok) return response.json().catch(() => Promise.reject(new UnreachableError("The answer was cut off.")));
  if (response.status === 401) throw new LoggedOutError();
  // The database restarts, or a proxy lost its server: the same as no answer.
  if (response.status >= 502 && response.status <= 504) throw new UnreachableError("The server is not ready.");
  const problem = await response.json().catch(() => ({}));
  if (response.status === 403) throw new ForbiddenError(problem.detail);
  throw new ProblemError(response.status, problem);
}

/** After a refusal: go on in a newer session of the same person, else say what is missing. @param {Response} refusal */
async function requireSession(refusal) {
  const session = await takeNewSession();
  if (session === "forbidden") throw new ForbiddenError((await refusal.json().catch(() => ({}))).detail ?? "You may not review any more.");
  if (session !== "same") throw new LoggedOutError(session === "other");
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} body
 */
function send(method, path, body) {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
  return reach(`/api/v1${path}`, method === "GET" ? { method, headers } : { method, headers, body: JSON.stringify(body) });
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

/** Whose page the server gives now: the same person's, another's, nobody's, or one that may not review. */
/** @typedef {"same" | "other" | "none" | "forbidden"} Session */

/**
 * After a log-in: take over that session's token. Only of the same person: what is on this page must never be sent in
 * another's name.
 * @returns {Promise<Session>}
 */
export async function takeNewSession() {
  return takeSession(await reach("/review", { headers: { Accept: "text/html" } }));
}

/** @param {Response} response to a request that led to the review page, or not @returns {Promise<Session>} */
async function takeSession(response) {
  if (response.status === 403) return "forbidden";
  if (response.status >= 500) throw new UnreachableError("The server is not ready.");
  if (!response.ok || new URL(response.url).pathname !== "/review") return "none";
  const page = await pageOf(response);
  const found = page.querySelector("[data-reviewer]");
  if (!(found instanceof HTMLElement) || found.dataset.reviewer !== reviewer) return "other";
  csrf = tokenOf(page);
  return "same";
}

/** @param {Response} response */
const pageOf = async (response) => new DOMParser().parseFromString(await response.text(), "text/html");

/** @param {Document} page */
function tokenOf(page) {
  const token = page.querySelector('meta[name="csrf-token"]');
  return token instanceof HTMLMetaElement ? token.content : "";
}

/**
 * Log in as the log-in page does, without leaving this one.
 * @param {string} email
 * @param {string} password
 * @returns {Promise<{ session: Session, message: string }>} with "none", what the server says of it
 * @throws {UnreachableError}
 */
export async function logIn(email, password) {
  // Without a session the token is one of the browser's own, which comes with the page.
  const form = await pageOf(await reach("/login", {}));
  const body = new URLSearchParams({ csrf: tokenOf(form), email, password, next: "/review" });
  const response = await reach("/login", { method: "POST", body });
  if (new URL(response.url).pathname !== "/login") return { session: await takeSession(response), message: "" };
  const message = (await pageOf(response)).querySelector("[role=alert]")?.textContent?.trim();
  return { session: "none", message: message || `The server answered ${response.status}. Try again.` };
}

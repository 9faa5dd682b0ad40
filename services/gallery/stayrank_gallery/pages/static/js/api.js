// Calls to the service. What goes wrong becomes a Problem that can be shown as it is.

import { keyed, otherKey, storedKey } from "./key.js";

const TRIES = 4;

class Problem extends Error {
  constructor({ type, title, detail, status = 0, results = null, retryAfter = 0 }) {
    super(detail || title);
    Object.assign(this, { type, title, status, results, retryAfter });
  }

  // Whether the same call may succeed a little later.
  get passing() {
    return !this.results && [0, 429, 502, 503, 504].includes(this.status);
  }
}

// Answers a Response of status 200; every other outcome is a Problem, an abort an AbortError.
export async function call(path, options = {}) {
  const key = storedKey();
  let response;
  try {
    response = await fetch(path, keyed(options, key));
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ type: "unreachable", title: "The service cannot be reached." });
  }
  if (response.ok) return response;
  if (response.status === 401 && await otherKey(key)) return call(path, options);
  const problem = await response.json().catch(() => ({}));
  const title = `The service answered ${response.status}.`;
  const retryAfter = Number(response.headers.get("Retry-After")) || 0;
  throw new Problem({ title, ...problem, status: response.status, retryAfter });
}

// Asks again, each time a little later, as long as what goes wrong may pass.
export async function patiently(ask) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (problem) {
      if (!problem.passing || attempt === TRIES) throw problem;
      await new Promise((later) => setTimeout(later, 1000 * (problem.retryAfter || attempt)));
    }
  }
}

// `body` is JSON already.
export function postJson(path, body, options = {}) {
  const headers = { "Content-Type": "application/json" };
  return call(path, { method: "POST", headers, body, ...options });
}

// The wire carries positions for names: file names may hold what no form can.
export function formOf(files) {
  const form = new FormData();
  files.forEach((file, position) => form.append("files", file, String(position)));
  return form;
}

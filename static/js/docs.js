// @ts-check
// Shows the description of /api/v1 with Swagger UI; a file of its own because the policy allows no inline script.

export {};

const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

/** Swagger UI has a dark look of its own, by a class; ours is by what the server or the theme button set. */
function followTheme() {
  root.classList.toggle("dark-mode", (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark");
}

followTheme();
system.addEventListener("change", followTheme);
new MutationObserver(followTheme).observe(root, { attributeFilter: ["data-theme"] });

/** @type {any} */ (globalThis).SwaggerUIBundle({ url: "/openapi.json", dom_id: "#swagger", deepLinking: false });

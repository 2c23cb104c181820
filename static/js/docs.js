// @ts-check
// Shows the description of /api/v1 with Swagger UI; a file of its own because the policy allows no inline script.

/** @type {any} */ (globalThis).SwaggerUIBundle({ url: "/openapi.json", dom_id: "#swagger", deepLinking: false });

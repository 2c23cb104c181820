// @ts-check
/** The theme button: dark ↔ light, kept a year in the cookie from which the server writes `data-theme`. */

const COOKIE = "trihedral_theme";
const root = document.documentElement;

/** @returns {"dark" | "light"} */
function current() {
  if (root.dataset.theme === "dark" || root.dataset.theme === "light") return root.dataset.theme;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** @param {HTMLElement} button */
function label(button) {
  const other = current() === "dark" ? "light" : "dark";
  button.textContent = other === "dark" ? "Dark" : "Light";
  button.setAttribute("aria-label", `Change to the ${other} theme`);
}

for (const button of document.querySelectorAll("[data-theme-toggle]")) {
  if (!(button instanceof HTMLElement)) continue;
  button.hidden = false;
  label(button);
  button.addEventListener("click", () => {
    const theme = current() === "dark" ? "light" : "dark";
    root.dataset.theme = theme;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `${COOKIE}=${theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    label(button);
  });
}

// Light or dark: as the system has it, until somebody says otherwise.
const root = document.documentElement;
const kept = localStorage.getItem("quandary-theme");
if (kept === "light" || kept === "dark") root.dataset.theme = kept;
const button = document.getElementById("theme");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const now = root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    root.dataset.theme = now === "dark" ? "light" : "dark";
    localStorage.setItem("quandary-theme", root.dataset.theme);
  });
}

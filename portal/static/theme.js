// The theme: as the device says, until the person chooses. Loaded in <head> without defer, so that nothing flashes.
(() => {
  const root = document.documentElement, key = "theme";
  const chosen = () => { try { return localStorage.getItem(key); } catch { return null; } };
  const system = () => matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const show = (theme) => {
    if (theme === "dark" || theme === "light") root.setAttribute("data-bs-theme", theme);
    else root.removeAttribute("data-bs-theme");
  };
  root.classList.add("js");
  show(chosen());
  addEventListener("storage", (event) => { if (event.key === key) show(event.newValue); }); // the other tabs follow
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    const next = (root.getAttribute("data-bs-theme") || system()) === "dark" ? "light" : "dark";
    try {
      if (next === system()) localStorage.removeItem(key); else localStorage.setItem(key, next);
    } catch { /* a private window forgets */ }
    show(next === system() ? null : next);
  });
})();

// Suggestions under a search box: arrows walk through them, Escape puts them away, and none moves under a finger.
(() => {
  const boxOf = (element) => element.closest?.("form[role=search]:has([data-hits])");
  const links = (form) => [...form.querySelectorAll("[data-hits] a")];
  const away = (form) => form.querySelector("[data-hits]").replaceChildren();
  const on = (name, act) => document.addEventListener(name, act);
  let pressed = false;
  on("keydown", (event) => {
    const form = boxOf(event.target), input = form?.querySelector("input[type=search]");
    if (!form || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    const all = links(form), at = all.indexOf(document.activeElement);
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && all.length && (at >= 0 || by > 0)) {
      event.preventDefault();
      (at + by < 0 ? input : all[Math.min(at + by, all.length - 1)]).focus();
    } else if (event.key === "Escape" && all.length) {
      event.preventDefault();
      event.stopImmediatePropagation();
      away(form);
      input.focus();
    }
  });
  // Whoever presses a suggestion gets that one, whatever arrives meanwhile
  on("pointerdown", (event) => {
    pressed = !!event.target.closest?.("[data-hits]");
    if (!boxOf(event.target)) document.querySelectorAll("form[role=search] [data-hits] .answers").forEach((list) => list.remove());
  });
  for (const name of ["pointerup", "pointercancel"]) on(name, () => { pressed = false; });
  on("htmx:before:swap", (event) => { if (pressed && boxOf(event.target)) event.preventDefault(); });
})();

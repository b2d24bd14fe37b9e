// Suggestions under a search box: arrows walk through them, Escape puts them away until they are wanted again, none moves
// under a finger, and whoever comes back finds the box as it was left.
(() => {
  const boxOf = (element) => element.closest?.("form[role=search]:has([data-hits])");
  const inputOf = (form) => form.querySelector("input[type=search]"), hitsOf = (form) => form.querySelector("[data-hits]");
  const links = (form) => hitsOf(form).hidden ? [] : [...hitsOf(form).querySelectorAll("a")];
  const forms = () => [...document.querySelectorAll("form[role=search]:has([data-hits])")];
  const on = (name, act, early) => document.addEventListener(name, act, early);
  const types = (event) => event.key.length === 1 || event.key === "Backspace";
  let pressed = false, away = false;
  on("keydown", (event) => { // before the keys of the page, which would take a letter for theirs
    const form = boxOf(event.target), input = form && inputOf(form), inside = form && hitsOf(form).contains(event.target);
    if (!form || !(inside || event.target === input) || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (event.key === "ArrowDown") away = hitsOf(form).hidden = false;
    const all = links(form), at = all.indexOf(document.activeElement);
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && all.length && (at >= 0 || by > 0)) {
      event.preventDefault();
      (at + by < 0 ? input : all[Math.min(at + by, all.length - 1)]).focus();
    } else if (event.key === "Escape" && all.length) {
      event.preventDefault();
      event.stopImmediatePropagation();
      input.focus();
      away = hitsOf(form).hidden = true;
    } else if (inside && types(event)) { // whoever types on goes on typing
      event.stopImmediatePropagation();
      input.focus();
    }
  }, true);
  // Whoever presses a suggestion gets that one, whatever arrives meanwhile
  on("pointerdown", (event) => {
    pressed = !!event.target.closest?.("[data-hits]");
    for (const form of forms()) if (form !== boxOf(event.target)) hitsOf(form).hidden = true;
  });
  on("input", () => { away = false; });
  for (const name of ["focusin", "click"]) on(name, ({ target }) => {
    if (!boxOf(target) || target.type !== "search") return;
    hitsOf(boxOf(target)).hidden = false;
    if (target.dataset.restored && !hitsOf(boxOf(target)).childElementCount) // a focus of the browser's own may come too early
      target.dispatchEvent(new Event("input", { bubbles: true }));
  });
  for (const name of ["pointerup", "pointercancel"]) on(name, () => { pressed = false; });
  on("htmx:before:swap", (event) => { if (pressed && boxOf(event.target)) event.preventDefault(); });
  on("htmx:after:swap", ({ target }) => { // too late for whoever has gone on or put them away
    const form = boxOf(target);
    if (form) hitsOf(form).hidden = away || !form.contains(document.activeElement);
  });

  // ---- The way back: the words stay with this entry of the history, since a browser restores no box that completes nothing
  const keep = () => {
    const asked = forms().map((form) => inputOf(form).value);
    try { history.replaceState({ ...history.state, asked }, ""); } catch { /* a browser that counts these calls */ }
  };
  for (const name of ["submit", "focusout", "htmx:after:swap"]) on(name, ({ target }) => { if (boxOf(target)) keep(); });
  const asked = history.state?.asked ?? [];
  forms().forEach((form, place) => {
    if (!asked[place] || inputOf(form).value === asked[place]) return;
    inputOf(form).value = asked[place];
    inputOf(form).dataset.restored = "yes";
  });
})();

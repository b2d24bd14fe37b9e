// Ready answers: "/" at the start of a line of the desk's composer, or the bolt, opens a list to choose from.
(() => {
  const $ = (what) => document.querySelector(what);
  const box = () => $("#ready"), field = () => $("#ready-q"), text = () => $("#text");
  const options = () => [...$("#ready-list").children], marked = () => $("#ready-list [aria-selected=true]");
  const fresh = () => $("#ready-list").dataset.q === field().value.trim();
  let slash = false, wanted = false; // opened by the key; Enter came before the list
  let at = ["", ""]; // what is marked, and for which words: a list that comes once more leaves it there

  function mark(option) {
    at = [option?.id, field().value.trim()];
    options().forEach((one) => one.setAttribute("aria-selected", one === option));
    field().setAttribute("aria-activedescendant", option?.id ?? "");
    option?.scrollIntoView({ block: "nearest" });
  }
  function open(byKey) {
    slash = byKey;
    wanted = false;
    box().hidden = false;
    field().value = "";
    at = ["", ""];
    field().focus();
    field().dispatchEvent(new Event("portal:ready"));
  }
  function close(put) {
    const to = text();
    box().hidden = true;
    to.focus();
    if (!put) return;
    to.setRangeText(put, to.selectionStart, to.selectionEnd, "end");
    to.dispatchEvent(new Event("input", { bubbles: true }));
  }
  function choose() {
    wanted = !fresh();
    if (!wanted && marked()?.dataset.text) close(marked().dataset.text);
  }
  const step = (by) => {
    const all = options();
    mark(all[(all.indexOf(marked()) + by + all.length) % all.length]);
  };
  const KEYS = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Enter: choose,
    Escape: () => close(slash ? `/${field().value}` : ""), // nothing that was typed is lost
  };

  document.addEventListener("beforeinput", (event) => {
    const to = event.target;
    if (to !== text() || event.data !== "/" || event.isComposing || !/(^|\n)$/.test(to.value.slice(0, to.selectionStart))) return;
    event.preventDefault();
    open(true);
  });
  document.addEventListener("keydown", (event) => { // early: Escape in a field means something else elsewhere
    if (event.target !== field() || event.isComposing) return;
    const act = event.key === "Backspace" && !field().value ? () => close() : KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }, true);
  document.addEventListener("focusout", (event) => {
    if (event.target === field() && !box().contains(event.relatedTarget)) box().hidden = true;
  });
  document.addEventListener("pointerdown", (event) => { if (event.target.closest("#ready-list")) event.preventDefault(); });
  document.addEventListener("click", (event) => {
    const option = event.target.closest("#ready-list [data-text]");
    if (option) close(option.dataset.text);
    if (event.target.closest("[data-ready]")) { event.preventDefault(); open(false); }
  });
  document.addEventListener("htmx:after:swap", () => {
    if (!box() || box().hidden || !fresh()) return;
    const [id, words] = at;
    mark((words === field().value.trim() && options().find((one) => one.id === id)) || options()[0]);
    if (wanted) choose();
  });
})();

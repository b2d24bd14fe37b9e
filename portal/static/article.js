// An article: a heading's link and a block of code are copied, it is printed, and its contents list follows the reading.
(() => {
  const $ = (what, from) => (from ?? document).querySelector(what), all = (what) => [...document.querySelectorAll(what)];
  const copy = (words, said) => navigator.clipboard?.writeText(words).then(
    () => $("#alerts").replaceChildren($(said).content.cloneNode(true)), () => {});

  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-print]")) print();
    const anchor = target.closest("a.anchor"), code = target.closest("[data-copy]");
    if (anchor) copy(anchor.href, "#copied");
    if (code) copy($("pre", code.parentNode).textContent.replace(/\n$/, ""), "#copied-code");
  });
  if ($("#copy-code") && navigator.clipboard) // plain http in a local network has none
    for (const pre of all(".prose figure.code > pre")) pre.before($("#copy-code").content.cloneNode(true));

  // ---- The heading above what is read: the last one that has passed the top, or at the very end the last one
  const links = all(".toc a[href^='#']"), BELOW_THE_BAR = 120;
  const heads = [...new Set(links.map((link) => link.hash.slice(1)))].map((id) => document.getElementById(id)).filter(Boolean);
  let waits = false;
  function follow() {
    waits = false;
    const ended = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
    const passed = heads.filter((head) => head.getBoundingClientRect().top < BELOW_THE_BAR);
    const here = (ended && scrollY ? heads : passed).at(-1)?.id;
    for (const link of links)
      if (link.hash.slice(1) === here) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
  }
  if (heads.length) {
    addEventListener("scroll", () => { if (!waits) waits = !!requestAnimationFrame(follow); }, { passive: true });
    follow();
  }

  // ---- Words of an article that were chosen go along into a topic about it
  let chosen = "";
  const show = (words) => { chosen = words.slice(0, 600); const link = $(".discuss-here"); if (link) link.hidden = !chosen; };
  document.addEventListener("selectionchange", () => {
    const words = getSelection(), text = words.toString().trim();
    if (text && $(".prose")?.contains(words.anchorNode) && $(".prose").contains(words.focusNode)) show(text);
  });
  document.addEventListener("pointerdown", ({ target }) => { if (!target.closest("[data-discuss]")) show(""); });
  document.addEventListener("click", ({ target }) => {
    const link = target.closest("[data-discuss]");
    if (link) link.search = chosen ? new URLSearchParams({ words: chosen }) : "";
  });
})();

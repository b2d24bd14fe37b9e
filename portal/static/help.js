// The help centre: what became of a search is told, without who searched.
(() => {
  const $ = (what, from) => (from ?? document).querySelector(what), KEY = "searched", HALF_AN_HOUR = 1800000;
  const slugOf = (link) => /^\/help\/([a-z0-9][a-z0-9-]*)$/.exec(link?.pathname ?? "")?.[1];
  const tell = (facts) => navigator.sendBeacon("/help/searched", new URLSearchParams(facts));

  // Its last words while it is typed, what was opened, and the request that followed
  const page = $("[data-searched]")?.dataset.searched, box = $("input[hx-get='/help/suggest']"), hits = () => $("#hits");
  let token, told = box?.value.trim() ?? "";
  const fresh = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18)))).replace(/[+/]/g, "-");
  const remember = (word) => { try { sessionStorage.setItem(KEY, JSON.stringify([word, Date.now()])); } catch { /* a browser that keeps nothing */ } };
  function typed(more) { // suggestions came, and the words were left so
    const words = box?.value.trim() ?? "";
    if (words.length < 3 || !hits()?.dataset.asked || (told === words && !more)) return;
    const results = [...hits().querySelectorAll("a")].filter(slugOf).length;
    told = words; token ??= fresh(); remember(token);
    tell({ token, words, results, language: document.documentElement.lang.replace("-", "_"), ...more });
  }
  document.addEventListener("htmx:after:swap", () => { if (box?.value && hits()) hits().dataset.asked = "yes"; });
  document.addEventListener("click", ({ target }) => {
    const link = target.closest("main a"), opened = slugOf(link);
    if (!opened) return;
    if (link.closest("#hits")) typed({ opened });
    else if (page) tell({ token: page, opened });
  });
  if (page) remember(page);
  box?.form.addEventListener("submit", () => { told = box.value.trim(); }); // the page of results counts it
  addEventListener("pagehide", () => typed());
  const field = $("form#ask [name=searched]");
  if (field && !field.value) try {
    const [word, at] = JSON.parse(sessionStorage.getItem(KEY)) ?? [];
    if (Date.now() - at < HALF_AN_HOUR) field.value = word;
  } catch { /* nothing was kept, or nothing that we wrote */ }
})();

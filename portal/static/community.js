// Pages of the community: how far a topic was read, quotations of posts or of selected words, and names while an @ is typed.
(() => {
  const $ = (what, from) => (from ?? document).querySelector(what);
  const all = (what) => [...document.querySelectorAll(what)];
  const answer = () => $("#answer");
  const send = (url, fields) => fetch(url, {
    method: "POST", keepalive: true, body: new URLSearchParams(fields),
    headers: JSON.parse(document.body.getAttribute("hx-headers:inherited") ?? "{}"),
  }).catch(() => null);

  // ---- Read: the newest post that was on the screen for a moment
  const reading = $("[data-read]"), seen = $("[data-seen]");
  let came = Number(reading?.dataset.come ?? 0), told = came, timer;
  const tell = () => {
    if (document.hidden || came <= told) return;
    told = came;
    send(reading.dataset.read, { place: came, quiet: "yes" });
  };
  const watch = new IntersectionObserver((found) => {
    for (const one of found) if (one.isIntersecting) came = Math.max(came, Number(one.target.dataset.place));
    clearTimeout(timer);
    timer = setTimeout(tell, 1000);
  });
  const observe = () => { if (reading) all(".post[data-place]").forEach((post) => watch.observe(post)); };
  observe();
  document.addEventListener("htmx:after:swap", observe);
  document.addEventListener("visibilitychange", tell);
  if (seen) setTimeout(() => send(seen.dataset.seen, {}), 1000);

  // ---- Reactions and ways to follow: the sheet closes over the one that was chosen, so the focus goes to what opens it
  let sheet = "";
  document.addEventListener("click", ({ target }) => { sheet = target.closest(".signs button, .follow button")?.closest(".signs, .follow").id ?? ""; }, true);
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    const here = document.activeElement;
    if (!/^(submit|click)$/.test(ctx?.sourceEvent?.type)) return; // a part that came by itself meanwhile
    if (sheet && (here === document.body || !here.checkVisibility())) ($(`#${sheet} summary`) ?? $(`#${sheet} button`))?.focus();
    sheet = "";
  });

  // ---- Quotations: of a whole post by its button, of some words by the button that comes up beside them
  const floating = $("#quote-words");
  function chosen() {
    const selection = getSelection(), words = selection.toString().trim();
    const inside = words ? selection.anchorNode?.parentElement?.closest(".words") : null, post = inside?.closest(".post");
    // A paragraph that is chosen by three clicks ends where the next element begins.
    return post && (inside.contains(selection.focusNode) || !selection.focusOffset) ? { post, words } : null;
  }
  function put(text, place) {
    const field = answer();
    if (!field) return;
    const before = field.value.slice(0, field.selectionStart).replace(/\n*$/, ""), after = field.value.slice(field.selectionEnd);
    const start = before ? `${before}\n\n` : "";
    field.value = `${start}${text}${after}`;
    field.form.elements.answers.value = place;
    field.focus();
    field.selectionStart = field.selectionEnd = start.length + text.length;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.scrollIntoView({ block: "center" });
  }
  const quoted = (words, of) => `${[`${of}:`, ...words.split("\n")].map((line) => `> ${line}`.trimEnd()).join("\n")}\n\n`;
  async function quote(link, words) {
    const place = link.closest(".post").dataset.place;
    if (words) return put(quoted(words, link.dataset.of), place);
    const said = await fetch(link.dataset.quote).catch(() => null);
    if (said?.ok) put(await said.text(), place); else location.assign(link.href);
  }
  document.addEventListener("selectionchange", () => {
    const found = answer() && chosen();
    if (!floating || document.activeElement === floating) return;
    floating.hidden = !found || !$("[data-quote]", found.post);
    if (floating.hidden) return;
    const box = getSelection().getRangeAt(0).getBoundingClientRect();
    floating.style.top = `${box.bottom + scrollY + 6}px`;
    floating.style.left = `${Math.max(8, Math.min(box.left + scrollX, document.documentElement.clientWidth - floating.offsetWidth - 8))}px`;
    floating.found = found;
  });
  floating?.addEventListener("pointerdown", (event) => event.preventDefault()); // the words stay selected
  floating?.addEventListener("click", () => {
    const { post, words } = floating.found;
    floating.hidden = true;
    getSelection().removeAllRanges();
    quote($("[data-quote]", post), words);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-quote]");
    if (!link || !answer() || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    quote(link, "");
  });

  // ---- Names: after an @, a few of those who wrote in this topic
  const list = () => $("#names"), options = () => all("#names [role=option]");
  const typed = (field) => field.value.slice(0, field.selectionStart).match(/(?:^|[^\w@/.+-])@([\p{L}\p{N}_.'’-]{0,30})$/u);
  let asked, current = -1;
  function close() { clearTimeout(asked); current = -1; list()?.replaceChildren(); list()?.setAttribute("hidden", ""); answer()?.removeAttribute("aria-activedescendant"); }
  function mark(number) {
    const found = options();
    current = (number + found.length) % found.length;
    found.forEach((one, place) => one.setAttribute("aria-selected", place === current));
    answer().setAttribute("aria-activedescendant", found[current].id);
  }
  function take(option) {
    const field = answer(), begun = typed(field)?.[1] ?? "", at = field.selectionStart - begun.length;
    field.setRangeText(`${option.dataset.handle} `, at, field.selectionStart, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    close();
    field.focus();
  }
  async function offer(begun) {
    const page = await send(list().dataset.from, { q: begun });
    if (!page?.ok || !typed(answer())) return close();
    const fresh = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("#names");
    list().replaceChildren(...fresh.children);
    list().hidden = !options().length;
    if (options().length) mark(0);
  }
  document.addEventListener("input", ({ target }) => {
    if (target.id !== "answer" || !list()) return;
    const found = typed(target);
    clearTimeout(asked);
    if (found) asked = setTimeout(offer, 200, found[1]); else close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "answer" || !options().length || event.ctrlKey || event.metaKey) return;
    const act = { ArrowDown: () => mark(current + 1), ArrowUp: () => mark(current - 1), Enter: () => take(options()[current]), Tab: () => take(options()[current]), Escape: close }[event.key];
    if (act) { event.preventDefault(); event.stopImmediatePropagation(); act(); }
  }, true);
  document.addEventListener("click", ({ target }) => { const one = target.closest("#names [role=option]"); if (one) take(one); else if (options().length) close(); });
})();

// What HTML and htmx cannot do alone: the live stream, keys, chosen files, busy buttons, menus, where the focus goes.
(() => {
  const $ = (what, from) => (from ?? document).querySelector(what);
  const all = (what) => [...document.querySelectorAll(what)];
  const on = (name, act, early) => document.addEventListener(name, act, early);
  const seen = (element) => element.getClientRects().length > 0;
  const tell = (name) => document.body.dispatchEvent(new CustomEvent(name));

  // ---- Live: one stream, only while the page is seen, in at most four tabs: a browser opens six connections a site
  const address = $("#live")?.dataset.live;
  let stream, free, last, again, polls, left = 0, trying = false;
  const take = (n) => new Promise((got) => navigator.locks.request(`portal-live-${n}`, { ifAvailable: true },
    (lock) => lock ? new Promise((release) => got(release)) : got(null)));
  async function place() {
    if (!navigator.locks) return () => {}; // plain http in a local network
    let release = null;
    for (let n = 0; n < 4 && !release; n++) release = await take(n);
    return release;
  }
  function close() {
    stream?.close();
    free?.();
    clearTimeout(again);
    stream = free = polls = clearInterval(polls);
  }
  function later(seconds) { // no place in this browser or on the server: ask now and then
    polls ??= setInterval(tell, 10000, "portal:poll");
    again = setTimeout(open, seconds * 1000);
  }
  async function open() {
    if (document.hidden || stream || trying) return;
    trying = true;
    const release = await place().finally(() => { trying = false; });
    if (!release && !document.hidden) later(5);
    if (!release || document.hidden) return void release?.();
    const url = new URL(address, location.href);
    if (last) url.searchParams.set("last", last);
    stream = new EventSource(url);
    free = release;
    stream.onopen = () => { polls = clearInterval(polls); };
    stream.onerror = () => { if (stream?.readyState === EventSource.CLOSED) { close(); later(30); } };
    for (const topic of url.searchParams.getAll("topic"))
      stream.addEventListener(topic, (event) => { last = event.lastEventId || last; tell(topic); });
  }
  if (address) on("visibilitychange", async () => {
    if (document.hidden) { left = Date.now(); return close(); }
    await open();
    if (!stream || Date.now() - left > 300000) tell("portal:poll"); // the server forgets old events
  });
  if (address) open();

  // ---- Keys: data-key="t" on what they press, in the row that has the focus first; single letters can be switched off in the sheet
  const typing = (element) => element.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  const single = () => { try { return localStorage.getItem("keys") !== "off"; } catch { return true; } };
  function press(element) {
    if (typing(element)) element.focus(); else element.click();
    if (element.type === "radio") $("textarea", element.form)?.focus(); // answer or note: on to its text
  }
  function step(by) {
    const links = all("[data-row]").map((row) => $("a", row)).filter((link) => link && seen(link));
    const here = links.includes(document.activeElement) ? document.activeElement : links.find((link) => link.matches("[aria-current]"));
    links[Math.max(0, Math.min(links.length - 1, links.indexOf(here) + by))]?.focus();
  }
  on("keydown", (event) => {
    const field = event.target, key = /^[ -~]$/.test(event.key) ? event.key : event.code.replace("Key", ""); // Cyrillic: by place
    const name = event.shiftKey ? key : key.toLowerCase();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && field.matches("textarea")) {
      const buttons = [...(field.form?.elements ?? [])].filter((one) => one.type === "submit" && seen(one));
      (buttons.find((one) => one.matches(".btn-primary, .btn-note")) ?? buttons[0])?.click();
    } else if (event.key === "Escape") {
      const menu = field.closest("details.menu[open]");
      if (menu) { menu.open = false; $("summary", menu).focus(); } else $("#alerts").replaceChildren(); // they may stand over what has the focus
      if (typing(field) && !field.closest("dialog")) field.blur();
    } else if (!event.ctrlKey && !event.metaKey && !event.altKey && !typing(field) && !$("dialog[open]")) {
      const keyed = all("[data-key]").filter((one) => one.dataset.key === name && seen(one)), row = field.closest("[data-row]"), target = keyed.find((one) => row?.contains(one)) ?? keyed[0];
      const act = name === "?" ? () => $("#keys")?.showModal() : single() && (target ? () => press(target) : { j: () => step(1), k: () => step(-1) }[name]);
      if (act) { event.preventDefault(); act(); }
    }
  });
  all("[data-keys-on]").forEach((box) => { box.checked = single(); });

  // ---- Files: chosen, dropped or pasted ones add up, and each can be taken out again
  const kept = new WeakMap(), FILES = "form:has([data-chosen]) input[type=file]";
  function list(input, files) {
    const data = new DataTransfer(), rows = $("[data-chosen]", input.form), model = $("template", rows);
    const bad = (file, at) => (file.size > rows.dataset.most * 1e6 ? "large" : at >= rows.dataset.files ? "many" : ""); // what the server refuses stays here
    files.forEach((file, at) => bad(file, at) || data.items.add(file)); input.files = data.files; kept.set(input, files);
    rows.replaceChildren(model, ...files.map((file, at) => {
      const row = model.content.cloneNode(true), button = $("button", row), mega = file.size >= 1e6;
      const size = (Math.max(file.size, 1e3) / (mega ? 1e6 : 1e3)).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
      $("[data-name]", row).textContent = file.name; $(`[data-bad="${bad(file, at)}"]`, row)?.removeAttribute("hidden");
      $("[data-size]", row).textContent = `${size} ${mega ? "MB" : "kB"}`;
      button.setAttribute("aria-label", `${button.getAttribute("aria-label")}: ${file.name}`);
      button.onclick = () => { list(input, files.filter((one) => one !== file)); input.focus(); };
      return row;
    }));
  }
  function add(input, files) {
    const same = (a, b) => a.name === b.name && a.size === b.size && a.lastModified === b.lastModified, before = kept.get(input) ?? [];
    list(input, [...before, ...[...files].filter((file) => !before.some((one) => same(one, file)))]);
  }
  const wanted = (target) => $(FILES, target.closest?.("form")) ?? $(FILES);
  const carries = (event) => event.dataTransfer?.types.includes("Files") && wanted(event.target);
  const mark = (input) => all(".over").concat(input?.closest(".drop, .composer") ?? []).forEach((zone) => zone.classList.toggle("over", !!input));
  on("change", ({ target }) => {
    if (target.matches("[data-keys-on]")) localStorage.setItem("keys", target.checked ? "on" : "off");
    if (target.matches(FILES)) add(target, target.files);
  });
  const put = (event, input, files) => { if (input) { event.preventDefault(); add(input, files); } };
  on("dragover", (event) => { const input = carries(event); if (input) { event.preventDefault(); mark(input); } });
  on("dragleave", (event) => { if (!event.relatedTarget) mark(null); });
  on("drop", (event) => { mark(null); put(event, carries(event), event.dataTransfer.files); });
  on("paste", (event) => { // a copied table brings its picture along: then the words are meant
    const { files, types } = event.clipboardData;
    if (files.length && !types.includes("text/plain")) put(event, wanted(event.target), files);
  });

  // ---- Forms and swaps: a pressed button is busy and cannot be pressed twice; the focus lands where the change was
  const calm = () => all("[data-pressed]").forEach((one) => { one.removeAttribute("aria-busy"); delete one.dataset.pressed; });
  const busy = (one) => { if (one?.matches("button")) { one.setAttribute("aria-busy", "true"); one.dataset.pressed = ""; } };
  const stop = (event) => { event.preventDefault(); event.stopImmediatePropagation(); };
  on("click", (event) => { if (event.target.closest("[data-pressed]")) stop(event); }, true);
  on("submit", (event) => {
    if ($("[data-pressed]", event.target)) stop(event);
    else if (event.target.method !== "dialog") busy(event.submitter);
  }, true);
  const byHand = (event) => /^(submit|click|change)$/.test(event.detail.ctx?.sourceEvent?.type);
  on("htmx:before:request", (event) => { if (byHand(event)) busy(event.detail.ctx.sourceElement); });
  on("htmx:finally:request", (event) => { if (byHand(event)) calm(); });
  on("htmx:config:request", ({ target, detail: { ctx: { request } } }) => { // data-only: a preview sends no files
    if (target.dataset.only) for (const key of [...request.body.keys()]) if (key !== target.dataset.only) request.body.delete(key);
  });
  on("htmx:error", (event) => { if (byHand(event)) $("#alerts").replaceChildren($("#unreached").content.cloneNode(true)); });
  on("htmx:after:swap", (event) => {
    all(FILES).filter((input) => kept.has(input)).forEach((input) => list(input, kept.get(input)));
    if (byHand(event)) { const here = $("#errors, [data-focus]"); here?.focus(); here?.removeAttribute("data-focus"); }
  });
  addEventListener("pageshow", calm); $("#errors")?.focus();
  setTimeout(() => $("#alerts").append(...$("#alerts").children), 500); // what came with the page is read out only as news
  for (const zone of all("input[name=zone]")) zone.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone; // at sign-up
  for (const view of all(":is(.rail-views, .views) > [aria-current]")) view.parentNode.scrollLeft = view.offsetLeft - Math.max(16, (view.parentNode.clientWidth - view.offsetWidth) / 2); // on a phone, a row

  // ---- Menus, sheets, toasts
  on("click", ({ target }) => {
    all("details.menu[open]").forEach((menu) => { menu.open = menu.contains(target); });
    if (target.closest("[data-open]")) document.getElementById(target.closest("[data-open]").dataset.open).showModal();
    target.closest("[data-dismiss]")?.closest(".callout, .undo").remove();
  });
})();

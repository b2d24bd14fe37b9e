// Drafts in the page: forms with data-draft, what is done in them, and news of them from other windows.
(() => {
  const { $, fill, newSlot, offer, read, say, setFiles, setOnce, typed } = composer, { back, changed, end, follow, save } = keeping;
  const forms = new Map(), on = (name, act, early) => document.addEventListener(name, act, early);
  function begin(form) {
    const s = { form, slots: new Map() };
    forms.set(form, s);
    turnTo(s);
    new MutationObserver(() => { // files were chosen, dropped, pasted or taken out
      const { slot } = s, chosen = slot.chosen = [...$("input[type=file]", form).files];
      if (slot.over) return;
      if (!chosen.length) return device.forget(slot.files);
      const head = { once: slot.once, names: chosen.map(({ name, type, lastModified }) => [name, { type, lastModified }]) };
      device.put(slot.files, () => slot.chosen === chosen && !slot.over ? [head, chosen] : null);
    }).observe($("[data-chosen]", form), { childList: true });
  }
  const early = ({ slot }) => !slot.dirty && !slot.held && !slot.over && typed(slot.form); // before this script was there
  function turnTo(s) { // the place at hand: what is written there, and nothing of the other one
    const fresh = newSlot(s.form), before = s.slot, known = s.slots.get(fresh.place);
    s.slots.set(fresh.place, s.slot = known ?? fresh);
    if (!before) return setOnce(s, s.form.elements.once.value), read(s.slot), back(s).then(() => { if (early(s)) changed(s); });
    const files = s.slot.chosen;
    save(s, before);
    say(s); offer(s, null);
    fill(s, s.slot.fields); setFiles(s, files); setOnce(s, s.slot.once);
    if (known) { if (known.held) say(s, "kept"); } else back(s);
  }
  const each = (act) => { for (const s of forms.values()) for (const slot of s.slots.values()) act(s, slot); };
  const scan = () => {
    for (const form of forms.keys()) if (!form.isConnected) forms.delete(form);
    for (const form of document.querySelectorAll("form[data-draft]")) if (!forms.has(form)) begin(form);
  };
  on("input", ({ target }) => { const s = forms.get(target.form); if (s && target.type !== "file" && target.type !== "radio") changed(s); });
  on("change", ({ target }) => {
    const s = forms.get(target.form);
    if (s && target.matches("[data-draft-kind]")) turnTo(s); else if (s && target.matches("select, [type=radio]:not([name$=-look])")) changed(s);
  });
  on("click", ({ target }) => {
    const s = forms.get(target.closest("form")), act = (what) => s && target.closest(what);
    if (act("[data-throw]")) {
      s.undo = { fields: s.slot.fields, files: s.slot.chosen };
      fill(s, {}); setFiles(s, []); offer(s, null); changed(s); save(s, s.slot); say(s, "thrown");
      $("[data-undo]", s.form).focus();
    } else if (act("[data-undo]")) { fill(s, s.undo.fields); setFiles(s, s.undo.files); changed(s); save(s, s.slot); say(s, "kept");
    } else if (act("[data-swap]")) { // first what stands here, then the other one, so that the server holds both
      const { fields, once } = s.slot, { other } = s;
      (s.slot.length ? save(s, s.slot) : Promise.resolve()).then(() => {
        s.slot.version = s.slot.seen; fill(s, other.fields); setOnce(s, other.once); changed(s); save(s, s.slot);
        offer(s, Object.values(fields).join("") ? { fields, once } : null);
      });
    }
  });
  on("submit", ({ target }) => { // "This solved it" ends the form beside it
    for (const s of forms.values()) if (s.slot.place === target.dataset.draftEnds) { target.elements.once.value = s.slot.once; end(s.slot); }
  }, true);
  const of = (event) => forms.get(event.detail.ctx?.sourceElement);
  on("htmx:before:request", (event) => { const s = of(event); if (s) { const { once, fields } = s.slot; s.slot.going = { once, fields }; } });
  on("htmx:after:request", (event) => { const s = of(event); if (s && event.detail.ctx.response.status < 400) end(s.slot); });
  on("htmx:finally:request", (event) => { // no answer came: whether it arrived all the same, the server knows
    const { slot } = of(event) ?? {};
    if (!slot?.going) return;
    slot.tried = slot.going; slot.going = null;
    if (!slot.over) follow(of(event));
  });
  on("htmx:after:swap", scan);
  on("visibilitychange", () => { if (document.hidden) each((s, slot) => save(s, slot, true)); });
  addEventListener("pagehide", () => each((s, slot) => save(s, slot, true)));
  addEventListener("online", () => each((s, slot) => save(s, slot)));
  scan();
  const heed = () => setTimeout(() => [...forms.values()].forEach(follow), 300); // a moment later: what this window kept itself is known by then
  for (const name of [`drafts-${document.querySelector("[data-person]")?.dataset.person}`, "portal:poll"]) document.body.addEventListener(name, heed);
  device.sweep();
})();

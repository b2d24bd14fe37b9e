// Keeping a slot's draft: on this device at once, on the server a second later; and what was kept coming back.
const keeping = (() => {
  const { clash, fill, offer, read, say, setFiles, setOnce } = composer;
  const LEAST = 20; // characters up to which a text is no draft

  async function ask(path, more) {
    const response = await fetch(`/drafts${path}`, more);
    if (!response.ok) throw response;
    return response.json();
  }
  const look = (slot, once) => ask(`?${new URLSearchParams({ place: slot.place, once })}`);
  function post(slot, keepalive) {
    const body = new FormData(), { place, once, window, version: base, step } = slot, csrf_token = slot.form.elements.csrf_token.value;
    for (const [name, value] of Object.entries({ csrf_token, place, once, window, base, step })) body.append(name, value);
    for (const [name, value] of Object.entries(slot.fields)) body.append(`words.${name}`, value);
    return ask(slot.length ? "/keep" : "/drop", { method: "POST", body, keepalive });
  }
  async function send(s, slot, leaving) {
    if (!slot.dirty || slot.over || (slot.length <= LEAST && !slot.held)) return;
    slot.dirty = false; slot.step++;
    const gone = !slot.length;
    try { heard(s, slot, await post(slot, leaving), gone); } catch (problem) {
      if (problem.status === 413) return say(s, "long");
      slot.dirty = true;
      if (device.secure && !gone && s.slot === slot) say(s, "device");
      if (!(problem.status < 500)) slot.timer ??= setTimeout(save, 5000, s, slot); // signed out: it waits for the next sign-in
    }
  }
  function heard(s, slot, said, gone) {
    if (slot.over || arrived(slot, said)) return;
    if (slot.going && said.fresh) { slot.dirty = true; return later(s, slot); } // the form is on its way: its word stays until the answer
    slot.seen = slot.version = said.version; slot.held = !gone;
    slot.once = said.fresh ?? (gone ? null : said.kept.once) ?? slot.once;
    slot.dirty ||= !!said.fresh; // sent from another window, but not with these words
    if (!slot.dirty) device.forget(slot.words);
    if (s.slot === slot) { setOnce(s, slot.once); offer(s, gone ? said.kept : said.other); if (!gone) say(s, "kept"); }
    if (slot.dirty) later(s, slot);
  }
  function save(s, slot, leaving) {
    clearTimeout(slot.timer); slot.timer = null;
    if (leaving) return send(s, slot, true);
    return slot.saving = (slot.saving ?? Promise.resolve()).then(() => send(s, slot));
  }
  const later = (s, slot) => { slot.timer ??= setTimeout(save, 1000, s, slot); };
  function changed(s, { slot } = s) {
    read(slot);
    slot.dirty = true;
    const { fields, once, window, version } = slot;
    if (slot.length > LEAST) device.put(slot.words, () => slot.dirty && !slot.over && slot.fields === fields ? [{ fields, once, window, version }] : null);
    else device.forget(slot.words);
    later(s, slot);
  }
  function arrived(slot, { sent }) { // what this window sent is there, only the answer was lost: on to where it led
    const { tried } = slot, here = sent && tried?.once === slot.once && JSON.stringify(tried.fields) === JSON.stringify(slot.fields);
    if (here) { end(slot); location.assign(sent); }
    return here;
  }
  function end(slot) { slot.over = true; clearTimeout(slot.timer); device.forget(slot.words, slot.files); }
  function adopt(s, text, version) {
    Object.assign(s.slot, { version, held: true, dirty: false });
    fill(s, text.fields); setOnce(s, text.once); say(s, "kept");
  }

  // ---- Coming back: what waits here or on the server returns, but never in place of what stands in the form
  async function back(s, { slot } = s) {
    let mine = await device.get(slot.words);
    const files = await device.get(slot.files), said = await look(slot, mine?.once ?? files?.once ?? slot.once).catch(() => null);
    if (s.slot !== slot || slot.over) return;
    if (said?.sent && (mine || files)) { device.forget(slot.words, slot.files); if (mine) say(s, "sent", said.sent); }
    else if (files && !slot.chosen.length) setFiles(s, files.bytes.map((one, n) => new File([one], ...files.names[n])));
    if (said?.sent) mine = null;
    slot.seen = said?.version;
    const text = mine ?? (said?.kept.fields && said.kept);
    if (!text) slot.version = said?.version ?? 0;
    else if (clash(s, text)) offer(s, text);
    else { adopt(s, text, mine?.version ?? said.version); if (mine) { slot.window = mine.window; changed(s); } }
    if (said?.other.fields) offer(s, said.other);
  }
  async function follow(s) { // another window or device wrote, sent or threw away
    const { slot } = s, said = await (slot.saving ?? Promise.resolve()).then(() => look(slot, slot.once)).catch(() => null);
    if (!said || s.slot !== slot || slot.over || slot.going || arrived(slot, said) || said.version === slot.seen) return;
    slot.seen = said.version;
    if (said.sent) { setOnce(s, said.fresh); if (!slot.dirty) { fill(s, {}); slot.held = false; device.forget(slot.files); say(s, "sent", said.sent); } }
    else if (said.kept.fields && said.kept.window !== slot.window) {
      if (slot.dirty || (slot.length && (!slot.held || s.form.contains(document.activeElement)))) offer(s, said.kept); else adopt(s, said.kept, said.version);
    }
    if (said.other.fields) offer(s, said.other);
  }
  return { back, changed, end, follow, save };
})();

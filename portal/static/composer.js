// A form with a draft: its texts, choices and files, the slot that holds their state, and what its bar says.
// A form of the desk has two places, answer and note, each with a slot of its own.
const composer = (() => {
  const $ = (what, from) => from.querySelector(what);
  const word = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18)))).replace(/[+/]/g, "-");
  const WINDOW = word();
  const texts = (form) => [...form.elements].filter((one) => one.name && one.matches("textarea, input[type=text]"));
  const choices = (form) => [...form.elements].filter((one) => one.name && one.matches("select, input[type=radio]:checked:not([name$=-look], [data-draft-kind])"));
  function newSlot(form) {
    const kind = $("[data-draft-kind]:checked", form), place = form.dataset.draft + (kind ? `-${kind.value}` : ""), name = `${form.dataset.person}:${place}`;
    return { form, place, words: `${name}:words`, files: `${name}:files`, once: word(), window: WINDOW, version: 0, step: 0, length: 0, fields: {}, chosen: [] };
  }
  function read(slot) {
    slot.fields = Object.fromEntries([...texts(slot.form), ...choices(slot.form)].map((one) => [one.name, one.value]));
    slot.length = texts(slot.form).reduce((sum, one) => sum + one.value.trim().length, 0);
  }
  function fill(s, fields) {
    for (const [name, value] of Object.entries(fields)) if (s.form.elements[name]) s.form.elements[name].value = value;
    for (const one of texts(s.form)) one.value = fields[one.name] ?? "";
    read(s.slot);
  }
  function setFiles(s, files) {
    const data = new DataTransfer(), input = $("input[type=file]", s.form), list = $("[data-chosen]", s.form), before = document.activeElement;
    while ($("button", list)) $("button", list).click();
    files.forEach((file) => data.items.add(file));
    if (files.length) { input.files = data.files; input.dispatchEvent(new Event("change", { bubbles: true })); }
    if (before !== document.activeElement) texts(s.form).at(-1).focus();
  }
  const setOnce = (s, once) => { s.slot.once = s.form.elements.once.value = once; };
  function say(s, name, where) {
    const bar = $("[data-draft-bar]", s.form), show = (what, shown) => { $(what, bar).hidden = !shown; };
    for (const one of bar.querySelectorAll("[data-say]")) one.hidden = one.dataset.say !== name;
    $("[data-at]", bar).textContent = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    if (where) $("[data-sent]", bar).href = where;
    show("[data-at]", name === "kept"); show("[data-throw]", name === "kept" || name === "device"); show("[data-undo]", name === "thrown");
  }
  function offer(s, text) { s.other = text?.fields ? text : null; $("[data-say-other]", s.form).hidden = !s.other; }
  // Whether words stand in the form that a draft would overwrite
  const clash = (s, text) => s.slot.dirty || texts(s.form).some((one) => one.value.trim() && one.value !== (text.fields[one.name] ?? ""));
  const typed = (form) => texts(form).some((one) => one.value !== one.defaultValue);
  return { $, clash, fill, newSlot, offer, read, say, setFiles, setOnce, typed };
})();

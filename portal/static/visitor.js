// What a visitor writes stays in this tab until it is sent: through a reload, another language, a look at an answer.
// A form with data-taken, which is that of the same page once somebody signed in, takes it over and keeps nothing.
(() => {
  const KEY = `kept:${location.pathname}`, FIELDS = "textarea, select, input:is([type=text], [type=email]):not([tabindex='-1']), input[type=radio]:not([name$=-look])";
  const form = () => document.querySelector("form[data-kept], form[data-taken]");
  const read = () => { try { return JSON.parse(sessionStorage.getItem(KEY)) ?? {}; } catch { return {}; } };
  const forget = () => { try { sessionStorage.removeItem(KEY); } catch { /* a browser that keeps nothing */ } };
  function keep() {
    const fields = [...form().querySelectorAll(FIELDS)].filter((one) => one.type !== "radio" || one.checked);
    try { sessionStorage.setItem(KEY, JSON.stringify(Object.fromEntries(fields.map(({ name, value }) => [name, value])))); } catch { /* a browser that keeps nothing */ }
  }
  const kept = read();
  for (const one of form()?.querySelectorAll(FIELDS) ?? []) {
    if (one.type === "radio") one.checked = (kept[one.name] ?? one.form.elements[one.name].value) === one.value;
    else if (one.matches("select")) { if (kept[one.name] && [...one.options].some(({ value }) => value === kept[one.name])) one.value = kept[one.name]; }
    else one.value ||= kept[one.name] ?? "";
  }
  if (form()?.matches("[data-taken]")) return forget();
  document.addEventListener("input", ({ target }) => { if (target.form === form()) keep(); });
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    if (ctx.sourceElement === form() && ctx.response.status < 400) forget();
  });
})();

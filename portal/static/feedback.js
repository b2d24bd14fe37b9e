// Feedback: the sheet, what is typed in it, and a picture with a brush. What is blackened is gone from what is sent.
(() => {
  const sheet = document.getElementById("feedback-sheet"), $ = (what, from = sheet) => from.querySelector(what);
  const KEY = "feedback", WIDEST = 2000, HEAVY = 4e6, KEPT = 2e6; // pixels; bytes of a file, and of what this tab keeps
  const form = () => $("form[data-fresh]"), input = () => $("input[type=file]", form());
  const opener = document.activeElement;
  let editor = null, canvas, pen, box, source = null, marks = [], spot, turn = 0, file = null, typed = {};

  // ---- What is typed stays in this tab until it is sent, also when somebody is signed out meanwhile
  const read = () => { try { return JSON.parse(sessionStorage.getItem(KEY)) ?? {}; } catch { return {}; } };
  const write = (kept) => { try { sessionStorage.setItem(KEY, JSON.stringify(kept)); } catch { /* no room, or a browser that keeps nothing */ } };
  function keep(picture) {
    const { mood, body, answer, email } = form().elements;
    typed = { mood: mood.value, body: body.value, answer: answer.checked, email: email?.value ?? typed.email };
    write({ ...typed, person: form().dataset.person, picture: picture === undefined ? read().picture : picture });
  }
  function fill() {
    const { mood, body, answer, email } = form().elements;
    mood.value ||= typed.mood ?? "";
    body.value ||= typed.body ?? "";
    answer.checked = typed.answer ?? answer.checked;
    if (email) email.value ||= typed.email ?? "";
  }
  const theirs = (kept, person = form().dataset.person) => !kept.person || !person || kept.person === person;

  // ---- The form as it is now: what the server cannot know of the window, and the picture that is being blackened
  function dress() {
    const { window: size, zone, theme } = form().elements, root = document.documentElement;
    size.value = `${innerWidth}×${innerHeight}`;
    zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
    theme.value = root.getAttribute("data-bs-theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    $("[data-shoot]").hidden = !navigator.mediaDevices?.getDisplayMedia;
    $("[data-place]").replaceChildren(...(editor ? [editor] : []));
    put();
    ($("[data-problem]") ?? $("[aria-invalid=true]") ?? ($("#feedback-mood-e") && $("[name=mood]")))?.focus();
  }
  function put() {
    const data = new DataTransfer();
    if (file) data.items.add(file);
    input().files = data.files;
  }
  const say = (name) => { $("[data-note]").textContent = $("[data-note]").dataset[name] ?? ""; };

  // ---- A picture: of the screen, or a file
  async function show(picture) { // an image, or a bitmap of a file or a frame
    const width = picture.naturalWidth || picture.width, height = picture.naturalHeight || picture.height;
    const scale = Math.min(1, WIDEST / Math.max(width, height));
    editor = $("template[data-editor]").content.firstElementChild.cloneNode(true);
    canvas = $("canvas", editor); pen = canvas.getContext("2d"); box = $("[data-box]", editor);
    canvas.width = Math.max(1, Math.round(width * scale)); canvas.height = Math.max(1, Math.round(height * scale));
    source = document.createElement("canvas");
    source.width = canvas.width; source.height = canvas.height;
    source.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    marks = [];
    const side = Math.round(Math.max(canvas.width, canvas.height) / 12);
    spot = { x: Math.round((canvas.width - side) / 2), y: Math.round((canvas.height - side) / 2), w: side, h: Math.round(side / 2) };
    $("[data-place]").replaceChildren(editor);
    canvas.onpointerdown = begin; canvas.onpointermove = go; canvas.onpointerup = canvas.onpointercancel = end;
    canvas.onkeydown = key;
    canvas.onfocus = () => { box.hidden = !canvas.matches(":focus-visible"); place(); };
    canvas.onblur = () => { box.hidden = true; };
    say("there");
    await paint();
  }
  async function choose(given) {
    if (!given) return;
    input().value = "";
    if (given.size > Number(form().dataset.most) * 1e6) { put(); return say("large"); }
    try { await show(await createImageBitmap(given)); } catch { put(); say("odd"); }
  }
  async function shoot() {
    let stream, frame;
    try {
      stream = await navigator.mediaDevices.getDisplayMedia({ video: true, audio: false, preferCurrentTab: true, selfBrowserSurface: "include" });
      sheet.classList.add("away");
      await new Promise((painted) => { requestAnimationFrame(() => requestAnimationFrame(painted)); });
      const since = performance.now(), video = document.createElement("video");
      video.srcObject = stream; video.muted = true; // only now: a new reader is sent a new frame
      const fresh = new Promise((seen) => {
        video.requestVideoFrameCallback?.(function look(_now, { captureTime }) { captureTime >= since ? seen() : video.requestVideoFrameCallback(look); });
        setTimeout(seen, video.requestVideoFrameCallback ? 2000 : 400);
      });
      await video.play();
      await fresh;
      frame = await createImageBitmap(video); // one is enough: the capture ends here
    } catch { say("none"); } finally {
      for (const track of stream?.getTracks() ?? []) track.stop();
      sheet.classList.remove("away");
      $("[data-shoot]").focus();
    }
    if (frame) await show(frame);
  }
  function remove() { editor = source = file = null; $("[data-place]").replaceChildren(); put(); keep(null); say("gone"); input().focus(); }

  // ---- The brush
  async function paint() { // the picture with its black parts is what is sent, and nothing else
    const mine = ++turn, send = $("[type=submit]", form());
    pen.drawImage(source, 0, 0);
    pen.strokeStyle = pen.fillStyle = "#000"; pen.lineCap = "square"; pen.lineJoin = "round"; pen.lineWidth = Math.max(16, Math.round(canvas.width / 40));
    for (const { rect, line } of marks) {
      if (rect) pen.fillRect(...rect);
      else { pen.beginPath(); line.forEach(([x, y], n) => { if (n) pen.lineTo(x, y); else { pen.moveTo(x, y); pen.lineTo(x + .1, y); } }); pen.stroke(); }
    }
    send.disabled = true; file = null; put();
    const blob = (kind, quality) => new Promise((done) => { canvas.toBlob(done, kind, quality); });
    let made = await blob("image/png");
    if (made.size > HEAVY) { made = await blob("image/webp", .9); if (made.type !== "image/webp") made = await blob("image/jpeg", .9); }
    if (mine !== turn) return;
    file = editor && new File([made], `picture.${made.type.split("/")[1]}`, { type: made.type });
    put();
    $("[type=submit]", form()).disabled = false;
    const reader = new FileReader();
    reader.onload = () => { if (mine === turn && file) keep(reader.result); };
    if (made.size < KEPT) reader.readAsDataURL(made); else keep(null);
  }
  const point = ({ clientX, clientY }) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return [(clientX - left) * canvas.width / width, (clientY - top) * canvas.height / height];
  };
  function begin(event) { canvas.setPointerCapture(event.pointerId); marks.push({ line: [point(event)] }); canvas.drawing = true; }
  function go(event) {
    if (!canvas.drawing) return;
    const { line } = marks.at(-1), before = line.at(-1);
    line.push(point(event));
    pen.beginPath(); pen.moveTo(...before); pen.lineTo(...line.at(-1)); pen.stroke();
  }
  function end() { if (canvas.drawing) { canvas.drawing = false; say("black"); paint(); } }
  function place() {
    const { width, height } = canvas;
    Object.assign(box.style, { left: `${100 * spot.x / width}%`, top: `${100 * spot.y / height}%`, width: `${100 * spot.w / width}%`, height: `${100 * spot.h / height}%` });
  }
  function key(event) {
    const step = Math.max(4, Math.round(canvas.width / 50)), by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    const grown = { "+": 1.25, "=": 1.25, "-": .8, "−": .8 }[event.key], limit = (value, most) => Math.max(0, Math.min(Math.round(value), most));
    if (event.ctrlKey || event.metaKey ? event.key.toLowerCase() !== "z" : !by && !grown && !["Enter", " ", "Backspace"].includes(event.key)) return;
    event.preventDefault();
    box.hidden = false;
    if (by) { spot.x = limit(spot.x + by[0], canvas.width - spot.w); spot.y = limit(spot.y + by[1], canvas.height - spot.h); }
    else if (grown) { spot.w = limit(spot.w * grown, canvas.width - spot.x) || 1; spot.h = limit(spot.h * grown, canvas.height - spot.y) || 1; }
    else if (event.key === "Enter" || event.key === " ") { marks.push({ rect: [spot.x, spot.y, spot.w, spot.h] }); say("black"); paint(); }
    else undo();
    place();
  }
  function undo() { marks.pop(); say("undone"); paint(); }

  // ---- What is done in the sheet
  const acts = { undo, clear: () => { marks = []; say("cleared"); paint(); }, remove };
  sheet.addEventListener("click", ({ target }) => {
    const brush = target.closest("[data-brush]");
    if (brush) acts[brush.dataset.brush](); else if (target.closest("[data-shoot]")) shoot();
  });
  sheet.addEventListener("input", ({ target }) => { if (target.form === form() && target.type !== "file") keep(); });
  sheet.addEventListener("change", ({ target }) => { if (target === input()) choose(target.files[0]); });
  const first = (files) => [...files].find(({ type }) => type.startsWith("image/")) ?? files[0];
  sheet.addEventListener("paste", (event) => {
    const { files, types } = event.clipboardData;
    if (!form() || !files.length || types.includes("text/plain")) return;
    event.preventDefault(); event.stopPropagation(); // the page below has forms that take files
    choose(first(files));
  });
  sheet.addEventListener("dragover", (event) => { if (form() && event.dataTransfer.types.includes("Files")) { event.preventDefault(); event.stopPropagation(); } });
  sheet.addEventListener("drop", (event) => {
    if (!form() || !event.dataTransfer.files.length) return;
    event.preventDefault(); event.stopPropagation();
    choose(first(event.dataTransfer.files));
  });
  async function renew() { // signed out, or a token that is too old: the form of whoever reads now, with all that was here
    const answer = await fetch(form().dataset.fresh, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("form");
    form().replaceWith(fresh);
    htmx.process(fresh);
    fill(); dress();
  }
  const news = {
    "htmx:after:swap": () => {
      if (!form()) { sessionStorage.removeItem(KEY); $("[data-thanks]")?.focus(); } else dress();
    },
    "htmx:after:request": ({ detail: { ctx } }) => { if (ctx.response.status === 400) renew(); },
    "htmx:error": () => { $("#feedback-said").replaceChildren(document.getElementById("unreached").content.cloneNode(true)); },
  };
  const heed = (event) => {
    if (!sheet.isConnected) return Object.keys(news).forEach((name) => document.removeEventListener(name, heed));
    if (event.detail?.ctx?.sourceElement === form() || (event.type === "htmx:after:swap" && sheet.contains(event.target))) news[event.type](event);
  };
  for (const name of Object.keys(news)) document.addEventListener(name, heed);

  // ---- Opening
  const kept = read();
  if (form() && theirs(kept)) {
    typed = kept;
    fill();
    if (kept.picture) { const image = new Image(); image.src = kept.picture; image.decode().then(() => show(image)).catch(() => keep(null)); }
  }
  if (form()) dress();
  if (sheet.matches("dialog")) {
    const style = $("link[rel=stylesheet]"), open = () => { sheet.showModal(); $("[name=mood]:checked, [name=mood]").focus(); };
    if (style.sheet) open(); else style.onload = style.onerror = open;
    sheet.addEventListener("close", () => { sheet.remove(); opener?.focus?.(); });
  }
})();

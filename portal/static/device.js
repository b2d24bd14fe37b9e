// What this device keeps of drafts, for a page that cannot reach us: words and files, sealed with a key that only the
// person's own pages hold. After signing out nobody here can read it; after signing in again the same person can.
const device = (() => {
  const secure = !!crypto.subtle; // plain http in a local network: the server alone keeps drafts
  let opened, sealer, turn = Promise.resolve();
  const done = (request) => new Promise((got, not) => { request.onsuccess = () => got(request.result); request.onerror = () => not(request.error); });
  function database() {
    const request = indexedDB.open("drafts", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("kept");
    return done(request);
  }
  const rows = async (mode) => (await (opened ??= database())).transaction("kept", mode).objectStore("kept");
  // One after the other, so that the newest wins; a private window, or a full disk, may refuse.
  const queue = (act) => (turn = turn.then(() => secure ? act() : null).catch(() => null));
  const key = () => sealer ??= crypto.subtle.importKey("raw",
    Uint8Array.from(atob(document.querySelector("[data-key-of-device]").dataset.keyOfDevice), (one) => one.charCodeAt(0)),
    "AES-GCM", false, ["encrypt", "decrypt"]);
  return {
    secure,
    // `what` is asked when its turn comes: [head, files], or null when there is nothing to keep any more
    put: (name, what) => queue(async () => {
      const [head, files] = what() ?? [];
      if (!head) return;
      const parts = [new TextEncoder().encode(JSON.stringify(head))], sealed = [];
      for (const file of files ?? []) parts.push(await file.arrayBuffer());
      for (const part of parts) {
        const iv = crypto.getRandomValues(new Uint8Array(12));
        sealed.push({ iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(), part) });
      }
      await done((await rows("readwrite")).put({ at: Date.now(), sealed }, name));
    }),
    get: (name) => queue(async () => {
      const { sealed } = await done((await rows("readonly")).get(name)), open = [];
      for (const { iv, data } of sealed) open.push(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await key(), data));
      return { ...JSON.parse(new TextDecoder().decode(open[0])), bytes: open.slice(1) };
    }),
    forget: (...names) => names.forEach((name) => queue(async () => done((await rows("readwrite")).delete(name)))),
    sweep: () => queue(async () => { // what nobody came back for in 90 days
      const store = await rows("readwrite"), keys = await done(store.getAllKeys());
      for (const one of keys) if ((await done(store.get(one))).at < Date.now() - 90 * 86400e3) await done(store.delete(one));
    }),
  };
})();

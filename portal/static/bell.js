// The bell: the tab's title says how many are unread, what is new is said once, an open menu fetches its list.
(() => {
  document.addEventListener("submit", ({ target }) => { // who leaves on purpose leaves no feedback behind that was not sent
    if (target.getAttribute("action") === "/sign-out") sessionStorage.removeItem("feedback");
  });
  const bell = document.querySelector("#bell"), count = () => document.querySelector("#bell-count");
  if (!bell) return;
  const unread = () => Number(count()?.dataset.count ?? 0);
  const fetch = () => { if (bell.open) document.body.dispatchEvent(new CustomEvent("portal:bell")); };
  let known = unread();
  bell.addEventListener("toggle", fetch);
  document.addEventListener("htmx:after:swap", () => {
    const now = unread();
    if (now === known) return;
    document.title = (now ? `(${count().dataset.shown}) ` : "") + document.title.replace(/^\(\d+\+?\) /, "");
    document.querySelector("#bell-said").textContent = now > known ? count().dataset.said : "";
    known = now;
    fetch();
  });
})();

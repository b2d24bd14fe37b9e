// Long lists of words: each press goes to the next place that holds what is looked for, and from the last to the first.
(() => {
  const button = document.querySelector("[data-find]"), input = button.parentNode.querySelector("input");
  const status = button.parentNode.querySelector("[role=status]"), text = document.getElementById(button.dataset.find);
  function find() {
    const wanted = input.value.trim().toLowerCase(), said = text.value.toLowerCase();
    const after = said.indexOf(wanted, text.selectionEnd), at = after < 0 ? said.indexOf(wanted) : after;
    status.hidden = !wanted || at >= 0;
    if (!wanted || at < 0) return;
    text.focus();
    text.setSelectionRange(at, at + wanted.length);
    text.scrollTop = text.scrollHeight * said.slice(0, at).split("\n").length / said.split("\n").length - text.clientHeight / 2;
  }
  button.addEventListener("click", find);
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); find(); } });
  if (document.activeElement !== text) text.setSelectionRange(0, 0);
})();

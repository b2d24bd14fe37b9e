// A video of an article: its link makes room for the player, which is asked for only now.
document.addEventListener("click", (press) => {
  const link = press.target.closest?.("figure.video > a"), figure = link?.parentElement;
  if (!link || press.button || press.ctrlKey || press.metaKey || press.shiftKey || press.altKey) return;
  press.preventDefault();
  const frame = Object.assign(document.createElement("iframe"), {
    title: figure.dataset.title, allow: "autoplay; encrypted-media; fullscreen; picture-in-picture", allowFullscreen: true,
    referrerPolicy: "strict-origin", // YouTube plays nothing for those who do not say where they stand
  });
  frame.sandbox = "allow-scripts allow-same-origin allow-presentation allow-popups";
  frame.src = figure.dataset.player;
  link.replaceWith(frame);
  frame.focus();
});

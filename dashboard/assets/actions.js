/* The page of actions by key and by hand: j and k go from card to card, the letters on a card's buttons press them, a
   card that is dropped on a column takes the step that leads there (dashboard/components/actions.py). */
(() => {
  "use strict";
  let at = null, dragged = null;
  const here = () => document.getElementById("actions--board");
  const cards = () => [...here().querySelectorAll(".action")];
  const idOf = (card) => card?.dataset.taskId;

  function show() {
    for (const card of cards()) card.classList.toggle("is-at", idOf(card) === at);
  }

  function move(step) {
    const all = cards(), now = all.findIndex((card) => idOf(card) === at);
    const card = all[Math.min(Math.max(now + step, 0), all.length - 1)];
    at = idOf(card) ?? null;
    show();
    card?.querySelector("summary").focus({ preventScroll: true });
    card?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function side(step) {
    const columns = [...here().querySelectorAll(".actions-column")].filter((one) => one.querySelector(".action"));
    const now = columns.findIndex((one) => one.querySelector(".action.is-at"));
    const column = columns[Math.min(Math.max(now + step, 0), columns.length - 1)];
    at = idOf(column?.querySelector(".action"));
    move(0);
  }

  document.addEventListener("keydown", (event) => {
    if (!here() || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, dialog, [popover], [contenteditable=true]")) return;
    const card = cards().find((one) => idOf(one) === at);
    const button = card?.querySelector(`button[data-key="${CSS.escape(event.key)}"]`);
    const moves = { j: () => move(1), k: () => move(-1), h: () => side(-1), l: () => side(1) };
    if (button) button.click();
    else if (event.key === "o" && card) card.querySelector("details").open ^= true;
    else if (moves[event.key]) moves[event.key]();
    else return;
    event.preventDefault();
  });

  document.addEventListener("focusin", (event) => {
    const card = here() && event.target.closest?.(".action");
    if (card) { at = idOf(card); show(); }
  });

  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.(".action[draggable=true]") ?? null;
    if (dragged) event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragover", (event) => {
    if (dragged && event.target.closest?.(".actions-column[data-drop]")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const column = event.target.closest?.(".actions-column[data-drop]"), task = idOf(dragged);
    if (!column || !task || column.contains(dragged)) return;
    event.preventDefault();
    const does = document.createElement("button"); // assets/form.js posts it, and says what came of it
    Object.assign(does.dataset, { post: "/tasks/act", fields: JSON.stringify({ what: column.dataset.drop, task }) });
    does.hidden = true;
    document.body.append(does);
    does.click();
    does.remove();
  });
  document.addEventListener("dragend", () => { dragged = null; });

  document.addEventListener("oneboard:drawn", ({ detail }) => { if (here() && detail.includes("actions--board")) show(); });
})();

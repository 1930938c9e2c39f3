/* One card for every "what is this?": whatever carries data-about, rows of [what, answer], is explained when it is
   pointed at or has the focus. */
(() => {
  const WAIT_MS = 150, WIDTH = 340, GAP = 8;
  let card, timer, asked;

  function made() {
    card = document.createElement("div");
    card.id = "about--card";
    card.setAttribute("role", "tooltip");
    card.hidden = true;
    document.body.append(card);
    return card;
  }

  function open(target) {
    asked = target;
    const list = document.createElement("dl");
    list.className = "about";
    for (const [what, answer] of JSON.parse(target.dataset.about)) {
      const row = document.createElement("div");
      row.append(Object.assign(document.createElement("dt"), { textContent: what }));
      row.append(Object.assign(document.createElement("dd"), { textContent: answer }));
      list.append(row);
    }
    (card || made()).replaceChildren(list);
    card.hidden = false;
    target.setAttribute("aria-describedby", card.id);
    const at = target.getBoundingClientRect(), width = Math.min(WIDTH, innerWidth - 2 * GAP);
    const left = Math.max(GAP, Math.min(at.left, innerWidth - width - GAP));
    const below = at.bottom + GAP + card.offsetHeight < innerHeight;
    Object.assign(card.style, { width: `${width}px`, left: `${left}px` });
    card.style.top = `${Math.max(GAP, below ? at.bottom + GAP : at.top - GAP - card.offsetHeight)}px`;
  }

  function close() {
    clearTimeout(timer);
    if (card) card.hidden = true;
    asked?.removeAttribute("aria-describedby");
    asked = null;
  }

  function enter(event) {
    const target = event.target.closest?.("[data-about]");
    if (!target || target === asked) return;
    close();
    timer = setTimeout(open, event.type === "focusin" ? 0 : WAIT_MS, target);
  }

  function leave(event) {
    if (!event.relatedTarget?.closest?.("[data-about]")) close();
  }

  document.addEventListener("mouseover", enter);
  document.addEventListener("focusin", enter);
  document.addEventListener("mouseout", leave);
  document.addEventListener("focusout", leave);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  addEventListener("scroll", close, true);
})();

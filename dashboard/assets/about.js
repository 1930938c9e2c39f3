/* One card for every "what is this?": whatever carries data-about, rows of [what, answer], is explained when it is
   pointed at, has the focus or is tapped. An answer below /asked/ is a link, to which Enter on the question mark leads
   too; "{known}" is the moment as of which all that the page shows was known to hold. */
(() => {
  const WAIT_MS = 150, LEAVE_MS = 250, WIDTH = 340, GAP = 8, ASKED = "/asked/";
  let card, timer, leaving, asked, known = "–";

  function made() {
    card = document.createElement("div");
    card.id = "about--card";
    card.setAttribute("role", "tooltip");
    card.hidden = true;
    card.addEventListener("mouseenter", () => clearTimeout(leaving));
    card.addEventListener("mouseleave", close);
    document.body.append(card);
    return card;
  }

  function answered(what, answer) {
    const row = document.createElement("div"), dd = document.createElement("dd");
    if (answer.startsWith(ASKED)) dd.append(Object.assign(document.createElement("a"), { href: answer, target: "_blank", textContent: what }));
    else {
      row.append(Object.assign(document.createElement("dt"), { textContent: what }));
      dd.textContent = answer === "{known}" ? known : answer;
    }
    row.append(dd);
    return row;
  }

  function open(target) {
    asked = target;
    const list = document.createElement("dl");
    list.className = "about";
    for (const [what, answer] of JSON.parse(target.dataset.about)) list.append(answered(what, answer));
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
    clearTimeout(leaving);
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
    if (event.relatedTarget?.closest?.("[data-about]")) return;
    clearTimeout(timer);
    clearTimeout(leaving);
    leaving = setTimeout(close, event.type === "focusout" ? 0 : LEAVE_MS);
  }

  function clicked(event) {
    const target = event.target.closest?.("button.ask[data-about]");
    if (!target) return;
    open(target);
    const way = JSON.parse(target.dataset.about).find(([, answer]) => answer.startsWith(ASKED));
    if (way && event.detail === 0) window.open(way[1], "_blank", "noopener");  // a key: the card is out of its reach
  }

  document.addEventListener("mouseover", enter);
  document.addEventListener("focusin", enter);
  document.addEventListener("mouseout", leave);
  document.addEventListener("focusout", leave);
  document.addEventListener("click", clicked);
  document.addEventListener("oneboard:beat", ({ detail }) => {
    if (detail.checked_at) known = window.oneboard.clock(new Date(detail.checked_at));
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  addEventListener("scroll", close, true);
})();

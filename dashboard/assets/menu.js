/* The pickers' lists (dashboard/components/links.py): the browser opens and shuts them; here they come to stand under their
   button, the arrows move within, and a step through the board shuts them. */
(() => {
  const EDGE = 8;
  const items = (list) => [...list.querySelectorAll("[role=menuitem]:not([aria-disabled])")];

  document.addEventListener("toggle", ({ target: list, newState }) => {
    if (!list.matches?.(".menu")) return;
    const button = document.querySelector(`[popovertarget="${list.id}"]`);
    if (newState !== "open" || !button) return;
    const { right, bottom } = button.getBoundingClientRect();
    const left = Math.max(EDGE, Math.min(right, innerWidth - EDGE) - list.offsetWidth);
    document.documentElement.style.setProperty("--menu-left", `${left}px`);
    document.documentElement.style.setProperty("--menu-top", `${bottom + 4}px`);
    (list.querySelector("[aria-current]") || items(list)[0])?.focus();
  }, true);

  document.addEventListener("keydown", (event) => {
    const list = event.target.closest?.(".menu:popover-open");
    if (!list) return;
    if (event.key === "Tab") return list.hidePopover();
    const all = items(list), at = all.indexOf(event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[to % all.length].focus();
  });

  document.addEventListener("click", ({ target }) => {
    const list = target.closest?.(".menu");
    if (list && target.closest("a")) list.hidePopover();
  });
})();

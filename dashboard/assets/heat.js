/* Products × units is one stop of the keyboard (a grid of ARIA): the arrows, Home and End go from cell to cell, Enter
   follows the cell's link. Where somebody was they come back to, whatever is drawn meanwhile. */
(() => {
  "use strict";
  const START = [0, 1];
  let at = START;
  const grid = () => document.querySelector(".heat[role=grid]");
  const cells = () => [...grid().rows].map((row) => [...row.cells].map((cell) => cell.querySelector("a")));
  const there = (all, [row, column]) => all[row]?.[column] ?? null;

  function stop(all, to) {
    at = there(all, to) ? to : START;
    for (const [row, links] of all.entries())
      for (const [column, link] of links.entries()) if (link) link.tabIndex = row === at[0] && column === at[1] ? 0 : -1;
  }

  function of(all, link) {
    const row = all.findIndex((links) => links.includes(link));
    return row < 0 ? null : [row, all[row].indexOf(link)];
  }

  document.addEventListener("focusin", ({ target }) => {
    if (!target.closest?.(".heat[role=grid]")) return;
    const all = cells(), to = of(all, target);
    if (to) stop(all, to);
  });

  document.addEventListener("keydown", (event) => {
    if (!event.target.closest?.(".heat[role=grid]") || event.altKey || event.metaKey || event.shiftKey) return;
    const all = cells(), here = of(all, event.target);
    if (!here) return;
    const [row, column] = here, lowest = all.length - 1, last = all[row].length - 1;
    const to = {
      ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1],
      Home: event.ctrlKey ? START : [row, row ? 0 : 1], End: event.ctrlKey ? [lowest, last] : [row, last],
    }[event.key];
    if (!to) return;
    event.preventDefault();
    there(all, to)?.focus();
  });

  document.addEventListener("oneboard:drawn", ({ detail }) => { if (detail.includes("heat--body") && grid()) stop(cells(), at); });
})();

/* In a dialog the focus goes round until it is closed: Tab leads from the last to the first, and back. */
document.addEventListener("keydown", (event) => {
  const over = event.key === "Tab" && event.target.closest?.("dialog[open], .pop");
  if (!over) return;
  const all = [...over.querySelectorAll("a[href], button, input, select, textarea")]
    .filter((one) => !one.disabled && one.checkVisibility());
  const [last, first] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]];
  if (!first || (event.target !== last && all.includes(event.target))) return;
  event.preventDefault();
  first.focus();
});

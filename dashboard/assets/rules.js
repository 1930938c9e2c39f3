/* The rule that is opened stands under its row and has the focus; folded again, or gone back from, its row has it. */
(() => {
  "use strict";
  let open = null;

  document.addEventListener("oneboard:drawn", ({ detail }) => {
    if (!detail.includes("rules--list")) return;
    const now = new URLSearchParams(location.search).get("rule"), before = open, one = document.getElementById("rule--one");
    if (now === before) return;
    open = now;
    if (now && one) {
      one.focus({ preventScroll: true });
      one.scrollIntoView({ block: "nearest" });
    } else if (before) document.querySelector(`.rules tr[data-key="${CSS.escape(before)}"] a`)?.focus();
  });
})();

/* The list of whiteboards keeps itself current; a template's button makes a board and opens it. */
(() => {
  "use strict";
  const EVERY = 3000;

  async function refresh() {
    const list = document.getElementById("whiteboards--list");
    if (!list || document.hidden) return;
    const answer = await fetch(`${list.dataset.list}?${new URLSearchParams({ search: location.search })}`).catch(() => null);
    if (!answer?.ok) return;
    const text = await answer.text();
    if (list.dataset.shown !== text) {
      list.dataset.shown = text;
      list.innerHTML = text;
    }
  }

  async function make(button) {
    button.disabled = true;
    const body = JSON.stringify({ template: button.dataset.new, search: location.search });
    const how = { method: "POST", headers: { "content-type": "application/json" }, body };
    const answer = await fetch("/whiteboards", how).catch((error) => ({ ok: false, text: async () => String(error.message) }));
    const said = await answer.text();
    button.disabled = false;
    if (answer.ok) location.assign(said);
    else document.getElementById("whiteboards--said").textContent = said;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-new]");
    if (button) void make(button);
  });
  new MutationObserver(() => {
    const list = document.getElementById("whiteboards--list");
    if (list && list.dataset.shown === undefined) void refresh();
  }).observe(document.documentElement, { childList: true, subtree: true });
  setInterval(refresh, EVERY);
})();

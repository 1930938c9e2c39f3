/* `?`, or a button that says so, shows what the keys of the page do (dashboard/components/keys.py). */
(() => {
  "use strict";
  function help() {
    const list = document.getElementById("keys--help");
    if (!list || document.querySelector("dialog[open]")) return;
    const dialog = document.createElement("dialog");
    dialog.className = "form";
    dialog.innerHTML = list.innerHTML;
    dialog.setAttribute("aria-label", dialog.querySelector("h2").textContent);
    for (const name of ["click", "keydown"]) dialog.addEventListener(name, () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, dialog, [popover], [contenteditable=true]")) return;
    event.preventDefault();
    help();
  });
  document.addEventListener("click", (event) => { if (event.target.closest?.("[data-keys]")) help(); });
})();

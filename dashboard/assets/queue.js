/* The queue of findings by hand and by key: what is chosen stays chosen whatever is pushed, a step is taken about all
   of it at once, else about the row the cursor is on (dashboard/components/finding_queue.py). */
(() => {
  "use strict";
  const chosen = new Set();
  let at = null, unfolded;
  const rows = () => [...document.querySelectorAll("#queue--list .queue-row")];
  const keyOf = (row) => row?.dataset.key;
  const bulk = () => [...document.querySelectorAll(".queue-bar [data-bulk]")];
  const ids = () => (chosen.size ? [...chosen] : at ? [at] : []);

  function show() {
    const all = rows(), there = new Set(all.map(keyOf));
    for (const id of chosen) if (!there.has(id)) chosen.delete(id);
    if (!there.has(at)) at = null;
    for (const row of all) {
      const is = chosen.has(keyOf(row));
      row.classList.toggle("is-chosen", is);
      row.classList.toggle("is-at", keyOf(row) === at);
      row.querySelector(".queue-box").setAttribute("aria-checked", String(is));
    }
    const count = document.getElementById("queue--chosen");
    if (count) count.textContent = chosen.size ? String(chosen.size) : "";
    for (const button of bulk()) button.disabled = !ids().length;
    const opens = new URLSearchParams(location.search).has("finding");
    document.querySelector(".shows-page-findings")?.classList.toggle("opens-finding", opens); // on a phone it comes first
  }

  function move(step) {
    const all = rows(), here = all.findIndex((row) => keyOf(row) === at);
    const row = all[Math.min(Math.max(here + step, 0), all.length - 1)];
    at = keyOf(row) ?? null;
    show();
    row?.scrollIntoView({ block: "nearest" });
  }

  function toggle(id) {
    if (!id) return;
    if (!chosen.delete(id)) chosen.add(id);
    show();
  }

  function all() {
    const every = rows().map(keyOf), is = every.every((id) => chosen.has(id));
    every.forEach((id) => (is ? chosen.delete(id) : chosen.add(id)));
    show();
  }

  /* The button of assets/form.js that does it: it posts, or asks first. */
  function take(what) {
    const button = bulk().find((one) => one.dataset.bulk === what), findings = ids().join(",");
    if (!button || !findings) return;
    const does = document.createElement("button"), { formAt, postAt } = button.dataset;
    if (formAt) does.dataset.form = `${formAt}?${new URLSearchParams({ what, findings })}`;
    else Object.assign(does.dataset, { post: postAt, fields: JSON.stringify({ what, findings }) });
    does.hidden = true;
    document.body.append(does);
    does.click();
    does.remove();
  }

  function open() {
    const said = new URLSearchParams(location.search);
    if (at) { said.set("finding", at); window.oneboard.go("?" + said); }
  }

  const moves = {
    j: () => move(1), k: () => move(-1), x: () => toggle(at), "*": all, o: open, Enter: open,
    Escape: () => { chosen.clear(); show(); },
  };

  document.addEventListener("keydown", (event) => {
    if (!document.getElementById("queue--list") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, dialog, [popover], [contenteditable=true]")) return;
    if (event.key === "Enter" && event.target.closest?.("a, button, summary")) return;
    const box = event.target.closest?.(".queue-box");
    if (box && event.key === " ") { at = keyOf(box.closest(".queue-row")); toggle(at); event.preventDefault(); return; }
    const button = bulk().find((one) => one.dataset.key === event.key);
    if (!button && !moves[event.key]) return;
    if (button) take(button.dataset.bulk); else moves[event.key]();
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".queue-bar [data-bulk]"), row = event.target.closest?.(".queue-row");
    if (button) return take(button.dataset.bulk);
    if (!row) return;
    at = keyOf(row);
    if (event.target.closest(".queue-box")) toggle(at); else show();
  });

  /* The card that the address names opens once; whoever shuts it again has it shut. */
  function unfold() {
    const card = document.querySelector(".finding-chosen"), details = card?.querySelector("details");
    if (details && keyOf(card) !== unfolded) details.open = true;
    unfolded = keyOf(card);
  }

  document.addEventListener("oneboard:drawn", ({ detail }) => {
    if (!document.getElementById("queue--list")) return;
    if (detail.includes("queue--list")) show();
    unfold();
  });
})();

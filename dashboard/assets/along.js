/* Search, saved views, take along: one box each, whose inside the server draws for who looks. Keys: "/" and Ctrl-K. */
(() => {
  "use strict";
  const here = (more) => new URLSearchParams({ search: location.search, ...more }).toString();
  const AGAIN_MS = 250;
  let pop, opener, closedAt = 0, finder, field, list, asked = 0, answered = 0, waiting, chosen = -1;

  /* ---- the boxes below a button ---- */
  function box() {
    if (pop) return pop;
    pop = Object.assign(document.createElement("div"), { id: "along--pop", className: "pop" });
    pop.setAttribute("popover", "auto");
    pop.setAttribute("role", "dialog");
    document.body.append(pop);
    pop.addEventListener("toggle", (event) => {
      if (event.newState === "open") return;
      closedAt = performance.now();
      opener?.setAttribute("aria-expanded", "false");
      if (pop.contains(document.activeElement) || document.activeElement === document.body) opener?.focus({ preventScroll: true });
    });
    return pop;
  }

  async function open(button) {
    // the press that closed the box was on its own button
    if (button === opener && performance.now() - closedAt < AGAIN_MS) return;
    const what = button.dataset.opens;
    opener = button;
    box().setAttribute("aria-label", button.title);
    const at = button.getBoundingClientRect();
    pop.style.top = `${at.bottom + 6}px`;
    pop.style.right = `${Math.max(8, document.documentElement.clientWidth - at.right)}px`;
    const path = new URLSearchParams({ path: location.pathname }).toString();
    const url = what === "views" ? `/views?${here()}` : `/export/menu?${path}&${location.search.slice(1)}`;
    try { fill(await (await fetch(url)).text()); } catch { return; }
    pop.dataset.what = what;
    if (!pop.matches(":popover-open")) pop.showPopover();
    button.setAttribute("aria-expanded", "true");
    pop.querySelector("a, button, input")?.focus();
  }

  function fill(html) { pop.innerHTML = html; }

  async function tell(wanted) {
    const body = JSON.stringify({ path: location.pathname, search: location.search, ...wanted });
    const answer = await fetch("/views", { method: "POST", headers: { "content-type": "application/json" }, body });
    fill(await answer.text());
    pop.querySelector("a, button, input")?.focus();
  }

  async function act(button) {
    const { do: what, view: id, name, ask, done } = button.dataset;
    if (what === "print") { pop.hidePopover(); window.print(); }
    else if (what === "copy") {
      await navigator.clipboard.writeText(location.href);
      button.querySelector("strong").textContent = done;
    } else if (what === "fold") {
      const is = document.querySelector(".header").classList.toggle("is-open");
      button.setAttribute("aria-expanded", String(is));
    } else if (what === "rename") {
      const given = window.prompt(ask, name);
      if (given?.trim()) tell({ do: what, id, name: given });
    } else if (id) tell({ do: what, id });
  }

  /* ---- find anything ---- */
  function made() {
    finder = Object.assign(document.createElement("dialog"), { id: "find--box", className: "find" });
    finder.innerHTML = '<input id="find--field" type="text" role="combobox" aria-autocomplete="list" aria-expanded="true" '
      + 'aria-controls="find--list" autocomplete="off" spellcheck="false" enterkeyhint="go"><div id="find--list" role="listbox" tabindex="-1"></div>';
    document.body.append(finder);
    field = finder.querySelector("input");
    list = finder.querySelector("div");
    field.addEventListener("input", look);
    field.addEventListener("keydown", keys);
    finder.addEventListener("click", (event) => { if (event.target === finder) finder.close(); });
    list.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (link && !event.metaKey && !event.ctrlKey) { event.preventDefault(); go(link); }
    });
  }

  function find() {
    if (!finder) made();
    if (finder.open) return field.select();
    const words = document.querySelector(".find-open")?.dataset || {};
    field.placeholder = words.placeholder || "";
    field.setAttribute("aria-label", words.placeholder || "");
    list.setAttribute("aria-label", words.results || "");
    field.value = "";
    list.replaceChildren();
    finder.showModal();
    look();
  }

  async function look() {
    const mine = ++asked;
    waiting?.abort();
    waiting = new AbortController();
    try {
      const answer = await fetch(`/find?${here({ q: field.value })}`, { signal: waiting.signal });
      const html = await answer.text();
      if (mine < answered) return;
      answered = mine;
      list.innerHTML = html;
      options().forEach((one, n) => { one.id = `find--${n}`; });
      choose(0);
    } catch { /* given up for a newer one, or the board is away, which its own banner says */ }
  }

  const options = () => [...list.querySelectorAll("[role=option]")];

  function choose(number) {
    const all = options();
    chosen = all.length ? (number + all.length) % all.length : -1;
    all.forEach((one, n) => one.setAttribute("aria-selected", String(n === chosen)));
    list.setAttribute("role", all.length ? "listbox" : "status");
    field.setAttribute("aria-expanded", String(all.length > 0));
    if (chosen < 0) return field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  }

  function keys(event) {
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Enter" && !event.isComposing) { const all = options(); if (all[chosen]) go(all[chosen]); }
    else return;
    event.preventDefault();
  }

  function go(link) {
    const to = new URL(link.href);
    finder?.close();
    if (to.pathname === location.pathname) window.oneboard.go(to.search || "?");
    else location.assign(link.href);
  }

  /* ---- the stamp on paper and pictures: who, when, what of it, and the way back ---- */
  function stamp(shown) {
    const text = (selector) => (document.querySelector(selector)?.innerText || "").replace(/\s+/g, " ").trim();
    const line = document.getElementById("along--stamp") || document.body.appendChild(
      Object.assign(document.createElement("div"), { id: "along--stamp", className: "stamp" }));
    const parts = ["oneboard", text("#header--where"), text("#header--what .switch-on"), text("#header--what .picker"),
      text("#header--what .period .picker"), `${text("#header--as-of")} ${window.oneboard.clock(new Date(), true)}`,
      text("#viewer--chooser").replace("▾", "").trim(), location.href];
    line.textContent = parts.filter(Boolean).join(" · ");
    line.classList.toggle("is-shown", Boolean(shown));
  }
  addEventListener("beforeprint", () => { stamp(); dispatchEvent(new Event("resize")); });
  window.oneboard = Object.assign(window.oneboard || {}, { stamp });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-opens]");
    if (button) return button.dataset.opens === "find" ? find() : open(button);
    const doing = event.target.closest?.("button[data-do]");
    if (doing) return act(doing);
    if (event.target.closest?.(".pop a.pop-item")) pop.hidePopover();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.("form[data-do=save]");
    if (!form) return;
    event.preventDefault();
    tell({ do: "save", name: form.elements.name.value, is_shared: form.elements.is_shared.checked });
  });
  document.addEventListener("keydown", (event) => {
    const types = event.target.closest?.("input, textarea, select, [contenteditable=true]");
    const slash = event.key === "/" && !types && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (slash || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) { event.preventDefault(); find(); }
  });
})();

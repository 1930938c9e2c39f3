/* A whiteboard beside the page: a frame of its own that is opened by links (data-beside), shut by a button or Escape, and
   kept in the URL (whiteboard=…), so that back, forward and a shared link show it. On a phone the links lead to its page. */
(() => {
  "use strict";
  const NAME = "whiteboard", KEPT = "oneboard.beside", LEAST = 360, STEP = 40, SAVED_WITHIN = 5000;
  const KNOWN = /^(of|at)\/[^/?#]+(\?meeting=[^&#]+)?$|^[a-z0-9-]{1,60}$/;
  const wide = matchMedia("(min-width: 761px)");
  let from = null, shown = "";

  const part = (id) => document.getElementById(id);
  const asked = () => new URLSearchParams(location.search).get(NAME) ?? "";
  const mayOpen = () => wide.matches && part("beside");
  /** "/whiteboard/of/f1?lang=en" → "of/f1"; of a meeting with the meeting that is meant. */
  function named(href) {
    const url = new URL(href, location.href), meeting = url.searchParams.get("meeting");
    const path = url.pathname.replace(/^\/whiteboard\//, "");
    return path + (meeting ? `?${new URLSearchParams({ meeting })}` : "");
  }
  function address(board) {
    const url = new URL(`/whiteboard/${board}`, location.origin), here = new URLSearchParams(location.search);
    for (const own of ["lang", "theme"]) if (here.get(own)) url.searchParams.set(own, here.get(own));
    return url.pathname + url.search;
  }
  /** An address with the board in it, or without one (""); the page's own part of it stays. */
  function holding(href, board) {
    const url = new URL(href);
    if (board) url.searchParams.set(NAME, board); else url.searchParams.delete(NAME);
    return url.href;
  }
  const say = (board, how) => history[how]({}, "", holding(location.href, board));

  function show(board) {
    if (board === shown) return;
    leave();
    shown = board;
    part("beside").hidden = !board;
    if (!board) { from?.focus(); from = null; return; }
    const frame = document.createElement("iframe");
    frame.title = part("beside").getAttribute("aria-label");
    frame.src = address(board);
    frame.addEventListener("load", () => loaded(frame));
    part("beside--board").append(frame);
    part("beside").querySelector("[data-shut]")?.focus();
  }
  /** Whatever led there, the URL names the very board from now on; Escape outside of the canvas shuts it. */
  function loaded(frame) {
    const inside = frame.contentWindow?.location;
    if (!frame.isConnected || !inside || !inside.pathname.startsWith("/whiteboard/")) return;
    const board = inside.pathname.split("/")[2];
    if (board !== "of" && board !== "at" && shown !== board) { shown = board; say(board, "replaceState"); }
    frame.contentDocument.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.target.closest?.(".whiteboard-canvas, dialog, textarea, input")) shut();
    });
  }
  /** The frame goes once all that was drawn in it is on the log. */
  function leave() {
    for (const frame of part("beside--board").querySelectorAll("iframe:not([hidden])")) {
      const board = frame.contentWindow?.whiteboard, until = performance.now() + SAVED_WITHIN;
      board?.binding.flush();
      frame.hidden = true;
      const end = () => {
        if (board?.wire.isUnsaved && performance.now() < until) setTimeout(end, 50); else frame.remove();
      };
      end();
    }
  }
  function shut() {
    if (!shown) return;
    say("", "pushState");
    show("");
  }
  function follow() {
    if (!part("beside")) return;
    const board = asked();
    show(mayOpen() && KNOWN.test(board) ? board : "");
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-shut]")) return shut();
    const alone = event.target.closest?.("[data-alone]"), page = event.target.closest?.(".rail a");
    if (alone) alone.href = address(shown);
    if (page) page.href = holding(page.href, shown);  // it goes along to the other pages
    const link = event.target.closest?.("a[data-beside]");
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || !mayOpen()) return;
    event.preventDefault();
    from = link;
    const board = named(link.href);
    if (board !== asked()) say(board, "pushState");
    show(board);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open], [popover]:popover-open")) shut();
  });

  function width(pixels) {
    const most = innerWidth - 120;
    const held = Math.max(LEAST, Math.min(most, pixels));
    document.documentElement.style.setProperty("--beside-width", `${Math.round(held)}px`);
    part("beside--edge")?.setAttribute("aria-valuenow", String(Math.round((100 * held) / innerWidth)));
  }
  const wideNow = () => part("beside").getBoundingClientRect().width;
  const keep = () => { try { localStorage.setItem(KEPT, String(Math.round(wideNow()))); } catch { /* a private window */ } };
  document.addEventListener("pointerdown", (event) => {
    if (event.target.id !== "beside--edge") return;
    const edge = event.target;
    edge.setPointerCapture(event.pointerId);
    document.documentElement.classList.add("is-widening");
    const move = (moved) => width(innerWidth - moved.clientX);
    edge.addEventListener("pointermove", move);
    edge.addEventListener("lostpointercapture", () => {
      edge.removeEventListener("pointermove", move);
      document.documentElement.classList.remove("is-widening");
      keep();
    }, { once: true });
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "beside--edge" || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    event.preventDefault();
    width(wideNow() + (event.key === "ArrowLeft" ? STEP : -STEP));
    keep();
  });

  try { if (Number(localStorage.getItem(KEPT))) width(Number(localStorage.getItem(KEPT))); } catch { /* a private window */ }
  addEventListener("popstate", follow);
  addEventListener("_dashprivate_pushstate", follow);
  wide.addEventListener("change", follow);
  const ready = new MutationObserver(() => { if (part("beside")) { ready.disconnect(); follow(); } });
  ready.observe(document.documentElement, { childList: true, subtree: true });
})();

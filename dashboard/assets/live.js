/* The tab's side of the live loop. Listens for the sign of life that every push carries (#live--contact data-live);
   says so when there is none or when what is shown is old, asks the server whether it is there (only then, and only
   while somebody looks), starts the push again, and stops it while the tab is hidden. Nothing is polled while the board
   is in contact. */
(() => {
  const LOST_MS = 10000, OLD_MS = 10000, FIRST_MS = 30000, LONGEST_MS = 10000, RELOAD_MS = 120000;
  let heard = performance.now(), shown = heard, tries = 0, answered = 0, next = 0, asking = false, wakes = 0;
  let known = null, isFirst = true;  // since when what is shown is known to hold, by the server's time put on our clock

  const at = (id) => document.getElementById(id);
  const push = (visible) => window.dash_clientside?.set_props("live--wake", { data: { n: ++wakes, visible } });

  function say(key, seconds) {
    const banner = at("live--banner");
    document.body.dataset.contact = key && key !== "old" ? "lost" : "ok";
    if (!banner) return;
    banner.hidden = !key;
    const asked = new URLSearchParams(location.search).get("lang") || document.documentElement.lang;  // a wall has its own
    const lang = asked === "en" ? "en" : "zh";
    if (key) banner.textContent = banner.getAttribute(`data-${key}-${lang}`).replace("{seconds}", seconds);
  }

  async function ask() {
    asking = true;
    try {
      const response = await fetch("/live/alive", { cache: "no-store", signal: AbortSignal.timeout(5000) });
      if (!response.ok) throw new Error(response.status);
      // The server is there but this page hears nothing: begin again. If that helps not for long, the page is older than
      // the server; it keeps its picture until another one can be had.
      answered ||= performance.now();
      if (performance.now() - answered > RELOAD_MS && (await fetch(location, { signal: AbortSignal.timeout(5000) })).ok)
        return location.reload();
      push(true);
    } catch { answered = 0; }
    finally {
      asking = false;
      next = performance.now() + Math.min(1000 * 2 ** ++tries, LONGEST_MS);
    }
  }

  function tick() {
    if (document.hidden || !at("live--contact")) return;
    const now = performance.now(), old = known === null ? 0 : Math.max(0, now - known);
    if (known !== null) document.dispatchEvent(new CustomEvent("oneboard:age", { detail: { seconds: Math.round(old / 1000), old: old > OLD_MS } }));
    if (now - Math.max(heard, shown) < (isFirst ? FIRST_MS : LOST_MS)) {
      return say(old > OLD_MS ? "old" : null, Math.round(old / 1000));
    }
    if (asking || now >= next) { say("trying", 0); if (!asking) ask(); }
    else say("lost", Math.ceil((next - now) / 1000));
  }

  function beat(contact) {
    heard = performance.now();
    tries = answered = next = 0;
    isFirst = false;
    const said = JSON.parse(contact.dataset.live), viewer = contact.dataset.viewer;
    Object.assign(contact.dataset, { seq: said.seq, beat: said.beat });
    if (said.checked_at) known = heard - (Date.parse(said.at) - Date.parse(said.checked_at));
    tick();
    document.dispatchEvent(new CustomEvent("oneboard:beat", { detail: said }));
    if (localStorage.getItem("oneboard-viewer") !== viewer) localStorage.setItem("oneboard-viewer", viewer);
  }

  new MutationObserver((changes) => {
    const contact = changes.find((change) => change.target.id === "live--contact");
    if (contact) beat(contact.target);
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-live"] });

  /* A moment as everybody of the company reads it, wherever their browser is; with its day where it is asked for. */
  window.oneboard = Object.assign(window.oneboard || {}, {
    clock: (moment, hasDay = false) => moment.toLocaleString(document.documentElement.lang, {
      timeZone: at("live--contact")?.dataset.zone, timeStyle: "medium", ...(hasDay && { dateStyle: "short" }) }),
  });

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) shown = performance.now();
    push(!document.hidden);
  });
  addEventListener("pageshow", (event) => { if (event.persisted) push(true); });
  // somebody else was chosen in another tab of this browser: all its tabs are theirs
  addEventListener("storage", (event) => {
    const viewer = at("live--contact")?.dataset.viewer;
    if (event.key === "oneboard-viewer" && viewer !== undefined && event.newValue !== viewer) location.reload();
  });
  setInterval(tick, 1000);
})();

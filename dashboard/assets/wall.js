/* A wall by itself: turns its scenes by the clock (all walls of a company turn together, and a reload changes nothing),
   and plays a month over again. Nothing is fetched; all that is shown stands in the document already. */
(() => {
  const TICK_MS = 250, HOLD_SECONDS = 8;
  let playing = null;

  const at = (id) => document.getElementById(id);
  const say = (element, text) => { if (element && element.textContent !== text) element.textContent = text; };

  function turn(stage, now) {
    const scenes = (stage.dataset.scenes || "").split(",").filter(Boolean);
    if (!scenes.length) return;
    const scene = scenes[Math.floor(now / 1000 / Number(stage.dataset.seconds)) % scenes.length];
    if (stage.dataset.now !== scene) stage.dataset.now = scene;
    if (stage.dataset.lang) document.documentElement.lang = stage.dataset.lang === "en" ? "en" : "zh-CN";
  }

  let clock = null;
  function tell(now) {
    const place = at("wall--clock");
    clock ??= new Intl.DateTimeFormat("en-GB", { timeZone: place.dataset.zone, hour: "2-digit", minute: "2-digit" });
    say(place, clock.format(now));
  }

  // the replay: every day stands for an equal part of the time, the last is held for a while, then it begins again
  function begin() {
    const told = at("wall--frames")?.dataset.frames, runs = at("wall--replay")?.querySelector(".replay-run");
    at("wall--root").classList.toggle("is-replaying", Boolean(runs));
    if (!told || !runs) return;
    playing = { ...JSON.parse(told), from: performance.now(), shown: -1 };
  }

  function play() {
    const { days, seconds, from } = playing;
    const gone = ((performance.now() - from) / 1000) % (seconds + HOLD_SECONDS);
    const day = Math.min(days.length - 1, Math.floor((gone / seconds) * days.length));
    if (day === playing.shown || !days.length) return;
    playing.shown = day;
    show(at("wall--replay"), days[day], (day + 1) / days.length);
  }

  function show(root, day, done) {
    for (const [name, html] of Object.entries(day.parts)) {
      const part = root.querySelector(`[data-part="${name}"]`);
      if (part && part.innerHTML !== html) part.innerHTML = html;
    }
    root.querySelectorAll(".wall-tile[data-id]").forEach((tile) => {
      const told = day.tiles[tile.dataset.id];
      if (!told) return;
      [tile.style.background, tile.style.color] = told;
      say(tile.querySelector(".tile-pace"), told[2]);
    });
    root.querySelector(".replay-done").style.width = `${done * 100}%`;
    say(root.querySelector(".replay-day"), day.day);
    root.dataset.day = day.day;
  }

  function tick() {
    const root = at("wall--root"), stage = at("wall--stage");
    document.body.classList.toggle("is-wall", Boolean(root));
    if (!root || !stage || document.hidden) return;
    const now = Date.now();
    turn(stage, now);
    tell(now);
    if (playing) play();
  }

  document.addEventListener("oneboard:drawn", ({ detail }) => {
    if (detail.includes("wall--replay")) begin();
    tick();
  });
  new MutationObserver((changes) => {
    if (changes.some(({ target }) => target.id === "wall--frames")) begin();
    tick();
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-frames", "data-scenes", "data-seconds"] });
  setInterval(tick, TICK_MS);
})();

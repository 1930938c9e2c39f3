// Every link "?…" on the page is a step through the board: followed in place, unless a new tab is asked for.
(function () {
  "use strict";
  function go(href) {
    const from = new URLSearchParams(location.search), beside = from.get("whiteboard"), to = new URL(href, location.href);
    if (beside && !to.searchParams.has("whiteboard")) {  // a whiteboard that stands open stays open
      to.searchParams.set("whiteboard", beside);
      href = to.search;
    }
    if (location.pathname + location.search === new URL(href, location.href).pathname + new URL(href, location.href).search) return;
    if (["unit", "rep", "customer"].some(function (name) { return from.get(name) !== to.searchParams.get(name); })) scrollTo(0, 0);
    history.pushState({}, "", href === "?" ? location.pathname : href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  }
  function moved() {
    document.querySelectorAll(".rail a").forEach(function (link) { link.search = location.search; });
    const asked = new URLSearchParams(location.search), page = document.documentElement;
    page.lang = asked.get("lang") === "en" ? "en" : "zh-CN";
    page.dataset.theme = asked.get("theme") === "dark" ? "dark" : "light";
  }
  window.addEventListener("popstate", moved);
  window.addEventListener("_dashprivate_pushstate", moved);
  // Of a table that is there to be read a whole row is its link, unless words of it are being selected.
  function rowLink(target) {
    const row = target.closest(".is-read .ag-row");
    if (!row || String(getSelection())) return null;
    return row.closest(".is-read").querySelector('.ag-row[row-id="' + CSS.escape(row.getAttribute("row-id")) + '"] a.row-link');
  }
  function stepTo(event) {
    if (!event.target.closest) return "";
    const link = event.target.closest("a[href]") || rowLink(event.target), href = link && link.getAttribute("href");
    return href && href.startsWith("?") && !link.target ? href : "";
  }
  document.addEventListener("click", function (event) {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const search = stepTo(event);
    if (!search) return;
    event.preventDefault();
    go(search);
  });

  // A link that a pointer rests on, or presses, is likely to be followed: the server makes that picture meanwhile.
  const RESTS_MS = 60, FRESH_MS = 30000, asked = new Map();
  let rests = 0;
  function ahead(search) {
    const now = performance.now(), before = asked.get(search);
    if (search === location.search || (before !== undefined && now - before < FRESH_MS)) return;
    asked.set(search, now);
    fetch("/ahead?" + new URLSearchParams({ path: location.pathname, search: search }), { priority: "low" }).catch(function () {});
  }
  function rest(search) {
    clearTimeout(rests);
    if (search) rests = setTimeout(function () { ahead(search); }, RESTS_MS);
  }
  document.addEventListener("pointerover", function (event) { rest(stepTo(event)); });
  document.addEventListener("pointerdown", function (event) { if (event.button === 0 && stepTo(event)) ahead(stepTo(event)); });

  // A chart's mark that carries an address is a link too. Charts are made again as they please: listen once on each.
  function listen(chart) {
    if (chart.dataset.followed || !chart.on) return;
    chart.dataset.followed = "yes";
    const leadsTo = function (event) {
      const data = event.points && event.points[0] && event.points[0].customdata;
      return data && typeof data[0] === "string" && /^[?/]/.test(data[0]) ? data[0] : "";
    };
    const follow = function (event) {
      const to = leadsTo(event), how = event.event || {}, isStep = to.startsWith("?");
      if (to && (how.metaKey || how.ctrlKey || how.shiftKey)) window.open(isStep ? location.pathname + to : to, "_blank", "noopener");
      else if (isStep) go(to);
      else if (to) location.assign(to);
      return false;
    };
    chart.on("plotly_hover", function (event) { const to = leadsTo(event); rest(to.startsWith("?") ? to : ""); });
    chart.on("plotly_unhover", function () { rest(""); });
    chart.on("plotly_click", follow);
    chart.on("plotly_treemapclick", function (event) { follow(event); return false; });
    document.dispatchEvent(new CustomEvent("oneboard:chart", { detail: chart }));
  }
  const seen = new MutationObserver(function () {
    document.querySelectorAll(".js-plotly-plot:not([data-followed])").forEach(listen);
  });
  seen.observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
  window.oneboard = Object.assign(window.oneboard || {}, { go: go });
})();

/* The list of the rankings: rows are fetched in blocks as it is scrolled, from what the address says. Sorting and
   looking for a name change the address; whatever changes the address asks anew. */
(() => {
  "use strict";
  const GRID = "rankings--grid", BOX = "rankings--box", FIND = "rankings--find", WAIT_MS = 120, REST_MS = 3000, STILL_MS = 600;
  let api = null, asked = "", typing = 0, refreshing = 0, scrolled = 0;

  const query = () => location.search.replace(/^\?/, "");
  const go = (fields, replace) => {
    const said = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(fields)) value ? said.set(name, value) : said.delete(name);
    if (!replace) return window.oneboard.go("?" + said);
    history.replaceState({}, "", "?" + said);
    dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  };

  const source = {
    async getRows(params) {
      const now = (asked = query());
      try {
        const response = await fetch(`/rankings/rows/${params.startRow}/${params.endRow}?${now}`);
        if (!response.ok) throw new Error(response.status);
        const { rows, count } = await response.json();
        if (now === query()) params.successCallback(rows, count);
        else params.failCallback(); // asked anew meanwhile
      } catch { params.failCallback(); refresh(); }
    },
  };

  function sorted(event) {
    if (event.source !== "uiColumnSorted") return;
    const column = api.getColumnState().find((one) => one.sort);
    asked = null; // the grid asks by itself after this
    go({ sort: column ? (column.sort === "desc" ? "-" : "") + column.colId : "" });
  }

  function pressed(event) {
    if (event.event.key !== "Enter" || !event.data?.href) return;
    if (event.data.href.startsWith("?")) window.oneboard.go(event.data.href);
    else location.assign(event.data.href);
  }

  function begin() {
    try { api = window.dash_ag_grid.getApi(GRID); } catch { return setTimeout(() => api || begin(), 50); }
    api.addEventListener("sortChanged", sorted);
    api.addEventListener("cellKeyDown", pressed);
    api.addEventListener("bodyScroll", () => { scrolled = performance.now(); });
    ours();
  }

  // The component sets a source of its own when its grid is ready, before or after this.
  function ours() {
    if (api && !api.isDestroyed() && api.getGridOption("datasource") !== source) api.setGridOption("datasource", source);
  }

  // Only a change of the address asks anew from the top; another group that is opened leaves the list where it is.
  function moved() {
    if (!api || api.isDestroyed() || asked === null || asked === query()) return;
    const opens = new URLSearchParams(asked), now = new URLSearchParams(query());
    opens.delete("opened"), now.delete("opened");
    if (String(opens) === String(now)) api.refreshInfiniteCache();
    else { api.ensureIndexVisible(0); api.purgeInfiniteCache(); }
  }
  addEventListener("popstate", moved);
  addEventListener("_dashprivate_pushstate", moved);

  document.addEventListener("input", (event) => {
    if (event.target.id !== FIND) return;
    clearTimeout(typing);
    typing = setTimeout(() => go({ find: event.target.value.trim(), opened: "" }, true), WAIT_MS);
  });

  // What moves beneath a list that is read shows in it now and then, where it stands, and not while it is scrolled.
  function refresh() { refreshing ||= setTimeout(refreshed, REST_MS); }
  function refreshed() {
    const still = performance.now() - scrolled;
    if (still < STILL_MS) { refreshing = setTimeout(refreshed, STILL_MS - still); return; }
    refreshing = 0;
    api?.refreshInfiniteCache();
  }

  new MutationObserver((changes) => {
    if (!api && document.querySelector(`#${GRID} .ag-root`)) begin();
    ours();
    for (const { type, oldValue, target } of changes)
      if (type === "attributes" && target.id === BOX && oldValue && oldValue !== target.dataset.version) refresh();
  }).observe(document.documentElement,
    { childList: true, subtree: true, attributes: true, attributeFilter: ["data-version"], attributeOldValue: true });

  const node = (...of) => window.React.createElement(...of);
  window.dashAgGridComponentFunctions = Object.assign(window.dashAgGridComponentFunctions || {}, {
    RankCell({ data }) {
      if (!data) return "";
      if (data.members) return node("span", { className: "members" }, data.members);
      if (data.rank === null) return node("span", { className: "why" }, data.why);
      const moved = data.moved
        ? node("span", { className: "moved " + (data.moved > 0 ? "up" : "down") }, (data.moved > 0 ? "▲" : "▼") + Math.abs(data.moved))
        : null;
      return node("span", { className: "rank" }, node("b", null, data.rank), node("small", null, " / " + data.of), moved);
    },
    RankedName({ data, value }) {
      if (!data || !data.href) return value || "";
      const mark = data.members ? (data.level === "open" ? "▾ " : "▸ ") : "";
      return node("a", { href: data.href, className: "row-link", tabIndex: -1 }, mark + (value || "–"));
    },
    SparkCell({ value }) {
      if (!value) return "";
      return node("svg", { viewBox: "-2 -2 104 24", className: "spark", preserveAspectRatio: "none", "aria-hidden": true },
        node("polyline", { points: value }));
    },
  });
})();

/* Targets that are changed in the grid: what was typed stands in its cell, marked as on its way, until the chain brings
   another value than the one that was seen, or the edit is refused. */
(function () {
  "use strict";
  const waiting = new Map();
  const key = (data, field) => `${data.cell}|${field}`;
  const plain = (value) => (value === undefined ? null : value);

  function waits(params) {
    if (!params.data) return null;
    const field = params.column.getColId(), at = key(params.data, field), one = waiting.get(at);
    if (one && one.seen !== plain(params.data[field])) { waiting.delete(at); return null; }
    return one || null;
  }

  const targets = {
    waits: (params) => waits(params) !== null,
    shown: (params) => {
      if (!params.data) return null;
      const one = waits(params);
      return one ? one.value : plain(params.data[params.column.getColId()]);
    },
    typed: (params) => {
      const field = params.column.getColId(), seen = plain(params.data[field]);
      const text = params.newValue === null || params.newValue === undefined ? "" : String(params.newValue).trim();
      if (text === (seen === null ? "" : String(seen))) { waiting.delete(key(params.data, field)); return false; }
      waiting.set(key(params.data, field), { value: text, seen: seen });
      return true;
    },
    worded: (params) => typeof params.value === "string" ? params.value : window.dashAgGridFunctions.oneboard.exact(params.value),
    times: (value) => value === null || value === undefined ? "–" : value.toFixed(2) + "×",
  };
  window.dashAgGridFunctions = Object.assign(window.dashAgGridFunctions || {}, { targets: targets });
  window.dashAgGridComponentFunctions = Object.assign(window.dashAgGridComponentFunctions || {}, {
    TargetHistory: function (props) {
      return props.data && props.data.history
        ? window.React.createElement("a", { href: props.data.history, className: "row-link", title: props.data.history_title }, "↺")
        : null;
    },
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    targets: {
      refused: function (cells) {
        for (const one of cells || []) waiting.delete(`${one.cell}|${one.field}`);
        const api = window.dash_ag_grid && window.dash_ag_grid.getApi("targets--grid");
        if (api) api.refreshCells({ force: true });
        return window.dash_clientside.no_update;
      },
    },
  });
})();

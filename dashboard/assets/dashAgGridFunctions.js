// Numbers in tables, worded as dashboard/amounts.py words them.
(function () {
  "use strict";
  const NOTHING = "–", MINUS = "−";
  const grouped = function (value, places) {
    return value.toLocaleString("en-US", { minimumFractionDigits: places, maximumFractionDigits: places });
  };
  const none = function (value) { return value === null || value === undefined || Number.isNaN(value); };
  const signed = function (text, value, sign) {
    const digits = /[1-9]/.test(text);
    return (value < 0 && digits ? MINUS : sign && value > 0 && digits ? "+" : "") + text;
  };
  const oneboard = {
    exact: function (value, sign) {
      if (none(value)) return NOTHING;
      const cents = Math.round(Math.abs(value) * 100);
      return signed(grouped(cents / 100, cents % 100 ? 2 : 0), value, sign);
    },
    whole: function (value) { return none(value) ? NOTHING : oneboard.exact(Math.round(value)); },
    share: function (value) {
      if (none(value)) return NOTHING;
      return signed(grouped(Math.abs(value) * 100, 1), value) + (document.documentElement.lang === "en" ? "\u202f%" : "%");
    },
    state: function (value) {
      if (none(value)) return "none";
      const read = Number(value.toFixed(2));
      return read < 0.95 ? "behind" : read > 1.05 ? "ahead" : "band";
    },
    pace: function (value) {
      const symbol = { behind: "▼", band: "●", ahead: "▲", none: "◌" }[oneboard.state(value)];
      return none(value) ? symbol : symbol + " " + value.toFixed(2);
    },
    // Tab enters a grid once and leaves it; arrows move within. While somebody types, it goes to the next cell.
    tabAway: function (params) { return (params.editing && params.nextCellPosition) || false; },
  };
  window.dashAgGridFunctions = Object.assign(window.dashAgGridFunctions || {}, { oneboard: oneboard });
  window.dashAgGridComponentFunctions = Object.assign(window.dashAgGridComponentFunctions || {}, {
    RowLink: function (props) {
      const text = props.value === null || props.value === undefined ? "" : String(props.value);
      return props.data && props.data.href
        ? window.React.createElement("a", { href: props.data.href, className: "row-link" }, text)
        : text;
    },
  });
})();

/** Live tiles: put on, frozen, thawed, and held side by side as they were, are at the meeting, and are now. */
import type { ExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import { useState } from "react";
import type { Desk } from "./App";
import { middle } from "./Bar";
import { boot, t } from "./boot";
import { tileAt } from "./notes";
import { meetingBegan, show } from "./Panel";
import { addressOf, frozenAt, isFrozen, isTile, TILE_WIDTH } from "./tiles";

const KINDS = ["kpi", "curve", "units"];
const METRICS = ["bookings", "revenue", "collections", "open_pipeline", "win_rate"];

export function TilesPanel({ desk, selected }: { desk: Desk; selected: readonly ExcalidrawElement[] }) {
  const [address, set] = useState("");
  const now = () => new Date(Date.now() + desk.wire.ahead);
  const put = (where: string) => desk.binding.add(tileAt(...middle(desk), where));
  const bind = (tile: ExcalidrawElement, where: string) =>
    desk.binding.change(new Set([tile.id]), (one) => ({ customData: { ...one.customData, tile: where } }));
  const beside = (tile: ExcalidrawElement) => {
    const live = frozenAt(addressOf(tile), null);
    const then = tile.customData?.found ? new Date(String(tile.customData.found)) : new Date(now().getTime() - 7 * 86_400_000);
    const places = [frozenAt(live, then), frozenAt(live, new Date(meetingBegan(now().getTime()))), live];
    const [x, y] = [tile.x + tile.width / 2, tile.y + tile.height + 40 + tile.height / 2];
    desk.binding.add(places.flatMap((one, place) => tileAt(x + place * (TILE_WIDTH + 24), y, one)));
  };
  const chosen = selected.filter(isTile);
  return (
    <>
      {chosen.map((tile) => (
        <div key={tile.id} className="whiteboard-chosen" data-chosen={addressOf(tile)}>
          <p>{desk.tiles.words.get(addressOf(tile))}</p>
          {isFrozen(addressOf(tile)) ? (
            <button className="button" onClick={() => bind(tile, frozenAt(addressOf(tile), null))}>
              {t("thaw")}
            </button>
          ) : (
            <button className="button" onClick={() => bind(tile, frozenAt(addressOf(tile), now()))}>
              {t("freeze")}
            </button>
          )}
          <button className="button" onClick={() => beside(tile)}>
            {t("beside")}
          </button>
        </div>
      ))}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const where = fromBoard(address);
          if (where) put(where);
          else desk.say(t("tile_address_bad"));
          set("");
        }}
      >
        <label htmlFor="tile-address">{t("tile_address")}</label>
        <input id="tile-address" value={address} onChange={(event) => set(event.target.value)} placeholder="/?unit=…" />
        <button className="button button-first">{t("tile_put")}</button>
      </form>
      <ul className="whiteboard-list">
        {METRICS.map((metric) => (
          <li key={metric}>
            <p>{t(`metric_${metric}`)}</p>
            {KINDS.map((kind) => (
              <button key={kind} className="button" onClick={() => put(`/tile/${kind}?metric=${metric}&${boot.place}`)}>
                {t(`tile_${kind}`)}
              </button>
            ))}
          </li>
        ))}
      </ul>
      <h3>{t("tiles_here")}</h3>
      <ul className="whiteboard-list">
        {desk.tiles.found.map((tile) => (
          <li key={tile.id}>
            <p>
              {isFrozen(tile.address) ? "❄ " : ""}
              {desk.tiles.words.get(tile.address) ?? t("loading")}
            </p>
            <button className="button" onClick={() => show(desk, tile.id)}>
              {t("show")}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The tile of an address of the board that somebody pasted: a finding's where it names one, else the figure. */
function fromBoard(said: string): string {
  let url: URL;
  try {
    url = new URL(said.trim(), location.origin);
  } catch {
    return "";
  }
  if (!said.trim() || url.origin !== location.origin) return "";
  for (const own of ["lang", "theme"]) url.searchParams.delete(own);
  if (url.pathname.startsWith("/tile/")) return url.pathname + url.search;
  if (url.searchParams.has("finding")) return `/tile/gap?finding=${encodeURIComponent(url.searchParams.get("finding")!)}`;
  const isPlaced = url.searchParams.has("unit") || url.searchParams.has("rep");
  return `/tile/kpi?${url.searchParams}${isPlaced ? "" : `&${boot.place}`}`;
}


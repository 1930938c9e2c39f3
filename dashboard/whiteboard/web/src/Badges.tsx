/** On the canvas, beside what they are about: votes, and comments that are still open. */
import { sceneCoordsToViewportCoords } from "@excalidraw/excalidraw";
import { useEffect, useReducer } from "react";
import type { Desk } from "./App";
import { comments, votes } from "./board";
import { t } from "./boot";
import { useMap } from "./hooks";
import { counted } from "./votes";

export function Badges({ desk }: { desk: Desk }) {
  const [, moved] = useReducer((count: number) => count + 1, 0);
  useMap(votes);
  const said = useMap(comments);
  useEffect(() => desk.api.onChange(() => votes.size + comments.size > 0 && moved()), [desk]);
  useEffect(() => desk.api.onScrollChange(moved), [desk]);
  const counts = counted();
  const open = new Map<string, number>();
  said.forEach((one) => one.about && !one.is_done && open.set(one.about, (open.get(one.about) ?? 0) + 1));
  const appState = desk.api.getAppState();
  const marked = desk.api.getSceneElements().filter((one) => counts.has(one.id) || open.has(one.id));
  return (
    <>
      {marked.map((one) => {
        const corner = sceneCoordsToViewportCoords({ sceneX: one.x + one.width, sceneY: one.y }, appState);
        const place = { left: corner.x - appState.offsetLeft, top: corner.y - appState.offsetTop };
        const count = counts.get(one.id);
        return (
          <span key={one.id} className="whiteboard-badge num" style={place} data-badge={one.id}>
            {count ? <span title={t("votes")}>● {count}</span> : null}
            {open.has(one.id) ? <span title={t("comments")}>✎ {open.get(one.id)}</span> : null}
          </span>
        );
      })}
    </>
  );
}

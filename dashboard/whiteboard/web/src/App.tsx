/** The whiteboard: Excalidraw, bound to the board, with what a meeting needs around it. */
import { Excalidraw, MainMenu, restoreElements } from "@excalidraw/excalidraw";
import type { ExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import type { AppState, ExcalidrawImperativeAPI, SocketId } from "@excalidraw/excalidraw/types";
import { useCallback, useEffect, useReducer, useRef, useState } from "react";
import { save } from "./along";
import { Badges } from "./Badges";
import { Bar } from "./Bar";
import { Binding } from "./binding";
import { elements as shared } from "./board";
import { boot, t } from "./boot";
import { awareness, wire } from "./line";
import { Panel } from "./Panel";
import { People } from "./people";
import { isTile, Tiles } from "./tiles";
import type { Said, Wire } from "./wire";

/** Everything that is there once the board is. */
export interface Desk {
  api: ExcalidrawImperativeAPI;
  wire: Wire;
  binding: Binding;
  people: People;
  tiles: Tiles;
  say: (text: string) => void;
}

/** A board opens no smaller than can be read, and a large one in part: each object in sight costs a canvas of its own. */
const smallest = (objects: number) => (objects > 1_500 ? 1 : 0.4);
/** What Excalidraw's own bars cover. */
const MARGINS = { top: 96, bottom: 64, left: 16, right: 16 };
const SAFE = /^(https?:|mailto:)/i;

export function App() {
  const [, moved] = useReducer((count: number) => count + 1, 0);
  const [desk, setDesk] = useState<Desk | null>(null);
  const [panel, setPanel] = useState<string | null>(null);
  const [selected, setSelected] = useState<readonly ExcalidrawElement[]>([]);
  const [apart, setApart] = useState("");
  const deskNow = useRef<Desk | null>(null);
  const canvas = useRef<ExcalidrawImperativeAPI | null>(null);
  const hasBegun = useRef(false);

  /** Once the canvas has begun with its own empty scene, which would come over the board's. */
  const begin = useCallback((api: ExcalidrawImperativeAPI) => {
    hasBegun.current = true;
    const say = (text: string) => api.setToast({ message: text, closable: true, duration: 12_000 });
    const hear = (said: Said) => {
      if (said.kind === "tile") void deskNow.current?.tiles.take(said.address, said.svg, said.words).then(moved);
      if (said.kind === "refused") said.is_apart ? setApart(said.text) : say(said.text);
    };
    const open = () => {
      const people = new People(api, awareness, moved);
      const tiles = new Tiles(api, (addresses) => wire.watch(addresses));
      const binding = new Binding(api, say);
      deskNow.current = { api, wire, binding, people, tiles, say };
      tiles.changed();
      if (shared.size) api.scrollToContent(undefined, { fitToContent: true, minZoom: smallest(shared.size), canvasOffsets: MARGINS });
      people.tellView(api.getAppState());
      setDesk(deskNow.current);
      document.documentElement.dataset.board = "open";
      window.whiteboard = deskNow.current;
    };
    wire.listen(hear, () => {
      moved();
      if (wire.isWhole && !deskNow.current) open();
    });
  }, []);

  const change = useCallback((elements: readonly ExcalidrawElement[], appState: AppState) => {
    if (!hasBegun.current && canvas.current) begin(canvas.current);
    const now = deskNow.current;
    if (!now) return;
    now.binding.changed(appState.newElement?.type === "freedraw");
    const chosen = elements.filter((one) => appState.selectedElementIds[one.id] && !one.isDeleted);
    setSelected((before) => (chosen.length === before.length && chosen.every((one, i) => one === before[i]) ? before : chosen));
    if (elements.some(isTile) || now.tiles.words.size) now.tiles.changed();
  }, []);

  useEffect(() => {
    const flush = () => deskNow.current?.binding.flush();
    window.addEventListener("pagehide", flush);
    return () => window.removeEventListener("pagehide", flush);
  }, []);

  return (
    <div className="whiteboard">
      <Bar desk={desk} selected={selected} panel={panel} open={setPanel} />
      {apart && <Apart why={apart} desk={desk} />}
      <div className="whiteboard-body">
        <main className="whiteboard-canvas" aria-label={t("canvas")}>
          <Excalidraw
            excalidrawAPI={(api) => (canvas.current = api)}
            isCollaborating
            handleKeyboardGlobally
            langCode={boot.lang === "zh" ? "zh-CN" : "en"}
            theme={boot.theme}
            name={boot.title}
            aiEnabled={false}
            validateEmbeddable={false}
            viewModeEnabled={!desk || !!apart}
            initialData={{ appState: { currentItemFontFamily: 6, currentItemRoughness: 0 } }}
            onChange={change}
            onPointerUpdate={({ pointer, button }) => deskNow.current?.people.tell({ pointer, button })}
            onPointerUp={() => deskNow.current?.binding.changed(false)}
            onScrollChange={() => deskNow.current?.people.tellView(deskNow.current.api.getAppState())}
            onLinkOpen={(element, event) => {
              event.preventDefault();
              const link = new URL(element.link ?? "", location.origin);
              if (SAFE.test(link.protocol)) window.open(link, "_blank", "noopener,noreferrer");
            }}
            UIOptions={{ canvasActions: { loadScene: false, export: false, saveAsImage: false, saveToActiveFile: false } }}
          >
            <MainMenu>
              <MainMenu.DefaultItems.SearchMenu />
              <MainMenu.DefaultItems.Help />
              <MainMenu.DefaultItems.ClearCanvas />
              <MainMenu.Separator />
              <MainMenu.DefaultItems.ChangeCanvasBackground />
            </MainMenu>
          </Excalidraw>
          {desk && <Badges desk={desk} />}
          {!desk && <p className="whiteboard-loading">{t("loading")}</p>}
        </main>
        {desk && panel && <Panel desk={desk} selected={selected} tab={panel} open={setPanel} />}
      </div>
      <ul className="unseen" aria-label={t("tiles")} data-tiles>
        {desk?.tiles.found.map((tile) => (
          <li key={tile.id} data-tile={tile.address}>
            {desk.tiles.words.get(tile.address) ?? ""}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The server refused something that is in this tab already: it is kept in a file, and the tab begins anew. */
function Apart({ why, desk }: { why: string; desk: Desk | null }) {
  return (
    <div className="whiteboard-apart" role="alert">
      <p>{why}</p>
      <button className="button" onClick={() => desk && void save("json", desk.api)}>
        {t("keep_file")}
      </button>
      <button className="button button-first" onClick={() => location.reload()}>
        {t("begin_anew")}
      </button>
    </div>
  );
}

export const follow = (desk: Desk, id: number, name: string) =>
  desk.api.updateScene({ appState: { userToFollow: { socketId: String(id) as SocketId, username: name } } });

export const restored = (scene: ExcalidrawElement[]) => restoreElements(scene, null);

declare global {
  interface Window {
    /** The board that is open: for tests, and for who looks into it. */
    whiteboard?: Desk;
  }
}

/** Beside the canvas: the tiles, what is said about things, who is here, and what the board was. */
import { exportToSvg } from "@excalidraw/excalidraw";
import type { ExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import { useEffect, useRef, useState } from "react";
import { type Desk, follow, restored } from "./App";
import { about, comments, type Comment } from "./board";
import { at, boot, t } from "./boot";
import { useMap } from "./hooks";
import { textOf } from "./notes";
import { TilesPanel } from "./TilesPanel";

interface Props {
  desk: Desk;
  selected: readonly ExcalidrawElement[];
  tab: string;
  open: (tab: string | null) => void;
}

export function Panel({ desk, selected, tab, open }: Props) {
  return (
    <aside className="whiteboard-panel" aria-label={t(tab)}>
      <div className="whiteboard-panel-head">
        <h2>{t(tab)}</h2>
        <button className="button" aria-label={t("close")} onClick={() => open(null)}>
          ×
        </button>
      </div>
      {tab === "tiles" && <TilesPanel desk={desk} selected={selected} />}
      {tab === "comments" && <Comments desk={desk} selected={selected} />}
      {tab === "people" && <Here desk={desk} />}
      {tab === "versions" && <Versions desk={desk} />}
    </aside>
  );
}

const clock = new Intl.DateTimeFormat(boot.lang === "zh" ? "zh-CN" : "en-GB", {
  dateStyle: "short",
  timeStyle: "short",
  timeZone: document.documentElement.dataset.zone,
});

function Comments({ desk, selected }: { desk: Desk; selected: readonly ExcalidrawElement[] }) {
  const shared = useMap(comments);
  const field = useRef<HTMLTextAreaElement>(null);
  const all = desk.api.getSceneElements();
  const target = selected[0];
  const add = () => {
    const text = field.current!.value.trim();
    if (!text) return;
    const { id, name } = boot.person;
    const said: Comment = { text, by: id, name, at: Date.now() + desk.wire.ahead, about: target?.id ?? null, is_done: false };
    shared.set(crypto.randomUUID(), said);
    field.current!.value = "";
  };
  const rows = [...shared.entries()].sort(([, a], [, b]) => Number(a.is_done) - Number(b.is_done) || b.at - a.at);
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <label htmlFor="comment">{target ? t("comment_about", { what: textOf(target, all) || target.type }) : t("comment_all")}</label>
        <textarea id="comment" ref={field} maxLength={2000} rows={3} />
        <button className="button button-first">{t("comment_add")}</button>
      </form>
      <ul className="whiteboard-list">
        {rows.map(([id, one]) => (
          <li key={id} className={one.is_done ? "is-done" : ""}>
            <p>{one.text}</p>
            <p className="faint">
              {one.name} · {clock.format(one.at)}
            </p>
            {one.about && (
              <button className="button" onClick={() => show(desk, one.about!)}>
                {t("show")}
              </button>
            )}
            <button className="button" onClick={() => shared.set(id, { ...one, is_done: !one.is_done })}>
              {t(one.is_done ? "comment_reopen" : "comment_done")}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

export function show(desk: Desk, id: string) {
  const one = desk.api.getSceneElements().find((element) => element.id === id);
  if (one) desk.api.scrollToContent(one, { fitToViewport: true, viewportZoomFactor: 0.5, animate: true });
}

function Here({ desk }: { desk: Desk }) {
  return (
    <ul className="whiteboard-list">
      <li>
        {boot.person.name} ({t("me")})
      </li>
      {desk.people.others.map(({ id, state }) => (
        <li key={id} data-person={state.user?.id}>
          <span className="whiteboard-dot" style={{ background: state.user?.color }} />
          {state.user?.name ?? "?"}
          <button className="button" onClick={() => follow(desk, id, state.user?.name ?? "?")}>
            {t("follow")}
          </button>
        </li>
      ))}
    </ul>
  );
}

interface Version {
  id: string;
  at: string;
  who: string[];
  objects: number;
}

interface Scene {
  elements: ExcalidrawElement[];
}

function Versions({ desk }: { desk: Desk }) {
  const [versions, set] = useState<Version[] | null>(null);
  const [looked, look] = useState<{ id: string; scene: Scene } | null>(null);
  const picture = useRef<HTMLDivElement>(null);
  useEffect(() => {
    void asked<Version[]>("versions").then(set, (error: Error) => desk.say(error.message));
  }, [desk, desk.wire.isUnsaved]);
  useEffect(() => {
    if (!looked) return;
    const elements = restored(looked.scene.elements).filter((one) => !one.isDeleted);
    void exportToSvg({ elements, files: desk.api.getFiles(), appState: { exportBackground: true } }).then((svg) => {
      svg.setAttribute("width", "100%");
      svg.removeAttribute("height");
      picture.current?.replaceChildren(svg);
    });
  }, [looked, desk]);
  const open = (id: string) =>
    asked<Scene>(`versions/${encodeURIComponent(id)}`).then(
      (scene) => look({ id, scene }),
      (error: Error) => desk.say(error.message),
    );
  if (!versions) return <p className="faint">{t("loading")}</p>;
  if (!versions.length) return <p className="faint">{t("versions_none")}</p>;
  return (
    <ul className="whiteboard-list">
      {versions.map((one) => (
        <li key={one.id} data-version={one.id}>
          <p>{clock.format(new Date(one.at))}</p>
          <p className="faint">
            {[t("objects", { count: one.objects }), ...one.who].join(" · ")}
          </p>
          <button className="button" onClick={() => void open(one.id)}>
            {t("version_look")}
          </button>
          {looked?.id === one.id && (
            <>
              <div ref={picture} className="whiteboard-then" />
              <button
                className="button button-first"
                onClick={() => {
                  desk.binding.replace(looked.scene.elements);
                  desk.say(t("version_restored", { when: clock.format(new Date(one.at)) }));
                }}
              >
                {t("version_restore")}
              </button>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

async function asked<T>(what: string): Promise<T> {
  const answer = await fetch(at(what) + location.search);
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as T;
}

/** When the meeting began: the finding's, else when somebody first asked for it here; the same for everybody. */
export function meetingBegan(now: number): number {
  if (!about.has("meeting")) about.set("meeting", boot.met_at ? Date.parse(boot.met_at) : now);
  return Number(about.get("meeting"));
}


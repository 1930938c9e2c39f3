/** The head: what the board is called, whether it is saved, who is here, the clock, and what can be put on it. */
import { getVisibleSceneBounds } from "@excalidraw/excalidraw";
import type { ExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import { useRef } from "react";
import { type Kind, opened, save } from "./along";
import type { Desk } from "./App";
import { about, doc, type Timer } from "./board";
import { boot, isBeside, t, titleIn } from "./boot";
import { useMap, useNow } from "./hooks";
import { note, NOTE_COLORS, noteId, textOf } from "./notes";
import { toggleVote } from "./votes";

const KINDS: Kind[] = ["png", "svg", "pdf", "json"];
const PANELS = ["tiles", "comments", "people", "versions"];

interface Props {
  desk: Desk | null;
  selected: readonly ExcalidrawElement[];
  panel: string | null;
  open: (panel: string | null) => void;
}

export function Bar({ desk, selected, panel, open }: Props) {
  return (
    <header className="whiteboard-bar">
      {!isBeside && (
        <a href={boot.back} className="whiteboard-back" aria-label={t("back")}>
          ←
        </a>
      )}
      <Title desk={desk} />
      <Standing desk={desk} />
      {desk && (
        <>
          <Clock desk={desk} />
          <span className="whiteboard-tools">
            <button className="button" onClick={() => putNote(desk)}>
              {t("note")}
            </button>
            {selected.length > 0 && <OfSelected desk={desk} selected={selected} />}
            <button className="button" aria-pressed={desk.people.isLeading} onClick={() => desk.people.lead()}>
              {t(desk.people.isLeading ? "lead_end" : "lead")}
            </button>
            <Files desk={desk} />
            {PANELS.map((name) => (
              <button
                key={name}
                className="button"
                aria-pressed={panel === name}
                onClick={() => open(panel === name ? null : name)}
              >
                {t(name)}
                {name === "people" && <span className="num"> {desk.people.others.length + 1}</span>}
              </button>
            ))}
          </span>
        </>
      )}
    </header>
  );
}

/** Where new things are put: in the middle of what is seen, a little beside each other. */
export function middle(desk: Desk): [number, number] {
  const [left, top, right, bottom] = getVisibleSceneBounds(desk.api.getAppState());
  const nudge = (desk.api.getSceneElements().length % 6) * 24;
  return [(left + right) / 2 + nudge, (top + bottom) / 2 + nudge];
}

function putNote(desk: Desk) {
  const color = NOTE_COLORS[desk.api.getSceneElements().length % NOTE_COLORS.length]!;
  desk.binding.add(note(...middle(desk), color, t("note_first")));
}

function Title({ desk }: { desk: Desk | null }) {
  const shared = useMap(about);
  const title = titleIn(shared);
  return (
    <h1 className="whiteboard-title">
      <input
        key={title}
        defaultValue={title}
        maxLength={120}
        disabled={!desk}
        aria-label={t("title")}
        onBlur={(event) => {
          const said = event.target.value.trim();
          if (!said || said === title) return;
          doc.transact(() => {
            shared.set("title", said);
            shared.delete("title_en");
          });
        }}
        onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
      />
    </h1>
  );
}

function Standing({ desk }: { desk: Desk | null }) {
  const standing = !desk ? "loading" : desk.wire.standing === "live" ? (desk.wire.isUnsaved ? "saving" : "saved") : "offline";
  return (
    <span className={`whiteboard-standing is-${standing}`} role="status" data-standing={standing}>
      {t(standing)}
    </span>
  );
}

function Clock({ desk }: { desk: Desk }) {
  const shared = useMap(about);
  const timer = shared.get("timer") as Timer | undefined;
  const now = useNow(!!timer) + desk.wire.ahead;
  if (!timer) {
    return (
      <span className="whiteboard-clock">
        {[5, 10, 15].map((minutes) => (
          <button
            key={minutes}
            className="button"
            aria-label={t("timer_start", { minutes })}
            onClick={() =>
              shared.set("timer", {
                ends_at: Date.now() + desk.wire.ahead + minutes * 60_000,
                seconds: minutes * 60,
                by: boot.person.id,
              } satisfies Timer)
            }
          >
            {minutes}′
          </button>
        ))}
      </span>
    );
  }
  const left = Math.max(0, Math.ceil((timer.ends_at - now) / 1000));
  return (
    <span className={`whiteboard-clock num${left ? "" : " is-over"}`} role="timer" data-left={left}>
      {left ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : t("timer_over")}
      <button className="button" aria-label={t("timer_stop")} onClick={() => shared.delete("timer")}>
        ×
      </button>
    </span>
  );
}

function OfSelected({ desk, selected }: { desk: Desk; selected: readonly ExcalidrawElement[] }) {
  const one = selected.find((element) => noteId(element)) ?? selected[0]!;
  return (
    <>
      <button className="button" onClick={() => toggleVote(one.id, desk.say)}>
        {t("vote")}
      </button>
      {noteId(one) && (
        <button className="button" data-form={actionForm(desk, one)}>
          {t("make_action")}
        </button>
      )}
    </>
  );
}

function actionForm(desk: Desk, one: ExcalidrawElement): string {
  const given = new URLSearchParams({
    origin: `note:${boot.board}:${noteId(one)}`,
    finding: boot.finding ?? "",
    title: textOf(one, desk.api.getSceneElements()),
  });
  return `${boot.action_form}&${given}`;
}

function Files({ desk }: { desk: Desk }) {
  const file = useRef<HTMLInputElement>(null);
  const load = async (chosen: File) => {
    try {
      desk.binding.add(await opened(chosen, desk.api));
    } catch (error) {
      desk.say(t("not_opened", { why: error instanceof Error ? error.message : String(error) }));
    }
  };
  return (
    <details className="whiteboard-menu">
      <summary className="button">{t("files")}</summary>
      <div role="group" aria-label={t("files")}>
        {KINDS.map((kind) => (
          <button key={kind} className="button" onClick={() => void save(kind, desk.api)}>
            {kind.toUpperCase()}
          </button>
        ))}
        <button className="button" onClick={() => file.current?.click()}>
          {t("open_file")}
        </button>
        <input
          ref={file}
          type="file"
          accept=".excalidraw,.json,application/json"
          hidden
          aria-label={t("open_file")}
          onChange={(event) => {
            const chosen = event.target.files?.[0];
            event.target.value = "";
            if (chosen) void load(chosen);
          }}
        />
      </div>
    </details>
  );
}

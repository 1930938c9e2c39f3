/**
 * Excalidraw bound to the board. Both ways go through Excalidraw's own reconciliation, so that two who draw at once
 * end with the same, whatever came first; nobody's undo touches what another drew.
 */
import { bumpVersion, CaptureUpdateAction, newElementWith, reconcileElements, restoreElements } from "@excalidraw/excalidraw";
import type { RemoteExcalidrawElement } from "@excalidraw/excalidraw/data/reconcile";
import type { ExcalidrawElement, ExcalidrawTextElement, FileId } from "@excalidraw/excalidraw/element/types";
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { doc, elements as shared, files as sharedFiles, isNewer } from "./board";
import { boot, megabytes, t } from "./boot";
import { shown, stored } from "./files";
import { isTile, tileFile } from "./tiles";

/** How often what is drawn goes out; a stroke under way is sent whole each time, so less often. */
const EVERY = 40;
const STROKE_EVERY = 100;
const SAFE_LINK = /^(https?:\/\/|mailto:|\/(?!\/))/i;

export class Binding {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private frame = 0;
  private readonly coming = new Set<string>();
  private readonly refused = new Set<string>();

  constructor(
    private readonly api: ExcalidrawImperativeAPI,
    private readonly say: (text: string) => void,
  ) {
    shared.observe((event, transaction) => {
      if (transaction.origin === this) return;
      event.keysChanged.forEach((id) => this.coming.add(id));
      this.frame ||= requestAnimationFrame(() => this.take());
    });
    sharedFiles.observe((event) => this.takeFiles([...event.keysChanged]));
    this.takeFiles([...sharedFiles.keys()]);
    shared.forEach((_, id) => this.coming.add(id));
    this.take();
  }

  /** Excalidraw changed something: it goes out soon, all of it in one. */
  changed(isStroke: boolean): void {
    this.timer ??= setTimeout(() => this.flush(), isStroke ? STROKE_EVERY : EVERY);
  }

  /** Send now what has changed. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const fresh = this.api
      .getSceneElementsIncludingDeleted()
      .filter((one) => isNewer(one, shared.get(one.id)) && !(one.isDeleted && !shared.has(one.id)));
    if (!fresh.length) return;
    const taken = fresh.filter((one) => this.isAllowed(one));
    doc.transact(() => {
      for (const one of taken) {
        this.sendFile(one);
        shared.set(one.id, structuredClone(outward(one)));
      }
    }, this);
    const left = fresh.filter((one) => !taken.includes(one) && !one.isDeleted);
    if (left.length) this.drop(left);
  }

  /** Put elements on the board as its own person's doing; undo takes them away again. */
  add(fresh: readonly ExcalidrawElement[]): void {
    const here = this.api.getSceneElementsIncludingDeleted();
    this.api.updateScene({ elements: [...here, ...fresh], captureUpdate: CaptureUpdateAction.IMMEDIATELY });
  }

  /** Change elements by their ids, likewise. */
  change(ids: ReadonlySet<string>, how: (one: ExcalidrawElement) => Partial<ExcalidrawElement>): void {
    const elements = this.api
      .getSceneElementsIncludingDeleted()
      .map((one) => (ids.has(one.id) ? newElementWith(one, how(one) as never) : one));
    this.api.updateScene({ elements, captureUpdate: CaptureUpdateAction.IMMEDIATELY });
  }

  /** Make the board hold these and no others, as a change like any other. */
  replace(wanted: readonly ExcalidrawElement[]): void {
    const byId = new Map(wanted.map((one) => [one.id, inward(one)]));
    const here = this.api.getSceneElementsIncludingDeleted();
    const known = new Set(here.map((one) => one.id));
    const changed = here.map((one) => {
      const then = byId.get(one.id);
      if (!then) return one.isDeleted ? one : newElementWith(one, { isDeleted: true });
      return bumpVersion({ ...then, index: one.index } as ExcalidrawElement, Math.max(one.version, then.version));
    });
    const back = [...byId.values()].filter((one) => !known.has(one.id)).map((one) => bumpVersion({ ...one }, one.version));
    this.api.updateScene({
      elements: restoreElements([...changed, ...back], null),
      captureUpdate: CaptureUpdateAction.IMMEDIATELY,
    });
  }

  private take(): void {
    this.frame = 0;
    const ids = [...this.coming];
    this.coming.clear();
    const came = ids.flatMap((id) => shared.get(id) ?? []).map(inward);
    const gone = ids.filter((id) => !shared.has(id));
    if (!came.length && !gone.length) return;
    const appState = this.api.getAppState();
    const here = this.api.getSceneElementsIncludingDeleted().filter((one) => !gone.includes(one.id));
    this.holdOn(here, came);
    // it makes elements of its own; what lies within one is replaced when it changes, never changed in place
    const remote = restoreElements(came, null) as unknown as RemoteExcalidrawElement[];
    const elements = reconcileElements(here, remote, appState);
    this.api.updateScene({ elements, captureUpdate: CaptureUpdateAction.NEVER });
    this.changed(false); // what stayed because it is newer here is told again
  }

  /** What its person has in hand stays, and wins over what others made of it meanwhile. */
  private holdOn(here: readonly ExcalidrawElement[], came: readonly ExcalidrawElement[]): void {
    const { editingTextElement, resizingElement, newElement } = this.api.getAppState();
    const inHand = new Set([editingTextElement?.id, resizingElement?.id, newElement?.id]);
    for (const one of came) {
      const mine = inHand.has(one.id) && here.find((held) => held.id === one.id);
      if (mine && isNewer(one, mine)) bumpVersion(mine, one.version);
    }
  }

  private takeFiles(ids: string[]): void {
    const known = this.api.getFiles();
    const fresh = ids.flatMap((id) => {
      const file = sharedFiles.get(id);
      return file && !known[id as FileId] ? [shown(id, file)] : [];
    });
    if (fresh.length) this.api.addFiles(fresh);
  }

  private sendFile(one: ExcalidrawElement): void {
    if (one.type !== "image" || !one.fileId || isTile(one) || sharedFiles.has(one.fileId)) return;
    const file = this.api.getFiles()[one.fileId];
    if (file) sharedFiles.set(one.fileId, stored(file));
  }

  private isAllowed(one: ExcalidrawElement): boolean {
    if (one.isDeleted) return true;
    if (one.link && !SAFE_LINK.test(one.link)) return this.refuse(one, t("refused_link"));
    if (one.type === "image" && one.fileId && !isTile(one)) {
      const file = this.api.getFiles()[one.fileId];
      const size = file ? (file.dataURL.length * 3) / 4 : 0;
      const most = boot.limits.image_bytes;
      if (size > most) return this.refuse(one, t("refused_image", { size: megabytes(size), most: megabytes(most) }));
    }
    const size = JSON.stringify(one).length;
    const most = boot.limits.object_bytes;
    if (size > most) return this.refuse(one, t("refused_object", { size: megabytes(size), most: megabytes(most) }));
    return true;
  }

  private refuse(one: ExcalidrawElement, why: string): false {
    if (!this.refused.has(one.id)) this.say(why);
    this.refused.add(one.id);
    return false;
  }

  /** A bad link is taken off; what is too large is taken away. */
  private drop(left: readonly ExcalidrawElement[]): void {
    const ids = new Set(left.map((one) => one.id));
    const elements = this.api
      .getSceneElementsIncludingDeleted()
      .map((one) =>
        !ids.has(one.id)
          ? one
          : newElementWith(one, one.link && !SAFE_LINK.test(one.link) ? { link: null } : { isDeleted: true }),
      );
    this.refused.clear();
    this.api.updateScene({ elements, captureUpdate: CaptureUpdateAction.NEVER });
  }
}

/** As others get it: a tile's picture is its viewer's own. */
function outward(one: ExcalidrawElement): ExcalidrawElement {
  if (one.type !== "image") return one;
  return isTile(one) ? { ...one, fileId: null, status: "saved" } : { ...one, status: "saved" };
}

/** As its reader has it: their picture of a tile, and in their language what nobody has written over. */
function inward(one: ExcalidrawElement): ExcalidrawElement {
  const said = one.customData?.said as Record<string, Partial<ExcalidrawTextElement>> | undefined;
  if (one.type === "text" && Object.values(said ?? {}).some((form) => form.originalText === one.originalText))
    return { ...one, ...(said![boot.lang] as object) };
  return one.type === "image" && isTile(one) ? { ...one, fileId: tileFile(one.id), status: "saved" } : one;
}


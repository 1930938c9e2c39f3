/**
 * Live tiles: images whose picture the server draws for whoever looks, from the address they are bound to. The picture
 * never enters the board, so nobody gets to see another's figures.
 */
import { CaptureUpdateAction } from "@excalidraw/excalidraw";
import type { ExcalidrawElement, FileId } from "@excalidraw/excalidraw/element/types";
import type { AppClassProperties, BinaryFileData, ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { dataURL } from "./files";

export const TILE_WIDTH = 420;
export const TILE_HEIGHT = 260;

export interface Tile {
  id: string;
  address: string;
}

/** Where a tile is bound to: "/tile/kpi?metric=bookings&unit=hz"; "" for what is no tile. */
export const addressOf = (one: ExcalidrawElement): string => String(one.customData?.tile ?? "");
export const isTile = (one: ExcalidrawElement): boolean => one.type === "image" && !!addressOf(one);
export const tileFile = (id: string) => `tile-${id}` as FileId;

/** An address at an instant of the past, as it was known then; null thaws it. */
export function frozenAt(address: string, at: Date | null): string {
  const url = new URL(address, location.origin);
  url.searchParams.delete("as_of");
  url.searchParams.delete("known");
  if (at) {
    url.searchParams.set("as_of", inZone(at));
    url.searchParams.set("known", "then");
  }
  return url.pathname + url.search;
}

export const isFrozen = (address: string) => new URL(address, location.origin).searchParams.has("as_of");

const zone = document.documentElement.dataset.zone ?? "UTC";
const clock = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });

/** "2026-11-12T18:00:30" on the company's clock, which `as_of` is said in. */
export const inZone = (at: Date) => clock.format(at).replace(" ", "T");

/** The pictures of a board's tiles, as its viewer sees them. */
export class Tiles {
  readonly words = new Map<string, string>();
  private readonly svgs = new Map<string, string>();
  private readonly images = new Map<string, HTMLImageElement>();
  private readonly drawn = new Map<string, HTMLImageElement>();
  private app: AppClassProperties | null = null;
  private known = "";
  private frame = 0;

  constructor(
    private readonly api: ExcalidrawImperativeAPI,
    private readonly watch: (addresses: string[]) => void,
  ) {
    // Excalidraw draws an image from a cache of its own, which actions alone are given
    api.registerAction({
      name: "oneboard" as never,
      label: "",
      trackEvent: false,
      perform: () => false,
      keyTest: (_event, _state, _elements, app) => {
        this.app = app;
        return false;
      },
    });
    document.querySelector(".excalidraw")?.dispatchEvent(new KeyboardEvent("keydown", { key: "F24", bubbles: true }));
  }

  get found(): Tile[] {
    return this.api.getSceneElements().filter(isTile).map((one) => ({ id: one.id, address: addressOf(one) }));
  }

  /** Something changed: soon ask for what stands on the board then. */
  changed(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.look();
    });
  }

  private look(): void {
    const addresses = [...new Set(this.found.map((tile) => tile.address))].sort();
    const known = addresses.join("\n");
    if (known !== this.known) {
      this.known = known;
      this.watch(addresses);
    }
    this.show(addresses.filter((address) => this.svgs.has(address)));
  }

  /** What a tile shows from now on. */
  async take(address: string, svg: string, words: string): Promise<void> {
    const image = new Image();
    image.src = dataURL("image/svg+xml", new TextEncoder().encode(svg));
    await image.decode();
    this.svgs.set(address, svg);
    this.images.set(address, image);
    this.words.set(address, words);
    this.show([address]);
  }

  private show(addresses: string[]): void {
    if (!this.app || !addresses.length) return;
    const files = this.api.getFiles();
    const changed = new Set<string>();
    const added: BinaryFileData[] = [];
    for (const one of this.api.getSceneElements()) {
      if (one.type !== "image" || !isTile(one)) continue;
      const address = addressOf(one);
      const image = this.images.get(address);
      const id = tileFile(one.id);
      if (!image || !addresses.includes(address)) continue;
      if (this.drawn.get(id) === image && one.fileId === id) continue;
      this.drawn.set(id, image);
      delete files[id];
      added.push({ id, mimeType: "image/svg+xml", created: Date.now(), dataURL: image.src as BinaryFileData["dataURL"] });
      changed.add(one.id);
    }
    if (!changed.size) return;
    this.api.addFiles(added);
    // it would load the picture anew and show none meanwhile
    for (const { id } of added) this.app.imageCache.set(id as FileId, { image: this.drawn.get(id)!, mimeType: "image/svg+xml" });
    // the same version: nothing of this is anybody else's
    const elements = this.api
      .getSceneElementsIncludingDeleted()
      .map((one) => (changed.has(one.id) ? { ...one, fileId: tileFile(one.id), status: "saved" as const } : one));
    this.api.updateScene({ elements: elements as ExcalidrawElement[], captureUpdate: CaptureUpdateAction.NEVER });
  }
}

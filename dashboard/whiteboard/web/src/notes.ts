/** Sticky notes: rectangles with a text and an id of their own, by which actions refer to them. */
import { convertToExcalidrawElements } from "@excalidraw/excalidraw";
import type { ExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import { addressOf, TILE_HEIGHT, TILE_WIDTH, tileFile } from "./tiles";

export const NOTE_COLORS = ["#fff3bf", "#d3f9d8", "#d0ebff", "#ffd8a8", "#fcc2d7"];
const SIDE = 200;

export function note(x: number, y: number, color: string, text: string): ExcalidrawElement[] {
  return convertToExcalidrawElements([
    {
      type: "rectangle",
      x: x - SIDE / 2,
      y: y - SIDE / 2,
      width: SIDE,
      height: SIDE,
      backgroundColor: color,
      fillStyle: "solid",
      strokeColor: "#1e1e1e",
      strokeWidth: 1,
      roughness: 0,
      customData: { note: crypto.randomUUID() },
      label: { text, fontSize: 20 },
    },
  ]);
}

/** A live tile at a place, bound to an address. */
export function tileAt(x: number, y: number, address: string): ExcalidrawElement[] {
  return convertToExcalidrawElements([
    {
      type: "image",
      fileId: "" as ReturnType<typeof tileFile>,
      x: x - TILE_WIDTH / 2,
      y: y - TILE_HEIGHT / 2,
      width: TILE_WIDTH,
      height: TILE_HEIGHT,
      status: "saved",
      customData: { tile: address },
    },
  ]).map((one) => ({ ...one, fileId: tileFile(one.id) }) as ExcalidrawElement);
}

export const noteId = (one: ExcalidrawElement): string => String(one.customData?.note ?? "");

/** What an element says, in its own text or the one bound to it; a tile's is its address. */
export function textOf(one: ExcalidrawElement, all: readonly ExcalidrawElement[]): string {
  if (one.type === "text") return one.originalText;
  const label = all.find((other) => other.type === "text" && other.containerId === one.id);
  return label?.type === "text" ? label.originalText : addressOf(one);
}

/**
 * What a whiteboard holds, as shared maps. An element is one value, replaced as a whole: which of two wins is
 * Excalidraw's own rule (`isNewer`), not the order in which they came.
 */
import type { ExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import * as Y from "yjs";

export interface StoredFile {
  mimeType: string;
  created: number;
  bytes: Uint8Array;
}

export interface Comment {
  text: string;
  by: string;
  name: string;
  at: number;
  /** The element it is about, if any. */
  about: string | null;
  is_done: boolean;
}

export interface Timer {
  ends_at: number;
  seconds: number;
  by: string;
}

export const doc = new Y.Doc();
export const elements = doc.getMap<ExcalidrawElement>("elements");
export const files = doc.getMap<StoredFile>("files");
export const comments = doc.getMap<Comment>("comments");
/** "element|person" → 1. */
export const votes = doc.getMap<number>("votes");
/** "title", "title_en" (of a board that nobody has named yet), "timer", "meeting" (when the meeting began, milliseconds). */
export const about = doc.getMap<unknown>("about");

/** Whether `one` replaces `held`: the later version; of two alike the lower nonce, as Excalidraw has it. */
export function isNewer(one: ExcalidrawElement, held: ExcalidrawElement | undefined): boolean {
  if (!held) return true;
  return one.version > held.version || (one.version === held.version && one.versionNonce < held.versionNonce);
}

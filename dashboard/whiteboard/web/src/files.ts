/** Images between Excalidraw, which has them as data URLs, and the board, which has their bytes. */
import type { BinaryFileData, DataURL } from "@excalidraw/excalidraw/types";
import type { FileId } from "@excalidraw/excalidraw/element/types";
import type { StoredFile } from "./board";

export function stored(file: BinaryFileData): StoredFile {
  const body = file.dataURL.slice(file.dataURL.indexOf(",") + 1);
  const isBase64 = file.dataURL.slice(0, file.dataURL.indexOf(",")).endsWith(";base64");
  const bytes = isBase64
    ? Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0))
    : new TextEncoder().encode(decodeURIComponent(body));
  return { mimeType: file.mimeType, created: file.created, bytes };
}

export function shown(id: string, file: StoredFile): BinaryFileData {
  return {
    id: id as FileId,
    mimeType: file.mimeType as BinaryFileData["mimeType"],
    created: file.created,
    dataURL: dataURL(file.mimeType, file.bytes),
  };
}

export function dataURL(mimeType: string, bytes: Uint8Array): DataURL {
  let text = "";
  for (let from = 0; from < bytes.length; from += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(from, from + 0x8000));
  }
  return `data:${mimeType};base64,${btoa(text)}` as DataURL;
}

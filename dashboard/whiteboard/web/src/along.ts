/** A board taken along as PNG, SVG, PDF or JSON, and JSON brought back. */
import { exportToBlob, exportToCanvas, exportToSvg, loadFromBlob, serializeAsJSON } from "@excalidraw/excalidraw";
import type { ExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { about } from "./board";
import { titleIn } from "./boot";
import { pdf } from "./pdf";
import { isTile } from "./tiles";

export type Kind = "png" | "svg" | "pdf" | "json";
const PADDING = 24;

export async function save(kind: Kind, api: ExcalidrawImperativeAPI): Promise<void> {
  const named = titleIn(about) || "whiteboard";
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await made(kind, api));
  link.download = `${named.replace(/[\\/:*?"<>|]/g, " ")}.${kind === "json" ? "excalidraw" : kind}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export async function made(kind: Kind, api: ExcalidrawImperativeAPI): Promise<Blob> {
  const elements = api.getSceneElements();
  const files = api.getFiles();
  const appState = { ...api.getAppState(), exportBackground: true, exportScale: 2 };
  const what = { elements, files, appState, exportPadding: PADDING };
  if (kind === "png") return exportToBlob({ ...what, mimeType: "image/png" });
  if (kind === "svg") return new Blob([(await exportToSvg(what)).outerHTML], { type: "image/svg+xml" });
  if (kind === "pdf") return pdf(await exportToCanvas({ ...what, appState: { ...appState, exportWithDarkMode: false } }));
  // the pictures of tiles stay here: the figures are their viewer's own
  const shared = Object.fromEntries(Object.entries(files).filter(([id]) => !id.startsWith("tile-")));
  return new Blob([serializeAsJSON(elements, appState, shared, "local")], { type: "application/json" });
}

/** The elements of a file, beside what is there; its images come along. Raises where it is no such file. */
export async function opened(file: Blob, api: ExcalidrawImperativeAPI): Promise<ExcalidrawElement[]> {
  const scene = await loadFromBlob(file, null, null);
  api.addFiles(Object.values(scene.files));
  const ids = new Map(scene.elements.map((one) => [one.id, crypto.randomUUID()]));
  const anew = <T>(id: T): T => (ids.get(id as string) as T) ?? id;
  return scene.elements.map((one) => {
    const own = structuredClone(one) as unknown as Record<string, unknown>;
    own.id = anew(one.id);
    own.frameId = anew(one.frameId);
    own.index = null;
    own.boundElements = one.boundElements?.map((bound) => ({ ...bound, id: anew(bound.id) })) ?? null;
    if ("containerId" in own) own.containerId = anew(own.containerId);
    for (const end of ["startBinding", "endBinding"]) {
      const binding = own[end] as { elementId: string } | null | undefined;
      if (binding) own[end] = { ...binding, elementId: anew(binding.elementId) };
    }
    if (isTile(one)) own.fileId = null;
    if (one.customData?.note) own.customData = { ...one.customData, note: crypto.randomUUID() };
    return own as unknown as ExcalidrawElement;
  });
}

/** Imported first: where Excalidraw finds its fonts. */
declare global {
  interface Window {
    EXCALIDRAW_ASSET_PATH?: string | string[];
  }
}

window.EXCALIDRAW_ASSET_PATH = "/whiteboard-files/";

export {};

/** What the server wrote into the page. */
export interface Limits {
  message_bytes: number;
  image_bytes: number;
  object_bytes: number;
  board_bytes: number;
}

export interface Boot {
  board: string;
  title: string;
  finding: string | null;
  person: { id: string; name: string; color: string };
  lang: "zh" | "en";
  theme: "light" | "dark";
  limits: Limits;
  texts: Record<string, string>;
  /** The part of a query that says the place a new tile is of. */
  place: string;
  /** Where the form of a new action is asked for; `assets/form.js` shows it. */
  action_form: string;
  back: string;
  /** When the finding was met about, as ISO 8601; null where there was no meeting. */
  met_at: string | null;
}

export const boot: Boot = JSON.parse(document.getElementById("boot")!.textContent!);

/** Whether it stands beside a page of the board, which leads back by itself. */
export const isBeside = window.parent !== window;

/** The text of a key below "whiteboard.", with `{names}` filled in. */
export function t(key: string, args: Record<string, string | number> = {}): string {
  const text = boot.texts[key];
  if (text === undefined) throw new Error(`no text whiteboard.${key}`);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(args[name] ?? whole));
}

/** What a board's `about` says it is called: by the board itself in both languages, by somebody in their words. */
export const titleIn = (about: { get(key: string): unknown }) =>
  String((boot.lang === "en" && about.get("title_en")) || about.get("title") || boot.title);

/** An address of this board's own. */
export const at = (rest: string) => `/whiteboard/${encodeURIComponent(boot.board)}/${rest}`;

/** "2.0 MB", as limits are said. */
export const megabytes = (bytes: number) => `${(bytes / 1_000_000).toFixed(1)} MB`;

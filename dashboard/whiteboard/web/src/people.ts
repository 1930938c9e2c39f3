/** Who else is here: cursors, names, whom one follows. */
import { getVisibleSceneBounds, zoomToFitBounds } from "@excalidraw/excalidraw";
import type { AppState, Collaborator, ExcalidrawImperativeAPI, SocketId } from "@excalidraw/excalidraw/types";
import type { Awareness } from "y-protocols/awareness";
import { boot } from "./boot";

const EVERY = 60;

interface State {
  user?: { id: string; name: string; color: string };
  pointer?: Collaborator["pointer"];
  button?: "up" | "down";
  selected?: Record<string, true>;
  view?: [number, number, number, number];
  /** When its person began to lead everybody; null while they do not. */
  leads?: number | null;
}

export class People {
  private soon: ReturnType<typeof setTimeout> | undefined;
  private fresh: Partial<State> = {};
  private frame = 0;
  private heeded = new Set<string>();

  constructor(
    private readonly api: ExcalidrawImperativeAPI,
    private readonly awareness: Awareness,
    private readonly changed: () => void,
  ) {
    awareness.setLocalState({ user: boot.person, leads: null } satisfies State);
    awareness.on("change", () => (this.frame ||= requestAnimationFrame(() => this.show())));
    this.show();
  }

  get others(): { id: number; state: State }[] {
    return [...this.awareness.getStates()]
      .filter(([id]) => id !== this.awareness.clientID)
      .map(([id, state]) => ({ id, state: state as State }));
  }

  get isLeading(): boolean {
    return !!(this.awareness.getLocalState() as State | null)?.leads;
  }

  lead(): void {
    this.awareness.setLocalStateField("leads", this.isLeading ? null : Date.now());
    this.changed();
  }

  /** Say where one points and what one sees, a few times a second at most. */
  tell(state: Partial<State>): void {
    Object.assign(this.fresh, state);
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      this.awareness.setLocalState({ ...(this.awareness.getLocalState() ?? {}), ...this.fresh });
      this.fresh = {};
    }, EVERY);
  }

  tellView(appState: AppState): void {
    this.tell({ view: [...getVisibleSceneBounds(appState)] as State["view"] });
  }

  private show(): void {
    this.frame = 0;
    const collaborators = new Map<SocketId, Collaborator>();
    for (const { id, state } of this.others) {
      const socketId = String(id) as SocketId;
      collaborators.set(socketId, {
        id: state.user?.id,
        socketId,
        username: state.user?.name ?? "?",
        color: { background: state.user?.color ?? "#888888", stroke: state.user?.color ?? "#888888" },
        pointer: state.pointer,
        button: state.button,
        selectedElementIds: state.selected,
      });
    }
    this.api.updateScene({ collaborators });
    this.heed();
    this.follow();
    this.changed();
  }

  /** Whoever leads is followed, until one looks elsewhere by oneself. */
  private heed(): void {
    for (const { id, state } of this.others) {
      const call = `${id}:${state.leads}`;
      if (!state.leads || this.heeded.has(call)) continue;
      this.heeded.add(call);
      const userToFollow = { socketId: String(id) as SocketId, username: state.user?.name ?? "?" };
      this.api.updateScene({ appState: { userToFollow } });
    }
  }

  private follow(): void {
    const appState = this.api.getAppState();
    const followed = this.others.find(({ id }) => String(id) === appState.userToFollow?.socketId);
    if (!followed?.state.view) return;
    const bounds = followed.state.view;
    const now = getVisibleSceneBounds(appState);
    if (now.every((side, place) => Math.abs(side - bounds[place]!) < 1)) return;
    const fitted = zoomToFitBounds({ appState, bounds, fitToViewport: true, viewportZoomFactor: 1 });
    this.api.updateScene({ appState: fitted.appState });
  }
}

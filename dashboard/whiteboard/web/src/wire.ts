/**
 * The websocket to the server: the y-protocols' sync and awareness, and a few messages of our own.
 *
 * What was not taken is sent again: both sides compare their state whenever a connection begins, so nothing that was
 * drawn while it was away is lost.
 */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";
import { readSyncMessage, writeSyncStep1, writeUpdate } from "y-protocols/sync";
import * as Y from "yjs";
import { boot, megabytes, t } from "./boot";

const SYNC = 0;
const AWARENESS = 1;
/** Ours: JSON both ways, `{kind: …}`. */
const SAID = 100;

export interface Hello {
  kind: "hello";
  /** The server's clock, milliseconds since 1970. */
  now: number;
}
export interface Saved {
  kind: "saved";
  /** How many of this connection's messages are on the log. */
  count: number;
}
export interface Refused {
  kind: "refused";
  text: string;
  /** What was refused stands in this tab alone, so the tab has to begin anew. */
  is_apart: boolean;
}
export interface TileSaid {
  kind: "tile";
  address: string;
  svg: string;
  words: string;
}
export type Said = Hello | Saved | Refused | TileSaid;
export type Standing = "connecting" | "live" | "offline";

const FIRST_WAIT = 250;
const LONGEST_WAIT = 5_000;
const ALIVE = 20_000;

export class Wire {
  standing: Standing = "connecting";
  /** Whether the whole board has come at least once. */
  isWhole = false;
  /** The server's clock less ours, in milliseconds. */
  ahead = 0;

  private socket: WebSocket | null = null;
  private sent = 0;
  private saved = 0;
  private waits = FIRST_WAIT;
  private again: ReturnType<typeof setTimeout> | undefined;
  private drewAway = false;
  private isOver = false;
  private watched: string[] = [];

  private onSaid: (said: Said) => void = () => {};
  private onChange: () => void = () => {};

  constructor(
    private readonly url: string,
    readonly doc: Y.Doc,
    readonly awareness: Awareness,
  ) {
    awareness.on("update", ({ added, updated, removed }: Record<string, number[]>, origin: unknown) => {
      const mine = [...added!, ...updated!, ...removed!].filter((id) => id === doc.clientID);
      if (origin !== this && mine.length && this.isOpen) this.sendAwareness(mine);
    });
    window.addEventListener("online", () => this.retry());
    window.addEventListener("offline", () => this.drop());
    window.addEventListener("pagehide", () => removeAwarenessStates(awareness, [doc.clientID], "gone"));
    window.addEventListener("beforeunload", (event) => {
      if (this.isUnsaved) event.preventDefault();
    });
    setInterval(() => this.isOpen && this.sendAwareness([doc.clientID]), ALIVE);
    this.connect();
  }

  /** Whether something that was drawn here may not be on the log yet. */
  get isUnsaved(): boolean {
    return this.drewAway || this.saved < this.sent;
  }

  private get isOpen(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  /** Tell of what is said from now on, and whenever it stands otherwise, beginning with how it stands. */
  listen(onSaid: (said: Said) => void, onChange: () => void): void {
    this.onSaid = onSaid;
    this.onChange = onChange;
    onChange();
  }

  /** Be told what the tiles at these addresses show, now and whenever it moves. */
  watch(addresses: string[]): void {
    this.watched = addresses;
    this.tell({ kind: "watch", addresses });
  }

  /** Say something of our own; what is said while nobody listens is said with the next connection, or not at all. */
  tell(said: object): void {
    if (!this.isOpen) return;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, SAID);
    encoding.writeVarString(encoder, JSON.stringify(said));
    this.socket!.send(encoding.toUint8Array(encoder));
  }

  /** Let go for good. */
  end(): void {
    this.isOver = true;
    clearTimeout(this.again);
    this.socket?.close();
  }

  private connect(): void {
    if (this.isOver || !navigator.onLine) return this.stand("offline");
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.onopen = () => {
      this.sent = this.saved = 0;
      const encoder = encoding.createEncoder();
      encoding.writeVarUint(encoder, SYNC);
      writeSyncStep1(encoder, this.doc);
      socket.send(encoding.toUint8Array(encoder));
      if (this.awareness.getLocalState()) this.sendAwareness([this.doc.clientID]);
      this.watch(this.watched);
    };
    socket.onmessage = (event) => this.take(new Uint8Array(event.data as ArrayBuffer));
    socket.onclose = () => this.closed(socket);
  }

  /** Without a network nobody answers a good-bye: it is over at once, and not when the browser has waited long enough. */
  private drop(): void {
    const socket = this.socket;
    if (!socket) return;
    socket.close();
    this.closed(socket);
  }

  private closed(socket: WebSocket): void {
    if (this.socket !== socket) return;
    this.socket = null;
    if (this.saved < this.sent) this.drewAway = true;
    const others = [...this.awareness.getStates().keys()].filter((id) => id !== this.doc.clientID);
    removeAwarenessStates(this.awareness, others, this);
    this.stand("offline");
    clearTimeout(this.again);
    this.again = setTimeout(() => this.connect(), this.waits * (0.5 + Math.random() / 2));
    this.waits = Math.min(LONGEST_WAIT, this.waits * 2);
  }

  private retry(): void {
    if (this.socket) return;
    this.waits = FIRST_WAIT;
    clearTimeout(this.again);
    this.connect();
  }

  private take(message: Uint8Array): void {
    const decoder = decoding.createDecoder(message);
    const kind = decoding.readVarUint(decoder);
    if (kind === SYNC) this.takeSync(decoder);
    else if (kind === AWARENESS) applyAwarenessUpdate(this.awareness, decoding.readVarUint8Array(decoder), this);
    else if (kind === SAID) this.hear(JSON.parse(decoding.readVarString(decoder)) as Said);
  }

  private takeSync(decoder: decoding.Decoder): void {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, SYNC);
    const step = readSyncMessage(decoder, encoder, this.doc, this);
    if (encoding.length(encoder) > 1 && this.isOpen) {
      // the answer to what the server has: everything that was drawn while it was away
      this.socket!.send(encoding.toUint8Array(encoder));
      this.sent += 1;
      this.drewAway = false;
    }
    if (step === 1) {
      this.begin();
      this.waits = FIRST_WAIT;
      this.stand("live");
    }
  }

  /** The whole board is here, and what is drawn from now on goes out. Not before: to be told of the board itself as an
   * update would cost as much as to read it. */
  private begin(): void {
    if (this.isWhole) return;
    this.isWhole = true;
    this.doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin === this) return;
      if (this.isOpen) this.sendUpdate(update);
      else this.drewAway = true;
      this.onChange();
    });
  }

  private hear(said: Said): void {
    if (said.kind === "hello") this.ahead = said.now - Date.now();
    if (said.kind === "saved") {
      this.saved = said.count;
      this.onChange();
    }
    if (said.kind === "refused" && said.is_apart) this.end();
    this.onSaid(said);
  }

  private sendUpdate(update: Uint8Array): void {
    const most = boot.limits.message_bytes;
    if (update.length > most) {
      const text = t("refused_message", { size: megabytes(update.length), most: megabytes(most) });
      return this.hear({ kind: "refused", text, is_apart: true });
    }
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, SYNC);
    writeUpdate(encoder, update);
    this.socket!.send(encoding.toUint8Array(encoder));
    this.sent += 1;
  }

  private sendAwareness(ids: number[]): void {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, AWARENESS);
    encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(this.awareness, ids));
    this.socket!.send(encoding.toUint8Array(encoder));
  }

  private stand(standing: Standing): void {
    this.standing = standing;
    this.onChange();
  }
}

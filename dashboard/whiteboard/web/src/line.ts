/** The line to the server, open before anything is drawn: the board comes while the canvas is still being made. */
import { Awareness } from "y-protocols/awareness";
import { doc } from "./board";
import { at } from "./boot";
import { Wire } from "./wire";

const socket = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${at("socket")}${location.search}`;
export const awareness = new Awareness(doc);
export const wire = new Wire(socket, doc, awareness);

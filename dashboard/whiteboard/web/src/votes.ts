/** Dots: each person has some, and puts at most one on a thing. */
import { votes } from "./board";
import { boot, t } from "./boot";

export const DOTS = 5;

export function toggleVote(id: string, say: (text: string) => void): void {
  const key = `${id}|${boot.person.id}`;
  if (votes.has(key)) return void votes.delete(key);
  const mine = [...votes.keys()].filter((one) => one.endsWith(`|${boot.person.id}`)).length;
  if (mine >= DOTS) return say(t("votes_spent", { most: DOTS }));
  votes.set(key, 1);
}

/** Element id → how many voted for it. */
export function counted(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of votes.keys()) {
    const id = key.slice(0, key.indexOf("|"));
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

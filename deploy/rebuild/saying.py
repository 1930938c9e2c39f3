"""What a rebuild says at the keyboard."""

from pathlib import Path

from rich.console import Console

from deploy.rebuild.command import GIB, Rebuilt, Say, forget_old, rebuild
from ingest.settings import company, kafka
from warehouse.settings import warehouse_settings


def rebuilt(snapshots: Path, out: Console, say: Say, even_if_different: bool) -> bool:
    """Rebuild and say what came of it; whether the new generation is the current one."""
    done = rebuild(
        warehouse_settings(), kafka(), company(), snapshots, say, even_if_different=even_if_different
    )  # fmt: skip
    for line in lines(done):
        out.print(line, markup=False, highlight=False, soft_wrap=True)
    return done.is_current


def forgotten(out: Console) -> None:
    """Drop what is old and say how much it was."""
    gone = forget_old(warehouse_settings())
    for database, size in gone:
        out.print(f"{database} is dropped: {size / GIB:.2f} GB.", highlight=False)
    if not gone:
        out.print("There is no old generation.", highlight=False)


def lines(done: Rebuilt) -> list[str]:
    """What came of a rebuild, the sum of it last."""
    said = []
    for one in done.verdicts:
        if one.left_out:
            said.append(f"{one.table}: not compared, because only one of the two has it: {', '.join(one.left_out)}.")
        said += [f"{one.table}: {difference}." for difference in one.differences]
    said += [f"{one}." for one in done.missing]
    rows = sum(one.rows for one in done.verdicts)
    if done.is_current:
        said.append(
            f"{done.old} is kept and takes {done.old_bytes / GIB:.2f} GB: drop it with `oneboard rebuild --forget-old`."
        )
        verdict = f"equal in {rows:,} rows" if done.is_equal else "different, and taken all the same"
        verdict += f"; {done.database} is current"
    else:
        verdict = (
            f"different: {done.old} stays current. Where rules, settings or a migration changed that is meant: then "
            "`oneboard rebuild --even-if-different`"
        )
    rate = done.events / max(done.seconds, 1e-3)
    said.append(f"{done.events:,} events in {done.seconds:,.1f} s, {rate:,.0f} events/s: {verdict}.")
    return said

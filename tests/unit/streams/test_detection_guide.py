"""The guide's table of rules is made from their rows: what it says of a rule is what the rule does."""

from __future__ import annotations

from pathlib import Path

from streams.detection.responsibility import First
from streams.detection.rules import RULES, Rule
from streams.detection.watch.rules import WATCHES

GUIDE = Path(__file__).parents[3] / "docs" / "detection.md"
TRADE = {"unit-pace": "R1", "line-pace": "R1", "cell-below-peers": "R4", "product-falling": "R4", "rep-gap": "R3"}
WHO: dict[First, str] = {
    "unit": "manager of the unit",
    "product": "manager of the product",
    "rep": "rep; manager where evidence is thin",
    "owner": "owner; manager where evidence is thin",
    "above": "manager of the unit above",
    "fulfilment": "who fulfils (FR); else the manager",
    "ops": "sales operations; else the manager",
}


def when(rule: Rule) -> str:
    against = "its target by now" if rule.against == "target" else "its own past"
    return f"{rule.metric} of a {rule.grain} under {rule.enter:.0%} of {against}, kept until over {rule.leave:.0%}"


def table() -> list[str]:
    """A row a rule: those about shortfalls, then those about single things."""
    return [
        *(f"| `{one.id}` | {TRADE[one.id]} | {when(one)} | {one.least_gap:,.0f} | {WHO[one.first]} |"
          for one in RULES.values()),
        *(f"| `{one.id}` | {one.domain} | {one.lasting} | {one.least_amount:,} | {WHO[one.first]} |"
          for one in WATCHES.values()),
    ]  # fmt: skip


def test_the_guide_states_every_rule_as_its_row_does() -> None:
    told = [line for line in GUIDE.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert told == table(), "write into docs/detection.md:\n" + "\n".join(table())

"""The reply window: for some working minutes whoever is named answers alone; till then nobody else is told the name.

One definition for the panel, the wall, files and messages: what is shown to others meanwhile is the role. Pure.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from ingest.calendar import WorkingCalendar
from ingest.events import Cell, Finding, Slice
from ingest.settings import company
from warehouse.life import Treatment

SURELY_OVER = timedelta(days=31)
"""Longer than any window with any holidays in it: the days need not be counted."""


def is_awaited(finding: Finding, treatment: Treatment, now: datetime, calendar: WorkingCalendar) -> bool:
    """Whether the one named may still answer before others hear the name: not long named, nothing said or done yet."""
    named_at = treatment.named_at
    if finding.state != "open" or treatment.status != "open" or treatment.reply or not names_of(finding):
        return False
    return named_at is not None and not is_over(named_at, now, calendar)


def is_over(named_at: datetime, now: datetime, calendar: WorkingCalendar) -> bool:
    """Whether the window of somebody named then has gone by."""
    if now - named_at > SURELY_OVER:
        return True
    return calendar.working_minutes(named_at, now, company().zone) >= company().reply_window_minutes


def names_of(finding: Finding) -> frozenset[str]:
    """The people a finding names: who answers, for whom they stand in, of whose figures it speaks."""
    return frozenset(filter(None, (finding.responsible_id, finding.stand_in_for_id, finding.slice.person_id)))


def without_names(finding: Finding, home: str = "") -> Finding:
    """The finding as others see it meanwhile: role and place, nobody's name; `home` is the unit of whom it speaks."""
    people = names_of(finding)
    return finding.model_copy(
        update={
            "responsible_id": None,
            "stand_in_for_id": None,
            "slice": _without(finding.slice, people, home),
            "cells": tuple(_cell(cell, people, home) for cell in finding.cells),
            "why": _silent(finding.why, people),
            "against": _silent(finding.against, people),
        }
    )


def unnamed(treatment: Treatment) -> Treatment:
    """Who has it is not said either."""
    return replace(treatment, named="", status_by="", assignee_id="", met_by="", reply_by="")


def _without(part: Slice, people: Collection[str], home: str) -> Slice:
    if part.person_id not in people:
        return part
    return part.model_copy(update={"person_id": None, "unit_id": part.unit_id or home or None})


def _cell(cell: Cell, people: Collection[str], home: str) -> Cell:
    return cell.model_copy(update={"slice": _without(cell.slice, people, home)})


def _silent(codes: Collection[str], people: Collection[str]) -> tuple[str, ...]:
    """The sentences that speak of none of these people."""
    return tuple(code for code in codes if not _values(code) & set(people))


def _values(code: str) -> set[str]:
    return {part.partition("=")[2] for part in code.split("|")}

"""A finding's whiteboard as it begins: the evidence laid out as live tiles, and room for what is agreed.

Every figure is in a tile, drawn for whoever looks: the board itself holds none that somebody may not see.
"""

from collections.abc import Iterator
from urllib.parse import urlencode

from dashboard.connection import warehouse
from dashboard.locales import LANGS, every
from dashboard.session import today
from dashboard.whiteboard import scene
from dashboard.whiteboard.document import Document
from ingest.events import Finding
from warehouse.metrics import METRICS
from warehouse.queries import org
from warehouse.queries.findings import FindingCard
from warehouse.viewer import Viewer

PARTS = ("gap", "where", "trend", "items", "peers", "who")
AREAS = ("decisions", "actions", "questions")
_GAP = 24


async def title(card: FindingCard) -> scene.Words:
    """ "Hangzhou × VMS": what the board is called in each language; units and products alone."""
    part = card.finding.slice
    units = await org.names(warehouse(), "unit", [part.unit_id or ""], today())
    products = await org.names(warehouse(), "product", [part.product_id or ""], today())
    found = [names.get(id, (id, id)) for names, id in ((units, part.unit_id), (products, part.product_id)) if id]
    if not found:
        return every("findings.company")
    return {lang: " × ".join(pair[place] or pair[0] for pair in found) for place, lang in enumerate(LANGS)}


async def place_of(viewer: Viewer) -> str:
    """The part of a query that says the place at the top of what a viewer sees: "unit=hz", "rep=p1"."""
    if viewer.only_own:
        return urlencode({"rep": viewer.person_id})
    if viewer.home_unit:
        return urlencode({"unit": viewer.home_unit})
    units = await org.units_as_of(warehouse(), today())
    roots = [id for id, path in units.select("id", "path").iter_rows() if len(path) == 1]
    product = {"product": min(viewer.product_ids)} if viewer.product_ids and not viewer.everything else {}
    return urlencode({"unit": min(roots, default=""), **product})


def lay_out(document: Document, finding: Finding, named: scene.Words) -> None:
    """Draw it."""
    document.put("elements", scene.placed(_elements(finding, named)))
    document.put("about", scene.titles(named))


def _elements(finding: Finding, named: scene.Words) -> Iterator[scene.Element]:
    width, height = scene.TILE_SIZE
    yield scene.text("title", 0, -120, named, size=36, link=f"/findings?{urlencode({'finding': finding.finding_id})}")
    yield scene.text("about", 0, -60, every("whiteboard.evidence"), size=16, ink=scene.SOFT)
    for place, part in enumerate(PARTS):
        x, y = (place % 3) * (width + _GAP), (place // 3) * (height + _GAP)
        found = finding.since.isoformat()
        yield scene.tile(f"evidence-{part}", x, y, address(finding, part), found=found)
    top = 2 * (height + _GAP) + 40
    for place, area in enumerate(AREAS):
        x = place * (width + _GAP)
        yield scene.box(f"area-{area}", x, top, width, 420)
        yield scene.text(f"area-{area}-title", x + 16, top + 12, every(f"whiteboard.area_{area}"), size=20)


def address(finding: Finding, part: str) -> str:
    """What a tile of a finding is bound to: the finding itself, or its slice in its metric and period."""
    if part == "trend":
        one = finding.slice
        said = {
            "metric": finding.metric if finding.metric in METRICS else None, "period": finding.period,
            "unit": one.unit_id, "rep": one.person_id, "product": one.product_id, "route": one.route,
            "segment": one.segment,
        }  # fmt: skip
        return "/tile/curve?" + urlencode({key: value for key, value in said.items() if value})
    return f"/tile/{part}?" + urlencode({"finding": finding.finding_id})

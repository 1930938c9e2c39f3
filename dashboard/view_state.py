"""The URL is the state: all a screen shows follows from its query, so back, share and a new tab work for free."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, Self
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from dashboard.locales import Lang
from dashboard.theme import Theme
from ingest.calendar import Period
from warehouse.metrics import METRICS
from warehouse.peers import Of
from warehouse.ranking import By

Id = Annotated[str, Field(min_length=1, max_length=200)]
Shape = Literal["treemap", "bars", "table"]
Listing = Literal["people", "open", "won", "lost", "orders"]
Versus = Literal["target", "last_year"]
Group = Literal["region", "office", "line", "cohort"]


class ViewState(BaseModel):
    """What a screen shows. `unit` None is the top of what the viewer may see, `period` None the current month."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    metric: str = "bookings"
    period: str | None = None
    unit: Id | None = None
    rep: Id | None = None
    product: Id | None = None
    customer: Id | None = None
    deal: Id | None = None
    versus: Versus = "target"
    units: Shape = "treemap"
    listing: Listing | None = Field(
        None, description="the list at the foot; None: people of a unit, open deals of a rep"
    )
    letter: Id | None = Field(None, description="the dead letter that is open on the page for ops")
    topic: Id | None = Field(None, description="the topic whose dead letters are listed there; None: all")
    reason: Id | None = Field(None, description="the reason whose dead letters are listed there; None: all")
    ranked: Of = Field("units", description="what the rankings rank")
    ranked_by: By = Field("attainment", description="what they are ranked by")
    cohort: Id | None = Field(None, description="the peers they show alone; None: all")
    group: Group | None = Field(None, description="under what their rows are gathered")
    opened: Id | None = Field(None, description="the group whose rows are seen")
    sort: str | None = Field(None, pattern=r"^-?[a-z]{1,20}$", description='"gap" or "-gap"; None: the best first')
    find: Annotated[str, Field(min_length=1, max_length=60)] | None = Field(None, description="a part of a name")
    lang: Lang = "zh"
    theme: Theme = "light"
    rejected: tuple[str, ...] = Field((), description='parts of the query that could not be read, as "name=value"')

    DEPTH: ClassVar[tuple[str, ...]] = ("unit", "rep", "customer", "deal")
    """From the widest to the narrowest: going down to one lets go of those below it; the product is beside them."""

    @field_validator("metric")
    @classmethod
    def _known_metric(cls, value: str, info: ValidationInfo) -> str:
        if value not in METRICS:
            raise ValueError(f"no metric {value!r}; there are {', '.join(METRICS)}")
        return value

    @field_validator("period")
    @classmethod
    def _known_period(cls, value: str | None) -> str | None:
        return None if value is None else Period.parse(value).key

    @classmethod
    def from_query(cls, search: str | None) -> Self:
        """From a URL's query ("?unit=hz&lang=en"); what cannot be read falls back and is named in `rejected`."""
        asked: dict[str, str] = {}
        rejected: list[str] = []
        for name, value in parse_qsl((search or "").removeprefix("?"), errors="replace"):
            if name not in cls.model_fields or name == "rejected" or name in asked:
                rejected.append(f"{name}={value}")
            else:
                asked[name] = value
        try:
            return cls.model_validate({**asked, "rejected": tuple(rejected)})
        except ValidationError as error:
            bad = [str(problem["loc"][0]) for problem in error.errors()]
        rejected += [f"{name}={asked.pop(name)}" for name in bad]
        return cls.model_validate({**asked, "rejected": tuple(rejected)})

    def to_query(self) -> str:
        """The query that gives this state again; defaults are left out, "?" when all are."""
        said = {
            name: getattr(self, name)
            for name, field in type(self).model_fields.items()
            if name != "rejected" and getattr(self, name) != field.default
        }
        return "?" + urlencode(said)

    def but(self, **fields: Any) -> Self:
        """This state with some fields changed, checked like any other; what was rejected before is let go."""
        return type(self).model_validate({**self.model_dump(), "rejected": (), **fields})

    def drill(self, **to: str | None) -> Self:
        """One step down: `drill(unit="hz")`, `drill(rep=…)`, `drill(product=…)`, `drill(unit=…, product=…)`."""
        given = [self.DEPTH.index(name) for name in to if name in self.DEPTH]
        below = self.DEPTH[min(given) + 1 :] if given else ()
        return self.but(**{**dict.fromkeys(below), **to})

    def up(self, path: Sequence[str] = ()) -> Self:
        """One step up; `path` is the chain of unit ids from the top down to `unit`."""
        for name in reversed(self.DEPTH[1:]):
            if getattr(self, name) is not None:
                return self.but(**{name: None})
        if self.unit is not None:
            above = list(path[: path.index(self.unit)]) if self.unit in path else []
            return self.but(unit=above[-1] if len(above) > 1 else None)
        return self.but(product=None)

    @property
    def level(self) -> Literal["unit", "rep", "deal"]:
        """What stands in the middle of the screen."""
        return "deal" if self.deal else "rep" if self.rep else "unit"

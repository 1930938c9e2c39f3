"""What a URL says: which page, and the state it shows."""

from typing import NamedTuple, Self

from dashboard.view_state import ViewState


class Address(NamedTuple):
    """`path` as in the URL ("/", "/wall/company"); two equal addresses show a viewer the same."""

    path: str
    state: ViewState

    @property
    def is_past(self) -> bool:
        """Whether a moment gone by is shown, which nothing that moves now can change."""
        return self.state.as_of is not None

    def link(self, board: str) -> str:
        """The whole URL, on a board whose address is `board`."""
        return f"{board.rstrip('/')}{self.path}{self.state.to_query().removesuffix('?')}"

    @classmethod
    def of(cls, path: str | None, search: str | None) -> Self:
        """From the two parts of a URL; what cannot be read of the query is named in the state."""
        return cls(path or "/", ViewState.from_query(search))

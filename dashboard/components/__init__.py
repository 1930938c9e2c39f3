"""Parts of a page: each a pure function of frames and the state; ids are `<component>--<part>`."""

from typing import Any

Drawn = dict[str, dict[str, Any]]
"""What a part wants on the screen: component id → prop → value (components or plain JSON)."""

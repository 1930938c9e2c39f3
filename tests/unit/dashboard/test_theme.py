"""State by symbol and by colour, told apart by everybody."""

import pytest

from dashboard import theme


@pytest.mark.parametrize(
    ("pace", "symbol"),
    [(None, "◌"), (0.3, "▼"), (0.944, "▼"), (0.949, "●"), (1.0, "●"), (1.05, "●"), (1.06, "▲")],
)
def test_every_state_has_its_symbol(pace: float | None, symbol: str) -> None:
    assert theme.symbol(pace) == symbol


@pytest.mark.parametrize("which", ["light", "dark"])
def test_the_scale_is_centred_at_one_and_clipped(which: theme.Theme) -> None:
    tokens = theme.TOKENS[which]
    assert theme.pace_colour(1.0, which) == tokens["neutral"]
    assert theme.pace_colour(0.7, which) == theme.pace_colour(-3.0, which) == tokens["behind"]
    assert theme.pace_colour(1.3, which) == theme.pace_colour(9.0, which) == tokens["ahead"]
    assert len({theme.pace_colour(pace / 100, which) for pace in range(70, 131, 5)}) == 13


def _luminance(colour: str) -> float:
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(a: str, b: str) -> float:
    bright, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("which", ["light", "dark"])
def test_words_can_be_read_on_every_colour_of_the_scale(which: theme.Theme) -> None:
    for pace in range(60, 141):
        colour = theme.pace_colour(pace / 100, which)
        assert _contrast(colour, theme.ink_on(colour)) >= 4.5, (pace, colour)


@pytest.mark.parametrize("which", ["light", "dark"])
def test_words_can_be_read_on_the_page(which: theme.Theme) -> None:
    tokens = theme.TOKENS[which]
    for ground in ("surface", "page", "hover"):
        for ink in ("ink", "ink-2", "ink-3", "behind-ink", "ahead-ink", "neutral-ink", "treated-ink", "accent"):
            assert _contrast(tokens[ink], tokens[ground]) >= 4.5, (ink, ground)


def test_light_and_dark_know_the_same_tokens() -> None:
    assert theme.TOKENS["light"].keys() == theme.TOKENS["dark"].keys()
    assert "--ob-behind:#d55e00;" in theme.css()

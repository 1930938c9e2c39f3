"""What is shown as plain HTML is what the components say, and nothing a name could smuggle in."""

import pytest
from dash import dcc, html

from dashboard import plain
from tests.faults.tab import places_of


def test_elements_attributes_and_styles_become_html() -> None:
    link = html.A(
        ["a", html.B("b")],
        href="?unit=a&lang=en",
        className="x",
        style={"backgroundColor": "red", "width": "3%"},
        hidden=True,
        title=None,
        **{"aria-label": "say", "data-n": 3},
    )
    said = plain.markup([link, html.Img(src="i.svg")])
    assert said.startswith("<a ")
    assert said.endswith('>a<b>b</b></a><img src="i.svg">')
    wanted = {'href="?unit=a&amp;lang=en"', 'class="x"', 'aria-label="say"', 'data-n="3"', "hidden"}
    assert wanted | {'style="background-color:red;width:3%"'} == set(said[3 : said.index(">a<b>")].split())


def test_names_stay_text_wherever_they_stand() -> None:
    evil = '"><script>alert(1)</script>&'
    said = plain.markup(html.Td(evil, title=evil))
    assert "<script>" not in said
    assert said.count("&lt;script&gt;") == 2
    assert said.startswith('<td title="&quot;&gt;')


def test_what_is_no_plain_html_is_refused() -> None:
    with pytest.raises(TypeError, match="Markdown of dash_core_components"):
        plain.markup(html.Div(dcc.Markdown("")))


def test_html_and_classes_of_all_places_go_as_one_prop_and_much_of_it_packed() -> None:
    little = {"a": {plain.HTML: "<b>东区</b>", "className": "x"}, "chart": {"figure": {"data": []}}}
    sent = plain.carried(little)
    assert sent.keys() == {plain.CARRIER, "chart"}
    assert sent["chart"] == {"figure": {"data": []}}
    assert places_of(sent[plain.CARRIER][plain.PLACES]) == {"a": little["a"]}
    much = {f"place-{n}": {plain.HTML: "<b title='1,234'>华东 <i>1,234</i></b>" * 20} for n in range(20)}
    told = plain.carried(much)[plain.CARRIER][plain.PLACES]
    assert places_of(told) == much
    assert len(told) < 2_000
    assert not set(told) & set('<>"')


def test_nothing_drawn_is_nothing_sent() -> None:
    assert plain.carried({}) == {}


def test_attributes_stand_in_one_order_in_every_process() -> None:
    said = html.Span("a", title="b", className="c", id="d", **{"data-x": "e"})
    assert plain.markup(said) == '<span class="c" data-x="e" id="d" title="b">a</span>'

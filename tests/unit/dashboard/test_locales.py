"""Every text in both languages, and the sentences of detection in words."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import dashboard
from dashboard.components.deal import ENVELOPE
from dashboard.components.routes import step_name
from dashboard.locales import CATALOGUE, LANGS, Lang, UnknownText, read, t
from dashboard.sentences import code, ids_in, parse, sentence
from dashboard.words import source_name
from ingest.events import Opportunity, Order
from streams.detection.watch.rules import WATCHES
from warehouse.metrics import METRICS

SOURCE = Path(dashboard.__file__).parent
FRONT_END = "\n".join(file.read_text("utf-8") for file in sorted((SOURCE / "whiteboard/web/src").glob("*.ts*")))
"""The whiteboard's own; its keys stand below "whiteboard."."""
NAMES = {"p-a": "张伟", "hz": "杭州", "vms": "VMS"}


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ('msgid "a.b"\nmsgstr "有"', ""),
        ('msgid "a.b"\nmsgstr "有"', 'msgid "a.b"\nmsgstr ""'),
        ('msgid "a.b"\nmsgstr "有 {gap}"', 'msgid "a.b"\nmsgstr "has {sum}"'),
    ],
    ids=["not there", "not translated", "other names"],
)
def test_a_text_that_a_language_does_not_say_is_refused(tmp_path: Path, zh: str, en: str) -> None:
    for lang, text in zip(LANGS, (zh, en), strict=True):
        file = tmp_path / lang / "LC_MESSAGES" / "oneboard.po"
        file.parent.mkdir(parents=True)
        file.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=r"a\.b must say the same, with the same names, in every language: zh, en"):
        read(tmp_path)


def test_every_key_the_dashboard_asks_for_is_in_the_catalogue() -> None:
    asked = {
        (path.name, key)
        for path in SOURCE.rglob("*.py")
        for key in re.findall(r"""\bt\(\s*["']([a-z_]+\.[a-z_]+)["']""", path.read_text("utf-8"))
    }
    asked |= {("web", f"whiteboard.{key}") for key in re.findall(r"""\bt\(\s*["']([a-z_]+)["']""", FRONT_END)}
    assert {(name, key) for name, key in asked if key not in CATALOGUE} == set()


def test_every_metric_is_defined_in_the_viewers_language() -> None:
    assert [id for id in METRICS if f"metrics.{id}" not in CATALOGUE] == []


def test_every_field_of_a_deal_and_an_order_has_a_name_and_no_other() -> None:
    fields = {*Order.model_fields, *Opportunity.model_fields} - ENVELOPE
    assert {f"deal.{field}" for field in fields} == {key for key in CATALOGUE if key.startswith("deal.")}


def test_every_text_is_asked_for() -> None:
    """A key counts as used where a source says it whole, or asks by a pattern whose open part some source names."""
    words, patterns = _said()
    words |= {f"whiteboard.{word}" for word in re.findall(r'"([a-z_]+)"', FRONT_END)}
    patterns |= {rf"whiteboard\.{start}(.+)" for start in re.findall(r"\bt\(`([a-z_]+)\$", FRONT_END)}
    loose = [(pattern, re.compile(pattern)) for pattern in patterns]

    def is_used(key: str) -> bool:
        if key in words or key.startswith(WRITTEN_BY_DATA):
            return True
        found = (one.fullmatch(key) for _, one in loose)
        return any(all(part in words or _fits(part, patterns) for part in hit.groups()) for hit in found if hit)

    assert [key for key in CATALOGUE if not is_used(key)] == []


WRITTEN_BY_DATA = (
    "roles.",
    "board.stage_",
    "board.outcome_",
    "board.kind_",
    "board.forecast_",
    "deal.",
    "why.",
    "against.",
    "reason.",
    "pipeline.basis_",
    "findings.item_",
    "rules.name_",
)
"""Keys whose last part events or settings say: a role, a stage or an outcome of a source, a sentence or a rule of
detection."""


def _said() -> tuple[set[str], set[str]]:
    """Every text constant of our sources, and every text with open parts as a pattern."""
    words: set[str] = set()
    patterns: set[str] = set()
    for room in ("dashboard", "streams", "warehouse", "ingest"):
        for path in (SOURCE.parent / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    words |= {node.value, *node.value.split()}
                elif isinstance(node, ast.JoinedStr):
                    parts = [re.escape(p.value) if isinstance(p, ast.Constant) else "(.+)" for p in node.values]
                    patterns.add("".join(parts))
    return words, {one for one in patterns if re.match(r"[a-z_\\.]", one) and "(.+)" in one}


def _fits(part: str, patterns: set[str]) -> bool:
    return any(re.fullmatch(one, part) for one in patterns if not one.startswith("(") and "\\." not in one)


DETECTION = Path(dashboard.__file__).parent.parent / "streams" / "detection"
CODE = re.compile(r"""\bcode\(\s*["']([a-z_.]+)["']""")


def test_every_sentence_detection_writes_can_be_worded() -> None:
    written = {
        (path.name, key)
        for path in DETECTION.rglob("*.py")
        for key in CODE.findall(path.read_text("utf-8"))
        + re.findall(r"""["'](reason\.[a-z_]+)["']""", path.read_text("utf-8"))
    }
    assert written
    for rule in WATCHES.values():
        written |= {(rule.id, key) for key in (rule.sentence, rule.name, *rule.against)}
    assert {(name, key) for name, key in written if key not in CATALOGUE} == set()


def test_an_unknown_key_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UnknownText, match=r'Did you mean "findings\.nobody"'):
        t("findings.nobod", "en")


def test_a_sentence_is_worded_in_the_readers_language() -> None:
    code = "why.owner_of_cell|person=p-a|unit=hz|product=vms"
    assert sentence(code, "zh", NAMES) == "张伟 负责 杭州 × VMS"
    assert sentence(code, "en", NAMES) == "张伟 answers for 杭州 × VMS"
    assert ids_in(code) == {"p-a", "hz", "vms"}


def test_money_shares_and_changes_in_a_sentence_are_formatted() -> None:
    assert sentence("against.one_deal|amount=41200000|share=0.34", "zh", {}) == "最大的一笔 4,120万 占 34%"
    assert sentence("why.visits_fell|person=p-a|change=-0.4|days=10", "zh", NAMES) == "张伟 近 10 个工作日拜访 −40%"
    said = sentence("why.gap_after_largest|gap=-8000000", "en", {})
    assert said == "without its largest deal the gap is −8.00\u00a0M"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    "code", ["why.from_a_later_version|x=1", "free text", "why.owner_of_cell|person=p-a", "", "|", "why.stand_in|=|="]
)
def test_a_code_that_cannot_be_worded_is_shown_as_it_came(code: str, lang: str) -> None:
    assert sentence(code, lang, {}) == code  # type: ignore[arg-type]


def test_a_value_that_is_no_number_is_shown_as_it_came() -> None:
    assert sentence("why.gap_after_largest|gap=much", "en", {}) == "without its largest deal the gap is much"


def test_a_bar_inside_a_value_is_escaped() -> None:
    assert sentence("why.supply_short|product=a%7Cb%2525", "en", {}) == (
        "a|b%25 cannot be delivered: the product's manager answers"
    )


def test_a_code_is_read_as_it_was_written() -> None:
    assert parse(code("a.b", why="100 % | so %7C", seconds=3)) == ("a.b", {"why": "100 % | so %7C", "seconds": "3"})


@pytest.mark.parametrize("called", [step_name, source_name])
def test_what_is_ours_has_a_name_and_what_is_ones_own_keeps_its_own(called: Callable[[str, Lang], str]) -> None:
    ours = {step_name: "person", source_name: "planning"}[called]
    assert called(ours, "zh") != ours
    assert called("crm-2", "zh") == called("crm-2", "en") == "crm-2"

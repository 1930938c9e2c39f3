"""What the fictional company makes: lines of a video-technology maker and the products in them."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Line:
    """A product line; `weight` is its part of the business before normalising, `tax_rate` a percentage."""

    id: str
    name: str
    name_en: str
    letter: str
    weight: float
    tax_rate: int = 13


LINES = (
    Line("cam", "前端摄像机", "Cameras", "C", 0.24),
    Line("nvr", "存储", "Storage", "N", 0.17),
    Line("vms", "平台软件", "VMS", "V", 0.16, tax_rate=6),
    Line("acs", "门禁", "Access control", "A", 0.13),
    Line("conf", "会议", "Conferencing", "M", 0.12),
    Line("thermal", "热成像", "Thermal imaging", "T", 0.11),
    Line("net", "传输网络", "Networking", "L", 0.10),
    Line("disp", "显示控制", "Displays", "D", 0.10),
    Line("call", "可视对讲", "Intercom", "I", 0.09),
    Line("alarm", "入侵报警", "Intrusion alarms", "B", 0.08),
    Line("mobile", "车载移动", "Mobile video", "K", 0.08),
    Line("ai", "智能分析", "AI servers", "X", 0.08, tax_rate=6),
)


@dataclass(frozen=True)
class Product:
    """A product on sale; `line` is the index of its line, `weight` its part of the whole business."""

    index: int
    id: str
    name: str
    name_en: str
    line: int
    weight: float


def products(lines: int, count: int, rng: np.random.Generator) -> tuple[Product, ...]:
    """`count` products spread over the first `lines` lines, a few large ones and a tail in each; weights sum to 1."""
    total = sum(line.weight for line in LINES[:lines])
    made: list[Product] = []
    for index, line in enumerate(LINES[:lines]):
        size = count // lines + (index < count % lines)
        raw = rng.lognormal(0, 0.12, size) / (np.arange(size) + 1.5)
        for rank, part in enumerate(raw / raw.sum()):
            model = f"{line.letter}{rank + 1}00"
            made.append(
                Product(
                    index=len(made),
                    id=f"{line.id}-{model.lower()}",
                    name=f"{line.name} {model}",
                    name_en=f"{line.name_en} {model}",
                    line=index,
                    weight=float(part) * line.weight / total,
                )
            )
    return tuple(made)

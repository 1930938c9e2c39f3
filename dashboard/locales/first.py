"""The words of the first hour."""

from dashboard.locales import Texts

TEXTS: Texts = {
    "title": ("还没有任何数据", "There are no data yet"),
    "what": (
        "看板已就绪，日志里还没有一条事件。任选一条路开始，数据一到，这里会自己变成看板。",
        "The board is ready and the log is empty. Take one of these ways; as data come, this turns into the board.",
    ),
    "simulate": ("先看一个虚构的公司", "See a fictional company first"),
    "simulate_what": (
        "几分钟内生成十四个月的历史，然后像真的一样动起来。",
        "Fourteen months of history in minutes, then it lives as it happens.",
    ),
    "simulate_more": ("清空：make clean", "To forget it: make clean"),
    "import": ("导入文件", "Import files"),
    "import_what": (
        "CSV、Excel、Parquet 或 JSON，用一个映射文件说明每一列；先试跑，再导入。",
        "CSV, Excel, Parquet or JSON by a mapping that says what each column is; try it dry first.",
    ),
    "import_more": ("怎么写映射：docs/import.md", "How to write a mapping: docs/import.md"),
    "connect": ("接入正在用的系统", "Connect a system in use"),
    "connect_what": (
        "从 Kafka 主题或数据库表读取新增的行，或把事件直接发到入口。",
        "Read new rows from Kafka topics or database tables, or send events to the door.",
    ),
    "connect_more": ("来源与入口：docs/sources.md", "Sources and the door: docs/sources.md"),
    "then": (
        "数据到了却看不到？“运行状态”页说明每一部分是否在跑，“运维”页列出没能读懂的事件。",
        "Data came and nothing shows? Health says whether each part runs, Ops lists events that could not be read.",
    ),
}

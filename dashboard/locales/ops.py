"""The words of the page for sales operations: dead letters, streams that stand still, totals, retractions, verify."""

from dashboard.locales import Texts

TEXTS: Texts = {
    "title": ("运维", "Ops"),
    "only_ops": ("这一页只给销售管理部看", "This page is for sales operations only"),
    "only_ops_hint": (
        "当前身份：{person}。事件原文里有姓名和联系方式；请以销售管理部的身份查看。",
        "You are {person}. Events in full hold names and contacts; look as somebody of sales operations.",
    ),
    # the sentence
    "all_well": ("没有待处理的死信，事件流都在走。", "No dead letter waits, and every stream moves."),
    "some_wait": ("**{count}** 条事件未能入库，待处理；", "**{count}** events could not be taken and wait;"),
    "none_waits": ("没有待处理的死信；", "No dead letter waits;"),
    "all_move": ("事件流都在走。", " every stream moves."),
    "some_stand": ("**{count}** 个分区停住了。", " **{count}** partitions stand still."),
    # streams that stand still
    "standing": ("停住的事件流", "Streams that stand still"),
    "stands": (
        "{topic} 分区 {partition} 自 {since} 起停在偏移 {offset}，后面还有 {behind} 条。",
        "{topic}, partition {partition}, stands still before offset {offset} since {since}; {behind} events wait.",
    ),
    "stands_flood": (
        "接下来 {seen} 条里有 {bad} 条不合格，例如：{why}。坏事件太多，故停下而不是悄悄丢到一边。"
        "先修好来源；确认后可放行，它们会成为死信。",
        "Of the next {seen} events {bad} are refused, e.g.: {why}. So much is bad that the stream stopped instead of"
        " diverting it quietly. Mend the source; then let them through, and they become dead letters.",
    ),
    "stands_idle": (
        "事件本身没有问题：请看 worker 和数据仓库是否在运行（oneboard doctor）。",
        "The events themselves are fine: see whether the worker and the warehouse run (oneboard doctor).",
    ),
    "let_through": ("放行", "Let through"),
    "let_through_done": ("已放行 {place}，稍后继续。", "{place} is let through; it goes on in a moment."),
    # the list
    "letters": ("死信", "Dead letters"),
    "letters_about": (
        "不能入库的事件，原样保留，连同原因。改好后可重放；重放两次与一次相同。",
        "Events that could not be taken, kept whole, with the reason. Mended they can be replayed; twice is the same as"
        " once.",
    ),
    "all": ("全部", "All"),
    "waits": ("待处理", "waits"),
    "replayed": ("已重放", "replayed"),
    "dismissed": ("已了结", "dismissed"),
    "by": ("{how} · {who} · {at}", "{how} · {who} · {at}"),
    "attempt": ("第 {count} 次", "attempt {count}"),
    "newest_of": ("最新 {shown} 条，共 {all} 条", "the newest {shown} of {all}"),
    "nothing": ("没有死信", "No dead letters"),
    "nothing_hint": ("收到的事件都已入库。", "Every event that came has been stored."),
    "nothing_so": ("没有这样的死信", "No such dead letters"),
    "nothing_so_hint": ("去掉筛选看全部。", "Take the filter off to see all."),
    "unreachable": ("Kafka 暂时连不上", "Kafka cannot be reached"),
    "unreachable_hint": ("死信都在日志里，没有丢；正在重试。", "Dead letters lie on the log, none is lost; retrying."),
    "reason_invalid-event": ("不合格", "invalid event"),
    "reason_version-conflict": ("版本冲突", "version conflict"),
    "reason_currency-without-rate": ("缺汇率", "no rate"),
    # one letter
    "close": ("关闭", "Close"),
    "event": ("事件", "Event"),
    "key": ("键", "Key"),
    "no_key": ("无", "none"),
    "put_aside": ("搁置于", "Put aside"),
    "state": ("状态", "State"),
    "wrong": ("问题", "What is wrong"),
    "todo": ("怎么办", "What to do"),
    "still_refused": ("原样重放仍会被拒：", "As it is it would be refused again:"),
    "would_pass": ("现在的规则会接受它。", "The contract would take it now."),
    "bytes": ("原文 · {size} 字节", "Its bytes · {size}"),
    "mend": ("改成", "Mended"),
    "mend_hint": ("在此改好再重放；不改则原样重放。", "Mend it here; unchanged it goes back as it was."),
    "too_long_to_mend": (
        "太长，不能在此修改；用 oneboard dead-letters replay {position} --edit 文件。",
        "Too long to mend here; use oneboard dead-letters replay {position} --edit FILE.",
    ),
    "replay": ("重放", "Replay"),
    "replay_all": ("重放这些待处理的（{count}）", "Replay those that wait ({count})"),
    "why": ("了结理由", "Why nothing is to be done"),
    "dismiss": ("了结", "Dismiss"),
    "gone": ("这封死信已不在日志里", "This letter is no longer on the log"),
    "gone_hint": ("链接可能有误。", "The link may be wrong."),
    "todo_invalid-event": (
        "按下面列出的字段改好再重放；来源也要改，否则还会再来。",
        "Mend the fields named here and replay it; mend the source too, or more will come.",
    ),
    "todo_version-conflict": (
        "同一版本来过两种内容。以先到的为准；若这条才对，请给它一个更大的 version 再重放，否则了结。",
        "One version came with two contents and the first stands. If this one is right, give it a higher version and"
        " replay it; else dismiss it.",
    ),
    "todo_currency-without-rate": (
        "在 ONEBOARD_COMPANY_RATES 里给这个币种加一条当日或更早的汇率，重启 worker，再原样重放。",
        "Add a rate of that currency from that day or before to ONEBOARD_COMPANY_RATES, restart the worker, replay it"
        " as it is.",
    ),
    "todo_other": (
        "看原文与原因，改好再重放，或了结。",
        "See the bytes and the reason; mend and replay it, or dismiss it.",
    ),
    # what is said of an action
    "sent": ("已重放 {count} 条", "{count} replayed"),
    "already": ("{count} 条此前已处理", "{count} settled before"),
    "refused": ("{count} 条仍不合格，未发送：{why}", "{count} still refused and not sent: {why}"),
    "no_topic": ("{count} 条不来自本系统的主题，不能重放", "{count} came from no topic of ours and cannot go back"),
    "done_dismissed": ("已了结 {count} 条", "{count} dismissed"),
    "and": ("；", "; "),
    "why_required": ("请写明理由", "Say why nothing is to be done"),
    "not_done": ("未能完成：{error}", "It could not be done: {error}"),
    # verify
    "verified": ("已核对 {at}", "verified at {at}"),
    "verified_wrong": ("核对 {at}：{count} 项不符", "checked at {at}: {count} sums do not agree"),
    "verified_never": ("尚未核对", "not verified yet"),
    "verified_hint": (
        "{at} 由日志独立重算全部汇总并比对：{events} 条事件，{sums} 个合计，{wrong} 个不符；用时 {took} 秒。",
        "At {at} every aggregate was recomputed from the log and compared: {events} events, {sums} sums, {wrong} that"
        " do not agree; it took {took} s.",
    ),
    "verified_never_hint": (
        "核对随 make demo / make up 定时运行，也可手动：oneboard verify。",
        "Verify runs by itself beside make demo and make up, or by hand: oneboard verify.",
    ),
    # the source's own totals
    "totals": ("与来源对账", "Against the source"),
    "totals_about": (
        "来源用 control-totals 说它某天发了多少条、合计多少；这里与日志入库的相比。",
        "With control-totals a source says how many entities and how much it sent of a day; here is what came.",
    ),
    "totals_none": ("还没有来源发来合计", "No source has sent totals yet"),
    "totals_none_hint": (
        "让来源每天发一条 control-totals（见 docs/reconciliation.md）。",
        "Let the source send one control-totals event a day (see docs/reconciliation.md).",
    ),
    "matches": ("与来源一致", "matches the source"),
    "missing": ("少 {count} 条", "{count} missing"),
    "too_many": ("多 {count} 条", "{count} too many"),
    "amount_off": ("金额差 {amount}", "amount off by {amount}"),
    "since_clock": ("自 {at} 起没有再来", "nothing since {at}"),
    # what was taken back
    "retractions": ("撤回", "Taken back"),
    "retractions_about": (
        "用 oneboard retract 撤回的来源或文件：它们的事件不再计数，但仍在日志里。",
        "Sources and files taken back with oneboard retract: their events no longer count, and stay on the log.",
    ),
    "retractions_none": ("还没有撤回过什么", "Nothing was ever taken back"),
    "retractions_none_hint": (
        "导错了文件可以撤回（见 docs/retract.md）。",
        "A bad file can be taken back (see docs/retract.md).",
    ),
    "col_when": ("时间", "When"),
    "col_events": ("条数", "Events"),
    "col_who": ("谁", "Who"),
    "col_why": ("原因", "Why"),
    "col_source": ("来源", "Source"),
    "col_day": ("日期", "Day"),
    "col_topic": ("主题", "Topic"),
    "col_said": ("来源说", "It says"),
    "col_have": ("已入库", "Stored"),
    "col_verdict": ("结论", "Verdict"),
}


def advice(reason: str) -> str:
    """The key of what to do about letters of that reason."""
    key = f"todo_{reason}"
    return f"ops.{key if key in TEXTS else 'todo_other'}"

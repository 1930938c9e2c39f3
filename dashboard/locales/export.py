"""The words of what is taken along."""

from dashboard.locales import Texts

TEXTS: Texts = {
    "take": ("带走", "Take along"),
    "title": ("带走这一页", "Take this page along"),
    "xlsx": ("Excel", "Excel"),
    "xlsx_what": ("每块一张工作表，数字可计算", "a sheet a panel, numbers as numbers"),
    "csv": ("CSV", "CSV"),
    "csv_what": ("全部表格，精确到分", "every table, exact to the cent"),
    "pdf": ("PDF", "PDF"),
    "pdf_what": ("与屏幕相同，可打印", "as on the screen, ready to print"),
    "png": ("图片", "Picture"),
    "png_what": ("整页 PNG", "the whole page as PNG"),
    "print": ("打印", "Print"),
    "print_what": ("由本机浏览器打印或存为 PDF", "by your browser, or save as PDF from there"),
    "copy": ("复制链接", "Copy the link"),
    "copy_what": ("打开即还原这一画面", "it shows this very picture again"),
    "copied": ("已复制", "Copied"),
    "no_browser": (
        "服务器上没有 Chromium，因此不出 PNG 和 PDF 文件；请用打印另存为 PDF，或设置 ONEBOARD_DASHBOARD_BROWSER。",
        "The server has no Chromium, so it makes no PNG and PDF files: print to PDF instead, or set"
        " ONEBOARD_DASHBOARD_BROWSER.",
    ),
    "stamped": (
        "文件上写明范围、筛选、截至时间、取数人和还原链接。",
        "Each says its scope, filters, as-of time, who asked, and the link that restores it.",
    ),
    "as_of": ("数据截至", "As of"),
    "asked_by": ("取数人", "Asked by"),
    "link": ("还原链接", "Link"),
    "customer": ("客户", "Customer"),
    "deal": ("商机 / 订单", "Deal"),
    "listing": ("清单", "List"),
    "numbers": ("关键数字", "Key numbers"),
    "detail": ("说明", "Detail"),
    "day": ("日期", "Day"),
    "since": ("自", "Since"),
    "standing": ("状态", "Standing"),
    "open": ("未处理", "open"),
    "acknowledged": ("已知悉", "acknowledged"),
    "taken": ("已接手", "taken"),
    "not_a_problem": ("不是问题", "not a problem"),
    "no_such": ("没有这样的文件：{name}", "There is no such file: {name}"),
    "no_picture": (
        "现在无法生成图片：{error}。请用打印，或稍后再试。",
        "No picture can be made now: {error}. Print instead, or try again later.",
    ),
}

"""The words of the connection between browser and board."""

from dashboard.locales import Texts

TEXTS: Texts = {
    "lost": (
        "看板连接中断，{seconds} 秒后重试；下面是断开前的画面",
        "The board cannot be reached, retrying in {seconds} s; below is the last picture",
    ),
    "trying": (
        "看板连接中断，正在重试…下面是断开前的画面",
        "The board cannot be reached, trying now … below is the last picture",
    ),
}

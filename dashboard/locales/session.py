"""The words of the viewer chooser."""

from dashboard.locales import Texts

TEXTS: Texts = {
    "viewer": ("查看者", "Viewer"),
    "choose": ("以谁的身份查看", "See the board as"),
    "nobody": ("（无人）", "(nobody)"),
    "whole_company": ("全公司", "whole company"),
    "no_sign_in": ("尚无登录：仅限本机使用", "No sign-in yet: this machine only"),
}

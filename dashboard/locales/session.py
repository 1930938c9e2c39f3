"""The words of the viewer chooser."""

from dashboard.locales import Texts

TEXTS: Texts = {
    "choose": ("以谁的身份查看", "See the board as"),
    "no_sign_in": ("尚无登录：仅限本机使用", "No sign-in yet: this machine only"),
}

"""The words of saved views."""

from dashboard.locales import Texts

TEXTS: Texts = {
    "open": ("我的视图", "Saved views"),
    "title": ("保存的视图", "Saved views"),
    "none": ("还没有保存视图。", "You have saved no view yet."),
    "shared": ("同事共享的", "Shared by others"),
    "is_shared": ("已共享", "shared"),
    "share": ("共享“{name}”", "Share “{name}”"),
    "unshare": ("不再共享“{name}”", "Stop sharing “{name}”"),
    "rename": ("重命名“{name}”", "Rename “{name}”"),
    "forget": ("删除“{name}”", "Forget “{name}”"),
    "new_name": ("新名称", "New name"),
    "name": ("保存当前画面", "Save this picture"),
    "placeholder": ("名称", "Name"),
    "save": ("保存", "Save"),
    "share_it": ("共享给所有人（各人只看到自己权限内的）", "Share with all (each sees what their scope allows)"),
    "bad_name": ("名称为 1 到 80 个字。", "A name has 1 to 80 characters."),
    "not_saved": ("没有保存：{error}", "Not saved: {error}"),
    "unreachable": ("视图暂时读不出来：{error}", "The views cannot be read at the moment: {error}"),
}

"""What a person's role is called."""

from dashboard.locales import Texts

TEXTS: Texts = {
    "rep": ("客户经理", "account rep"),
    "AR": ("客户经理", "account rep"),
    "solution": ("解决方案经理", "solution rep"),
    "SR": ("解决方案经理", "solution rep"),
    "fulfilment": ("交付经理", "fulfilment rep"),
    "FR": ("交付经理", "fulfilment rep"),
    "team_lead": ("组长", "team lead"),
    "office_manager": ("办事处主任", "office manager"),
    "region_manager": ("大区总经理", "region manager"),
    "unit_manager": ("部门负责人", "unit manager"),
    "product_manager": ("产品经理", "product manager"),
    "approver": ("审批人", "approver"),
    "head": ("销售负责人", "head of sales"),
    "ops": ("销售管理部", "sales operations"),
}

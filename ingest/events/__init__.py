"""What may enter: one pydantic model an event, checked at the door and again off the topic.

Bare fields are enough; every other field is optional and carried through. Unknown fields are kept.
"""

from ingest.events.actions import Action, SavedView
from ingest.events.activities import Activity
from ingest.events.base import Event, Part
from ingest.events.baselines import Baseline, BaselineChance, BaselineNode
from ingest.events.checks import Check, CheckKind, Proposal, Sign
from ingest.events.collections import Allocation, Collection
from ingest.events.control_totals import ControlTotal
from ingest.events.credits import Credit, Credits, shares_add_up
from ingest.events.findings import Behind, Cell, Factor, FactorCell, Finding, Landing, ProblemKind
from ingest.events.meetings import Called, MeetingSaid, Why
from ingest.events.notifications import Notification, NotifiedOf
from ingest.events.opportunities import Opportunity, OpportunityLine
from ingest.events.orders import Due, Order
from ingest.events.org import ORG, CalendarDay, Customer, Org, OrgEvent, Person, Product, Role, Unit
from ingest.events.slices import Slice
from ingest.events.targets import Target
from ingest.events.tasks import Expected, Task
from ingest.events.ticks import Tick
from ingest.events.trials import Trial, Tried
from ingest.events.verifications import Verification

__all__ = [
    "ORG",
    "Action",
    "Activity",
    "Allocation",
    "Baseline",
    "BaselineChance",
    "BaselineNode",
    "Behind",
    "CalendarDay",
    "Called",
    "Cell",
    "Check",
    "CheckKind",
    "Collection",
    "ControlTotal",
    "Credit",
    "Credits",
    "Customer",
    "Due",
    "Event",
    "Expected",
    "Factor",
    "FactorCell",
    "Finding",
    "Landing",
    "MeetingSaid",
    "Notification",
    "NotifiedOf",
    "Opportunity",
    "OpportunityLine",
    "Order",
    "Org",
    "OrgEvent",
    "Part",
    "Person",
    "ProblemKind",
    "Product",
    "Proposal",
    "Role",
    "SavedView",
    "Sign",
    "Slice",
    "Target",
    "Task",
    "Tick",
    "Trial",
    "Tried",
    "Unit",
    "Verification",
    "Why",
    "shares_add_up",
]

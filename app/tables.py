"""Every table, so that one import knows the whole schema."""

from sqlmodel import SQLModel

from app.access import models as access
from app.delivery import hook_models as hooks
from app.delivery import models as delivery
from app.demo import models as demo
from app.followups import contact_models as contact
from app.followups import models as followups
from app.intake import models as intake
from app.messages import models as messages
from app.messages import rephrase_models as rephrasing
from app.metrics import models as metrics
from app.replies import imap_models as imap
from app.replies import models as replies
from app.sla import models as sla
from app.timeline import models as timeline

__all__ = [
    "access",
    "contact",
    "delivery",
    "demo",
    "followups",
    "hooks",
    "imap",
    "intake",
    "messages",
    "metadata",
    "metrics",
    "rephrasing",
    "replies",
    "sla",
    "timeline",
]

metadata = SQLModel.metadata

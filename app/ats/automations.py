"""What an ATS may write to candidates by itself, and what to do so that nobody hears the same twice. Pure.

Read 2026-11 in the vendors' own words: Greenhouse and Ashby API documentation; help.lever.co, automation
workflows; help.workable.com, automated actions; help.smartrecruiters.com, auto replies, and SAP's course on
its message tasks; support.teamtailor.com, triggers; support.recruitee.com, automated actions.
"""

from collections.abc import Mapping
from types import MappingProxyType

_WRITES: Mapping[str, str] = MappingProxyType(
    {
        "greenhouse": "Greenhouse may confirm applications, send mail when a candidate changes stage (stage "
        "transition rules), and offers a rejection e-mail with each rejection.",
        "lever": "Lever's automation workflows (More › Automation) may send mail when somebody applies or is "
        "moved, tagged or archived.",
        "ashby": "Ashby may send mail when a candidate enters a stage, and with an archiving (by default the "
        "next morning).",
        "workable": "Workable confirms every application by mail, which cannot be switched off there; its "
        "automated actions may write after an application, a move or a disqualification.",
        "smartrecruiters": "SmartRecruiters answers applications with an auto-reply (Settings › Auto-Reply); "
        "message tasks in a hiring process's workflows may write as well.",
        "teamtailor": "Teamtailor's triggers may send a message when a candidate enters a stage.",
        "recruitee": "Recruitee's automated actions may send mail when a candidate enters a stage or is "
        "disqualified for certain reasons.",
        "generic": "Your system may write to candidates by itself.",
    }
)
_HERE: Mapping[str, str] = MappingProxyType(
    {
        "workable": "Set `application_received` to `note_only` or `off`; switch the others off there, or set "
        "their kinds so.",
        "generic": "Switch it off there, or set that kind of message to `off`.",
    }
)
_ELSE = "Switch that off there, or set that kind of message to `note_only` or `off` in `delivery`."


def automations(vendor: str) -> str | None:
    """What that vendor may write by itself and what to do about it; None for one nobody has looked at."""
    writes = _WRITES.get(vendor)
    return f"{writes} {_HERE.get(vendor, _ELSE)}" if writes else None

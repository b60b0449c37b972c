"""The laws of the house: each is kept by a machine, with its exceptions by name."""

import ast
import inspect
import re
from collections.abc import Iterator

import pytest

from app import errors
from app.errors import HeardbackError
from tests.laws.houses import APP, STAGES, calls, functions, imports, trees

CLOCKS = re.compile(r"(^|\.)(datetime\.now|utcnow|date\.today|datetime\.today|time\.time|time\.time_ns)$")
MAY_READ_THE_CLOCK = {
    "moments.py",
    "ids.py",  # ids sort by their making; they are no business time and never parsed
}
MAY_USE_THE_NETWORK = {
    "calls.py": "the vendors' APIs",
    "calls_wire.py": "the vendors' APIs",
    "vendors.py": "the vendors' APIs",
    "delivery/hook_fetch.py": "what the proof of a mail provider's webhook needs",
    "delivery/route_chat.py": "chat rooms of the team",
    "delivery/route_http.py": "mail providers",
    "delivery/route_smtp.py": "mail providers",
    "intake/lane.py": "the door's own way into the database",
    "intake/writer.py": "the door's own way into the database",
    "intake/directory.py": "the door's own way into the database",
    "messages/rephrase_call.py": "a language model, where one is set up",
    "replies/imap_line.py": "a mailbox, where one is set up",
    "replies/imap_socket.py": "a mailbox, where one is set up",
    "routes.py": "names the database's errors",
    "server.py": "listens",
    "worker.py": "Redis",
}
NETWORK = {
    *("httpx", "aiosmtplib", "smtplib", "imaplib", "socket"),
    *("asyncpg", "redis", "arq", "requests", "urllib3"),
}
LOGGED = {
    *("action", "attempt", "changes", "channel", "code", "connection", "correlation_id", "delivery"),
    *("detail", "error", "facts", "kind", "loop", "mailbox", "method", "ms", "outcome", "route", "row"),
    *("rows", "sqlstate", "state", "status", "worker"),
}
"""Fields of log lines: ids, counts, kinds. Who adds one here has thought about people."""


def _found(module: str, node: ast.AST) -> str:
    return f"{module}:{getattr(node, 'lineno', '?')}"


def test_only_the_unit_of_work_commits() -> None:
    """One commit a unit of work, in `db.py`: nothing is half done."""
    found = [
        _found(module, call)
        for module, tree in trees().items()
        for name, call in calls(tree)
        if name.endswith(".commit")
    ]
    assert found == []
    begun = [module for module, tree in trees().items() for name, _ in calls(tree) if name.endswith(".begin")]
    assert set(begun) <= {"db.py", "migrations.py"}


def test_only_moments_asks_what_time_it_is() -> None:
    """Whoever needs an instant is given one, so that tests and the demo can hold it."""
    found = {module for module, tree in trees().items() for name, _ in calls(tree) if CLOCKS.search(name)}
    assert found == MAY_READ_THE_CLOCK


def test_sql_does_not_ask_either() -> None:
    """No `now()` of the database: it is another clock."""
    found = [
        _found(module, call)
        for module, tree in trees().items()
        for name, call in calls(tree)
        if name in ("func.now", "func.current_timestamp")
    ]
    assert found == []


def test_nothing_is_left_to_the_memory_of_a_process() -> None:
    """No background tasks of the framework: the row is the job."""
    assert [m for m, tree in trees().items() if any("BackgroundTask" in name for name in imports(tree))] == []


def test_the_network_is_touched_at_named_edges_only() -> None:
    """Whoever may hang is known."""
    found = {
        module
        for module, tree in trees().items()
        if not module.startswith("demo/")
        for name in imports(tree)
        if name.split(".")[0] in NETWORK
    }
    assert found == set(MAY_USE_THE_NETWORK)


def test_only_main_imports_routers() -> None:
    """A router is a leaf."""
    found = {
        module
        for module, tree in trees().items()
        for name in imports(tree)
        if re.fullmatch(r"app(\.\w+)*\.(\w+_)?router(\.\w+)?", name) and not name.endswith(".api_router")
    }
    assert found == {"main.py"}


def test_only_shells_by_name_bring_the_late_stages_together() -> None:
    """The flow is the map: no other module of the root takes an event all the way to its delivery."""
    shells = {"flow.py", "running.py", "main.py", "tables.py", "services.py", "commands.py", "cli.py"}
    for module, tree in trees().items():
        if "/" in module or module in shells:
            continue
        stages = {name.split(".")[1] for name in imports(tree) if name.startswith("app.")} & set(STAGES)
        assert not {"timeline", "sla", "followups", "messages", "delivery"} <= stages, module


def test_modules_are_rooms() -> None:
    """None over 350 lines, most of them under 150."""
    lines = {module: len((APP / module).read_text(encoding="utf-8").splitlines()) for module in trees()}
    assert {module: n for module, n in lines.items() if n > 350} == {}
    assert sum(n <= 150 for n in lines.values()) >= 0.65 * len(lines)


def test_functions_are_short() -> None:
    """None over 60 lines, nine of ten within 30."""
    lengths = [
        ((f.end_lineno or 0) - f.lineno + 1, f"{module}:{f.name}")
        for module, tree in trees().items()
        for f in functions(tree)
    ]
    assert [name for length, name in lengths if length > 60] == []
    lengths.sort()
    assert lengths[int(len(lengths) * 0.9)][0] <= 30


def _errors(base: type[HeardbackError] = HeardbackError) -> Iterator[type[HeardbackError]]:
    yield base
    for sub in base.__subclasses__():
        yield from _errors(sub)


@pytest.mark.parametrize("error", list(_errors()), ids=lambda e: str(e.__name__))
def test_every_error_has_its_place_its_code_and_its_words(error: type[HeardbackError]) -> None:
    """Defined in the tree, listed in its docstring, with a status and words that say what to do."""
    assert error.__module__ == "app.errors"
    assert re.search(rf"\b{error.__name__}\b", errors.__doc__ or "")
    assert error.__doc__
    assert inspect.getdoc(error) != inspect.getdoc(error.__mro__[1]) or error is HeardbackError
    assert 400 <= error.status < 600
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", error().code)


def test_codes_of_errors_are_told_apart() -> None:
    """A code names one class."""
    codes = [error().code for error in _errors()]
    assert len(set(codes)) == len(codes)


def test_log_lines_name_no_new_field_unseen() -> None:
    """Fields are on the list, events are constants: nothing personal gets into a log by accident."""
    for module, tree in trees().items():
        for name, call in calls(tree):
            if not re.fullmatch(r"_?log(ger)?\.(debug|info|warning|error|exception|critical)", name):
                continue
            assert call.args, _found(module, call)
            assert isinstance(call.args[0], ast.Constant), _found(module, call)
            assert {keyword.arg for keyword in call.keywords} <= LOGGED, _found(module, call)


def test_functions_that_write_history_say_what_they_do() -> None:
    """Public functions and classes of the stages have docstrings, unless their name and types say all."""
    public, bare = 0, []
    for module, tree in trees().items():
        if module.split("/")[0] not in (*STAGES, "ats", "mail", "privacy"):
            continue
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                public += not node.name.startswith("_")
                if not node.name.startswith("_") and not ast.get_docstring(node):
                    bare.append(f"{module}:{node.name}")
    assert len(bare) <= 0.12 * public, bare

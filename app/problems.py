"""Errors as the caller meets them: problem+json (RFC 9457), each class with its documented response."""

import json
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.errors import Busy, DatabaseAway, HeardbackError, NotAuthenticated, Unprocessable
from app.log import correlation_id

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:heardback:problem:"


class FieldProblem(BaseModel):
    """One field that is wrong. The value is not repeated: it may be a secret."""

    field: str = Field(examples=["body.scopes.0"])
    message: str = Field(examples=["Input should be 'read', 'act', 'admin' or 'metrics'"])


class Problem(BaseModel):
    """What went wrong (RFC 9457). `code` is stable; quote `correlation_id` when asking for help."""

    type: str = Field(examples=["urn:heardback:problem:not-found"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is nothing with that id."])
    code: str = Field(examples=["not-found"])
    correlation_id: str | None = Field(default=None, examples=["cor_01jd2q8z6w3k7m9p5r1t0v4x2y"])
    errors: list[FieldProblem] = Field(default_factory=list)


class ProblemResponse(Response):
    """A problem as an answer."""

    media_type = MEDIA_TYPE


def problem(
    code: str,
    status: int,
    detail: str,
    *,
    errors: Sequence[FieldProblem] = (),
    correlation: str | None = None,
) -> dict[str, Any]:
    """The members of a problem document."""
    told: dict[str, Any] = {
        "type": TYPE_PREFIX + code,
        "title": _phrase(status),
        "status": status,
        "detail": detail,
        "code": code,
        "correlation_id": correlation or correlation_id(),
    }
    if errors:
        told["errors"] = [one.model_dump() for one in errors]
    return told


def answer(error: HeardbackError, *, correlation: str | None = None) -> ProblemResponse:
    """The response for one of our errors, with Retry-After and WWW-Authenticate where they belong."""
    errors = [FieldProblem(field=error.field, message=error.detail)] if error.field else ()
    told = problem(error.code, error.status, error.detail, errors=errors, correlation=correlation)
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, NotAuthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    return _response(told, headers)


def unexpected() -> ProblemResponse:
    """The response for an error of ours that nobody foresaw; what it was stands in the log only."""
    return answer(HeardbackError())


def responses_for(*classes: type[HeardbackError]) -> dict[int | str, dict[str, Any]]:
    """What a route documents for the errors it may raise: pass to `responses=`."""
    documented: dict[int | str, dict[str, Any]] = {}
    for error in (make() for make in classes):
        entry = documented.setdefault(
            error.status,
            {
                "description": _phrase(error.status),
                "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}},
            },
        )
        example = problem(
            error.code, error.status, error.detail, correlation="cor_01jd2q8z6w3k7m9p5r1t0v4x2y"
        )
        entry["content"][MEDIA_TYPE]["examples"][error.code] = {"value": example}
    return documented


def install(app: FastAPI) -> None:
    """Make every error of this application a problem."""
    handlers: Mapping[type[Exception], Callable[[Request, Any], Response]] = {
        HeardbackError: lambda _request, error: answer(error),
        RequestValidationError: _invalid,
        HTTPException: _http,
        SQLAlchemyError: _database,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, _asynchronous(handler))


def _asynchronous(handler: Callable[[Request, Any], Response]) -> Callable[[Request, Any], Any]:
    async def handle(request: Request, error: Exception) -> Response:  # a plain one would cost a thread
        return handler(request, error)

    return handle


def _invalid(_request: Request, error: RequestValidationError) -> Response:
    found = [FieldProblem(field=_where(one["loc"]), message=str(one["msg"])) for one in error.errors()]
    detail = "The request does not fit the OpenAPI document; `errors` names the fields."
    return _response(problem("invalid-request", 422, detail, errors=found[:50]), {})


def _where(location: Sequence[object]) -> str:
    return ".".join(str(step)[:100] for step in location).encode("utf-8", "replace").decode()


def _http(_request: Request, error: HTTPException) -> Response:
    detail = {
        400: "The request cannot be understood; compare it with the OpenAPI document.",
        404: "There is nothing at this address; /docs lists what there is.",
        405: "This address does not know that method; see Allow.",
    }.get(error.status_code, _phrase(error.status_code))
    code = _phrase(error.status_code).lower().replace(" ", "-")
    return _response(problem(code, error.status_code, detail), dict(error.headers or {}))


def _database(_request: Request, error: SQLAlchemyError) -> Response:
    """What the database refused, by the class of its SQLSTATE (PostgreSQL 18 manual, appendix A)."""
    if isinstance(error, PoolTimeout):
        return answer(DatabaseAway())
    if not isinstance(error, DBAPIError):
        raise error
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if error.connection_invalidated or state[:2] in {"08", "53"} or state[:3] == "57P":
        return answer(DatabaseAway())
    if state in {"55P03", "40001", "40P01"}:
        return answer(Busy())
    if state[:2] == "22":
        return answer(Unprocessable("A value is out of the range that can be stored."))
    raise error


def _response(told: Mapping[str, Any], headers: Mapping[str, str]) -> ProblemResponse:
    return ProblemResponse(json.dumps(told), int(told["status"]), headers)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"

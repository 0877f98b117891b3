"""The composition root: which capabilities there are, and how one process is put together from them."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any
from uuid import UUID

from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import ControllerRouterHandler

from careloom import __version__
from careloom.channels import http as channels_http
from careloom.channels import jobs as channels_jobs
from careloom.channels.commands.mail.route import require_reachable
from careloom.channels.http import chat as chat_http
from careloom.channels.http.chat.gateway import ChatGateway
from careloom.channels.http.intake import MessageIntake
from careloom.channels.jobs.mailboxes import run_mailboxes
from careloom.channels.jobs.smtp import run_smtp
from careloom.compliance import http as compliance_http
from careloom.compliance import jobs as compliance_jobs
from careloom.compliance.queries.retention import spared_by_holds
from careloom.conversations import http as conversations_http
from careloom.conversations import jobs as conversations_jobs
from careloom.conversations.queries.conversation import get_conversation
from careloom.conversations.queries.lists import Asked, list_conversations
from careloom.conversations.types import ConversationId, Sort, View, ViewFilter
from careloom.customers import http as customers_http
from careloom.customers import jobs as customers_jobs
from careloom.customers.queries.search import list_customers
from careloom.demo import http as demo_http
from careloom.identity import http as identity_http
from careloom.identity import jobs as identity_jobs
from careloom.identity.http import scim as scim_http
from careloom.identity.http.authentication import authenticate, key_actors
from careloom.identity.http.scim.answers import speaking_scim
from careloom.identity.ports import Peek, Peeked
from careloom.identity.queries.people import list_people
from careloom.integrations import http as integrations_http
from careloom.integrations import jobs as integrations_jobs
from careloom.knowledge import http as knowledge_http
from careloom.organizations import http as organizations_http
from careloom.organizations.jobs import follow_own_rules
from careloom.organizations.queries import attribute_schema, list_clients, list_programs
from careloom.platform.access import Actor, Permission
from careloom.platform.audit import list_audit
from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.consumer import Consumer
from careloom.platform.eventlog.tail import LogTail
from careloom.platform.jobs import Periodic, Task
from careloom.platform.live.gateway import Gateway
from careloom.platform.loops import Loop, end_all, keep_running
from careloom.platform.runtime import Runtime
from careloom.platform.trail import jobs as trail_jobs
from careloom.platform.web import audit as audit_http
from careloom.platform.web import http as platform_http
from careloom.platform.web import idempotency, reports, spa
from careloom.platform.web.description import DescribedProblems, DescribedTypes
from careloom.platform.web.headers import add_headers
from careloom.platform.web.live import live_socket
from careloom.platform.web.metrics import RequestTrail
from careloom.platform.web.problem import EXCEPTION_HANDLERS
from careloom.platform.web.provide import DEPENDENCIES
from careloom.platform.web.request import CheckedRequest, CheckedSocket
from careloom.platform.web.static import PRECOMPRESSED, StaticFolder
from careloom.routing import http as routing_http
from careloom.routing.jobs import collected as routing_jobs
from careloom.routing.queries.queues import list_queues
from careloom.routing.queries.served import queues_served_by

ROUTERS: list[ControllerRouterHandler] = [
    platform_http.router,
    reports.router,
    audit_http.router,
    identity_http.router,
    organizations_http.router,
    customers_http.router,
    knowledge_http.router,
    conversations_http.router,
    routing_http.router,
    channels_http.router,
    integrations_http.router,
    compliance_http.router,
    demo_http.router,
]
"""Mounted under /api."""

ROOT_ROUTERS: list[ControllerRouterHandler] = [chat_http.router, scim_http.router]
"""Mounted at the root: what customers' browsers and providers' directories reach."""


def consumers(runtime: Runtime) -> list[Consumer]:
    """Every consumer of the event log."""
    return [
        *conversations_jobs.consumers(runtime),
        *routing_jobs.consumers(runtime),
        *channels_jobs.consumers(runtime),
        *compliance_jobs.consumers(runtime),
    ]


def tasks(runtime: Runtime) -> list[Task]:
    """Every kind of background job."""
    return [
        *customers_jobs.tasks(runtime),
        *conversations_jobs.tasks(runtime),
        *channels_jobs.tasks(runtime),
        *compliance_jobs.tasks(runtime),
        *integrations_jobs.tasks(runtime, spared_by_holds),
    ]


def periodic(runtime: Runtime) -> list[Periodic]:
    """Every job that runs by the clock."""
    return [
        *idempotency.periodic(runtime),
        *trail_jobs.periodic(runtime),
        *identity_jobs.periodic(runtime),
        *channels_jobs.periodic(runtime),
        *compliance_jobs.periodic(runtime),
        *integrations_jobs.periodic(runtime),
    ]


def loops(runtime: Runtime) -> dict[str, Loop]:
    """What every role runs."""
    return {"hub": runtime.hub.run, "own_rules": lambda: follow_own_rules(runtime.database, runtime.hub)}


def worker_loops(runtime: Runtime) -> dict[str, Loop]:
    """What the worker role runs beside consumers and jobs."""
    return {**trail_jobs.loops(runtime), "mailboxes": lambda: run_mailboxes(runtime)}


def router_loops(runtime: Runtime) -> dict[str, Loop]:
    """What the router role runs."""
    return routing_jobs.loops(runtime)


def smtp_loops(runtime: Runtime) -> dict[str, Loop]:
    """What the smtp role runs."""
    return {"smtp": lambda: run_smtp(runtime)}


def create_app(runtime: Runtime) -> Litestar:
    """The web application of one process; its tail and gateways run as long as the application does."""
    handlers: list[Any] = [
        *platform_http.root_handlers,
        live_socket,
        *ROOT_ROUTERS,
        Router("/api", route_handlers=ROUTERS),
        *spa.handlers(static_folder()),
    ]
    return Litestar(
        route_handlers=handlers,
        request_class=CheckedRequest,
        websocket_class=CheckedSocket,
        dependencies=DEPENDENCIES,
        exception_handlers=speaking_scim(EXCEPTION_HANDLERS),
        middleware=[RequestTrail()],
        state=state_of(runtime),
        lifespan=[_running],
        request_max_body_size=runtime.settings.max_upload_bytes + 100_000,
        compression_config=CompressionConfig(
            backend="gzip", minimum_size=4000, gzip_compress_level=5, exclude_opt_key=PRECOMPRESSED
        ),
        before_send=[add_headers],
        openapi_config=OpenAPIConfig(
            title="Careloom",
            version=__version__,
            description="The API of Careloom. Sign in, or send an API key as a bearer token.",
            render_plugins=[JsonRenderPlugin(path=["/", "/openapi.json"])],
        ),
        plugins=[DescribedProblems(), DescribedTypes()],
        logging_config=None,
    )


def state_of(runtime: Runtime) -> State:
    """What the handlers of one process share."""
    tail = LogTail(runtime.database, runtime.hub)
    return State(
        {
            "runtime": runtime,
            "by_https": runtime.settings.by_https,
            "authenticate": authenticate,
            "consumers": {one.name: one for one in consumers(runtime)},
            "tail": tail,
            "gateway": Gateway(tail, runtime.hub),
            "may_answer": _may_answer,
            "served_queues": queues_served_by,
            "reachable": require_reachable,
            "peeks": PEEKS,
            "chat": ChatGateway(runtime, tail),
            "intake": MessageIntake(runtime),
            "key_actors": key_actors(runtime),
            "static_folder": StaticFolder(static_folder()),
        }
    )


async def _peek_conversations(tx: Tx, actor: Actor, most: int) -> Sequence[Peeked]:
    actor.require(Permission.CONVERSATIONS_READ)
    asked = Asked(view=View.ALL, filter=ViewFilter(), customer_id=None, sort=Sort.NEWEST, queue_ids=())
    found = (await list_conversations(tx, actor, asked, most)).items
    return [Peeked(f"{one.customer_name}: {one.subject}") for one in found]


async def _peek_customers(tx: Tx, actor: Actor, most: int) -> Sequence[Peeked]:
    found = (await list_customers(tx, actor, limit=most)).items
    return [Peeked(one.name, one.client_id, "customer.list") for one in found]


async def _peek_customer_fields(tx: Tx, actor: Actor, most: int) -> Sequence[Peeked]:
    actor.require(Permission.CUSTOMERS_READ)
    clients = (await list_clients(tx, actor, limit=most)).items
    readable = [one for one in clients if actor.may_somewhere(Permission.CUSTOMERS_READ, one.id)]
    found = [f"{one.name}: {field['label']}" for one in readable for field in await attribute_schema(tx, one.id)]
    return [Peeked(one) for one in found[:most]]


async def _peek_queues(tx: Tx, actor: Actor, most: int) -> Sequence[Peeked]:
    return [Peeked(one.name) for one in (await list_queues(tx, actor, limit=most)).items]


async def _peek_programs(tx: Tx, actor: Actor, most: int) -> Sequence[Peeked]:
    return [Peeked(one.name) for one in (await list_programs(tx, actor, limit=most)).items]


async def _peek_people(tx: Tx, actor: Actor, most: int) -> Sequence[Peeked]:
    return [Peeked(one.name) for one in (await list_people(tx, actor, limit=most)).items]


async def _peek_audit(tx: Tx, actor: Actor, most: int) -> Sequence[Peeked]:
    found = (await list_audit(tx, actor, limit=most)).items
    return [Peeked(f"{one.actor_name}: {one.action}", one.client_id, "audit.read") for one in found]


PEEKS: dict[str, Peek] = {
    "conversations": _peek_conversations,
    "customers": _peek_customers,
    "customer_fields": _peek_customer_fields,
    "queues": _peek_queues,
    "programs": _peek_programs,
    "people": _peek_people,
    "audit": _peek_audit,
}
"""The lists of which one is shown the beginning as someone else sees it."""


def static_folder() -> Path:
    """Where the built front end lies: in the package, or beside the sources after a build there."""
    packed = Path(str(resources.files("careloom"))) / "static"
    return packed if packed.exists() else packed.parents[2] / "web" / "dist"


async def _may_answer(tx: Tx, actor: Actor, conversation_id: UUID) -> bool:
    one = await get_conversation(tx, actor, ConversationId(conversation_id))
    return actor.may(Permission.CONVERSATIONS_REPLY, client_id=one.client_id, program_id=one.program_id)


@contextlib.asynccontextmanager
async def _running(app: Litestar) -> AsyncGenerator[None]:
    state = app.state
    loops: dict[str, Loop] = {"tail": state.tail.run, "desks": state.gateway.run, "chat": state.chat.run}
    running = [asyncio.create_task(keep_running(name, loop), name=name) for name, loop in loops.items()]
    try:
        yield
    finally:
        await end_all(running)

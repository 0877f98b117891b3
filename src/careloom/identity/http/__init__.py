"""Endpoints of sign-in, people, roles and API keys."""

from litestar import Router

from careloom.identity.http import access, factors, glass, networks, people, policies, provisioning, roles, session, sso

router = Router(
    "/",
    route_handlers=[
        *session.handlers,
        *factors.handlers,
        *glass.handlers,
        *policies.handlers,
        *networks.handlers,
        *sso.handlers,
        *people.handlers,
        *roles.handlers,
        *provisioning.handlers,
        *access.handlers,
    ],
    tags=["identity"],
)

"""A provider with two brands; agents are made as journeys need them."""

from __future__ import annotations

from tests.journeys.installation import PASSWORD, Installation


class Brand:
    """A client with a program on mail and chat, one queue, one outcome."""

    def __init__(self, installation: Installation, provider: str, name: str, color: str) -> None:
        self.name = name
        self.client = installation.make("clients", name=name, industry="retail", color=color)["id"]
        self.program = installation.make(
            "programs",
            client_id=self.client,
            name=f"{name} care",
            time_zone="Europe/Lisbon",
            provider_ids=[provider],
            voice={"greeting": f"Welcome to {name}", "tone_do": ["be kind"], "signature": f"Your {name} team"},
        )["id"]
        self.queue = installation.make(
            "queues",
            client_id=self.client,
            program_id=self.program,
            provider_id=provider,
            name=f"{name} questions",
            channels=["chat", "email"],
            target_seconds=60,
            offer_seconds=600,
        )["id"]
        self.address = f"care@{name.lower()}.example"
        installation.make("mail-addresses", program_id=self.program, address=self.address, display_name=f"{name} care")
        self.widget = installation.make(
            "chat-widgets", program_id=self.program, name=f"{name} chat", theme={"color": color, "title": f"Ask {name}"}
        )["key"]
        installation.make("dispositions", client_id=self.client, name="Question answered", resolved=True)


class World:
    """A provider with two brands; agents are made as journeys need them."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self.provider = installation.make("providers", name="Harbor")["id"]
        self.juniper = self.brand("Juniper", "#1f6f54")
        self.basalt = self.brand("Basalt", "#7a3b8f")

    def brand(self, name: str, color: str) -> Brand:
        return Brand(self._installation, self.provider, name, color)

    def agent(self, name: str, *brands: Brand, role: str = "agent") -> str:
        """Makes someone who works for `brands`; answers the e-mail address to sign in with."""
        # Journeys share an installation: two of them may well have an agent of the same name.
        email = ".".join([*name.lower().split(), *(one.name.lower() for one in brands)]) + "@harbor.example"
        grants = [{"role": role, "scope": "client", "scope_id": one.client} for one in brands]
        person = self._installation.make(
            "people", name=name, email=email, provider_id=self.provider, password=PASSWORD, grants=grants
        )
        profile = {
            "skills": [],
            "languages": ["en"],
            "capacity": {"voice": 1, "chat": 3, "sms": 3, "social": 3, "email": 5},
        }
        self._installation.put(f"people/{person['id']}/routing", profile)
        return email

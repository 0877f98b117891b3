"""Agents, leads, the people around them and the personas of the sign-in page; nobody of them exists."""

from careloom.demo.world.clients import CLIENTS, OFFICE_TEAM, PROVIDER
from careloom.demo.world.queues import SKILLS_OF_CLIENT
from careloom.demo.world.specs import GrantSpec, PersonaSpec, PersonSpec, RoleSpec, SkillNeed
from careloom.identity.types import Role, ScopeKind
from careloom.platform.access import Permission
from careloom.routing.types import Capacity

# Name, team, languages, clients with the level of skill, level of writing. The first of a team leads it.
_FLOOR = """
Adaeze Kincaid      | columbus-a | en    | bank5 clinic4         | 5
Morgan Ashdown      | columbus-a | en    | bank5                 | 4
Tunde Ravelle       | columbus-a | en    | bank4 homes3          | 3
Corinne Halvard     | columbus-a | en fr | clinic5               | 4
Darius Pemberley    | columbus-a | en    | clinic4 bank3         | 3
Yuna Castellane     | columbus-a | en    | homes4 airline4       | 3
Sabine Orlov-Dean   | columbus-b | en    | airline5 rides4       | 5
Elias Thornquist    | columbus-b | en    | airline4 rides3       | 4
Naveen Wickford     | columbus-b | en    | rides5 airline4       | 1
Odile Marchetti     | columbus-b | en it | hotel4 homes3         | 4
Jonah Brightwater   | columbus-b | en    | hotel3 rides3         | 2
Kezia Lindmoor      | columbus-b | en    | bank2 airline2 homes2 | 2
Valentina Roldero   | medellin-a | en es | hotel5 bank4          | 5
Camilo Astudar      | medellin-a | en es | hotel4 airline4       | 4
Jimena Pardo-Ruel   | medellin-a | en es | hotel4                | 3
Esteban Quintaro    | medellin-a | en es | bank4 hotel3 rides3   | 3
Luciana Bermont     | medellin-a | en es | bank4                 | 4
Andrés Valdivar     | medellin-a | en es | bank3 homes4          | 2
Paola Sandrino      | medellin-a | en es | clinic4 hotel3        | 3
Mateo Cifuerte      | medellin-b | en es | rides5 airline4       | 5
Isadora Montalban   | medellin-b | en es | rides4                | 2
Tomás Echeverin     | medellin-b | en es | airline4 rides3       | 3
Renata Villaforte   | medellin-b | en es | clinic4               | 4
Julián Arboleno     | medellin-b | en es | hotel3 clinic4        | 2
Mariela Contero     | medellin-b | en es | homes4 hotel3         | 4
Nicolás Duarenas    | medellin-b | en es | bank4 airline3        | 3
Jasmin Dela Roca    | cebu-a     | en    | hotel5 clinic4        | 5
Paolo Magsayon      | cebu-a     | en    | hotel4 rides4         | 3
Liezel Tanaguin     | cebu-a     | en    | hotel4 bank4 airline3 | 4
Arnel Bautisto      | cebu-a     | en    | bank4                 | 3
Trisha Lumantas     | cebu-a     | en    | clinic5 bank3         | 4
Rodel Cabrisan      | cebu-a     | en    | clinic4               | 2
Aileen Villarico    | cebu-a     | en    | hotel3 homes3         | 3
Marvin Salonday     | cebu-b     | en    | rides5 homes4         | 5
Kristel Abalonar    | cebu-b     | en    | rides4 hotel3         | 2
Jomar Encarnado     | cebu-b     | en    | rides4 airline4       | 3
Maribel Ocampino    | cebu-b     | en    | airline4 homes3       | 4
Dennis Pilargo      | cebu-b     | en    | homes4 bank3          | 3
Rowena Catalbas     | cebu-b     | en    | homes4 clinic3        | 2
Gerald Simbulan-Roy | cebu-b     | en    | hotel4 bank4 rides3   | 4
"""

# Skills that take longer to learn: one level below the rest of the client's.
_HARDER = frozenset({"fraud", "followup", "events"})

COACH = RoleSpec(
    key="coach",
    name="Floor coach",
    purpose="Listens in on every client and leaves notes for the agents; answers nobody.",
    permissions=(
        Permission.ORGANIZATIONS_READ,
        Permission.PEOPLE_READ,
        Permission.CUSTOMERS_READ,
        Permission.CONVERSATIONS_READ,
        Permission.CONVERSATIONS_NOTE,
        Permission.KNOWLEDGE_READ,
        Permission.QUEUES_READ,
        Permission.LIVE_READ,
    ),
)
_COACHES = frozenset({"liezel.tanaguin"})
_PERSONA_AGENT = "kezia.lindmoor"
_PERSONA_LEAD = "valentina.roldero"


def _key(name: str) -> str:
    plain = name.lower().translate(str.maketrans("áéíóú", "aeiou"))
    given, *rest = plain.split()
    return f"{given}.{''.join(rest).replace('-', '')}"


def _served(text: str) -> dict[str, int]:
    return {entry[:-1]: int(entry[-1]) for entry in text.split()}


def _skills(served: dict[str, int], writing: int) -> tuple[SkillNeed, ...]:
    own = [
        SkillNeed(skill, level - 1 if skill in _HARDER else level)
        for client, level in served.items()
        for skill in SKILLS_OF_CLIENT[client]
    ]
    return (*own, SkillNeed("writing", writing))


def _floor_person(row: str, *, lead: bool) -> PersonSpec:
    name, team, languages, clients, writing = (cell.strip() for cell in row.split("|"))
    served = _served(clients)
    grants = [GrantSpec(Role.AGENT, ScopeKind.CLIENT, client) for client in served]
    if lead:
        grants.append(GrantSpec(Role.TEAM_LEAD, ScopeKind.PROVIDER, PROVIDER.key))
    key = _key(name)
    if key in _COACHES:
        grants.append(GrantSpec(COACH.key, ScopeKind.PROVIDER, PROVIDER.key))
    return PersonSpec(
        key=key,
        name=name,
        email=f"{key}@{PROVIDER.domain}",
        team=team,
        client=None,
        locale="es" if "es" in languages and not lead else "en",
        grants=tuple(grants),
        skills=_skills(served, int(writing)),
        languages=tuple(languages.split()),
        capacity=_capacity(key, lead=lead),
        simulated=not lead and key != _PERSONA_AGENT,
    )


def _capacity(key: str, *, lead: bool) -> Capacity:
    """Leads take little, as they lead; the persona takes what somebody who looks around can follow."""
    if lead:
        chat, email = 1, 2
    elif key == _PERSONA_AGENT:
        chat, email = 2, 3
    else:
        chat, email = 3, 6
    return Capacity(voice=1, chat=chat, sms=5, social=5, email=email)


def _floor() -> tuple[PersonSpec, ...]:
    people: list[PersonSpec] = []
    seen: set[str] = set()
    for row in _FLOOR.strip().splitlines():
        team = row.split("|")[1].strip()
        people.append(_floor_person(row, lead=team not in seen))
        seen.add(team)
    return tuple(people)


def _office_person(name: str, *grants: GrantSpec, client: str | None = None) -> PersonSpec:
    domain = next((each.domain for each in CLIENTS if each.key == client), PROVIDER.domain)
    key = _key(name)
    return PersonSpec(
        key=key,
        name=name,
        email=f"{key}@{domain}",
        team=OFFICE_TEAM if client is None else None,
        client=client,
        locale="en",
        grants=grants,
        skills=(),
        languages=("en",),
        capacity=None,
        simulated=False,
    )


AGENTS_AND_LEADS = _floor()
OFFICE = (
    _office_person("Ingrid Solvane", GrantSpec(Role.QA_ANALYST, ScopeKind.PROVIDER, PROVIDER.key)),
    _office_person("Rashid Temlander", GrantSpec(Role.PLANNER, ScopeKind.PROVIDER, PROVIDER.key)),
    _office_person(
        "Beatriz Calloway",
        GrantSpec(Role.ACCOUNT_MANAGER, ScopeKind.CLIENT, "bank"),
        GrantSpec(Role.ACCOUNT_MANAGER, ScopeKind.CLIENT, "hotel"),
    ),
    _office_person("Marguerite Oduya-Flint", GrantSpec(Role.CLIENT_VIEWER, ScopeKind.CLIENT, "hotel"), client="hotel"),
    _office_person(
        "Ottilie Marsworth",
        GrantSpec(Role.ACCOUNT_MANAGER, ScopeKind.CLIENT, "rides"),
        GrantSpec(Role.ON_CALL, ScopeKind.PROVIDER, PROVIDER.key),
    ),
    _office_person("Henrik Adeyard", GrantSpec(Role.COMPLIANCE_OFFICER, ScopeKind.EVERYTHING)),
    _office_person("Soledad Whitcombe", GrantSpec(Role.ADMIN, ScopeKind.EVERYTHING)),
)
PEOPLE = (*AGENTS_AND_LEADS, *OFFICE)

PERSONAS = (
    PersonaSpec("agent", _PERSONA_AGENT, Role.AGENT, "Agent for a bank, an airline and a landlord"),
    PersonaSpec("lead", _PERSONA_LEAD, Role.TEAM_LEAD, "Team lead in Medellín"),
    PersonaSpec("qa", "ingrid.solvane", Role.QA_ANALYST, "Quality analyst"),
    PersonaSpec("planner", "rashid.temlander", Role.PLANNER, "Workforce planner"),
    PersonaSpec("account", "beatriz.calloway", Role.ACCOUNT_MANAGER, "Account manager for the bank and the hotels"),
    PersonaSpec(
        "client",
        "marguerite.oduyaflint",
        Role.CLIENT_VIEWER,
        "Head of customer experience at Stonequill Hotels",
    ),
    PersonaSpec("duty", "ottilie.marsworth", Role.ON_CALL, "Account manager who is on call at night"),
    PersonaSpec("compliance", "henrik.adeyard", Role.COMPLIANCE_OFFICER, "Compliance officer"),
    PersonaSpec("admin", "soledad.whitcombe", Role.ADMIN, "Administrator of everything"),
)

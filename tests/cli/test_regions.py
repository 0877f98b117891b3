"""Where data of a region lies that the installation does not serve, nothing starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete

from careloom.cli.regions import RegionNotServedError, RegionUnsaidError, require_served_regions, unsaid, unserved
from careloom.customers.commands.profile import create_customer
from careloom.customers.tables import customer
from careloom.customers.types import NewCustomer
from careloom.platform.database.transactions import Database
from careloom.platform.keys.lives import destroy_versions
from careloom.platform.settings import Settings
from tests.postgres import FreshDatabase
from tests.world import SYSTEM, World


@pytest.mark.parametrize(
    ("declared", "starts", "is_named"),
    [
        ({}, True, False),
        ({"regions": ("eu", "us"), "files_region": "eu", "relay_region": "us"}, True, True),
        ({"regions": ("us",)}, False, True),
        ({"files_region": "us"}, True, True),
        ({"relay_region": "us"}, True, True),
        ({"regions": ("eu",), "files_region": "eu", "relay_region": "eu"}, True, False),
    ],
)
async def test_what_starts_and_what_is_named(
    database: Database,
    fresh_database: FreshDatabase,
    home: Path,
    declared: dict[str, str | tuple[str, ...]],
    starts: bool,
    is_named: bool,
) -> None:
    await World(database).client("Lumen")
    settings = Settings(home=home, **declared)  # pyright: ignore[reportArgumentType]
    if starts:
        require_served_regions(settings, fresh_database.url)
    else:
        with pytest.raises(RegionNotServedError, match=r"region eu .* serves us\. .* here: 1, among them Lumen\. Corr"):
            require_served_regions(settings, fresh_database.url)
    assert (unserved(settings, fresh_database.url, stores=True) is not None) is is_named


async def test_a_client_counts_until_it_is_shredded_and_nothing_is_left_of_it(
    database: Database, fresh_database: FreshDatabase, home: Path
) -> None:
    elsewhere = Settings(home=home, regions=("us",))
    assert unserved(elsewhere, fresh_database.url) is None
    client = await World(database).client()
    async with database.transaction(SYSTEM) as tx:
        known = await create_customer(tx, SYSTEM, NewCustomer(client_id=client.id, name="Ada"))
    assert unserved(elsewhere, fresh_database.url)
    async with database.transaction(SYSTEM) as tx:
        await destroy_versions(tx, client.id)
    assert unserved(elsewhere, fresh_database.url)
    async with database.transaction(SYSTEM) as tx:
        await tx.execute(delete(customer).where(customer.c.client_id == client.id, customer.c.id == known.id))
    assert unserved(elsewhere, fresh_database.url) is None


@pytest.mark.parametrize("name", ["files_region", "relay_region"])
async def test_a_store_or_relay_where_no_client_is_served_stops_the_start(
    fresh_database: FreshDatabase, home: Path, name: str
) -> None:
    settings = Settings(home=home, regions=("eu", "uk"), **{name: "us"})  # pyright: ignore[reportArgumentType]
    with pytest.raises(
        RegionNotServedError, match=rf"CARELOOM_{name.upper()} is us, which CARELOOM_REGIONS leaves out"
    ):
        require_served_regions(settings, fresh_database.url)
    assert unserved(settings, fresh_database.url, stores=True)


@pytest.mark.parametrize("name", ["files_region", "relay_region"])
async def test_a_store_or_relay_of_which_nobody_said_where_it_stands_stops_the_start_of_what_uses_it(
    fresh_database: FreshDatabase, home: Path, name: str
) -> None:
    other = {"files_region": "relay_region", "relay_region": "files_region"}[name]
    settings = Settings(home=home, regions=("eu",), **{other: "eu"})  # pyright: ignore[reportArgumentType]
    said = rf"CARELOOM_{name.upper()} is not: set it to the region in which"
    with pytest.raises(RegionUnsaidError, match=said):
        require_served_regions(settings, fresh_database.url)
    unused = name.removesuffix("_region")
    require_served_regions(settings, fresh_database.url, files=unused != "files", relay=unused != "relay")
    assert list(unsaid(settings)) == [f"CARELOOM_{name.upper()}"]
    assert unsaid(Settings(home=home)) == {}

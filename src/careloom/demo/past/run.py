"""The whole past, what does not build upon each other at once."""

import asyncio

from careloom.demo.past.contacts import report_a_card, text_a_rider, write_to_nobody
from careloom.demo.past.directory import provision
from careloom.demo.past.doors import set_doors_up
from careloom.demo.past.hands import Past
from careloom.demo.past.mail import set_mail_up
from careloom.demo.past.partner import share_a_program
from careloom.demo.past.requests import hear_customers
from careloom.demo.past.rules import go_wrong, keep_for, keep_for_court, remove_what_is_due
from careloom.demo.past.transfers import bring_stays, bring_tenants, take_out


async def live_past(past: Past) -> None:
    """Makes it; raises httpx.HTTPStatusError where the installation refuses a part, TimeoutError where no job runs."""
    await asyncio.gather(
        provision(past),
        set_mail_up(past),
        set_doors_up(past),
        share_a_program(past),
        go_wrong(past),
        text_a_rider(past),
        _at_the_bank(past),
        _at_the_hotel(past),
        _at_the_homes(past),
    )


async def _at_the_bank(past: Past) -> None:
    await keep_for_court(past, await report_a_card(past))


async def _at_the_hotel(past: Past) -> None:
    people, _, _ = await asyncio.gather(bring_stays(past), keep_for(past), write_to_nobody(past))
    await hear_customers(past, people)
    await remove_what_is_due(past)


async def _at_the_homes(past: Past) -> None:
    await bring_tenants(past)
    await take_out(past)

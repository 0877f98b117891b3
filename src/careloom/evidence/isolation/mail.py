"""A brand's mail, taken in as the listener does."""

from __future__ import annotations

from email.message import EmailMessage

from careloom.channels.commands.mail.files import drop_files
from careloom.channels.commands.mail.incoming import Envelope, keeping_of, prepare, take_in
from careloom.channels.queries.mail import get_mail_address
from careloom.channels.types import MailAddressId
from careloom.evidence.isolation.kept import SYSTEM, Brand
from careloom.platform.access import system_actor


async def receive_mail(brand: Brand) -> None:
    """Two mails of a known customer, each with a file."""
    for number in (1, 2):
        mail = EmailMessage()
        mail["From"] = f"Ada {brand.canary} <customer_id@{brand.canary}.example>"
        mail["To"] = brand.words["address"]
        mail["Subject"] = brand.text(f"Parcel {number}")
        mail["Message-ID"] = f"<{number}@{brand.canary}.example>"
        mail.set_content(brand.text("Where is it? Refund to DE89 3704 0044 0532 0130 00, thanks"))
        mail.add_attachment(brand.text("A file"), filename=f"{brand.canary}.txt")
        await post_mail(brand, mail.as_bytes())


async def post_mail(brand: Brand, raw: bytes) -> None:
    """Takes a mail in as the listener does."""
    runtime, address_id = brand.runtime, MailAddressId(brand.ids["mail_address_id"])
    actor = system_actor("mail", brand.ids["client_id"])
    async with runtime.database.transaction(SYSTEM) as tx:
        address = await get_mail_address(tx, SYSTEM, address_id)
        keeping = await keeping_of(tx, address)
    envelope = Envelope(brand.words["email"], brand.words["address"], raw)
    prepared = await prepare(runtime.files, runtime.secret, address, envelope, keeping)
    async with runtime.database.transaction(actor) as tx:
        if not await take_in(tx, actor, runtime.secret, address, envelope, prepared):
            await drop_files(runtime.files, address.client_id, prepared.files)

"""Synthetic customers: who stands behind a dialogue, always the same for the same person and client."""

from collections.abc import Sequence
from hashlib import blake2b

from careloom.demo.types import DemoCustomer, Dialogue

_GIVEN_TEXT = """
    Ada Adil Aisha Akira Alba Alejo Amara Amit Anika Ansel Anya Ari Asha Astrid Ayo Basil Bea Bilal
    Bodil Bruno Cai Camila Carys Cedric Chidi Clara Dalia Daniyar Dara Davor Dina Dmitri Ebba Efe Elif
    Elio Emeka Enid Esra Ewa Farah Femi Fenna Finn Freya Gala Goran Greta Hana Haruki Hedda Hugo Ida
    Idris Ilse Imani Ines Isla Ivo Jamal Jana Jasper Jia Jonas Juno Kaito Kamal Karin Kavya Keira Kofi
    Lale Lamar Lars Leila Lena Linus Lucia Mai Malik Maren Marta Mateo Mei Mila Milan Nadia Naoki Nell
    Nia Niko Noor Oda Olek Omar Orla Otis Paloma Pavel Petra Priya Quinn Rafi Ravi Reza Rina Rohan Rosa
    Rufus Saanvi Sami Selma Sena Signe Soren Suki Tadeo Talia Tarek Tess Thandi Tomas Uma Vera Viggo
    Wanda Wei Xenia Yara Yusuf Zadie Zeki Zofia Zola
"""
_SURNAME_TEXT = """
    Abara Adler Alvarado Amsel Anand Aydin Bakare Barros Becker Berg Bianco Blom Boateng Brandt Calder
    Castell Chaudry Coker Costa Dahl Darwish Delacroix Demir Diallo Dorsey Dvorak Eklund Engel Farrow
    Ferro Fiala Fofana Forde Galvan Ghali Greco Haddad Halvorsen Hartley Hashimoto Holm Horak Ibarra Ito
    Jansen Jelinek Joshi Juarez Kaplan Karlsen Kaya Keller Khoury Kimura Kovac Kruse Lindqvist Lowell
    Lund Madsen Mahlangu Marek Marlow Mbeki Mendes Mistry Moreau Murata Nakai Nandi Navarro Nilsen Nkosi
    Novak Ochoa Okafor Olsen Osei Pallas Pereira Petrov Prasad Quiroga Radic Rahimi Ramos Rask Reuter
    Rossi Ruiz Saito Salvo Santos Sauer Sefu Sharma Silva Sorensen Stein Suzuki Tanaka Tembo Thorne
    Toivonen Torres Umarov Vance Varga Vega Vidal Vogel Wachira Weller Winther Yamada Yilmaz Zamora
    Zapata Zeman
"""
_GIVEN = tuple(_GIVEN_TEXT.split())
_SURNAMES = tuple(_SURNAME_TEXT.split())
_MAIL_HOSTS = ("example.com", "example.net", "example.org")
_AREA_CODES = (212, 303, 312, 404, 412, 503, 602, 614, 713, 919)


def _pick(key: str, salt: str, size: int) -> int:
    digest = blake2b(f"{salt}:{key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % size


def record_of(customer: DemoCustomer, doctors: Sequence[str]) -> dict[str, str | bool]:
    """Return what the clinic knows of a patient: the insurance number, one of its doctors, whether to remind them."""
    first, second = (_pick(customer.key, salt, 9000) + 1000 for salt in ("insurance", "member"))
    return {
        "insurance": f"MF-{first}-{second}",
        "doctor": doctors[_pick(customer.key, "doctor", len(doctors))],
        "reminders": _pick(customer.key, "reminders", 2) == 0,
    }


def customer_of(dialogue: Dialogue) -> DemoCustomer:
    """Return the customer behind a dialogue.

    The person who played the customer and the name that they went by make a customer of the client, so that
    they are called as they call themselves. One in four does not tell the chat who they are.
    """
    given, _, surname = dialogue.name.partition(" ")
    key = f"{dialogue.client}/{dialogue.customer}/{given.lower() or 'own'}"
    given = given or _GIVEN[_pick(f"{dialogue.client}/{dialogue.customer}", "given", len(_GIVEN))]
    surname = surname or _SURNAMES[_pick(key, "surname", len(_SURNAMES))]
    number = _pick(key, "number", 9000) + 1000
    host = _MAIL_HOSTS[_pick(key, "host", len(_MAIL_HOSTS))]
    area = _AREA_CODES[_pick(key, "area", len(_AREA_CODES))]
    return DemoCustomer(
        key=key,
        client=dialogue.client,
        name=f"{given} {surname}",
        email=f"{given}.{surname}.{dialogue.customer}{_pick(key, 'mail', 90) + 10}@{host}".lower(),
        phone=f"+1{area}55501{number % 100:02d}",
        anonymous=_pick(key, "anonymous", 4) == 0,
    )

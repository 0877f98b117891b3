"""The language of customers' messages is told, or left open when there is too little to tell it by."""

from __future__ import annotations

import time

import pytest

from careloom.conversations.core.language import detect_language

SAMPLES = {
    "en": (
        "Hello, where is my order? It has not arrived yet.",
        "My internet is down since this morning",
        "Can I change my booking to Friday please",
    ),
    "de": (
        "Hallo, wo ist meine Bestellung? Sie ist noch nicht angekommen.",
        "Ich möchte mein Geld zurück",
        "Vielen Dank für die schnelle Hilfe",
    ),
    "fr": ("Bonjour, ma commande n'est toujours pas arrivée.", "Je voudrais être remboursé"),
    "es": ("Hola, mi pedido no ha llegado todavía", "No puedo entrar en mi cuenta"),
    "pt": ("Olá, o meu pedido ainda não chegou", "Não consigo aceder à minha conta"),
    "it": ("Buongiorno, il mio ordine non è ancora arrivato", "Vorrei un rimborso per favore"),
    "pl": ("Dzień dobry, moje zamówienie jeszcze nie dotarło", "Proszę o zwrot pieniędzy"),
    "nl": ("Hallo, mijn bestelling is nog niet aangekomen", "Ik wil graag mijn geld terug"),
    "tr": ("Merhaba, siparişim hâlâ gelmedi", "Paramı geri istiyorum"),
    "ru": ("Здравствуйте, мой заказ ещё не пришёл", "Верните деньги пожалуйста"),
    "ar": ("مرحبا، لم يصل طلبي حتى الآن", "أريد استرداد أموالي من فضلكم"),
    "ja": ("注文した商品がまだ届きません。", "返金してください"),
    "zh": ("我的订单还没有到", "我无法登录我的账户"),
}


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in SAMPLES.items() for text in texts])
def test_a_message_is_told(code: str, text: str) -> None:
    assert detect_language(text) == code


@pytest.mark.parametrize(
    "text",
    ["", "ok", "Thanks!", "12345", "https://shop.example/a-long-path/to/the/lamp", "👍👍👍", "ann.miller@mail.example"],
)
def test_too_little_text_tells_nothing(text: str) -> None:
    assert detect_language(text) is None


def test_links_and_addresses_do_not_decide() -> None:
    text = "Guten Tag, wo bleibt denn mein Paket? https://track.example/where-is-my-parcel-now-please ann@mail.example"
    assert detect_language(text) == "de"


def test_telling_is_quick() -> None:
    detect_language("Load the model before the clock starts, please.")
    began = time.process_time()
    for _ in range(200):
        detect_language("Hallo, wo ist meine Bestellung? Sie ist noch nicht angekommen.")
    assert (time.process_time() - began) / 200 < 0.005

"""What tells of people is found in words, in four languages; what only looks like it stays."""

import time

import pytest
from flask import Flask

from portal.app import create_app
from portal.crossing.cleaning import Cleaner
from portal.crossing.names import Known

from ..conftest import environment

KNOWN = Known(
    names=[
        "Marta Almeida dos Santos",
        "Marta",
        "José Ibáñez",
        "Мария Иванова",
        "Lena",
        "Will Hunt",
        "Wei",
        "Li",
    ],
    organisations=["Marta & Filhas", "Longport"],
    addresses=["marta.almeida@example.com", "jib77@example.org", "info@longport.example"],
    numbers=[20123, 20456],
)

TAKEN_OUT = [
    # What the portal knows: in every case, with and without accents, whole and in parts
    ("Hello Marta, it is done", "Hello [name], it is done"),
    ("MARTA ALMEIDA DOS SANTOS wrote", "[name] wrote"),
    ("ask almeida about it", "ask [name] about it"),
    ("jose ibanez rang", "[name] rang"),
    ("Jose\u0301 Iba\u0301n\u0303ez rang", "[name] rang"),
    ("Ibáñez's router", "[name]'s router"),
    ("user marta_almeida logs in", "user [name] logs in"),
    ("Mar\u200bta wrote", "[name] wrote"),
    ("\uff2dart\uff41 wrote", "[name] wrote"),
    ("Lena: hello", "\\[name]: hello"),
    ("Lena(at home)", "\\[name](at home)"),
    ("jib77 is my login", "[name] is my login"),
    ("Will and Hunt agree", "[name] and [name] agree"),
    ("Wei and Li met", "[name] and [name] met"),
    ("позвоните Марии Ивановой", "позвоните [name] [name]"),
    ("спросите Марию", "спросите [name]"),
    ("мария не отвечает", "[name] не отвечает"),
    ("we at LONGPORT use it", "we at [organisation] use it"),
    ("Marta e Filhas", "[name] e Filhas"),
    ("sou da Marta & Filhas", "sou da [organisation]"),
    ("as in #20999 and 20456", "as in [request number] and [request number]"),
    # Mail
    ("write to a.b+c@mail.example.org.", "write to [e-mail]."),
    ("escreva para joão@exemplo.com.br", "escreva para [e-mail]"),
    ("support (at) example (dot) com", "[e-mail]"),
    ("me＠example.com", "[e-mail]"),
    # Phones
    ("call +55 11 91234-5678 today", "call [phone] today"),
    ("ligue (11) 91234-5678", "ligue [phone]"),
    ("fone 3456-7890", "fone [phone]"),
    ("llámame al 600 123 456", "llámame al [phone]"),
    ("mi móvil 612345678", "mi móvil [phone]"),
    ("тел. 8 (495) 123-45-67", "тел. [phone]"),
    ("мой номер +7 916 123-45-67", "мой номер [phone]"),
    ("звоните 89161234567", "звоните [phone]"),
    ("(212) 555-0123 or 212-555-0199", "[phone] or [phone]"),
    ("020 7946 0958", "[phone]"),
    ("0049 30 901820", "[phone]"),
    # Cards, accounts, papers
    ("card 4111 1111 1111 1111", "card [card number]"),
    ("cartão 5555-5555-5555-4444", "cartão [card number]"),
    ("IBAN DE89 3704 0044 0532 0130 00 please", "IBAN [bank account] please"),
    ("ES9121000418450200051332", "[bank account]"),
    ("meu CPF 529.982.247-25", "meu CPF [ID number]"),
    ("52998224725", "[ID number]"),
    ("CNPJ 11.222.333/0001-81", "CNPJ [ID number]"),
    ("11222333000181", "[ID number]"),
    ("mi DNI es 12345678Z", "mi DNI es [ID number]"),
    ("ИНН 7707083893", "ИНН [ID number]"),
    ("паспорт 4509 123456", "паспорт [ID number]"),
    # Devices and networks
    ("MAC 00:1A:2B:3C:4D:5E", "MAC [device address]"),
    ("001a.2b3c.4d5e", "[device address]"),
    ("from 203.0.113.7 and 10.0.0.12:8080", "from [network address] and [network address]"),
    ("2001:db8::7 answers", "[network address] answers"),
    ("serial number LW6-2301-A4471", "serial number [serial number]"),
    ("número de série AB12345", "número de série [serial number]"),
    ("серийный номер ABC12345", "серийный номер [serial number]"),
    ("S/N: 88AB12", "S/N: [serial number]"),
    ("the plate says LW6A23K99812", "the plate says [serial number]"),
    ("IMEI 490154203237518", "IMEI [serial number]"),
    # Orders and invoices
    ("order 10482", "order [order number]"),
    ("invoice no. 2026-118/3", "invoice no. [order number]"),
    ("pedido nº 10482", "pedido nº [order number]"),
    ("la factura F-2026118", "la factura [order number]"),
    ("заказ № 123456", "заказ № [order number]"),
    ("order #982", "order #[order number]"),
    # Where somebody lives
    ("Rua das Flores, 123, apto 45, São Paulo 01310-100", "[address]"),
    ("12 Baker Street, London NW1 6XE", "[address]"),
    ("calle Mayor 12, 28013", "[address]"),
    ("ул. Ленина, д. 5, кв. 12", "[address]"),
    ("CEP 01310-100", "CEP [address]"),
    # Links that open something
    ("https://example.org/a?token=abc", "[link]"),
    ("see https://example.org/reset/a8f7d6s5a4d3f2g1.", "see [link]."),
    ("https://me:secret@example.org/", "[link]"),
    ("http://portal.example/tickets/20123", "[link]"),
    ("password: hunter22", "password: [secret]"),
    ("a senha é: abc123", "a senha é: [secret]"),
]
STAYS = [
    "version 7.2.1.1045", "v1.2.3.4 and firmware 10.2.1.4", "версия 2.4.1.9", "MR-6 and AX-3", "one MR-6 per floor",
    "on 2026-01-15 at 10:22", "15.01.2026 10:22", "15/01/2026", "12:30:45", "R$ 1.234,56", "1 234 567,89 ₽",
    "$99.99 a month", "600 000 000 €", "error 0x80070005", "ERR_CONNECTION_RESET", "error 691", "PPPOE-691",
    "E1234-77", "WPA2-PSK", "802.11ax", "HTTP/1.1 404", "KB5034441", "2.4 GHz and 5 GHz", "60 cm, 180 m²",
    "port 8080", "255.255.255.0", "8.8.8.8", "127.0.0.1:8000", "std::vector", "invoice 2026", "order 2 units",
    "in order 3 to 4", "client 7.2.1045", "channel 36 to 48", "1000 Mbit/s", "RFC 2369", "ISO 27001", "UTC+3",
    "2026-11-22T10:22:05Z", "I will do it", "dois dos meus cabos", "na rua estava 5 graus", "на улице было 5 человек",
    "https://example.org/help/vpn-connects-but-no-internet", "filhas e filhos", "info and contact",
    "2 devices on the road", "the 4 lights", "1234 5678 9012 3456", "Windows 11 24H2", "fatura de R$ 120,00",
    "счёт на 120 ₽", "la orden del menú", "120000 searches", "RTX 4090", "DDR5-6000", "the password is wrong",
]  # fmt: skip


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """For its languages; no word of it is in a database."""
    return create_app(environment(tmp_path_factory.mktemp("cleaning")))


@pytest.fixture(scope="module")
def cleaner() -> Cleaner:
    return Cleaner(KNOWN)


@pytest.mark.parametrize(("words", "left"), TAKEN_OUT)
def test_what_tells_of_somebody_is_taken_out(app: Flask, cleaner: Cleaner, words: str, left: str) -> None:
    with app.app_context():
        assert cleaner.look(words).without("en") == left


def test_what_only_looks_like_it_stays(app: Flask, cleaner: Cleaner) -> None:
    with app.app_context():
        assert [one for one in STAYS if cleaner.look(one).without("en") != one] == []


def test_a_placeholder_speaks_the_language_of_the_request(app: Flask, cleaner: Cleaner) -> None:
    with app.app_context():
        found = cleaner.look("Marta, +55 11 91234-5678")
        said = {language: found.without(language) for language in ("en", "pt_BR", "es", "ru")}
    assert said == {
        "en": "[name], [phone]",
        "pt_BR": "[nome], [telefone]",
        "es": "[nombre], [teléfono]",
        "ru": "[имя], [телефон]",
    }
    assert found.counts == {"name": 1, "phone": 1}
    assert "".join(piece.words for piece in found.pieces) == found.text


def test_what_was_cleaned_has_nothing_left_to_find(app: Flask, cleaner: Cleaner) -> None:
    with app.app_context():
        for language in ("en", "pt_BR", "es", "ru"):
            text = "\n".join(cleaner.look(words).without(language) for words, _left in TAKEN_OUT)
            assert cleaner.look(text).found == []


@pytest.mark.parametrize(
    "part", ["a", "1 ", "a!", "ab12", "+1 ", "rua A ", "1 A b ", ":", "aa:", "de12 abcd ", "(", "tel "]
)
def test_no_text_takes_long(app: Flask, cleaner: Cleaner, part: str) -> None:
    began = time.perf_counter()
    cleaner.look((part * 20_000)[:20_000])
    assert time.perf_counter() - began < 3

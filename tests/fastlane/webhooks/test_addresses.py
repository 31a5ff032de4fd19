"""Webhooks can't be turned inward: sixty targets, rebinding included, and the control that is reached."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from fastlane.webhooks import addresses, posting
from tests.fastlane.webhooks.receiver import Receiver

BODY = b'{"type":"x"}'

# Written out as an attacker would write them. {port} is where a real server listens on loopback.
LITERALS = (
    "http://127.0.0.1:{port}/", "https://127.0.0.1:{port}/", "http://127.1:{port}/", "http://127.0.1:{port}/",
    "http://2130706433:{port}/", "http://0x7f000001:{port}/", "http://0x7f.1:{port}/", "http://0177.0.0.1:{port}/",
    "http://0:{port}/", "http://0.0.0.0:{port}/", "http://localhost:{port}/", "http://LOCALHOST:{port}/",
    "http://localhost.:{port}/", "http://127.127.127.127:{port}/", "http://[::1]:{port}/", "http://[::]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/", "http://[::ffff:7f00:1]:{port}/", "http://[0:0:0:0:0:ffff:127.0.0.1]:{port}/",
    "http://[::127.0.0.1]:{port}/", "http://[64:ff9b::7f00:1]:{port}/", "http://[2002:7f00:1::]:{port}/",
    "http://user@127.0.0.1:{port}/", "http://user:word@127.0.0.1:{port}/", "http://example.org@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\\@example.org/", "http://127.0.0.1:{port}#@example.org/", "ftp://127.0.0.1:{port}/",
    "gopher://127.0.0.1:{port}/", "file:///etc/passwd", "//127.0.0.1:{port}/", "http:///127.0.0.1:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/", "http://127。0。0。1:{port}/", "http://127.0.0.1:{port}/\r\nX-Evil: 1", "http://%6c%6f%63%61%6c%68%6f%73%74:{port}/",
)  # fmt: skip
# What a public name may answer with. Each is one target: hooks.example resolves to it.
ANSWERS = (
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.254", "192.168.0.1", "100.64.0.1", "169.254.169.254",
    "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192", "192.0.2.1", "198.18.0.1", "203.0.113.9",
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "0.0.0.1", "fd00:ec2::254", "fe80::1", "fec0::1",
    "ff02::1", "2001:db8::1", "2001::1", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "::ffff:169.254.169.254",
)  # fmt: skip


class Names:
    """A name server that gives a list of answers, one after the other."""

    def __init__(self, *answers: str) -> None:
        self.answers, self.asked = list(answers), 0

    def __call__(self, host: str, port: int) -> list[tuple[object, ...]]:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [(0, 0, 0, "", (one, port)) for one in answer.split("+")]


@pytest.fixture
def reached() -> Iterator[tuple[int, list[object]]]:
    """A bare socket on loopback that counts whoever connects."""
    seen: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        over = threading.Event()

        def listen() -> None:
            while not over.is_set():
                try:
                    line, who = server.accept()
                except TimeoutError:
                    continue
                seen.append(who)
                line.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], seen
        over.set()
        thread.join()


def test_sixty_inward_targets_are_not_reached(reached: tuple[int, list[object]]) -> None:
    port, seen = reached
    tried = 0
    for url in LITERALS:
        posted = posting.post(url.format(port=port), BODY, {}, patience=2)
        assert posted.status is None, url
        tried += 1
    for answer in ANSWERS:
        posted = posting.post("https://hooks.example/", BODY, {}, patience=2, resolver=Names(answer))
        assert posted.status is None, answer
        assert "private network" in posted.error, (answer, posted.error)
        tried += 1
    print(f"\n{tried} inward targets, {len(seen)} reached")
    assert tried >= 60
    assert seen == []


def test_a_name_that_answers_differently_the_second_time_gains_nothing(reached: tuple[int, list[object]]) -> None:
    port, seen = reached
    names = Names("8.8.8.8", "127.0.0.1", "127.0.0.1")
    target = addresses.parse("https://hooks.example/")
    assert addresses.choose(target, names) == "8.8.8.8"
    assert names.asked == 1
    # And the other way round: one inward address among public ones spoils the name.
    posted = posting.post(f"https://hooks.example:{port}/", BODY, {}, resolver=Names("8.8.8.8+127.0.0.1"), patience=2)
    assert posted.status is None
    assert seen == []


def test_the_socket_itself_is_checked_when_the_resolver_lies(
    reached: tuple[int, list[object]], monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    """Were the connection led elsewhere after the check, nothing would be said there."""
    real = socket.create_connection
    monkeypatch.setattr(
        posting.socket, "create_connection", lambda address, timeout: real(("127.0.0.1", receiver.port), timeout)
    )
    posted = posting.post("https://hooks.example/", BODY, {}, resolver=Names("8.8.8.8"))
    assert "private network" in posted.error
    assert receiver.got == []


def test_the_same_targets_are_reached_where_they_are_allowed(settings: Settings, receiver: Receiver) -> None:
    """The control: what keeps them out is the check, not that they lead nowhere."""
    settings.WEBHOOK_LOCAL_NETWORKS = ["127.0.0.0/8"]
    for url in LITERALS[0], LITERALS[2], LITERALS[4], LITERALS[5], LITERALS[10]:
        resolver = Names("127.0.0.1") if "localhost" in url else posting.resolve
        assert posting.post(url.format(port=receiver.port), BODY, {}, resolver=resolver).status == 204
    assert posting.post(f"http://hooks.example:{receiver.port}/", BODY, {}, resolver=Names("127.0.0.1")).well
    assert len(receiver.got) == 6


def test_a_redirect_is_not_followed(settings: Settings, receiver: Receiver) -> None:
    settings.WEBHOOK_LOCAL_NETWORKS = ["127.0.0.0/8"]
    for status in (301, 302, 303, 307, 308):
        receiver.behave = lambda got, status=status: (status, {"Location": f"{receiver.url}/secret"}, b"")
        posted = posting.post(receiver.url, BODY, {})
        assert (posted.status, posted.well) == (status, False)
    assert [got.path for got in receiver.got] == ["/hook"] * 5


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "193.0.6.139"])
def test_public_addresses_are_called_by_https_on_the_open_ports_alone(settings: Settings, address: str) -> None:
    where = ipaddress.ip_address(address)
    addresses.check(where, addresses.parse("https://hooks.example/"))
    for url in ("http://hooks.example/", "https://hooks.example:8443/"):
        with pytest.raises(addresses.Forbidden):
            addresses.check(where, addresses.parse(url))
    settings.WEBHOOK_PORTS = [443, 8443]
    addresses.check(where, addresses.parse("https://hooks.example:8443/"))


def test_an_answer_that_never_ends_is_cut_off(settings: Settings, receiver: Receiver) -> None:
    settings.WEBHOOK_LOCAL_NETWORKS = ["127.0.0.0/8"]
    receiver.behave = lambda got: (200, {}, b"x" * 5_000_000)
    posted = posting.post(receiver.url, BODY, {})
    assert (posted.status, len(posted.answer)) == (200, posting.SHOWN_ANSWER)


def test_a_receiver_that_drips_is_given_up_in_time(settings: Settings) -> None:
    settings.WEBHOOK_LOCAL_NETWORKS = ["127.0.0.0/8"]
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def drip() -> None:
            line, _ = server.accept()
            with line:
                while not over.wait(0.05):
                    line.sendall(b"H")

        thread = threading.Thread(target=drip)
        thread.start()
        posted = posting.post(f"http://127.0.0.1:{server.getsockname()[1]}/", BODY, {}, patience=0.5)
        over.set()
        thread.join()
    assert posted.error == "No answer within 0.5 seconds."
    assert posted.took_ms < 1500

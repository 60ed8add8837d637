"""What a stranger, a broken peer or one with a wrong key gets from a service's own port: a clear refusal; and everybody
else is served on."""

import struct

import pytest
from support import wire
from support.client import Person
from support.processes import listening
from support.server import Latchkey
from support.waiting import wait_for


@pytest.fixture(scope="module")
def running():
    with Latchkey() as server:
        server.admin = Person(server.url)
        server.admin.set_up()
        yield server


@pytest.fixture(params=["auth", "oidc", "admin"])
def service(running, request):
    """(name, port, the key that the gateway uses there). Afterwards, the process lives and people still sign in."""
    name = request.param
    process = running.service(name)
    [port] = process.listening_ports()
    yield name, port, wire.derived(running.encryption_key(), f"service/{name}", "transport/gateway")
    assert process.alive(), f"{name} died of it"
    person = running.admin.another_browser()
    assert person.sign_in()["username"] == "ada" and person.ok("GET", "/api/oidc/clients")


def refusal(answer: bytes) -> str:
    """The reason in a clear-text refusal."""
    assert answer.startswith(wire.MAGIC + b"\x00"), answer
    assert len(answer) == 10 + answer[9], answer
    return answer[10:].decode()


@pytest.mark.parametrize("said", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
                                  b"\x00" * 64, b"LATCHKEX\x01\x01"], ids=["HTTP", "TLS", "zeros", "magic"])
def test_who_does_not_speak_the_protocol_is_told_so(service, said):
    _, port, _ = service
    with wire.connect(port) as connection:
        connection.sendall(said)
        assert "not spoken to as one" in refusal(wire.until_closed(connection))


def test_wire_versions_that_do_not_meet_are_refused_with_both_ranges(service):
    name, port, _ = service
    with wire.connect(port) as connection:
        connection.sendall(wire.MAGIC + bytes([8, 9]))
        assert refusal(wire.until_closed(connection)) == f"{name} speaks wire versions 1 to 1, not 8 to 9."


@pytest.mark.parametrize("said", [b"\x00" * 200, b"\x16\x03\x03\xff\xff" + b"x" * 300, b"plain text\r\n"])
def test_garbage_after_the_handshake_ends_the_connection(service, said):
    _, port, _ = service
    with wire.connect(port) as connection:
        connection.sendall(wire.OFFER)
        assert connection.recv(10) == wire.MAGIC + bytes([1, 0])
        connection.sendall(said)
        # At most a TLS alert.
        assert len(wire.until_closed(connection)) < 32


def test_a_wrong_key_is_refused(service):
    _, port, key = service
    for wrong in (bytes(32), key[::-1]):
        with wire.SecurePeer(port, wrong) as peer:
            assert peer.rest() == b""
            assert "alert" in peer.errors


def test_a_right_key_under_another_name_is_refused(service):
    _, port, key = service
    for name in ("latchkey", "auth", "nobody"):
        with wire.SecurePeer(port, key, name) as peer:
            assert peer.rest() == b""
            assert "alert" in peer.errors


def test_a_frame_that_claims_to_be_huge_ends_the_connection(service):
    name, port, key = service
    for length in (0xFFFFFFFF, 1_048_577, 0):
        with wire.SecurePeer(port, key) as peer:
            peer.send(wire.hello(name))
            assert peer.receive()[0] == wire.HELLO
            peer.send(struct.pack(">IBI", length, wire.REQUEST, 1) + b"x" * 100)
            kinds = peer.rest()
            assert b"x" * 50 not in kinds


def test_a_request_before_the_greeting_ends_the_connection(service):
    _, port, key = service
    with wire.SecurePeer(port, key) as peer:
        peer.send(wire.request("auth.setupStatus/1"))
        answer = peer.rest()
        assert not answer or answer[4] != wire.REPLY


def test_a_greeting_that_differs_from_what_was_said_in_clear_ends_the_connection(service):
    name, port, key = service
    with wire.SecurePeer(port, key) as peer:
        peer.send(wire.hello(name).replace(text_of(name), text_of("x" * len(name))))
        answer = peer.rest()
        assert not answer or answer[4] != wire.REPLY


def text_of(name: str) -> bytes:
    return wire.text(name)


def test_an_unknown_method_is_refused_by_name_and_the_connection_lives(service):
    name, port, key = service
    with wire.SecurePeer(port, key) as peer:
        peer.send(wire.hello(name))
        assert peer.receive()[0] == wire.HELLO
        peer.send(wire.request(f"{name}.doesNotExist/1", correlation=3))
        kind, correlation, body = peer.receive()
        assert (kind, correlation) == (wire.FAILURE, 3) and b"unknownMethod" in body, body
        peer.send(wire.frame(wire.PING))
        assert peer.receive()[0] == wire.PONG


def test_a_payload_that_cannot_be_read_is_refused_and_the_connection_lives(service):
    name, port, key = service
    method = {"auth": "auth.redeemOneTimeCode/1", "oidc": "oidc.exchangeToken/2", "admin": "admin.getClient/1"}[name]
    with wire.SecurePeer(port, key) as peer:
        peer.send(wire.hello(name))
        assert peer.receive()[0] == wire.HELLO
        for number, payload in enumerate([b"", b"\xc1", b"\x80", b"\xdf\xff\xff\xff\xff", b"\x91" * 200]):
            peer.send(wire.request(method, payload, correlation=number))
            kind, correlation, body = peer.receive()
            assert (kind, correlation) == (wire.FAILURE, number) and b"malformed" in body, body


def test_a_known_method_is_answered_to_a_peer_that_was_written_from_the_description(running):
    [port] = running.service("oidc").listening_ports()
    key = wire.derived(running.encryption_key(), "service/oidc", "transport/gateway")
    with wire.SecurePeer(port, key) as peer:
        peer.send(wire.hello("oidc"))
        assert peer.receive()[0] == wire.HELLO
        peer.send(wire.request("oidc.metadata/2", wire.metadata()))
        kind, correlation, body = peer.receive()
        assert (kind, correlation) == (wire.REPLY, 7) and running.url.encode() in body


def test_who_says_nothing_is_not_waited_for_for_ever(running):
    ports = [running.service(name).listening_ports()[0] for name in ("auth", "oidc", "admin")]
    silent = [wire.connect(port) for port in ports for _ in range(20)]
    for each in silent:
        assert wire.until_closed(each) == b""
        each.close()


def test_a_flood_of_connections_does_not_keep_others_out(running):
    [port] = running.service("auth").listening_ports()
    flood = [wire.connect(port) for _ in range(200)]
    try:
        assert running.admin.another_browser().sign_in()
    finally:
        for each in flood:
            each.close()
    wait_for(running.is_ready, "everybody answers", 10)


def test_services_listen_on_loopback_alone(running):
    found = {address for name in ("auth", "oidc", "admin") for address, _ in listening(running.service(name).pid)}
    # 127.0.0.1 as /proc/net/tcp writes it.
    assert found == {"0100007F"}

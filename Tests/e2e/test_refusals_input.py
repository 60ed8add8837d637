"""Bad input gets a clear error that names what is wrong: never a crash, a trace or a hanging connection."""

import json
import re
import socket

import pytest
import requests
from support.client import Request

LEAKS = re.compile(r"\.swift|Fatal|stack|Optional\(|DecodingError|codingPath|SELECT |postgres|NIO", re.IGNORECASE)


def assert_clear(answer: requests.Response, statuses: tuple[int, ...], naming: str = "") -> dict:
    assert answer.status_code in statuses, f"{answer.status_code} {answer.text[:400]}"
    assert answer.headers["Content-Type"].startswith("application/json"), answer.text[:200]
    told = answer.json()
    assert told["error"] and not LEAKS.search(answer.text), answer.text
    assert told["request_id"] == answer.headers["X-Request-ID"]
    assert naming in answer.text, answer.text
    return told


def raw(server, request: bytes, seconds: float = 10) -> bytes:
    """Sends bytes as they are and returns what comes back until the end or until nothing more comes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=seconds) as connection:
        try:
            connection.sendall(request)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before it was read to the end: the answer may be there all the same
        answer = b""
        try:
            while not (b"\r\n\r\n" in answer and len(answer) > 12 and _complete(answer)):
                more = connection.recv(65536)
                if not more:
                    break
                answer += more
        except (TimeoutError, ConnectionResetError):
            pass
        return answer


def _complete(answer: bytes) -> bool:
    head, _, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
    return length is None or len(body) >= int(length[1])


def post(admin, path: str, body: bytes, content_type: str | None = "application/json") -> requests.Response:
    headers = {"Content-Type": content_type} if content_type else {}
    return admin.call("POST", path, data=body, headers=headers)


# JSON

@pytest.mark.parametrize("body", [
    b"{", b"", b"null", b"[]", b'"text"', b"{'name':1}", b'{"name":"x","name":"y","callbackURLs":["http://127.0.0.1/"]}',
    b'{"name":"\xff"}', b'{"name":' + b"[" * 5000 + b"]" * 5000 + b"}", b'{"name":"x"} trailing', b"\x00",
], ids=range(11))
def test_json_that_cannot_be_read_is_refused_as_such(admin, body):
    told = assert_clear(post(admin, "/api/oidc/clients", body), (400, 422))
    assert told["code"] in ("invalid_request_body", "validation_failed")


@pytest.mark.parametrize("settings, field", [
    ({"callbackURLs": ["http://127.0.0.1/"]}, "name"),
    ({"name": "x", "callbackURLs": "http://127.0.0.1/"}, "callbackURLs"),
    ({"name": 7, "callbackURLs": ["http://127.0.0.1/"]}, "name"),
    ({"name": "x" * 51, "callbackURLs": ["http://127.0.0.1/"]}, "name"),
    ({"name": "x", "callbackURLs": ["not a url"]}, "callbackURLs"),
    ({"name": "x", "callbackURLs": ["javascript:alert(1)"]}, "callbackURLs"),
    ({"name": "x", "callbackURLs": ["https://good@evil.example/"]}, "callbackURLs"),
    ({"name": "x", "callbackURLs": ["https://a.example/"], "accessTokenDurationMinutes": -1}, "accessTokenDurationMinutes"),
    ({"name": "x", "callbackURLs": ["https://a.example/"], "id": "a b"}, "id"),
    ({"name": "x\x00", "callbackURLs": ["https://a.example/"]}, "name"),
])
def test_a_field_that_is_not_accepted_is_named(admin, settings, field):
    told = assert_clear(admin.call("POST", "/api/oidc/clients", settings), (400, 422), naming=field)
    assert any(each["field"].startswith(field) and each["message"] for each in told["details"]["fields"]), told


def test_a_client_id_that_is_taken_is_said_to_be(admin, client):
    answer = admin.call("POST", "/api/oidc/clients",
                        {"id": client.id, "name": "Again", "callbackURLs": ["https://a.example/"]})
    assert_clear(answer, (409,))


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_json_in_another_content_type_is_refused(admin, content_type):
    body = json.dumps({"name": "x", "callbackURLs": ["http://127.0.0.1/"]}).encode()
    assert_clear(post(admin, "/api/oidc/clients", body, content_type), (400, 415))


def test_a_body_beyond_every_limit_is_refused(admin):
    answer = raw_status(admin, b'{"name":"' + b"x" * 5_000_000 + b'"}')
    assert answer in (400, 413)


def raw_status(admin, body: bytes) -> int:
    cookies = "; ".join(f"{key}={value}" for key, value in admin.http.cookies.get_dict().items())
    head = (f"POST /api/oidc/clients HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nOrigin: {admin.url}"
            f"\r\nCookie: {cookies}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n")

    class At:
        port = int(admin.url.rsplit(":", 1)[1])
    answer = raw(At, head.encode() + body)
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize("path", ["/api/signup/setup/start", "/api/webauthn/login/finish", "/api/oidc/clients",
                                  "/api/webauthn/reauthenticate", "/api/webauthn/register/finish"])
def test_a_missing_body_is_said_to_be_missing(admin, path):
    answer = admin.call("POST", path, headers={"Content-Type": "application/json"})
    # A closed set-up says that first: there is nothing there to send a body to.
    assert_clear(answer, (400, 401, 404))


@pytest.mark.parametrize("credential", [
    {}, {"id": "x"}, {"id": 1, "rawId": [], "type": None, "response": "x"},
    {"id": "AA", "rawId": "AA", "type": "public-key", "response": {}},
    {"id": "AA", "rawId": "AA", "type": "public-key", "response": {
        "clientDataJSON": "!!!", "authenticatorData": "AA", "signature": "AA", "userHandle": "AA"}},
    {"id": "AA", "rawId": "AA", "type": "public-key", "response": {
        "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "", "userHandle": "AA"}},
], ids=range(6))
def test_a_credential_that_cannot_be_read_is_refused(admin, credential):
    person = admin.another_browser()
    person.ok("GET", "/api/webauthn/login/start")
    assert_clear(person.call("POST", "/api/webauthn/login/finish", credential), (400, 401))


# HTTP

def test_headers_of_a_megabyte_are_refused_and_the_server_lives(server):
    answer = raw(server, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Large: " + b"x" * 1_000_000 + b"\r\n\r\n")
    assert answer == b"" or answer.split(b" ")[1] in (b"400", b"413", b"431"), answer[:200]
    assert requests.get(server.url + "/healthz").status_code == 204


def test_ten_thousand_headers_are_refused_and_the_server_lives(server):
    lines = b"".join(b"X-%d: y\r\n" % number for number in range(10_000))
    answer = raw(server, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + lines + b"\r\n")
    assert answer == b"" or answer.split(b" ")[1] in (b"400", b"413", b"431"), answer[:200]
    assert requests.get(server.url + "/healthz").status_code == 204


@pytest.mark.parametrize("line", [b"GET /%ff%fe HTTP/1.1", b"GET /authorize?client_id=%ff HTTP/1.1",
                                  b"GET /authorize?client_id=%zz HTTP/1.1", b"GET /authorize?client_id=%00 HTTP/1.1",
                                  b"GET /\xff\xfe HTTP/1.1", b"GET /../../etc/passwd HTTP/1.1", b"NONSENSE",
                                  b"GET /lc/%00 HTTP/1.1", b"GET /interaction?interaction=%ff HTTP/1.1"])
def test_invalid_utf8_and_odd_paths_are_refused_without_a_trace(server, line):
    answer = raw(server, line + b"\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n\r\n")
    assert answer == b"" or answer.split(b" ")[1] in (b"400", b"404"), answer[:300]
    assert b".swift" not in answer and b"Fatal" not in answer
    assert requests.get(server.url + "/healthz").status_code == 204


def test_an_authorization_request_with_invalid_utf8_says_so(server):
    answer = requests.get(server.url + "/authorize?client_id=%ff")
    assert answer.status_code == 400 and "UTF-8" in answer.text


def test_a_token_request_without_a_body_is_told_what_is_missing(server):
    answer = requests.post(server.url + "/api/oidc/token", headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code in (400, 401) and answer.json()["error"] in ("invalid_request", "invalid_client")


def test_a_token_request_in_json_is_refused(server):
    answer = requests.post(server.url + "/api/oidc/token", json={"grant_type": "authorization_code"})
    assert answer.status_code in (400, 415) and answer.json()["error"] == "invalid_request"


@pytest.mark.parametrize("path", ["/api/nothing", "/.well-known/nothing"])
def test_an_unknown_api_path_is_a_json_404(server, path):
    assert_clear(requests.get(server.url + path), (404,))


def test_an_unknown_page_is_a_page(server):
    answer = requests.get(server.url + "/no/such/page", headers={"Accept": "text/html"})
    assert answer.status_code == 404 and "Page not found" in answer.text


def test_a_method_that_a_path_does_not_have_is_refused(server):
    assert requests.delete(server.url + "/api/oidc/userinfo").status_code == 405


# Other sites

EVIL = "https://evil.example"


@pytest.mark.parametrize("headers", [
    {"Origin": EVIL, "Sec-Fetch-Site": "cross-site"}, {"Origin": EVIL}, {"Sec-Fetch-Site": "cross-site"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"}], ids=["both", "origin", "fetch-metadata", "null"])
@pytest.mark.parametrize("method, path", [
    ("POST", "/api/webauthn/logout"), ("POST", "/api/oidc/clients"), ("DELETE", "/api/sessions"),
    ("PUT", "/api/users/me"), ("POST", "/api/webauthn/login/finish")])
def test_a_request_that_another_site_sends_is_refused(admin, headers, method, path):
    blank = {"Origin": None, "Sec-Fetch-Site": None, "Sec-Fetch-Mode": None, "Accept": None}
    answer = admin.call(method, path, {}, headers=blank | headers)
    assert_clear(answer, (403,))
    assert admin.is_signed_in()


def test_the_authorization_endpoint_lets_no_other_site_read_it(admin, client):
    answer = admin.page("/authorize", params=Request(client).parameters(), headers={"Origin": EVIL})
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/.well-known/jwks.json", "/api/oidc/userinfo"])
def test_what_apps_in_browsers_need_may_be_read_by_other_sites(server, path):
    assert requests.get(server.url + path, headers={"Origin": EVIL}).headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["/login", "/no/such/page", "/authorize", "/api/users/me"])
def test_every_answer_carries_the_security_headers(server, path):
    headers = requests.get(server.url + path, headers={"Accept": "text/html"}).headers
    policy = headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy and "unsafe-inline" not in policy and "unsafe-eval" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in headers["Cache-Control"] and headers["X-Request-ID"]


def test_no_bad_input_has_crashed_a_service(server):
    assert "Fatal error" not in server.log() and "restarting" not in server.log().lower()

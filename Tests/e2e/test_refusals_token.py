"""What the token endpoint and userinfo refuse, and that a refusal harms nobody but its cause."""

import pytest
import requests
from support.client import Client, Request, exchange, userinfo


def assert_refused(answer, error: str, status: int = 400, saying: str = "") -> None:
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    told = answer.json()
    assert told["error"] == error, told
    assert saying in told["error_description"], told
    assert answer.headers["Cache-Control"] == "no-store"
    if status == 401:
        assert answer.headers["WWW-Authenticate"].startswith("Basic")


@pytest.fixture
def asked(admin, client):
    """An authorization request and the code it brought."""
    request = Request(client)
    return request, admin.code_for(request)


def expire(server, client: Client) -> None:
    """Makes a client's codes as old as they would be after their 60 seconds, which nobody has to wait for."""
    server.psql("UPDATE grants SET issued_at = issued_at - interval '61 seconds', "
                f"code_expires_at = code_expires_at - interval '61 seconds' WHERE client_id = '{client.id}'")


# Codes

def test_a_code_used_twice_is_refused_and_what_it_gave_is_dead(admin, asked):
    request, code = asked
    first = exchange(admin.url, request, code).json()
    assert userinfo(admin.url, first["access_token"]).status_code == 200
    assert_refused(exchange(admin.url, request, code), "invalid_grant")
    after = userinfo(admin.url, first["access_token"])
    assert after.status_code == 401 and 'error="invalid_token"' in after.headers["WWW-Authenticate"]


def test_a_code_used_at_once_by_many_is_given_to_one(admin, asked):
    from concurrent.futures import ThreadPoolExecutor
    request, code = asked
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: exchange(admin.url, request, code), range(8)))
    assert sorted(each.status_code for each in answers) == [200] + [400] * 7
    assert all(each.json()["error"] == "invalid_grant" for each in answers if each.status_code == 400)


def test_a_code_that_expired_is_refused(server, admin, asked):
    request, code = asked
    expire(server, request.client)
    assert_refused(exchange(admin.url, request, code), "invalid_grant")


@pytest.mark.parametrize("expired", [False, True])
@pytest.mark.parametrize("stranger", [False, True])
def test_only_the_owner_of_a_fresh_code_gets_tokens(server, admin, asked, stranger, expired):
    """The table of CVE-2026-28513: a wrong client or an expired code is refused, not only both together."""
    request, code = asked
    presenter = Request(admin.create_client("Other"), verifier=request.verifier) if stranger else request
    if expired:
        expire(server, request.client)
    answer = exchange(admin.url, presenter, code)
    if stranger or expired:
        assert_refused(answer, "invalid_grant")
    else:
        assert answer.status_code == 200


def test_a_code_in_a_strangers_hands_is_still_its_owners(admin, asked):
    request, code = asked
    stranger = Request(admin.create_client("Stranger"), verifier=request.verifier)
    assert_refused(exchange(admin.url, stranger, code), "invalid_grant")
    tokens = exchange(admin.url, request, code)
    assert tokens.status_code == 200
    assert_refused(exchange(admin.url, stranger, code), "invalid_grant")
    assert userinfo(admin.url, tokens.json()["access_token"]).status_code == 200


def test_an_unknown_code_is_refused(admin, asked):
    request, code = asked
    assert_refused(exchange(admin.url, request, code[:-4] + "AAAA"), "invalid_grant")


def test_another_redirect_uri_than_the_one_asked_with_is_refused(admin, asked):
    request, code = asked
    assert_refused(exchange(admin.url, request, code, redirect_uri="http://127.0.0.1:9/other"), "invalid_grant",
                   saying="redirect_uri")


def test_a_missing_redirect_uri_is_refused(admin, asked):
    request, code = asked
    answer = exchange(admin.url, request, code, redirect_uri=None)
    assert answer.status_code == 400 and answer.json()["error"] in ("invalid_grant", "invalid_request")
    assert "redirect_uri" in answer.json()["error_description"]


# PKCE

def test_a_wrong_verifier_is_refused(admin, asked):
    request, code = asked
    assert_refused(exchange(admin.url, request, code, code_verifier="x" * 43), "invalid_grant", saying="code_verifier")


def test_a_missing_verifier_is_refused(admin, asked):
    request, code = asked
    assert_refused(exchange(admin.url, request, code, code_verifier=None), "invalid_grant", saying="code_verifier")


def test_a_verifier_without_a_challenge_is_refused(admin, client):
    request = Request(client, verifier=None)
    code = admin.code_for(request)
    assert_refused(exchange(admin.url, request, code, code_verifier="x" * 43), "invalid_grant", saying="code_challenge")


def test_a_confidential_client_may_do_without_pkce(admin, client):
    request = Request(client, verifier=None)
    assert admin.tokens_for(request)["token_type"].lower() == "bearer"


# Client authentication

def test_a_wrong_secret_is_refused_and_the_code_lives_on(admin, asked):
    request, code = asked
    wrong = Client(request.client.id, "wrong-" + request.client.secret)
    assert_refused(exchange(admin.url, request, code, headers=wrong.basic), "invalid_client", 401)
    assert exchange(admin.url, request, code).status_code == 200


def test_a_secret_that_is_missing_is_refused(admin, asked):
    request, code = asked
    assert_refused(exchange(admin.url, request, code, headers={}, client_id=request.client.id), "invalid_client", 401)


def test_an_unknown_client_is_refused_like_a_wrong_secret(admin, asked):
    request, code = asked
    unknown = exchange(admin.url, request, code, headers=Client("nobody", "no-secret-at-all").basic)
    wrong = exchange(admin.url, request, code, headers=Client(request.client.id, "no-secret-at-all").basic)
    assert_refused(unknown, "invalid_client", 401)
    assert unknown.json()["error_description"] == wrong.json()["error_description"]


def test_two_ways_of_client_authentication_at_once_are_refused(admin, asked):
    request, code = asked
    both = {"client_id": request.client.id, "client_secret": request.client.secret + "x"}
    answer = exchange(admin.url, request, code, headers=request.client.basic, **both)
    assert answer.status_code in (400, 401) and answer.json()["error"] in ("invalid_request", "invalid_client")
    # Twice the same secret leaves nothing to choose; what was refused has not spent the code.
    both["client_secret"] = request.client.secret
    assert exchange(admin.url, request, code, headers=request.client.basic, **both).status_code == 200


def test_a_client_id_beside_basic_is_no_second_way(admin, asked):
    request, code = asked
    assert exchange(admin.url, request, code, client_id=request.client.id,
                    headers=request.client.basic).status_code == 200


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Bearer x", "Basic /w=="])
def test_an_authorization_header_that_cannot_be_read_is_refused(admin, asked, header):
    request, code = asked
    answer = exchange(admin.url, request, code, headers={"Authorization": header})
    assert answer.status_code in (400, 401) and answer.json()["error"] in ("invalid_client", "invalid_request")


def test_a_secret_that_a_public_client_sends_all_the_same_is_ignored(admin):
    """Some apps insist on having one. It proves nothing and harms nothing: PKCE does the work."""
    request = Request(admin.create_client(isPublic=True))
    code = admin.code_for(request)
    assert exchange(admin.url, request, code, client_secret="made-up-secret-1234").status_code == 200


# The form

@pytest.mark.parametrize("changes, error, saying", [
    ({"grant_type": None}, "invalid_request", "grant_type"),
    ({"grant_type": "password"}, "unsupported_grant_type", ""),
    ({"grant_type": "refresh_token"}, "invalid_request", "refresh_token"),
    ({"code": None}, "invalid_request", "code"),
    ({"code_verifier": "short"}, "invalid_request", "code_verifier"),
])
def test_a_request_that_lacks_something_is_told_what(admin, asked, changes, error, saying):
    request, code = asked
    assert_refused(exchange(admin.url, request, code, **changes) if "code" not in changes
                   else exchange(admin.url, request, None), error, saying=saying)


def test_a_parameter_sent_twice_is_refused_and_named(admin, asked):
    request, code = asked
    form = [("grant_type", "authorization_code"), ("code", code), ("code", code),
            ("redirect_uri", request.client.redirect_uri), ("code_verifier", request.verifier)]
    answer = requests.post(admin.url + "/api/oidc/token", data=form, headers=request.client.basic)
    assert_refused(answer, "invalid_request", saying="'code'")


def test_parameters_in_the_query_are_refused(admin, asked):
    request, code = asked
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": request.client.redirect_uri,
            "code_verifier": request.verifier}
    answer = requests.post(admin.url + "/api/oidc/token", params=form, headers=request.client.basic)
    assert answer.status_code == 400 and answer.json()["error"] == "invalid_request"


def test_a_get_of_the_token_endpoint_is_refused(admin):
    answer = requests.get(admin.url + "/api/oidc/token")
    assert answer.status_code == 405 and "POST" in answer.headers["Allow"]


# Access tokens

@pytest.mark.parametrize("header", [None, "Bearer", "Bearer x", "Bearer a.b.c", "Basic eDp5"])
def test_userinfo_without_a_good_token_is_refused(admin, header):
    answer = requests.get(admin.url + "/api/oidc/userinfo", headers={"Authorization": header} if header else {})
    assert answer.status_code in (400, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    if header is None:
        # RFC 6750 §3.1: a request without any authentication is told no error code.
        assert "error=" not in answer.headers["WWW-Authenticate"]


def test_an_id_token_is_no_access_token(admin, client):
    tokens = admin.tokens_for(Request(client))
    assert userinfo(admin.url, tokens["id_token"]).status_code == 401


def test_a_token_dies_with_its_client(admin, client):
    tokens = admin.tokens_for(Request(client))
    admin.ok("DELETE", f"/api/oidc/clients/{client.id}", status=204)
    assert userinfo(admin.url, tokens["access_token"]).status_code == 401

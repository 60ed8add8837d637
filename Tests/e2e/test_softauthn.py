"""The soft authenticator against a verifier that nobody here wrote (PyPI `webauthn`): a test that leans on it may trust it."""

import json
import time

import pytest
from support.softauthn import ALG_EDDSA, ALG_ES256, ALG_RS256, SoftAuthenticator, UP, b64
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import InvalidAuthenticationResponse

ORIGIN = "http://localhost:1411"
ALGORITHMS = [COSEAlgorithmIdentifier(each) for each in (ALG_ES256, ALG_EDDSA, ALG_RS256)]


def registered(algorithm: int):
    """An authenticator with one passkey, and what a relying party keeps of it."""
    authenticator = SoftAuthenticator(ORIGIN, algorithm)
    options = generate_registration_options(
        rp_id="localhost", rp_name="test", user_name="ada", user_id=b"ada's id",
        supported_pub_key_algs=ALGORITHMS)
    verified = verify_registration_response(
        credential=authenticator.create(json.loads(options_to_json(options))), expected_challenge=options.challenge,
        expected_rp_id="localhost", expected_origin=ORIGIN, require_user_verification=True,
        supported_pub_key_algs=ALGORITHMS)
    return authenticator, verified


def asserted(authenticator, verified, **changes):
    options = generate_authentication_options(rp_id="localhost")
    answer = authenticator.get(json.loads(options_to_json(options)), **changes)
    assert answer["response"]["userHandle"] == b64(b"ada's id")
    return verify_authentication_response(
        credential=answer, expected_challenge=options.challenge, expected_rp_id="localhost", expected_origin=ORIGIN,
        credential_public_key=verified.credential_public_key, credential_current_sign_count=0,
        require_user_verification=True)


@pytest.mark.parametrize("algorithm", [ALG_ES256, ALG_EDDSA, ALG_RS256])
def test_both_ceremonies_verify(algorithm):
    authenticator, verified = registered(algorithm)
    assert verified.user_verified and verified.fmt == "none"
    assert asserted(authenticator, verified).user_verified


def test_an_assertion_without_user_verification_is_seen_as_such():
    authenticator, verified = registered(ALG_ES256)
    with pytest.raises(InvalidAuthenticationResponse, match="User verification"):
        asserted(authenticator, verified, flags=UP)


def test_an_assertion_for_another_origin_is_seen_as_such():
    authenticator, verified = registered(ALG_ES256)
    with pytest.raises(InvalidAuthenticationResponse, match="origin"):
        asserted(authenticator, verified, origin="http://localhost:1412")


def test_it_is_fast_enough_to_load_a_server():
    authenticator, _ = registered(ALG_ES256)
    options = json.loads(options_to_json(generate_authentication_options(rp_id="localhost")))
    started = time.perf_counter()
    for _ in range(500):
        authenticator.get(options)
    # Some 10,000 a second on an idle core; a tenth of that is enough, and a busy machine gives it.
    assert 500 / (time.perf_counter() - started) > 500

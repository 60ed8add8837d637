// What RSA and X.509 need of the system's libcrypto. No code of ours lives here.
#pragma once

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

// A macro of two macros, which Swift does not import.
static inline int libcrypto_public_key(void) { return EVP_PKEY_PUBLIC_KEY; }

// Names that OSSL_PARAM_BLD keeps by their address. Swift imports these macros as strings, whose C form lives for one
// call only.
static inline const char *libcrypto_rsa_n(void) { return OSSL_PKEY_PARAM_RSA_N; }
static inline const char *libcrypto_rsa_e(void) { return OSSL_PKEY_PARAM_RSA_E; }
